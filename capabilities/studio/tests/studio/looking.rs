//! Seeing flows, having them checked, stepping through them.

use axum::http::StatusCode;

use crate::town::{CLERK, COUNTER, OFFICE, STRANGER, Town};
use crate::world::{ITEM, demo_file};

#[tokio::test]
async fn flows_are_seen_by_those_who_draw_them_and_by_nobody_else() {
    let town = Town::new().await;
    for who in [CLERK, OFFICE] {
        town.sees(who, "/desk/flows").await.says(ITEM);
        let flow = town.sees(who, &format!("/desk/flows/{ITEM}")).await;
        flow.says("可以执行：总能办完");
        flow.says("class=\"flow-chart\"");
    }
    town.sees(STRANGER, "/desk/flows").await.keeps_silent_on(ITEM);
    let address = format!("/desk/flows/{ITEM}");
    for path in ["", "/edit", "/compare", "/file?of=v1"] {
        let path = format!("{address}{path}");
        assert_eq!(town.get(STRANGER, &path).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(town.get(COUNTER, &path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    for path in ["check", "rehearse", "draft", "discard"] {
        let path = format!("{address}/{path}");
        let asked = [("xml", "<x/>"), ("script", "[]")];
        let stranger = town.post(STRANGER, &path, "key-of-a-stranger-0", &asked).await;
        assert_eq!(stranger.status, StatusCode::NOT_FOUND, "{path}");
        let counter = town.post(COUNTER, &path, "key-of-the-counter-0", &asked).await;
        assert_eq!(counter.status, StatusCode::FORBIDDEN, "{path}");
    }
    let unknown = town.get(CLERK, "/desk/flows/33030300SJ-XK-9999").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_editor_alone_lets_its_library_make_markup() {
    let town = Town::new().await;
    let policy = |answer: &crate::town::Answer| answer.headers["content-security-policy"].to_str().unwrap().to_owned();
    let edit = town.sees(CLERK, &format!("/desk/flows/{ITEM}/edit")).await;
    assert!(policy(&edit).ends_with("trusted-types mingjing default"));
    assert!(policy(&edit).contains("require-trusted-types-for 'script'"));
    assert!(!policy(&edit).contains("unsafe"));
    edit.says("data-setting=");
    for path in ["", &format!("/{ITEM}"), &format!("/{ITEM}/compare")] {
        let other = town.sees(CLERK, &format!("/desk/flows{path}")).await;
        assert!(policy(&other).ends_with("trusted-types mingjing"), "{path}");
    }
}

#[tokio::test]
async fn findings_come_with_element_sentence_and_way() {
    let town = Town::new().await;
    let path = format!("/desk/flows/{ITEM}/check");
    let flow = town.flow().await;
    let good = town
        .post(CLERK, &path, "key-of-the-check-000", &[("xml", &flow)])
        .await
        .json();
    assert_eq!(good["holds"], true, "{good}");
    // The decision's way to the service is cut.
    let cut = flow.replace("targetRef=\"serve\"", "targetRef=\"decide\"");
    let broken = if cut == flow {
        flow.replacen("sourceRef=\"decide\"", "sourceRef=\"start\"", 1)
    } else {
        cut
    };
    let told = town
        .post(CLERK, &path, "key-of-the-check-001", &[("xml", &broken)])
        .await
        .json();
    assert_eq!(
        (told["readable"].clone(), told["holds"].clone()),
        (true.into(), false.into())
    );
    let findings = told["findings"].as_array().unwrap();
    let errors: Vec<_> = findings
        .iter()
        .filter(|finding| finding["severity"] == "error")
        .collect();
    assert!(!errors.is_empty(), "{told}");
    assert!(errors.iter().any(|finding| finding["element"].is_string()), "{told}");
    assert!(
        errors
            .iter()
            .all(|finding| finding["message"].as_str().unwrap().ends_with('。')),
        "{told}"
    );
}

/// 许可法 26(2): whom a chart asks must be there, be staffed, and be somebody else.
#[tokio::test]
async fn whom_a_chart_asks_is_another_body_that_can_answer() {
    let town = Town::new().await;
    let joint = String::from_utf8(demo_file("flows/joint-approval.bpmn")).unwrap();
    let asks = |body: &str| joint.replace("body=\"33030300XF\"", &format!("body=\"{body}\""));
    let path = format!("/desk/flows/{ITEM}/check");
    let check = async |key: &str, body: &str, expect: Option<(&str, &str)>| {
        let told = town.post(CLERK, &path, key, &[("xml", &asks(body))]).await.json();
        let found = told["findings"].as_array().unwrap().iter();
        let mut found = found.filter(|finding| finding["code"].as_str().unwrap().starts_with("assisting_"));
        let of_call = found.next();
        match expect {
            None => assert_eq!(of_call, None, "{body}"),
            Some((code, words)) => {
                let finding = of_call.unwrap_or_else(|| panic!("{body}: {told}"));
                assert_eq!(
                    (finding["code"].as_str(), finding["element"].as_str()),
                    (Some(code), Some("ask_fire"))
                );
                assert_eq!(finding["severity"], "error");
                let message = finding["message"].as_str().unwrap();
                assert!(message.contains(words), "{message}");
            }
        }
    };
    check("key-of-the-check-010", "33030300XF", None).await;
    check(
        "key-of-the-check-011",
        "33030399XX",
        Some(("assisting_body_unknown", "没有登记")),
    )
    .await;
    let itself = Some(("assisting_body_is_lead", "就是主办机关自己"));
    check("key-of-the-check-012", "33030300SJ", itself).await;
    // The editor offers every other body that has posts, and not its own.
    let edit = town.sees(CLERK, &format!("/desk/flows/{ITEM}/edit")).await;
    let setting = edit.body.replace("&#34;", "\"");
    let offered = setting
        .split_once("\"bodies\":")
        .map(|(_, rest)| rest.split("]]").next().unwrap_or_default());
    let offered = offered.unwrap_or_else(|| panic!("{setting}"));
    assert!(
        offered.contains("33030300XF") && !offered.contains("33030300SJ"),
        "{offered}"
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_a_sentence() {
    let town = Town::new().await;
    let path = format!("/desk/flows/{ITEM}/check");
    let check = async |xml: &str, words: &str| {
        let told = town.post(CLERK, &path, "key-of-the-check-002", &[("xml", xml)]).await;
        assert_eq!(told.status, StatusCode::OK);
        let told = told.json();
        assert_eq!(told["readable"], false, "{xml}");
        let message = told["findings"][0]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(words), "{message}");
    };
    check("<bpmn:definitions", "不是格式正确的XML").await;
    check("<html/>", "不是BPMN 2.0文件").await;
    check("<!DOCTYPE x [<!ENTITY a \"b\">]><x/>", "DOCTYPE").await;
    let long = "x".repeat(130_000);
    let told = town.post(CLERK, &path, "key-of-the-check-003", &[("xml", &long)]).await;
    assert_eq!(told.status, StatusCode::BAD_REQUEST);
    told.says("不能超过 120000 个字");
    let longer = "字".repeat(90_000);
    let told = town
        .post(CLERK, &path, "key-of-the-check-004", &[("xml", &longer)])
        .await;
    assert_eq!(told.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_flow_is_stepped_through_to_its_end() {
    let town = Town::new().await;
    let path = format!("/desk/flows/{ITEM}/rehearse");
    let flow = town.flow().await;
    let mut script: Vec<serde_json::Value> = Vec::new();
    for step in 0..40 {
        let text = serde_json::to_string(&script).unwrap();
        let key = format!("key-of-the-step-{step:04}");
        let told = town
            .post(CLERK, &path, &key, &[("xml", &flow), ("script", &text)])
            .await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.body);
        let told = told.json();
        if told["status"] == "completed" {
            assert!(script.len() > 5, "the permit has steps");
            assert!(told["lines"].as_array().unwrap().len() > script.len());
            return;
        }
        assert_eq!(told["status"], "waiting", "{told}");
        let task = &told["tasks"][0];
        let outcome = task["outcomes"]
            .get(0)
            .map(|outcome| outcome[0].clone())
            .unwrap_or_default();
        script.push(serde_json::json!({"complete": task["element"], "vars": {"outcome": outcome}}));
    }
    panic!("forty steps do not end the permit: {script:?}");
}

#[tokio::test]
async fn a_script_that_cannot_be_walked_says_why() {
    let town = Town::new().await;
    let path = format!("/desk/flows/{ITEM}/rehearse");
    let flow = town.flow().await;
    let check = async |script: &str, status: StatusCode, words: &str| {
        let fields = [("xml", flow.as_str()), ("script", script)];
        let told = town.post(CLERK, &path, "key-of-the-step-9999", &fields).await;
        assert_eq!(told.status, status, "{script}: {}", told.body);
        told.says(words);
    };
    check("{", StatusCode::BAD_REQUEST, "不是JSON列表").await;
    check("[{\"jump\":\"x\"}]", StatusCode::BAD_REQUEST, "不认识的操作").await;
    check("[{\"complete\":\"nowhere\"}]", StatusCode::OK, "\"status\":\"refused\"").await;
    let many = vec!["{\"advance\":\"PT1H\"}"; 501].join(",");
    check(&format!("[{many}]"), StatusCode::BAD_REQUEST, "最多500步").await;
}
