//! Drafts: saved, found again, never lost, never in force.

use axum::http::StatusCode;
use mingjing_testkit::for_each_engine;

use crate::town::{CLERK, OFFICE, STRANGER, Town, with_studio};
use crate::world::ITEM;

async fn save(town: &Town, key: &str, xml: &str, seen: &str) -> crate::town::Answer {
    let fields = [("xml", xml), ("_seen", seen)];
    town.post(CLERK, &format!("/desk/flows/{ITEM}/draft"), key, &fields)
        .await
}

fn renamed(flow: &str, name: &str) -> String {
    let from = flow.find("<bpmn:userTask").unwrap();
    let at = from + flow[from..].find("name=\"").unwrap() + 6;
    let end = at + flow[at..].find('"').unwrap();
    format!("{}{name}{}", &flow[..at], &flow[end..])
}

#[tokio::test]
async fn a_draft_is_saved_found_again_compared_and_given_up() {
    let town = Town::new().await;
    let flow = town.flow().await;
    let drawn = renamed(&flow, "窗口收件");
    let kept = save(&town, "key-of-the-save-0001", &drawn, "0").await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.body);
    assert_eq!(kept.json()["seen"], 1);
    let compare = kept.json()["compare"].as_str().unwrap().to_owned();
    let compared = town.sees(CLERK, &compare).await;
    compared.says("修改 1 处");
    compared.says("→ 窗口收件");
    compared.says("is-on-way");
    // The same try again is one save.
    assert_eq!(save(&town, "key-of-the-save-0001", &drawn, "0").await.json()["seen"], 1);
    let edit = town.sees(CLERK, &format!("/desk/flows/{ITEM}/edit")).await;
    edit.says("窗口收件");
    edit.says("name=\"_seen\" value=\"1\"");
    town.sees(CLERK, "/desk/flows").await.says("继续修改");
    // Nothing is in force by it, and the office reads it without being able to write it.
    assert_eq!(town.flow().await, flow);
    town.sees(OFFICE, "/desk/flows").await.says("与现行比较");
    town.sees(OFFICE, &compare).await.says("→ 窗口收件");
    town.sees(OFFICE, &format!("/desk/flows/{ITEM}/edit"))
        .await
        .keeps_silent_on("窗口收件");
    assert_eq!(town.get(STRANGER, &compare).await.status, StatusCode::NOT_FOUND);
    town.sees(STRANGER, "/desk/flows").await.keeps_silent_on("与现行比较");
    let path = format!("/desk/flows/{ITEM}/discard");
    town.sees(CLERK, &path).await.says("删除以后不能恢复");
    let gone = town.post(CLERK, &path, "key-of-the-discard-1", &[]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    town.sees(CLERK, "/desk/flows").await.keeps_silent_on("继续修改");
    assert_eq!(town.get(CLERK, &compare).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn crossing_saves_lose_nothing() {
    for_each_engine(with_studio, async |office| {
        crossed(&Town::on(office.chronicle.clone(), office.clock.clone()).await).await;
    })
    .await;
}

async fn crossed(town: &Town) {
    let flow = town.flow().await;
    save(town, "key-of-the-save-0002", &flow, "0").await;
    // Two windows that both show the first save.
    let one = save(town, "key-of-the-save-0003", &renamed(&flow, "甲窗"), "1").await;
    assert_eq!(one.json()["seen"], 2);
    let other = save(town, "key-of-the-save-0004", &renamed(&flow, "乙窗"), "1").await;
    assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.body);
    let told = other.json();
    assert_eq!(
        (told["code"].as_str(), told["seen"].as_i64()),
        (Some("web.changed_since_seen"), Some(2))
    );
    let changed = told["changed"][0].as_str().unwrap();
    assert!(changed.ends_with("名称：甲窗 → 乙窗"), "{changed}");
    town.sees(CLERK, &format!("/desk/flows/{ITEM}/edit")).await.says("甲窗");
    // Replacing it knowingly.
    let over = save(town, "key-of-the-save-0005", &renamed(&flow, "乙窗"), "2").await;
    assert_eq!(over.json()["seen"], 3);
    // A window that was opened before any draft does not overwrite one either.
    let late = save(town, "key-of-the-save-0006", &flow, "0").await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    // A draft given up elsewhere is begun anew.
    town.post(
        CLERK,
        &format!("/desk/flows/{ITEM}/discard"),
        "key-of-the-discard-2",
        &[],
    )
    .await;
    assert_eq!(save(town, "key-of-the-save-0007", &flow, "3").await.json()["seen"], 1);
}

#[tokio::test]
async fn what_is_no_chart_is_not_saved_and_what_has_findings_is() {
    let town = Town::new().await;
    let refused = save(&town, "key-of-the-save-0008", "<bpmn:definitions", "0").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says("studio.draft.unreadable");
    let flow = town.flow().await;
    let unfinished = flow.replacen("<bpmn:incoming>", "<bpmn:incoming>x", 1);
    assert_eq!(
        save(&town, "key-of-the-save-0009", &unfinished, "0").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn drafts_that_nobody_touched_for_half_a_year_go() {
    let town = Town::new().await;
    let flow = town.flow().await;
    save(&town, "key-of-the-save-0010", &flow, "0").await;
    town.world.clock.set("2026-07-31T01:00:00Z".parse().unwrap());
    mingjing_studio::sweep(&town.world.chronicle).await.unwrap();
    town.sees(CLERK, "/desk/flows").await.says("继续修改");
    town.world.clock.set("2026-08-02T01:00:00Z".parse().unwrap());
    mingjing_studio::sweep(&town.world.chronicle).await.unwrap();
    town.sees(CLERK, "/desk/flows").await.keeps_silent_on("继续修改");
}
