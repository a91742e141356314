//! Looking up with the secret, and the public record: what strangers may see.

use axum::http::StatusCode;

use crate::applying::submitted;
use crate::asking::Town;
use crate::office;

#[tokio::test]
async fn number_and_secret_together_open_the_progress() {
    let town = Town::new().await;
    let (number, secret) = submitted(town.person("李琴")).await;
    // A visitor's form needs a cookie; somebody signed in shows the same page.
    let other = town.person("王明");
    let form = other.sees("/progress").await;
    let typed = secret.to_lowercase();
    let page = other
        .post("/progress", &form, &[("number", &number), ("password", &typed)])
        .await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("最迟于2026年2月9日告知是否受理");
    for personal in [
        "好滋味",
        "李琴",
        "13800000002",
        "演示路8号",
        "91330303MA2000000E",
        ".pdf",
        "说明",
    ] {
        page.keeps_silent_on(personal);
    }
}

#[tokio::test]
async fn wrong_number_and_wrong_secret_are_not_told_apart() {
    let town = Town::new().await;
    let (number, secret) = submitted(town.person("李琴")).await;
    let other = town.person("王明");
    let form = other.sees("/progress").await;
    let mut answers = Vec::new();
    let unknown = "330303-20260202-00000000";
    for (number, secret) in [
        (number.as_str(), "QWERTYASDF"),
        (unknown, secret.as_str()),
        ("NOT-A-NUMBER", "secret-y"),
    ] {
        let answer = other
            .post("/progress", &form, &[("number", number), ("password", secret)])
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        answer.keeps_silent_on(secret);
        let own = [answer.hidden("_key"), number.to_owned()];
        let main = answer
            .body
            .split("<main")
            .nth(1)
            .unwrap()
            .split("</main>")
            .next()
            .unwrap()
            .to_owned();
        answers.push(own.iter().fold(main, |text, own| text.replace(own, "")));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
}

#[tokio::test]
async fn guessing_is_throttled() {
    let town = Town::new().await;
    let other = town.person("王明");
    let form = other.sees("/progress").await;
    let mut last = StatusCode::OK;
    for _ in 0..12 {
        let fields = [("number", "330303-20260202-00000000"), ("password", "0000000000")];
        last = other.post("/progress", &form, &fields).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let empty = other
        .post("/progress", &form, &[("number", ""), ("password", "")])
        .await;
    empty.says("请填写查询密码");
}

#[tokio::test]
async fn what_passed_review_is_public_and_masked_and_the_rest_is_a_number() {
    let town = Town::new().await;
    let visitor = town.visitor();
    let (published, _) = submitted(town.person("李琴")).await;
    let (undecided, _) = submitted(town.person("李琴")).await;
    let (withheld, _) = submitted(town.person("李琴")).await;
    office::publish(&town.world, &published).await;
    office::withhold(&town.world, &withheld).await;
    town.world.chronicle.settle().await.unwrap();
    let list = visitor.sees("/public").await;
    list.says("共 1 件");
    list.says(&published);
    list.says("<dt>收到申请</dt><dd>3</dd>");
    list.says("<dt>正在办理</dt><dd>1</dd>");
    list.says("<dt>已作决定</dt><dd>2</dd>");
    list.says("<dt>待公开审查或者依法不公开</dt><dd>1</dd>");
    for hidden in [&undecided, &withheld] {
        list.keeps_silent_on(hidden);
        for path in [format!("/public/{hidden}"), format!("/public/{hidden}.json")] {
            assert_eq!(visitor.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
    let record = visitor.sees(&format!("/public/{published}")).await;
    record.says("作出准予许可的决定，没有超过法定办理期限");
    record.says("id=\"decided\"");
    record.says(&format!("/public/{published}.json"));
    for personal in ["李琴", "13800000002", "演示路8号"] {
        record.keeps_silent_on(personal);
    }
    let json = visitor.sees(&format!("/public/{published}.json")).await;
    assert!(
        json.headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("application/json")
    );
    let json: serde_json::Value = serde_json::from_slice(&json.bytes).unwrap();
    assert_eq!(json["record"]["case_no"], published.as_str());
    assert_eq!(json["address"], format!("/public/{published}"));
    assert_eq!(json["late"]["statutory"], false);
}

#[tokio::test]
async fn the_list_is_narrowed_by_the_address() {
    let town = Town::new().await;
    let (number, _) = submitted(town.person("李琴")).await;
    office::publish(&town.world, &number).await;
    town.world.chronicle.settle().await.unwrap();
    let check = async |query: &str, expect: &str| town.visitor().sees(&format!("/public?{query}")).await.says(expect);
    check("q=%E9%A3%9F%E5%93%81", "共 1 件").await;
    check("q=%25", "共 0 件").await;
    check("q=%27%20OR%201%3D1--", "共 0 件").await;
    check("q=%3Cscript%3E", "&#60;script&#62;").await;
    check("body=33030300SJ", "共 1 件").await;
    check("body=33030300XX", "共 0 件").await;
    check("year=2026", "共 1 件").await;
    check("year=2025", "共 0 件").await;
    check("year=abc&page=999", "共 1 件").await;
    check("result=%E4%B8%8D%E4%BA%88%E8%AE%B8%E5%8F%AF", "共 0 件").await;
}
