//! The lead's page of a joint approval: what is awaited, and that nothing is any more.

use crate::asking::Town;
use crate::joint_bodies::{ALL, accepted};
use crate::world::{china, demo_file};

#[tokio::test]
async fn the_leads_page_says_that_it_waits_only_while_it_does() {
    let town = Town::new().await;
    town.world.clock.set(china("2026-03-02 09:00"));
    town.world.import_item(demo_file("items/joint.csv")).await;
    let lead = accepted(&town.world).await;
    let path = format!("/desk/cases/{}", lead.case_no);
    let person = town.person("贺文");
    for asked in ALL {
        let page = person.sees(&path).await;
        page.says("意见到齐以后才能继续办理");
        page.says("等待意见");
        page.keeps_silent_on("意见已经到齐");
        asked.consents(&lead).await;
    }
    let page = person.sees(&path).await;
    page.says("意见已经到齐。");
    page.keeps_silent_on("意见到齐以后才能继续办理");
    page.keeps_silent_on("等待意见");
}
