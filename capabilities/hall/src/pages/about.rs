//! What the site says about itself. The words are true of this program as it is; a place adds its own facts
//! (who answers, since when) in its settings.

use askama::Template;
use axum::response::Response;
use mingjing_catalogue::{announcements_page, benchmarks_page, items_page, laws_page, open_data_page};
use mingjing_web::{Desk, Frame, Link, page};

use super::{about_page, accessibility_page, home_page, privacy_page, public_page, report_error_page, verify_page};

#[derive(Template)]
#[template(path = "hall/about.html")]
struct AboutPage {
    frame: Frame,
}

pub async fn get_about(desk: Desk) -> Response {
    page(&AboutPage {
        frame: desk.frame("关于本站").crumb("首页", home_page()),
    })
}

#[derive(Template)]
#[template(path = "hall/accessibility.html")]
struct AccessibilityPage {
    frame: Frame,
}

pub async fn get_accessibility(desk: Desk) -> Response {
    page(&AccessibilityPage {
        frame: desk.frame("无障碍说明").crumb("首页", home_page()),
    })
}

#[derive(Template)]
#[template(path = "hall/privacy.html")]
struct PrivacyPage {
    frame: Frame,
}

pub async fn get_privacy(desk: Desk) -> Response {
    page(&PrivacyPage {
        frame: desk.frame("隐私说明").crumb("首页", home_page()),
    })
}

#[derive(Template)]
#[template(path = "hall/report_error.html")]
struct ReportErrorPage {
    frame: Frame,
}

pub async fn get_report_error(desk: Desk) -> Response {
    page(&ReportErrorPage {
        frame: desk.frame("我为网站找错").crumb("首页", home_page()),
    })
}

#[derive(Template)]
#[template(path = "hall/site_map.html")]
struct SiteMapPage {
    frame: Frame,
    groups: Vec<(&'static str, Vec<(&'static str, Link)>)>,
}

pub async fn get_site_map(desk: Desk) -> Response {
    let nav = &desk.house.nav;
    let groups = vec![
        (
            "办事",
            vec![
                ("办事事项和指南", items_page()),
                ("搜索", nav.search.clone()),
                ("我的办件", nav.my_cases.clone()),
            ],
        ),
        (
            "查询和公开",
            vec![
                ("办件公开", public_page()),
                ("法律法规", laws_page()),
                ("行政处罚裁量基准", benchmarks_page()),
                ("权力事项调整公告", announcements_page()),
                ("权力目录开放数据和统计", open_data_page()),
                ("核对文书和凭证", verify_page()),
            ],
        ),
        (
            "关于",
            vec![
                ("关于本站", about_page()),
                ("无障碍说明", accessibility_page()),
                ("隐私说明", privacy_page()),
                ("我为网站找错", report_error_page()),
            ],
        ),
        (
            "登录",
            vec![("登录", nav.sign_in.clone()), ("工作台", nav.desk.clone())],
        ),
    ];
    page(&SiteMapPage {
        frame: desk.frame("网站地图").crumb("首页", home_page()),
        groups,
    })
}
