//! Bodies that are no command of a penalty are told at their place, and nothing is recorded.

use serde_json::{Value, json};

use crate::penalty_steps::{HANDLER, evidence, opened, report};
use crate::system::Town;
use crate::world::World;

#[tokio::test]
async fn what_is_no_command_is_told_at_its_place() {
    let town = Town::with_penalties(World::new().await).await;
    let case = opened(&town).await;
    let many = |value: Value, number: usize| Value::Array(vec![value; number]);
    let long = "长".repeat(5_001);
    let rows: &[(&str, &str, Value, &str)] = &[
        (
            "end_investigation",
            "/grounds",
            many(json!({"weight": "lighter", "article": "一", "reason": "二"}), 51),
            "grounds",
        ),
        (
            "end_investigation",
            "/other_norms",
            many(json!({"basis": "一", "highest": 1}), 51),
            "other_norms",
        ),
        (
            "end_investigation",
            "/other_norms",
            json!([{"basis": "一", "highest": -1}]),
            "other_norms.0.highest",
        ),
        (
            "end_investigation",
            "/other_norms",
            json!([{"basis": "一", "highest": 1, "more": 1}]),
            "other_norms.0",
        ),
        ("end_investigation", "/violated", many(json!("一"), 51), "violated"),
        ("end_investigation", "/violated", json!([long]), "violated.0"),
        ("end_investigation", "/evidence", many(json!("一"), 501), "evidence"),
        (
            "end_investigation",
            "/legal_review",
            many(json!("complex"), 11),
            "legal_review",
        ),
        (
            "end_investigation",
            "/factors",
            json!({"货值": "长".repeat(201)}),
            "factors.货值",
        ),
        (
            "end_investigation",
            "/factors",
            json!({"长".repeat(65): "1"}),
            "factors",
        ),
        (
            "end_investigation",
            "/factors",
            (0..51)
                .map(|at| (at.to_string(), json!("1")))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            "factors",
        ),
        (
            "end_investigation",
            "/factors",
            json!({"货值": {"name": "a", "content": "b"}}),
            "factors.货值",
        ),
        (
            "end_investigation",
            "/proposal",
            json!({"outcome": "penalty", "fine": 100_000_000_001i64}),
            "proposal.fine",
        ),
        (
            "end_investigation",
            "/proposal",
            json!({"outcome": "penalty", "fine": 0.5}),
            "proposal.fine",
        ),
        (
            "end_investigation",
            "/proposal",
            json!({"outcome": "arrest"}),
            "proposal.outcome",
        ),
        (
            "end_investigation",
            "/correction",
            json!({"order": "by"}),
            "correction.on",
        ),
        ("end_investigation", "/facts", json!("看不见\u{202e}"), "facts"),
        ("record_evidence", "/takers", many(json!("一"), 11), "takers"),
        ("record_evidence", "/taken_on", json!("2026-02-30"), "taken_on"),
        (
            "record_evidence",
            "/file",
            json!({"name": "", "content": "AAAA"}),
            "file.name",
        ),
        (
            "record_evidence",
            "/file",
            json!({"name": "a.pdf", "content": "AAAA", "blob": "x"}),
            "file",
        ),
        (
            "record_evidence",
            "/file",
            json!({"blob": "x", "sha256": "", "bytes": 1, "name": "a", "media_type": "b"}),
            "file.content",
        ),
    ];
    for (act, place, value, field) in rows {
        let mut body = match *act {
            "record_evidence" => evidence(&town),
            _ => report(&json!("一")),
        };
        let name = place.trim_start_matches('/');
        body[name] = value.clone();
        let answer = town.penalise(HANDLER, &case, act, body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (422, "api.body"),
            "{act} {place}"
        );
        assert_eq!(
            answer.json["fields"][0]["field"], *field,
            "{act} {place}: {}",
            answer.json
        );
    }
    // Files that are none are told at their place, and nothing is recorded.
    for (content, name) in [("%%%%", "a.pdf"), ("AAAA", "a.pdf"), ("AAAA", "a.exe")] {
        let mut body = evidence(&town);
        body["file"] = json!({"name": name, "content": content});
        let answer = town.penalise(HANDLER, &case, "record_evidence", body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (422, "cases.file.refused"),
            "{name} {content}"
        );
        assert_eq!(answer.json["fields"][0]["field"], "file");
    }
    let shown = town.get(HANDLER, &format!("/api/v1/penalties/{case}")).await.ok();
    assert_eq!(
        (&shown["evidence"], &shown["state"]),
        (&json!([]), &json!("investigating"))
    );
}
