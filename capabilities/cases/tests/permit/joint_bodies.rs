//! The bodies of the demo city's joint approval: who is asked, who works there, and what they do up to their opinion.

use mingjing_cases::commands::Command;
use mingjing_cases::decide::accept::Accept;
use mingjing_cases::decide::take_step::TakeStep;

use crate::matter::{Matter, PERMIT, step, take};
use crate::world::World;

pub const JOINT: &str = "33030300WG-XK-0010";

/// A body that is asked: its step in the lead's chart, and who works there.
pub struct Asked {
    pub call: &'static str,
    pub body: &'static str,
    pub checkers: [&'static str; 2],
    pub handler: &'static str,
    pub reviewer: &'static str,
    pub approver: &'static str,
}

pub const FIRE: Asked = Asked {
    call: "ask_fire",
    body: "33030300XF",
    checkers: ["acc-demo-xf-handler", "acc-demo-xf-handler2"],
    handler: "罗涛",
    reviewer: "邱岩",
    approver: "董炜",
};
pub const HEALTH: Asked = Asked {
    call: "ask_health",
    body: "33030300WJ",
    checkers: ["acc-demo-wj-handler", "acc-demo-wj-handler2"],
    handler: "孙昊",
    reviewer: "钱军",
    approver: "马静",
};
pub const ENVIRONMENT: Asked = Asked {
    call: "ask_environment",
    body: "33030300HB",
    checkers: ["acc-demo-hb-handler", "acc-demo-hb-handler2"],
    handler: "秦山",
    reviewer: "沈青",
    approver: "宋柏",
};
pub const ALL: [&Asked; 3] = [&FIRE, &HEALTH, &ENVIRONMENT];

/// Applied for and accepted: everybody is asked.
pub async fn accepted(world: &World) -> Matter<'_> {
    let matter = Matter::applied(world, JOINT, PERMIT).await;
    matter.does("叶青", Command::Accept(Accept::default())).await;
    matter
}

impl Asked {
    pub async fn part<'a>(&self, lead: &Matter<'a>) -> Matter<'a> {
        let case = lead.case().await;
        let one = case.assistance.iter().rev().find(|one| one.task == self.call).unwrap();
        Matter {
            world: lead.world,
            case_no: one.case_no.clone(),
        }
    }

    pub fn check(&self) -> Command {
        Command::TakeStep(TakeStep {
            officers: self.checkers.map(str::to_owned).to_vec(),
            place: "演示路9号".into(),
            ..step("assist_check", "done")
        })
    }

    pub async fn up_to_opinion(&self, part: &Matter<'_>) {
        part.does(self.handler, self.check()).await;
        part.does(self.handler, take("assist_examine", "agree")).await;
        part.does(self.reviewer, take("assist_review", "agree")).await;
    }

    pub async fn consents(&self, lead: &Matter<'_>) {
        let part = self.part(lead).await;
        self.up_to_opinion(&part).await;
        part.does(self.approver, take("assist_opinion", "agree")).await;
    }
}
