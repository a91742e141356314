//! The pages for citizens and the public over the demo city at http://127.0.0.1:8098/my
//! (`cargo run -p mingjing-cases --example citizen`). With the cookie
//! `mingjing=session-token-of-acc-demo-owner-0123456789` the visitor is the restaurant's owner, who has cases in all
//! stages.
#![allow(clippy::unwrap_used, reason = "an example over a fresh database")]

#[path = "../tests/citizen/house.rs"]
mod house;
#[path = "../tests/citizen/office.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod office;
#[path = "../tests/permit/world.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod world;

use mingjing_cases::commands::Command;
use mingjing_cases::decide::accept::Accept;
use mingjing_cases::decide::ask_supplement::AskSupplement;
use mingjing_cases::events::SupplementItem;
use mingjing_web::{Limits, Server};

use crate::world::World;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let world = World::new().await;
    stories(&world).await;
    let house = house::house(&world).await;
    let routes = mingjing_web::routes(&house.site).merge(mingjing_cases::pages::citizen::citizen_routes());
    let server = Server::bind(([127, 0, 0, 1], 8098).into(), Limits::default()).await?;
    server.serve(routes.into_router(house), std::future::pending()).await;
    Ok(())
}

/// One case in each stage that a party meets.
async fn stories(world: &World) {
    office::publish(world, &world.submitted().await.case_no).await;
    office::withhold(world, &world.submitted().await.case_no).await;
    office::decide(world, &world.submitted().await.case_no).await;
    let waiting = world.submitted().await;
    let item = |name: &str, requirement: &str| SupplementItem {
        material: None,
        name: name.into(),
        requirement: requirement.into(),
    };
    let items = vec![
        item("设备、设施清单", "写明数量并签名"),
        item("房屋租赁合同", "提供完整的复印件"),
    ];
    let ask = Command::AskSupplement(AskSupplement { items });
    world.act("林晓岚", &waiting.case_no, ask).await.unwrap();
    world.clock.advance_hours(24 * 2);
    let accepted = world.submitted().await.case_no;
    world
        .act("林晓岚", &accepted, Command::Accept(Accept::default()))
        .await
        .unwrap();
    world.submitted().await;
    world.chronicle.settle().await.unwrap();
}
