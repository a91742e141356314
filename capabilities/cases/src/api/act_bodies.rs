//! What each act needs beside case and person, as JSON. Texts are bounded here and judged by the rule of the act.

use jiff::civil::{Date, Time};
use mingjing_chronicle::ActorKind;
use mingjing_web::Desk;
use schemars::JsonSchema;
use serde::Deserialize;

use super::act::ActBody;
use crate::commands::Command;
use crate::decide::{self, Act, complete, correct, examine, exclude_time, extend, issue, release, resume_time, review};
use crate::decide::{accept, ask_supplement, serve, site_check, supply_supplement, take_step, turn_down, withdraw};
use crate::events::{Decision, RefusalGround, SubmittedMaterial};
use crate::operate::{self, Operation};

macro_rules! their_own {
    ($($command:ty: $act:ident;)*) => {$(
        impl ActBody for $command {
            const ACT: Act = Act::$act;

            fn command(self, _: &Desk) -> Command {
                Command::$act(self)
            }
        }
    )*};
}

// Nothing of these is the door's to add: fields, bounds and words for the document stand with the rule.
their_own! {
    accept::Accept: Accept;
    ask_supplement::AskSupplement: AskSupplement;
    turn_down::NotRequired: NotRequired;
    examine::Examine: Examine;
    review::Review: Review;
    issue::Issue: Issue;
    complete::Complete: Complete;
    release::ReviewRelease: ReleaseReview;
    extend::Extend: Extend;
    exclude_time::ExcludeTime: Suspend;
    resume_time::ResumeTime: Resume;
    withdraw::Withdraw: Withdraw;
    take_step::TakeStep: TakeStep;
}

macro_rules! operations {
    ($($command:ident: $op:ident;)*) => {$(
        impl ActBody for operate::$command {
            const ACT: Act = Act::Operate(Operation::$op);

            fn command(self, _: &Desk) -> Command {
                Command::Operate(self.into())
            }
        }
    )*};
}

operations! {
    SignStep: Sign;
    ReturnStep: Return;
    TakeBackStep: TakeBack;
    TransferStep: Transfer;
    DelegateStep: Delegate;
    HandBackStep: HandBack;
    AddSigners: AddSigners;
    RemoveSigners: RemoveSigners;
    CopyStep: Copy;
    NoteCopy: NoteCopy;
    UrgeStep: Urge;
    SuspendStep: Suspend;
    ResumeStep: Resume;
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CorrectOnTheSpotBody")]
#[serde(deny_unknown_fields)]
pub struct CorrectOnTheSpot {
    #[schemars(length(min = 1, max = 50))]
    corrections: Vec<Correction>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Correction {
    #[schemars(length(min = 1, max = 64), description = "表单栏目的编号")]
    field: String,
    #[schemars(length(max = 5000), description = "申请人确认的内容")]
    to: String,
}

impl ActBody for CorrectOnTheSpot {
    const ACT: Act = Act::CorrectOnTheSpot;

    fn command(self, _: &Desk) -> Command {
        let corrections = self.corrections.into_iter().map(|one| (one.field, one.to)).collect();
        Command::CorrectOnTheSpot(correct::CorrectOnTheSpot { corrections })
    }
}

/// Sheets counted at the counter.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CountedMaterial {
    #[schemars(length(min = 1, max = 64))]
    id: String,
    #[schemars(length(min = 1, max = 200))]
    name: String,
    #[serde(default)]
    #[schemars(range(max = 999))]
    originals: u32,
    #[serde(default)]
    #[schemars(range(max = 999))]
    copies: u32,
}

impl From<CountedMaterial> for SubmittedMaterial {
    fn from(material: CountedMaterial) -> SubmittedMaterial {
        SubmittedMaterial {
            id: material.id,
            name: material.name,
            files: Vec::new(),
            originals: material.originals,
            copies: material.copies,
        }
    }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "SupplyAtCounterBody")]
#[serde(deny_unknown_fields)]
pub struct SupplyAtCounter {
    #[serde(default)]
    #[schemars(length(max = 50))]
    materials: Vec<CountedMaterial>,
    #[serde(default)]
    #[schemars(length(max = 1000))]
    note: String,
}

impl ActBody for SupplyAtCounter {
    const ACT: Act = Act::SupplySupplement;

    fn command(self, _: &Desk) -> Command {
        Command::SupplySupplement(supply_supplement::SupplySupplement {
            materials: self.materials.into_iter().map(SubmittedMaterial::from).collect(),
            note: self.note,
        })
    }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "RefuseAcceptanceBody")]
#[serde(deny_unknown_fields)]
pub struct RefuseAcceptance {
    ground: Ground,
    #[schemars(length(min = 1, max = 5000))]
    reasons: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Ground {
    NotThisBody {
        #[schemars(length(max = 200))]
        competent_body: String,
    },
    StillIncomplete {
        #[schemars(length(max = 50), inner(length(max = 200)))]
        missing: Vec<String>,
    },
}

impl ActBody for RefuseAcceptance {
    const ACT: Act = Act::RefuseAcceptance;

    fn command(self, _: &Desk) -> Command {
        let ground = match self.ground {
            Ground::NotThisBody { competent_body } => RefusalGround::NotThisBody { competent_body },
            Ground::StillIncomplete { missing } => RefusalGround::StillIncomplete { missing },
        };
        Command::RefuseAcceptance(turn_down::RefuseAcceptance {
            ground,
            reasons: self.reasons,
        })
    }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "SiteCheckBody")]
#[serde(deny_unknown_fields)]
pub struct SiteCheck {
    #[schemars(length(max = 20), inner(length(max = 64)), description = "核查人员的账号，至少两名")]
    officers: Vec<String>,
    #[schemars(length(min = 1, max = 300))]
    place: String,
    checked_on: Date,
    from: Time,
    to: Time,
    #[schemars(length(min = 1, max = 5000))]
    facts: String,
    conforms: bool,
}

impl ActBody for SiteCheck {
    const ACT: Act = Act::RecordSiteCheck;

    fn command(self, _: &Desk) -> Command {
        let check = site_check::RecordSiteCheck {
            place: self.place,
            checked_on: self.checked_on,
            from: self.from,
            to: self.to,
            facts: self.facts,
            conforms: self.conforms,
            files: Vec::new(),
        };
        Command::RecordSiteCheck(check, self.officers)
    }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "DecideBody")]
#[serde(deny_unknown_fields)]
pub struct Decide {
    decision: Outcome,
    #[schemars(length(min = 1, max = 5000))]
    opinion: String,
    #[serde(default)]
    #[schemars(length(max = 5000))]
    reasons: String,
    #[schemars(description = "事项在申请之后有变化的，选择适用的版本")]
    basis: Option<Basis>,
    #[serde(default)]
    #[schemars(length(max = 300))]
    hearing_record: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "result", rename_all = "snake_case", deny_unknown_fields)]
enum Outcome {
    Grant {
        #[serde(default)]
        #[schemars(length(max = 50), inner(length(max = 1000)))]
        conditions: Vec<String>,
        #[schemars(description = "没有就是长期有效")]
        valid_to: Option<Date>,
    },
    Deny {
        #[schemars(length(max = 5000))]
        technical_standards: Option<String>,
    },
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Basis {
    #[schemars(range(min = 1))]
    version: i32,
    #[schemars(length(max = 5000))]
    reasons: String,
}

impl ActBody for Decide {
    const ACT: Act = Act::Decide;

    fn command(self, desk: &Desk) -> Command {
        let decision = match self.decision {
            Outcome::Grant { conditions, valid_to } => Decision::Grant {
                conditions,
                valid_from: desk.house.clock.today(),
                valid_to,
            },
            Outcome::Deny { technical_standards } => Decision::Deny {
                reasons: String::new(),
                technical_standards,
            },
        };
        Command::Decide(decide::decide::Decide {
            decision,
            opinion: self.opinion,
            reasons: self.reasons,
            basis: self.basis.map(|basis| decide::decide::BasisChoice {
                version: basis.version,
                reasons: basis.reasons,
            }),
            hearing_record: self.hearing_record,
        })
    }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "ServeBody")]
#[serde(deny_unknown_fields)]
pub struct Serve {
    by: Way,
    #[schemars(description = "受送达人收到的日期；没有就是今天")]
    served_on: Option<Date>,
    #[serde(default)]
    #[schemars(
        length(max = 100),
        description = "送达人姓名，业务系统必须填写；登录的人员以本人姓名为准"
    )]
    server: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "way", rename_all = "snake_case", deny_unknown_fields)]
enum Way {
    Personal {
        #[schemars(length(max = 100))]
        recipient: String,
        #[serde(default)]
        #[schemars(length(max = 100))]
        relation: String,
        #[schemars(length(max = 300))]
        place: String,
        signed: bool,
    },
    Electronic {},
    Postal {
        #[schemars(length(max = 64))]
        tracking_no: String,
        #[schemars(length(max = 100))]
        recipient: String,
        #[serde(default)]
        #[schemars(length(max = 300))]
        place: String,
    },
    LeftInPlace {
        #[schemars(length(max = 300))]
        place: String,
        #[schemars(length(max = 1000))]
        reason: String,
        #[schemars(length(max = 100))]
        witness: String,
    },
}

impl ActBody for Serve {
    const ACT: Act = Act::Serve;

    fn command(self, desk: &Desk) -> Command {
        let by = match self.by {
            Way::Electronic {} => serve::Way::Electronic,
            Way::Personal {
                recipient,
                relation,
                place,
                signed,
            } => serve::Way::Personal {
                recipient,
                relation,
                place,
                signed,
                signature: None,
            },
            Way::Postal {
                tracking_no,
                recipient,
                place,
            } => serve::Way::Postal {
                tracking_no,
                recipient,
                place,
            },
            Way::LeftInPlace { place, reason, witness } => serve::Way::LeftInPlace {
                place,
                reason,
                witness,
                evidence: None,
            },
        };
        Command::Serve(serve::Serve {
            by,
            served_on: self.served_on.unwrap_or_else(|| desk.house.clock.today()),
            server: match (desk.actor.kind, &desk.display_name) {
                (ActorKind::Official, Some(name)) => name.clone(),
                _ => self.server,
            },
        })
    }
}
