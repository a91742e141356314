//! Bad input gets the right code of problem, and never a fault.

use axum::http::{Request, StatusCode};
use serde_json::json;

use crate::system::{Town, Who, receipt};
use mingjing_web::Throttles;

#[tokio::test]
async fn what_is_wrong_with_a_request_is_told_by_its_code() {
    let town = Town::new().await;
    let clerk = Who::Person("林晓岚");
    let good = receipt().to_string();
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let large = format!("{{\"x\": \"{}\"}}", "a".repeat(300 * 1024));
    let without = |field: &str| {
        let mut body = receipt();
        body.as_object_mut().unwrap().remove(field);
        body.to_string()
    };
    let twice = good.replacen('{', "{\"by_post\": true, \"by_post\": false, ", 1);
    let stray = good.replacen('{', "{\"admin\": true, ", 1);
    let key = "0123456789abcdef";
    let rows: &[(&str, &str, &str, u16, &str)] = &[
        ("application/json", key, "", 400, "api.not_json"),
        ("application/json", key, "{\"item_code\": ", 400, "api.not_json"),
        ("application/json", key, "\u{feff}{}", 400, "api.not_json"),
        ("application/json", key, &deep, 400, "api.too_deep"),
        ("application/json", key, &large, 413, "web.too_large"),
        ("application/json", key, &twice, 400, "api.member_twice"),
        ("application/json", key, &stray, 422, "api.body"),
        ("application/json", key, &without("party"), 422, "api.body"),
        ("application/json", key, "[]", 422, "api.body"),
        ("application/json", "short", &good, 400, "api.header"),
        ("application/json", "", &good, 400, "api.header"),
        ("text/plain", key, &good, 415, "web.unsupported_media_type"),
        (
            "application/x-www-form-urlencoded",
            key,
            "a=b",
            415,
            "web.unsupported_media_type",
        ),
        ("", key, &good, 415, "web.unsupported_media_type"),
    ];
    for (kind, key, body, status, code) in rows {
        let request = Request::post("/api/v1/cases")
            .header("content-type", *kind)
            .header("idempotency-key", *key);
        let answer = town.send(clerk, request, body.as_bytes().to_vec()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (*status, *code),
            "{kind} {body:.40}"
        );
        assert_eq!(
            answer.headers["content-type"],
            "application/problem+json; charset=utf-8"
        );
    }
    let mut hidden = receipt();
    hidden["party"]["name"] = "好\u{202e}味".into();
    let answer = town.post(clerk, "/api/v1/cases", hidden).await;
    assert_eq!(
        (answer.code(), &answer.json["fields"][0]["field"]),
        ("api.body", &json!("party.name"))
    );
    assert!(!answer.json.to_string().contains('味'), "input is not repeated");
    // Nothing of all this was recorded.
    assert_eq!(town.get(clerk, "/api/v1/cases/count").await.ok()["count"], 0);
}

#[tokio::test]
async fn odd_addresses_and_tokens_are_answered() {
    let town = Town::new().await;
    let clerk = Who::Person("林晓岚");
    let check = async |who: Who<'_>, path: &str, status: u16, code: &str| {
        let answer = town.get(who, path).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{path:.60}");
    };
    check(clerk, "/api/v1/cases?size=0", 400, "api.query").await;
    check(clerk, "/api/v1/cases?size=x", 400, "api.query").await;
    check(clerk, "/api/v1/cases?state=gone", 400, "api.query").await;
    check(clerk, "/api/v1/cases?open=true&open=true", 400, "api.query").await;
    check(clerk, "/api/v1/cases?drop=table", 400, "api.query").await;
    check(clerk, "/api/v1/cases/%00", 404, "web.not_found").await;
    check(clerk, "/api/v1/cases/%ff", 404, "web.not_found").await;
    check(
        clerk,
        &format!("/api/v1/cases/{}", "x".repeat(3_000)),
        404,
        "web.not_found",
    )
    .await;
    check(clerk, "/api/v1/cases/..%2f..%2fetc", 404, "web.not_found").await;
    check(clerk, "/api/v1/nothing", 404, "web.not_found").await;
    check(Who::Nobody, "/api/v1/cases", 401, "web.sign_in_first").await;
    for token in ["", "x", "' OR 1=1 --", &"a".repeat(5_000)] {
        check(Who::System(token), "/api/v1/cases", 401, "web.bad_token").await;
        check(Who::System(token), "/api/openapi.json", 401, "web.bad_token").await;
    }
    let basic = Request::get("/api/v1/cases").header("authorization", "Basic YTpi");
    assert_eq!(town.send(Who::Nobody, basic, Vec::new()).await.code(), "web.bad_token");
    let wrong_method = Request::delete("/api/v1/cases").header("content-type", "application/json");
    let answer = town.send(clerk, wrong_method, Vec::new()).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(answer.headers["allow"].to_str().unwrap().contains("GET"));
    let foreign = Request::post("/api/v1/cases")
        .header("content-type", "application/json")
        .header("sec-fetch-site", "cross-site");
    assert_eq!(
        town.send(clerk, foreign, b"{}".to_vec()).await.code(),
        "web.foreign_request"
    );
    let document = town.get(Who::Nobody, "/api/openapi.json").await.ok();
    assert_eq!(document["openapi"], "3.1.0");
}

#[tokio::test]
async fn who_asks_too_much_is_told_when_to_come_back() {
    let town = Town::with(|mut house| {
        house.throttles = std::sync::Arc::new(Throttles::default().with_api_rate(1));
        house
    })
    .await;
    let (_, secret) = town.issue("33030300SJ", &["counter_clerk"], "2026-12-31").await;
    let mut answers = Vec::new();
    for _ in 0..6 {
        answers.push(town.get(Who::System(&secret), "/api/v1/cases").await);
    }
    assert!(answers[0].status.is_success());
    let last = answers.last().unwrap();
    assert_eq!(
        (last.status, last.code()),
        (StatusCode::TOO_MANY_REQUESTS, "web.too_many")
    );
    assert!(last.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap() >= 1);
}
