//! Matters that follow their charts, one of each kind, lived through so that the city has something to show of each flow:
//! a confirmation, a levy, a permit with a hearing, a permit with parallel reviews, and those in [`procedures`].

mod joint;
mod procedures;

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, time};
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
use mingjing_cases::decide::take_step::TakeStep;
use mingjing_cases::events::{Decision, FileRef, Stance, SubmittedMaterial};
use mingjing_cases::money::Fen;
use mingjing_cases::submission::{Behalf, OnlineApplication};
use mingjing_chronicle::Actor;

use super::cast::{Applicant, Official};

/// One matter: its item, and what is done in turn.
pub struct Tale {
    pub item_code: &'static str,
    answers: &'static [(&'static str, &'static str)],
    pub turns: &'static [Turn],
}

/// What is done some working days after the turn before it.
#[derive(Clone, Copy)]
pub struct Turn {
    pub working_days: u32,
    by: By,
    act: Act,
}

#[derive(Clone, Copy)]
enum By {
    Applicant,
    /// The holder of this post, by number in the list.
    Post(&'static str, usize),
    /// The first holder of this post in a body that was asked, in that body's own case.
    Asked(&'static str, &'static str),
}

#[derive(Clone, Copy)]
enum Act {
    Apply,
    /// The body begins it by itself.
    Open {
        facts: &'static str,
    },
    Accept,
    SiteCheck,
    Examine,
    Review,
    Grant {
        hearing_record: &'static str,
    },
    Issue,
    Serve,
    Complete,
    Publish,
    Step(Step),
}

/// A task of the chart.
#[derive(Clone, Copy)]
struct Step {
    task: &'static str,
    outcome: &'static str,
    opinion: &'static str,
    record: &'static str,
    /// Days from today until the day that is told.
    told_in: i64,
    hosted: bool,
    yuan: i64,
    /// The first two handlers act together.
    officers: bool,
    place: &'static str,
    goods: &'static str,
    time: &'static str,
    manner: &'static str,
}

const CLERK: By = By::Post("counter_clerk", 0);
const HANDLER: By = By::Post("handler", 0);
const REVIEWER: By = By::Post("reviewer", 0);
const APPROVER: By = By::Post("approver", 0);
const LEGAL: By = By::Post("legal_reviewer", 0);
const RELEASE: By = By::Post("release_reviewer", 0);

const fn turn(working_days: u32, by: By, act: Act) -> Turn {
    Turn { working_days, by, act }
}

const fn step(working_days: u32, by: By, task: &'static str, outcome: &'static str, words: [&'static str; 2]) -> Turn {
    told(working_days, by, task, outcome, words, 0, 0)
}

const fn told(
    working_days: u32,
    by: By,
    task: &'static str,
    outcome: &'static str,
    words: [&'static str; 2],
    told_in: i64,
    yuan: i64,
) -> Turn {
    let [opinion, record] = words;
    let step = Step {
        task,
        outcome,
        opinion,
        record,
        told_in,
        hosted: told_in > 0 && yuan == 0,
        yuan,
        officers: false,
        place: "",
        goods: "",
        time: "",
        manner: "",
    };
    turn(working_days, by, Act::Step(step))
}

pub const TALES: [Tale; 9] = [
    Tale {
        item_code: "33030300RS-QR-0001",
        answers: &[
            ("applicant_name", "王明"),
            ("contact_phone", "13800000001"),
            ("relation", "self"),
            ("worker_name", "王明"),
            ("employer", "温州演示机械有限公司（演示）"),
            ("injured_on", "2026-01-12"),
            ("place", "公司二号车间"),
            ("undisputed", "yes"),
            ("injury", "搬运零件时左脚被压伤，诊断为第三跖骨骨折。"),
        ],
        turns: &[
            turn(0, By::Applicant, Act::Apply),
            turn(1, CLERK, Act::Accept),
            step(
                2,
                HANDLER,
                "verify_simple",
                "clear",
                [
                    "事实清楚，权利义务明确。",
                    "向单位和两名同班工人核实，事故发生在工作时间、工作场所，因工作原因。",
                ],
            ),
            step(
                1,
                APPROVER,
                "decide_simple",
                "confirm",
                [
                    "同意。",
                    "王明在工作时间和工作场所内，因工作原因受到事故伤害，有考勤记录、证人证言和诊断证明。",
                ],
            ),
            turn(1, CLERK, Act::Serve),
            turn(0, CLERK, Act::Complete),
        ],
    },
    Tale {
        item_code: "33030300JT-XK-0002",
        answers: PERMIT,
        turns: &[
            turn(0, By::Applicant, Act::Apply),
            turn(1, CLERK, Act::Accept),
            step(
                0,
                HANDLER,
                "tell_right",
                "told",
                [
                    "",
                    "当面告知申请人和沿线两家客运公司：该线路许可直接涉及他们的重大利益，可以在五日内申请听证。",
                ],
            ),
            turn(1, HANDLER, Act::SiteCheck),
            step(
                1,
                HANDLER,
                "await_request",
                "requested",
                ["", "演示客运公司书面申请听证。"],
            ),
            // Over any holidays: at least seven working days before, and heard no earlier than told.
            told(1, LEGAL, "notify_hearing", "notified", ["", ""], 18, 0),
            step(
                16,
                LEGAL,
                "hear",
                "heard",
                [
                    "各方意见已经记录。",
                    "听证公开举行，申请人和两家客运公司到场陈述、质证，对班次和站点达成一致；笔录经核对无误后签字。",
                ],
            ),
            turn(1, HANDLER, Act::Examine),
            turn(1, REVIEWER, Act::Review),
            turn(
                1,
                APPROVER,
                Act::Grant {
                    hearing_record: "听证笔录第1号（演示）",
                },
            ),
            turn(1, CLERK, Act::Issue),
            turn(0, CLERK, Act::Serve),
            turn(1, RELEASE, Act::Publish),
            turn(0, CLERK, Act::Complete),
        ],
    },
    Tale {
        item_code: "33030300HB-XK-0002",
        answers: PERMIT,
        turns: &[
            turn(0, By::Applicant, Act::Apply),
            turn(1, CLERK, Act::Accept),
            turn(1, HANDLER, Act::Examine),
            step(0, LEGAL, "legal_review", "agree", ["程序合法，依据适用正确。", ""]),
            turn(1, HANDLER, Act::SiteCheck),
            step(1, REVIEWER, "expert_review", "", ["排放口设置合理。", ""]),
            step(1, By::Post("reviewer", 1), "expert_review", "", ["监测方案可行。", ""]),
            step(
                0,
                By::Post("reviewer", 2),
                "expert_review",
                "",
                ["同意，建议每季度公开监测数据。", ""],
            ),
            step(
                1,
                HANDLER,
                "summarise",
                "summarised",
                ["三位专家和法制审核均同意。", ""],
            ),
            turn(1, REVIEWER, Act::Review),
            step(1, APPROVER, "discuss", "", ["同意。", ""]),
            step(0, By::Post("approver", 1), "discuss", "", ["同意。", ""]),
            step(0, By::Post("approver", 2), "discuss", "", ["同意。", ""]),
            turn(1, APPROVER, Act::Grant { hearing_record: "" }),
            turn(1, CLERK, Act::Issue),
            turn(0, CLERK, Act::Serve),
            turn(1, RELEASE, Act::Publish),
            turn(0, CLERK, Act::Complete),
        ],
    },
    Tale {
        item_code: "33030300ZJ-ZS-0001",
        answers: &[
            ("payer_name", "王明"),
            ("contact_phone", "13800000001"),
            ("period", "2026年第一季度"),
            ("quantity", "1200立方米"),
            ("content", "自备水源，按取水计量表申报。"),
        ],
        turns: &[
            turn(0, By::Applicant, Act::Apply),
            step(1, CLERK, "register", "complete", ["", "申报表和计量表照片齐全。"]),
            told(
                2,
                HANDLER,
                "verify",
                "levy",
                ["应当征收。", "1200立方米，每立方米1.40元，共1680元（演示标准）。"],
                0,
                1_680,
            ),
            step(1, REVIEWER, "review", "agree", ["同意核定的数额。", ""]),
            told(
                1,
                APPROVER,
                "decide",
                "levy",
                ["同意征收。", "申报的水量与计量表一致，按标准计算应缴1680元。"],
                20,
                1_680,
            ),
            turn(1, CLERK, Act::Serve),
            told(
                5,
                CLERK,
                "collect",
                "paid",
                ["", "缴款凭证（演示）第0001号。"],
                0,
                1_680,
            ),
            step(1, HANDLER, "close", "archived", ["", ""]),
        ],
    },
    procedures::ON_THE_SPOT,
    procedures::MEASURE,
    procedures::ENFORCEMENT,
    procedures::DISCLOSURE,
    joint::JOINT,
];

const PERMIT: &[(&str, &str)] = &[
    ("operator_name", "王明"),
    ("contact_phone", "13800000001"),
    ("place", "温州市龙湾区永中街道演示路9号"),
    ("content", "规模和时间见附件。"),
];

/// An item of a tale with the people of its body, by post.
pub struct Stage {
    pub materials: Vec<(String, String)>,
    pub item_name: String,
    pub posts: BTreeMap<&'static str, Vec<std::sync::Arc<Official>>>,
    /// Of the bodies that are asked, by body and post.
    pub asked: BTreeMap<(String, &'static str), Vec<std::sync::Arc<Official>>>,
}

/// What a turn is about.
pub struct Scene<'a> {
    pub tale: &'a Tale,
    pub stage: &'a Stage,
    pub turn: Turn,
    pub today: Date,
    pub applicant: &'a Applicant,
    pub sample: &'a FileRef,
}

impl Turn {
    pub fn name(self) -> &'static str {
        match self.act {
            Act::Apply => "submit",
            Act::Open { .. } => "open",
            Act::Accept => "accept",
            Act::SiteCheck => "record_site_check",
            Act::Examine => "examine",
            Act::Review => "review",
            Act::Grant { .. } => "decide",
            Act::Issue => "issue",
            Act::Serve => "serve",
            Act::Complete => "complete",
            Act::Publish => "release_review",
            Act::Step(_) => "take_step",
        }
    }
}

impl Scene<'_> {
    pub fn by(&self) -> &Actor {
        match self.turn.by {
            By::Applicant => &self.applicant.actor,
            By::Post(role, number) => &self.holder(role, number).actor,
            By::Asked(body, role) => &self.asked(body, role)[0].actor,
        }
    }

    /// The body whose own part of the case the turn is about; none: it is about the case itself.
    pub fn part_of(&self) -> Option<&'static str> {
        match self.turn.by {
            By::Asked(body, _) => Some(body),
            By::Applicant | By::Post(..) => None,
        }
    }

    fn asked(&self, body: &'static str, role: &'static str) -> &[std::sync::Arc<Official>] {
        &self.stage.asked[&(body.to_owned(), role)]
    }

    fn holder(&self, role: &'static str, number: usize) -> &Official {
        &self.stage.posts[role][number]
    }

    fn handler(&self, number: usize) -> &Official {
        match self.turn.by {
            By::Asked(body, _) => &self.asked(body, "handler")[number],
            By::Applicant | By::Post(..) => self.holder("handler", number),
        }
    }

    pub fn application(&self) -> OnlineApplication {
        let materials = self.stage.materials.iter().map(|(id, name)| SubmittedMaterial {
            id: id.clone(),
            name: name.clone(),
            files: vec![self.sample.clone()],
            originals: 0,
            copies: 0,
        });
        let answers = self.tale.answers.iter();
        OnlineApplication {
            item_code: self.tale.item_code.to_owned(),
            behalf: Behalf::Oneself,
            contact: String::new(),
            phone: self.applicant.phone.clone(),
            address: text("温州市龙湾区永中街道演示路9号"),
            electronic_service: true,
            form: answers
                .map(|(field, value)| ((*field).to_owned(), vec![(*value).to_owned()]))
                .collect(),
            materials: materials.collect(),
            draft: None,
        }
    }

    pub fn command(&self) -> Command {
        let today = self.today;
        match self.turn.act {
            Act::Apply | Act::Open { .. } | Act::Accept => Command::Accept(Accept::default()),
            Act::SiteCheck => Command::RecordSiteCheck(
                RecordSiteCheck {
                    place: text("温州市龙湾区永中街道演示路9号"),
                    checked_on: today,
                    from: time(8, 30, 0, 0),
                    to: time(8, 50, 0, 0),
                    facts: text("场所、设施与申报一致。"),
                    conforms: true,
                    files: vec![self.sample.clone()],
                },
                vec![
                    self.holder("handler", 0).account.clone(),
                    self.holder("handler", 1).account.clone(),
                ],
            ),
            Act::Examine => Command::Examine(Examine {
                stance: Stance::Positive,
                text: text("符合法定条件，建议准予。"),
                reasons: String::new(),
            }),
            Act::Review => Command::Review(Review {
                stance: Stance::Positive,
                text: text("同意。"),
                reasons: String::new(),
            }),
            Act::Grant { hearing_record } => Command::Decide(Decide {
                decision: Decision::Grant {
                    conditions: Vec::new(),
                    valid_from: today,
                    valid_to: Some(today.saturating_add(5.years())),
                },
                opinion: text("同意，准予许可。"),
                reasons: String::new(),
                basis: None,
                hearing_record: text(hearing_record),
            }),
            Act::Issue => Command::Issue(Issue {
                certificate_no: format!("{}-演示-0001", self.tale.item_code),
            }),
            Act::Serve => Command::Serve(Serve {
                by: Way::Electronic,
                served_on: today,
                server: self.holder("counter_clerk", 0).name.clone(),
            }),
            Act::Complete => Command::Complete(Complete {
                case_summary: format!("{}，已办理完毕。", self.stage.item_name),
                completion_status: text("已办结"),
            }),
            Act::Publish => Command::ReleaseReview(ReviewRelease::Publish {
                opinion: text("不涉及国家秘密、商业秘密，个人信息已隐去，同意公开。"),
            }),
            Act::Step(step) => Command::TakeStep(self.step(step)),
        }
    }

    fn step(&self, step: Step) -> TakeStep {
        TakeStep {
            task: text(step.task),
            outcome: text(step.outcome),
            opinion: text(step.opinion),
            // Of a conditional agreement the conditions.
            reasons: match step.outcome {
                "conditional" => text(step.manner),
                _ => String::new(),
            },
            happened_on: None,
            record: text(step.record),
            // Against the decision that is enforced nobody turned to anybody in time.
            remedy_over_on: (!step.time.is_empty()).then(|| self.today.saturating_sub(30.days())),
            told_day: (step.told_in > 0).then(|| self.today.saturating_add(step.told_in.days())),
            place: if step.hosted {
                text("区政务服务中心三楼会议室")
            } else {
                text(step.place)
            },
            host: step.hosted.then(|| self.holder("legal_reviewer", 0).account.clone()),
            amount: (step.yuan > 0).then(|| Fen::yuan(step.yuan)),
            officers: match step.officers {
                true => [0, 1].map(|number| self.handler(number).account.clone()).to_vec(),
                false => Vec::new(),
            },
            witness: String::new(),
            goods: text(step.goods),
            time: text(step.time),
            manner: match step.outcome {
                "conditional" => String::new(),
                _ => text(step.manner),
            },
            utilities_kept: !step.time.is_empty(),
        }
    }
}

fn text(words: &str) -> String {
    words.to_owned()
}
