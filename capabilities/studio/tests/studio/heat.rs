//! How long real cases take at each step.

use axum::http::StatusCode;
use mingjing_cases::commands::Command;
use mingjing_testkit::for_each_engine;

use crate::town::{COUNTER, STRANGER, Town, with_studio};
use crate::world::ITEM;

#[tokio::test]
async fn steps_are_counted_while_cases_go_on() {
    for_each_engine(with_studio, async |office| {
        counted(&Town::on(office.chronicle.clone(), office.clock.clone()).await).await;
    })
    .await;
}

async fn counted(town: &Town) {
    let first = town.world.submitted().await;
    town.world.submitted().await;
    // Three days later one of the two is accepted.
    town.world.clock.advance_hours(72);
    town.world
        .act(COUNTER, &first.case_no, Command::Accept(Default::default()))
        .await
        .unwrap();
    town.world.chronicle.settle().await.unwrap();
    let page = town.sees(COUNTER, &format!("/desk/heat/{ITEM}")).await;
    page.says("1件");
    // Waiting, overdue, done, late, median, share of the first step.
    page.says("收件审查</th>");
    let row = page.body.split("收件审查</th>").nth(1).unwrap();
    let cells: Vec<&str> = row
        .split("numeric\">")
        .skip(1)
        .take(6)
        .map(|cell| cell.split('<').next().unwrap())
        .collect();
    assert_eq!((cells[0], cells[2], cells[4]), ("1", "1", "3"), "{cells:?}");
    let days = town.sees(COUNTER, &format!("/desk/heat/{ITEM}?by=days")).await;
    days.says("3天");
    days.says("办完这一步用的天数");
    let list = town.sees(COUNTER, "/desk/heat").await;
    list.says(ITEM);
    list.says("numeric\">2<");
    assert_eq!(
        town.get(STRANGER, &format!("/desk/heat/{ITEM}")).await.status,
        StatusCode::NOT_FOUND
    );
}
