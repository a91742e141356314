//! `/_parts`: every part with sample data, for the eye, for axe and for the screenshots of the browser tests.

use askama::Template;
use axum::response::Response;
use jiff::civil::Date;

use super::{DaysLeft, Moment, Stage, StageState};
use crate::desk::Desk;
use crate::form::{Fields, Form, Input, Reader};
use crate::link::Link;
use crate::listing::{Chosen, Listing, Pager};
use crate::page::{Frame, page};

type Options = Vec<(&'static str, &'static str, &'static str)>;

/// Number, what, stage, received, working days left.
type Work = (&'static str, &'static str, &'static str, &'static str, DaysLeft);

#[derive(Template)]
#[template(path = "gallery_public.html")]
struct PublicParts {
    frame: Frame,
    fields: Fields,
    link: Link,
    stages: Vec<Stage>,
    moments: Vec<Moment>,
    why: Vec<&'static str>,
    left: DaysLeft,
    forms: Options,
    projects: Options,
    districts: Vec<(&'static str, &'static str)>,
    listing: Listing,
    chosen: Vec<Chosen>,
    pager: Pager,
}

#[derive(Template)]
#[template(path = "gallery_office.html")]
struct OfficeParts {
    frame: Frame,
    fields: Fields,
    link: Link,
    stages: Vec<Stage>,
    moments: Vec<Moment>,
    left: DaysLeft,
    projects: Options,
    districts: Vec<(&'static str, &'static str)>,
    listing: Listing,
    chosen: Vec<Chosen>,
    pager: Pager,
    tabs: Vec<(&'static str, Link, bool)>,
    work: Vec<Work>,
}

/// The sample form: what a page's input looks like.
pub struct Application {
    #[expect(
        dead_code,
        reason = "the gallery reads the form to show its errors, and does nothing with it"
    )]
    opening: Date,
}

impl Input for Application {
    fn read(form: &mut Reader<'_>) -> Option<Application> {
        let name = form.text("name", "申请人姓名", 30);
        let opening = form.date("opening", "开业日期");
        let kind = form.choice::<String>("form", "主体业态");
        let district = form.choice::<String>("district", "所在区县");
        let promise = form.must_tick("promise", "请先作出承诺");
        name.and(kind).and(district).and(promise)?;
        Some(Application { opening: opening? })
    }
}

pub async fn get_parts(desk: Desk, listing: Listing) -> Response {
    let fields = desk.form().with("name", "演示人").with("projects", "hot");
    show(&desk, listing, fields)
}

pub async fn post_parts(desk: Desk, listing: Listing, form: Form<Application>) -> Response {
    match form.check() {
        Ok(_) => desk.go_saying(&Link::to("/_parts"), "申请已提交（演示，没有保存任何内容）。"),
        Err(fields) => show(&desk, listing, fields),
    }
}

fn show(desk: &Desk, listing: Listing, fields: Fields) -> Response {
    let frame = desk
        .frame("部件一览")
        .of_form(&fields)
        .crumb("首页", Link::to("/"))
        .crumb("演示", Link::to("/_parts"));
    let link = Link::to("/_parts");
    let chosen = sample_filters().chosen(&["部门", "时限"]);
    let pager = Listing::read("/_parts", "page=3").pager(187, 20);
    if listing.one("frame") == "office" {
        return page(&OfficeParts {
            frame,
            fields,
            stages: stages(),
            moments: moments(),
            left: DaysLeft(2),
            projects: projects(),
            districts: districts(),
            listing,
            chosen,
            pager,
            tabs: tabs(),
            work: work(),
            link,
        });
    }
    page(&PublicParts {
        frame,
        fields,
        stages: stages(),
        moments: moments(),
        why: why(),
        left: DaysLeft(2),
        forms: forms(),
        projects: projects(),
        districts: districts(),
        listing,
        chosen,
        pager,
        link,
    })
}

fn sample_filters() -> Listing {
    Listing::read(
        "/_parts",
        "%E9%83%A8%E9%97%A8=%E5%B8%82%E5%9C%BA%E7%9B%91%E7%AE%A1%E5%B1%80&%E6%97%B6%E9%99%90=%E5%8D%B3%E5%8A%9E",
    )
}

fn stages() -> Vec<Stage> {
    let stage = |label: &str, note: &str, state| Stage {
        label: label.into(),
        note: note.into(),
        state,
    };
    vec![
        stage("申请", "2026-02-09", StageState::Done),
        stage("受理", "2026-02-10", StageState::Done),
        stage("审查", "应于 2026-02-26 前完成", StageState::Now),
        stage("决定", "承诺 2026-02-28 前", StageState::Ahead),
        stage("送达", "决定后 10 日内", StageState::Ahead),
    ]
}

fn moments() -> Vec<Moment> {
    let moment = |id: &str, title: &str, by: &str, time: &str, lines: &[&str], papers: &[(&str, &str)]| Moment {
        id: id.into(),
        title: title.into(),
        by: by.into(),
        time: time.into(),
        machine_time: time.replace(' ', "T"),
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        papers: papers
            .iter()
            .map(|(label, link)| ((*label).to_owned(), (*link).to_owned()))
            .collect(),
    };
    vec![
        moment(
            "moment-1",
            "提交申请",
            "申请人",
            "2026-02-09 16:42",
            &["网上提交，材料 3 份。"],
            &[],
        ),
        moment(
            "moment-2",
            "受理",
            "综合窗口",
            "2026-02-10 09:15",
            &["材料齐全、符合法定形式（行政许可法第三十二条第一款第五项）。"],
            &[("受理通知书（PDF）", "/_parts")],
        ),
        moment(
            "moment-3",
            "现场核查",
            "食品经营许可科，执法人员两名",
            "2026-02-12 10:30",
            &["场所与图纸一致。"],
            &[],
        ),
    ]
}

fn why() -> Vec<&'static str> {
    vec![
        "自 2026-02-10 起 5 个工作日，当日不计",
        "计入 02-11、02-12、02-13、02-14（星期六，调休上班）",
        "02-15 至 02-23 春节放假，不计",
        "第 5 个工作日是 2026-02-24，应于当日办结",
    ]
}

fn forms() -> Options {
    vec![
        ("sale", "食品销售经营者", ""),
        ("catering", "餐饮服务经营者", "饭店、饮品店、糕点店等"),
        ("canteen", "集中用餐单位食堂", "学校、企业、养老机构等"),
    ]
}

fn projects() -> Options {
    vec![
        ("packed", "散装食品销售", ""),
        ("hot", "热食类食品制售", ""),
        ("cold", "冷食类食品制售", "须有专间"),
    ]
}

fn districts() -> Vec<(&'static str, &'static str)> {
    vec![("east", "东镜区"), ("west", "西镜区")]
}

fn tabs() -> Vec<(&'static str, Link, bool)> {
    let tab = |label, current| (label, Link::to("/_parts").query("tab", label), current);
    vec![
        tab("概览", true),
        tab("申请表", false),
        tab("材料", false),
        tab("意见", false),
        tab("文书", false),
        tab("流程", false),
    ]
}

fn work() -> Vec<Work> {
    vec![
        ("MJ20260203-4TR7WM", "食品经营许可", "审查", "2026-02-03", DaysLeft(-1)),
        (
            "MJ20260209-8HN3CE",
            "公共场所卫生许可",
            "决定",
            "2026-02-09",
            DaysLeft(0),
        ),
        ("MJ20260210-7K3QX9", "食品经营许可", "审查", "2026-02-10", DaysLeft(2)),
        (
            "MJ20260211-5LP6ZD",
            "户外广告设置许可",
            "受理",
            "2026-02-11",
            DaysLeft(9),
        ),
    ]
}
