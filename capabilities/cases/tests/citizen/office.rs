//! What the officers do with a case, so that the citizens' pages have something to show.

use mingjing_cases::commands::Command;
use mingjing_cases::decide::accept::Accept;
use mingjing_cases::decide::complete::Complete;
use mingjing_cases::decide::decide::Decide;
use mingjing_cases::decide::examine::Examine;
use mingjing_cases::decide::issue::Issue;
use mingjing_cases::decide::release::ReviewRelease;
use mingjing_cases::decide::review::Review;
use mingjing_cases::decide::serve::{Serve, Way};
use mingjing_cases::decide::site_check::RecordSiteCheck;
use mingjing_cases::events::{Decision, Stance, WithholdGround};

use crate::world::World;

/// From receipt to the grant.
pub async fn decide(world: &World, number: &str) {
    let check = RecordSiteCheck {
        place: "温州市龙湾区永中街道演示路8号".into(),
        checked_on: world.clock.today(),
        from: "09:00".parse().unwrap(),
        to: "10:00".parse().unwrap(),
        facts: "与申请一致".into(),
        conforms: true,
        files: Vec::new(),
    };
    let decision = Decision::Grant {
        conditions: vec!["经营者李琴（电话13800000002）应当在店内公示许可证".into()],
        valid_from: world.clock.today(),
        valid_to: None,
    };
    let inspectors = vec![world.account("陈立"), world.account("周宁")];
    let acts = [
        ("林晓岚", Command::Accept(Accept::default())),
        ("陈立", Command::RecordSiteCheck(check, inspectors)),
        (
            "陈立",
            Command::Examine(Examine {
                stance: Stance::Positive,
                text: "符合条件".into(),
                reasons: String::new(),
            }),
        ),
        (
            "吴敏",
            Command::Review(Review {
                stance: Stance::Positive,
                text: "同意".into(),
                reasons: String::new(),
            }),
        ),
        (
            "黄志远",
            Command::Decide(Decide {
                decision,
                opinion: "准予".into(),
                reasons: String::new(),
                basis: None,
                hearing_record: String::new(),
            }),
        ),
    ];
    for (person, command) in acts {
        world.act(person, number, command).await.unwrap();
    }
}

/// From the grant into the party's in-box.
pub async fn serve(world: &World, number: &str) {
    let issue = Issue {
        certificate_no: format!("JY{}", &number[16..]),
    };
    let serve = Serve {
        by: Way::Electronic,
        served_on: world.clock.today(),
        server: "林晓岚".into(),
    };
    for command in [Command::Issue(issue), Command::Serve(serve)] {
        world.act("林晓岚", number, command).await.unwrap();
    }
}

async fn complete(world: &World, number: &str) {
    decide(world, number).await;
    // Papers get their numbers in the background, so that the record names the decision's number.
    world.chronicle.settle().await.unwrap();
    serve(world, number).await;
    let complete = Complete {
        case_summary: "食品经营许可".into(),
        completion_status: "准予".into(),
    };
    world.act("林晓岚", number, Command::Complete(complete)).await.unwrap();
}

pub async fn publish(world: &World, number: &str) {
    complete(world, number).await;
    let publish = ReviewRelease::Publish {
        opinion: "可以公开".into(),
    };
    world
        .act("郑洁", number, Command::ReleaseReview(publish))
        .await
        .unwrap();
}

pub async fn withhold(world: &World, number: &str) {
    complete(world, number).await;
    let withhold = ReviewRelease::Withhold {
        ground: WithholdGround::BusinessSecret,
        reasons: "含有商业秘密".into(),
    };
    world
        .act("郑洁", number, Command::ReleaseReview(withhold))
        .await
        .unwrap();
}
