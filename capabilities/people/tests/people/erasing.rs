//! Erasing through the pages: one administrator proposes, another one confirms, and nothing of the person is left.

use std::sync::Arc;

use axum::http::StatusCode;
use mingjing_people::role::AccountRole;

use crate::browser::{Browser, office};
use crate::city::*;

#[tokio::test(flavor = "multi_thread")]
async fn two_administrators_erase_what_a_closed_account_holds() {
    let office = office().await;
    let stream = format!("account/{CITIZEN}");
    let mut system = Browser::signed_in(&office, &admin_account(AccountRole::SystemAdmin)).await;
    let mut audit = Browser::signed_in(&office, &admin_account(AccountRole::AuditAdmin)).await;
    let page = "/admin/erasures/new";
    let asked = [
        ("stream", stream.as_str()),
        ("ground", "consent_withdrawn"),
        ("reason", "本人书面要求"),
    ];
    let used = system.fill(page, page, &asked).await;
    assert_eq!(used.status, StatusCode::CONFLICT);
    assert!(used.body.contains("账号还在使用"), "{}", used.body);
    let kept = system
        .fill(page, page, &[("stream", "body/33030300SJ"), asked[1], asked[2]])
        .await;
    assert!(kept.body.contains("档案法第十四条"), "{}", kept.body);

    let mut owner = Browser::signed_in(&office, CITIZEN).await;
    let stopped = owner
        .fill("/account/stop", "/account/stop", &[("reason", "不再使用")])
        .await;
    assert_eq!(stopped.status, StatusCode::SEE_OTHER, "{}", stopped.body);
    let numbered = system
        .fill(page, page, &[asked[0], asked[1], ("reason", "电话 13800000000")])
        .await;
    assert_eq!(numbered.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(system.fill(page, page, &asked).await.location, "/admin/erasures");
    let own = system.get("/admin/erasures").await;
    assert!(
        own.body.contains(&stream) && own.body.contains("要由另一名管理员确认"),
        "{}",
        own.body
    );
    let theirs = audit.get("/admin/erasures").await;
    let at = theirs.body.find("/confirm\"").unwrap();
    let action = theirs.body[..at].rsplit('"').next().unwrap().to_owned() + "/confirm";
    let by_proposer = system.fill("/admin/erasures", &action, &[]).await;
    assert!(
        by_proposer.body.contains("提出的人不能自己确认"),
        "{}",
        by_proposer.body
    );
    assert_eq!(
        audit.fill("/admin/erasures", &action, &[]).await.location,
        "/admin/erasures"
    );

    let journal = office.folder().join("erasure.journal");
    let id = action
        .trim_end_matches("/confirm")
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let handler = mingjing_people::erasing::EraseJob {
        journal: journal.clone(),
    };
    let job = mingjing_chronicle::job::Job {
        id: id.clone(),
        kind: mingjing_people::erasing::ERASE_JOB.to_owned(),
        payload: serde_json::json!({ "erasure": id }),
        attempts: 0,
    };
    mingjing_chronicle::JobHandler::run(&handler, Arc::clone(&office.chronicle), job)
        .await
        .unwrap();
    let events = office
        .chronicle
        .read(|reader| reader.events("account", CITIZEN))
        .await
        .unwrap();
    assert!(!events.is_empty() && events.iter().all(|event| event.json().is_none()));
    assert!(std::fs::read_to_string(journal).unwrap().lines().count() == events.len());
    let done = audit.get("/admin/erasures").await;
    assert!(done.body.contains("已删除"), "{}", done.body);
    assert!(!done.body.contains("张三"), "{}", done.body);
    assert!(!audit.get("/admin/audit").await.body.contains("张三"));
}
