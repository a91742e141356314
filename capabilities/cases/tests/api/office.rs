//! A permit by API alone, and what a command promises: once, and on what was seen.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::system::{Town, Who, receipt};

const BODY: &str = "33030300SJ";

async fn taken_in(town: &Town, who: Who<'_>) -> String {
    let answer = town.post(who, "/api/v1/cases", receipt()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json);
    assert!(answer.json["query_secret"].as_str().is_some());
    answer.json["case_no"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_permit_from_receipt_to_the_public_record() {
    let town = Town::new().await;
    let (_, clerk) = town.issue(BODY, &["counter_clerk"], "2026-12-31").await;
    let (clerk, handler) = (Who::System(&clerk), Who::Person("陈立"));
    let case = taken_in(&town, clerk).await;
    let tasks = town.get(clerk, "/api/v1/tasks").await.ok();
    assert_eq!(tasks["rows"][0]["case_no"], case.as_str());
    town.act(clerk, &case, "accept", json!({})).await.ok();
    let officers = town.get(handler, &format!("/api/v1/cases/{case}/officers")).await.ok();
    assert!(officers["rows"].as_array().unwrap().len() > 3);
    let check = json!({
        "officers": [town.world.account("陈立"), town.world.account("周宁")],
        "place": "演示路8号", "checked_on": "2026-02-02", "from": "09:30:00", "to": "10:30:00",
        "facts": "设备齐全", "conforms": true,
    });
    town.act(handler, &case, "record_site_check", check).await.ok();
    let opinion = json!({"stance": "positive", "opinion": "符合条件"});
    town.act(handler, &case, "examine", opinion.clone()).await.ok();
    town.act(Who::Person("吴敏"), &case, "review", opinion).await.ok();
    let decision = json!({"decision": {"result": "grant", "valid_to": "2031-02-01"}, "opinion": "准予"});
    town.act(Who::Person("黄志远"), &case, "decide", decision).await.ok();
    town.world.chronicle.settle().await.unwrap();
    let issue = json!({"certificate_no": "JY23303030000001"});
    town.act(clerk, &case, "issue", issue).await.ok();
    let service = json!({
        "by": {"way": "personal", "recipient": "李琴", "relation": "法定代表人", "place": "窗口", "signed": true},
        "server": "林晓岚",
    });
    town.act(clerk, &case, "serve", service).await.ok();
    let words = json!({"case_summary": "食品经营许可", "completion_status": "准予许可，已送达"});
    town.act(clerk, &case, "complete", words).await.ok();
    let publish = json!({"result": "publish", "opinion": "已核对"});
    town.act(Who::Person("郑洁"), &case, "release_review", publish)
        .await
        .ok();
    town.world.chronicle.settle().await.unwrap();

    let record = town
        .get(Who::Nobody, &format!("/api/v1/public/cases/{case}"))
        .await
        .ok();
    assert_eq!(record["record"]["result"], "准予许可");
    assert!(!record.to_string().contains("李琴"));
    let listed = town
        .get(Who::Nobody, "/api/v1/public/cases?q=%E9%A3%9F%E5%93%81")
        .await
        .ok();
    assert_eq!(listed["rows"].as_array().unwrap().len(), 1);
    let whole = town.get(clerk, &format!("/api/v1/cases/{case}")).await.ok();
    assert_eq!(whole["state"], "completed");
    let paper = whole["papers"][0]["paper_id"].as_str().unwrap();
    let file = town.get(clerk, &format!("/api/v1/cases/{case}/papers/{paper}")).await;
    assert_eq!(file.headers["content-type"], "application/pdf");
    assert!(!file.bytes.is_empty());
    town.get(clerk, "/api/v1/board").await.ok();
}

#[tokio::test]
async fn a_command_is_done_once_and_on_what_was_seen() {
    let town = Town::new().await;
    let clerk = Who::Person("林晓岚");
    let key = town.key();
    let first = town.order(clerk, "/api/v1/cases", None, &key, receipt()).await;
    let again = town.order(clerk, "/api/v1/cases", None, &key, receipt()).await;
    assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.json, again.json);
    assert!(first.headers.get("idempotency-replayed").is_none());
    assert_eq!(again.headers["idempotency-replayed"], "true");
    let mut other = receipt();
    other["by_post"] = true.into();
    let reused = town.order(clerk, "/api/v1/cases", None, &key, other).await;
    assert_eq!(
        (reused.status, reused.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "idempotency.key_reused")
    );
    assert_eq!(town.get(clerk, "/api/v1/cases/count").await.ok()["count"], 1);

    let case = first.json["case_no"].as_str().unwrap();
    let seen = town.get(clerk, &format!("/api/v1/cases/{case}")).await.ok()["version"].as_i64();
    let path = |act: &str| format!("/api/v1/cases/{case}/acts/{act}");
    town.order(clerk, &path("accept"), seen, &town.key(), json!({}))
        .await
        .ok();
    let stale = town
        .order(
            clerk,
            &path("not_required"),
            seen,
            &town.key(),
            json!({"reasons": "无需"}),
        )
        .await;
    assert_eq!(
        (stale.status, stale.code()),
        (StatusCode::CONFLICT, "web.changed_since_seen")
    );
    assert_eq!(stale.json["changed"].as_array().unwrap().len(), 1);
    let unseen = town.order(clerk, &path("accept"), None, &town.key(), json!({})).await;
    assert_eq!((unseen.status, unseen.code()), (StatusCode::BAD_REQUEST, "api.header"));
    // The law's own answer comes through with its article.
    let now = town.act(clerk, case, "accept", json!({})).await;
    assert_eq!(
        (now.status, now.code()),
        (StatusCode::CONFLICT, "cases.accept.already_accepted")
    );
}

#[tokio::test]
async fn a_list_in_pieces_is_the_list() {
    let town = Town::new().await;
    let clerk = Who::Person("林晓岚");
    let mut all = Vec::new();
    for _ in 0..5 {
        all.push(taken_in(&town, clerk).await);
    }
    for list in ["/api/v1/cases", "/api/v1/tasks"] {
        let (mut seen, mut path): (Vec<String>, String) = (Vec::new(), format!("{list}?size=2"));
        loop {
            let piece = town.get(clerk, &path).await.ok();
            let rows = piece["rows"].as_array().unwrap().clone();
            assert!(rows.len() <= 2);
            seen.extend(rows.iter().map(|row| row["case_no"].as_str().unwrap().to_owned()));
            let Some(next) = piece.get("next").and_then(Value::as_str) else {
                break;
            };
            path = format!("{list}?size=2&cursor={next}");
        }
        seen.sort();
        all.sort();
        assert_eq!(seen, all, "{list}");
    }
    let strange = town.get(clerk, "/api/v1/cases?cursor=Zm9v").await;
    assert_eq!(
        (strange.status, strange.code()),
        (StatusCode::BAD_REQUEST, "api.cursor")
    );
}
