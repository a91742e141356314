//! What a penalty needs on its way, as JSON, and the way to some of its stages.

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::system::{Town, Who};
use crate::world::RESTAURANT;

pub const BODY: &str = "33030300SJ";
pub const ITEM: &str = "33030300SJ-CF-0003";
/// 20 000 yuan.
pub const FINE: i64 = 2_000_000;

pub const HANDLER: Who<'_> = Who::Person("方磊");
pub const REVIEWER: Who<'_> = Who::Person("叶欣");
pub const HEAD: Who<'_> = Who::Person("黄志远");
pub const PARTY: Who<'_> = Who::Person("李琴");

pub fn today(town: &Town) -> String {
    town.world.clock.today().to_string()
}

pub fn pdf(name: &str) -> Value {
    json!({"name": format!("{name}.pdf"), "content": STANDARD.encode(b"%PDF-1.7\n%%EOF\n")})
}

pub fn lead(town: &Town) -> Value {
    json!({
        "item_code": ITEM,
        "source": "report",
        "received_on": today(town),
        "content": "进货时没有查验供货者的许可证",
        "place": "温州市龙湾区永中街道演示路8号",
        "informant": {"name": "赵举报", "contact": "13900000009"},
        "files": [pdf("举报信")],
    })
}

pub fn opening(town: &Town) -> Value {
    json!({
        "open": true,
        "cause": "涉嫌进货时未查验许可证",
        "party": {
            "kind": "organisation",
            "name": "龙湾区好滋味小餐馆（演示）",
            "uscc": RESTAURANT,
            "legal_representative": "李琴",
            "contact": "李琴",
            "phone": "13800000002",
            "address": "温州市龙湾区永中街道演示路8号",
        },
        "acted_from": "2026-01-20",
        "acted_to": "2026-01-20",
        "discovered_on": today(town),
        "facts": "检查时不能提供供货者的许可证",
        "reasons": "涉嫌违反食品安全法第五十三条",
        "investigators": officers(town),
        "opinion": "建议立案调查",
    })
}

pub fn officers(town: &Town) -> Value {
    json!([town.world.account("方磊"), town.world.account("夏雨")])
}

pub fn evidence(town: &Town) -> Value {
    json!({
        "kind": "documentary", "name": "进货票据", "source": "当事人提供", "place": "经营场所", "taken_on": today(town),
        "proves": "没有留存供货者的许可证", "takers": officers(town), "shown_certificates": true,
        "file": pdf("进货票据"), "kept_at": "物证柜",
    })
}

pub fn report(evidence: &Value) -> Value {
    json!({
        "facts": "进货时没有查验供货者的许可证，责令改正后拒不改正",
        "evidence": [evidence],
        "violated": ["食品安全法第五十三条第一款"],
        "proposal": {"outcome": "penalty", "fine": FINE},
        "reasons": "违法事实清楚，证据确凿",
        "correction": {"order": "at_once"},
        "opinion": "建议如上",
    })
}

pub fn agreed() -> Value {
    json!({"stance": "positive", "opinion": "同意"})
}

pub fn in_person(town: &Town) -> Value {
    json!({
        "by": {"way": "personal", "recipient": "李琴", "relation": "法定代表人", "place": "经营场所", "signed": true},
        "served_on": today(town),
    })
}

pub async fn registered(town: &Town) -> String {
    let answer = town.post(HANDLER, "/api/v1/penalties", lead(town)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json);
    answer.json["case_no"].as_str().unwrap().to_owned()
}

pub async fn opened(town: &Town) -> String {
    let case = registered(town).await;
    town.penalise(HANDLER, &case, "propose_opening", opening(town))
        .await
        .ok();
    town.penalise(REVIEWER, &case, "review_opening", agreed()).await.ok();
    let approval = json!({"decision": "open", "opinion": "批准立案"});
    town.penalise(HEAD, &case, "approve_opening", approval).await.ok();
    case
}

/// Up to the served notice.
pub async fn noticed(town: &Town) -> String {
    let case = opened(town).await;
    town.penalise(HANDLER, &case, "record_evidence", evidence(town))
        .await
        .ok();
    let shown = town.get(HANDLER, &format!("/api/v1/penalties/{case}")).await.ok();
    let taken = &shown["evidence"][0]["evidence_id"];
    town.penalise(HANDLER, &case, "end_investigation", report(taken))
        .await
        .ok();
    town.penalise(REVIEWER, &case, "review_proposal", agreed()).await.ok();
    let contact = json!({"contact": "方磊", "phone": "0577-00001111"});
    town.penalise(HANDLER, &case, "notify", contact).await.ok();
    town.penalise(HANDLER, &case, "serve_notice", in_person(town))
        .await
        .ok();
    case
}

pub async fn own(town: &Town, case: &str, answer: &str, body: Value) -> crate::system::Answer {
    let seen = town.get(PARTY, &format!("/api/v1/my/penalties/{case}")).await.ok()["version"].as_i64();
    let path = format!("/api/v1/my/penalties/{case}/{answer}");
    town.order(PARTY, &path, seen, &town.key(), body).await
}
