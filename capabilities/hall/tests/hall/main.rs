//! The hall's pages over the demo city, as a visitor who is not signed in gets them.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../../../catalogue/tests/catalogue/world.rs"]
#[allow(dead_code, reason = "shared with the catalogue's tests")]
mod world;

use axum::http::StatusCode;
use mingjing_chronicle::Blueprint;
use mingjing_hall::routes;
use world::World;

async fn city() -> World {
    let blueprint = Blueprint::new("330303", "test")
        .views(mingjing_cases::views())
        .tables(mingjing_cases::tables());
    World::demo_with(blueprint).await
}

#[tokio::test]
async fn pages_of_the_hall() {
    let world = city().await;
    let check = async |path: &str, words: &[&str]| {
        let (status, body) = world.get(routes(), path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        for word in words {
            assert!(body.contains(word), "{path}: missing {word}");
        }
        body
    };
    check(
        "/",
        &[
            "我要办",
            "130 项",
            "食品经营许可",
            "龙湾区市场监督管理局",
            "办件进度",
            "name=\"number\"",
            "_csrf",
        ],
    )
    .await;
    let organisations = check("/?for=organisation", &["食品药品"]).await;
    assert!(organisations.contains("audience=organisation"));
    // 饭店
    check(
        "/search?q=%E9%A5%AD%E5%BA%97",
        &["食品经营许可", "href=\"/items/33030300SJ-XK-0001\""],
    )
    .await;
    // 食品安全法
    check(
        "/search?q=%E9%A3%9F%E5%93%81%E5%AE%89%E5%85%A8%E6%B3%95",
        &["中华人民共和国食品安全法"],
    )
    .await;
    check(
        "/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
        &["没有找到", "&#60;script&#62;"],
    )
    .await;
    check("/search", &["请在页面上方输入"]).await;
    check("/about", &["这是一套演示系统"]).await;
    check("/accessibility", &["WCAG 2.2"]).await;
    check("/privacy", &["请不要填写真实的个人信息"]).await;
    check("/site-map", &["办事事项和指南"]).await;
    check("/report-error", &["0577-00000000"]).await;
}
