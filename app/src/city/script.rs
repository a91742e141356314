//! What the people of the city enter: acts as commands, with their words.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, time};
use mingjing_cases::clock::ExcludedFor;
use mingjing_cases::commands::Command;
use mingjing_cases::decide::accept::Accept;
use mingjing_cases::decide::ask_supplement::AskSupplement;
use mingjing_cases::decide::complete::Complete;
use mingjing_cases::decide::correct::CorrectOnTheSpot;
use mingjing_cases::decide::decide::Decide;
use mingjing_cases::decide::examine::Examine;
use mingjing_cases::decide::exclude_time::ExcludeTime;
use mingjing_cases::decide::extend::Extend;
use mingjing_cases::decide::issue::Issue;
use mingjing_cases::decide::release::ReviewRelease;
use mingjing_cases::decide::resume_time::ResumeTime;
use mingjing_cases::decide::review::Review;
use mingjing_cases::decide::serve::{Serve, Way};
use mingjing_cases::decide::site_check::RecordSiteCheck;
use mingjing_cases::decide::supply_supplement::SupplySupplement;
use mingjing_cases::decide::turn_down::{NotRequired, RefuseAcceptance};
use mingjing_cases::decide::withdraw::Withdraw;
use mingjing_cases::events::{
    Decision, FileRef, RefusalGround, Stance, SubmittedMaterial, SupplementItem, WithholdGround,
};
use mingjing_cases::party::{Applicant as CaseApplicant, DocumentKind, Party};
use mingjing_cases::submission::{Behalf, OnlineApplication, PaperApplication};
use mingjing_chronicle::Actor;

use super::cast::{Applicant, ITEMS, Team, Window};
use super::plan::Act;

/// What an act is about.
pub struct Scene<'a> {
    pub number: usize,
    pub today: Date,
    pub window: &'a Window,
    pub team: &'a Team,
    pub applicant: &'a Applicant,
    pub sample: &'a FileRef,
}

impl Scene<'_> {
    /// Who does it.
    pub fn by(&self, act: Act) -> &Actor {
        match act {
            Act::Submit | Act::Supply | Act::Withdraw => &self.applicant.actor,
            Act::TakeIn
            | Act::Correct
            | Act::AskSupplement
            | Act::Accept
            | Act::RefuseAcceptance
            | Act::NotRequired
            | Act::Issue
            | Act::Serve
            | Act::ServeInPerson
            | Act::Complete => &self.team.clerk.actor,
            Act::SiteCheckAlone | Act::SiteCheck | Act::Examine | Act::ExamineWithoutReasons | Act::ExamineAgainst => {
                &self.team.handler.actor
            }
            Act::Return | Act::Review => &self.team.reviewer.actor,
            Act::Decide | Act::Deny | Act::DenyAfterTesting | Act::Extend | Act::ExcludeTesting | Act::Resume => {
                &self.team.approver.actor
            }
            Act::Publish | Act::Withhold => &self.team.release.actor,
        }
    }

    fn is_food(&self) -> bool {
        self.window.item_code == ITEMS[0].0
    }

    fn place(&self) -> String {
        format!("温州市龙湾区永中街道演示路{}号", self.number % 900 + 1)
    }

    fn materials(&self, on_paper: bool) -> Vec<SubmittedMaterial> {
        self.window
            .materials
            .iter()
            .map(|(id, name)| SubmittedMaterial {
                id: id.clone(),
                name: name.clone(),
                files: if on_paper {
                    Vec::new()
                } else {
                    vec![self.sample.clone()]
                },
                originals: u32::from(on_paper),
                copies: u32::from(on_paper),
            })
            .collect()
    }

    /// The last material of the list is the one that is not complete.
    fn lacking(&self) -> (String, String) {
        self.window.materials.last().cloned().unwrap_or_default()
    }
}

impl Act {
    pub fn name(self) -> &'static str {
        match self {
            Act::Submit => "submit",
            Act::TakeIn => "record_receipt",
            Act::Correct => "correct_on_the_spot",
            Act::Accept => "accept",
            Act::AskSupplement => "ask_supplement",
            Act::Supply => "supply_supplement",
            Act::RefuseAcceptance => "refuse_acceptance",
            Act::NotRequired => "not_required",
            Act::SiteCheckAlone | Act::SiteCheck => "record_site_check",
            Act::Examine | Act::ExamineAgainst | Act::ExamineWithoutReasons => "examine",
            Act::Return | Act::Review => "review",
            Act::Decide | Act::Deny | Act::DenyAfterTesting => "decide",
            Act::Issue => "issue",
            Act::Serve | Act::ServeInPerson => "serve",
            Act::Complete => "complete",
            Act::Publish | Act::Withhold => "release_review",
            Act::Withdraw => "withdraw",
            Act::ExcludeTesting => "suspend",
            Act::Resume => "resume",
            Act::Extend => "extend",
        }
    }
}

pub fn application(scene: &Scene<'_>) -> OnlineApplication {
    OnlineApplication {
        item_code: scene.window.item_code.clone(),
        behalf: match scene.applicant.organisation {
            Some(uscc) => Behalf::Organisation { uscc: uscc.to_owned() },
            None => Behalf::Oneself,
        },
        contact: String::new(),
        phone: scene.applicant.phone.clone(),
        address: scene.place(),
        electronic_service: true,
        form: answers(scene),
        materials: scene.materials(false),
        draft: None,
    }
}

/// What a clerk takes in at the counter from somebody without an account.
pub fn paper_application(scene: &Scene<'_>) -> PaperApplication {
    let visitor = super::population::resident(900_000 + scene.number % 90_000);
    PaperApplication {
        item_code: scene.window.item_code.clone(),
        applicant: CaseApplicant {
            account: None,
            party: Party::Individual {
                name: visitor.name,
                document: DocumentKind::CitizenId,
                document_no: visitor.document_no,
                phone: visitor.phone,
                address: visitor.address,
            },
            agent: None,
            electronic_service: false,
        },
        by_post: false,
        received_on: scene.today,
        proof_of_arrival: None,
        form: answers(scene),
        materials: scene.materials(true),
    }
}

fn answers(scene: &Scene<'_>) -> BTreeMap<String, Vec<String>> {
    let mut answers = BTreeMap::new();
    let mut put = |field: &str, values: &[&str]| {
        answers.insert(
            field.to_owned(),
            values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>(),
        );
    };
    put("operator_name", &[&scene.applicant.name]);
    put("contact_phone", &[&scene.applicant.phone]);
    if !scene.is_food() {
        put("place", &[&scene.place()]);
        put(
            "content",
            &[&format!("申请{}，规模和时间见附件。", scene.window.item_name)],
        );
        return answers;
    }
    put("operator_kind", &["individual_business"]);
    put("uscc", &["91330303MA2000000E"]);
    put("legal_representative", &["李琴"]);
    put("premises_address", &[&scene.place()]);
    put("premises_area", &[&(40 + scene.number % 60).to_string()]);
    put("premises_right", &["rented"]);
    put("surroundings", &["临街商铺，25米内没有污染源。"]);
    put("online_sale", &["no"]);
    put("equipment", &["冷藏柜2台、消毒柜1台、灶具1套、三格水池1个。"]);
    put("safety_manager", &["李琴"]);
    put("staff_count", &["4"]);
    put("rules", &["self_check", "health", "purchase", "cleaning"]);
    if scene.number.is_multiple_of(2) {
        put("business_form", &["catering"]);
        put("catering_scope", &["hot"]);
    } else {
        put("business_form", &["sale"]);
        put("sale_scope", &["bulk", "prepacked"]);
    }
    put("cross_contamination", &["生熟分区，刀具砧板分色，专柜存放。"]);
    answers
}

const GROUND_OF_DENIAL: &str = "现场条件与申报不符，不能达到法定标准，经告知后未能改正。";

/// The command of an act that is done on a case.
pub fn command(act: Act, scene: &Scene<'_>) -> Command {
    match act {
        // Handing in opens the case; everything else acts on it.
        Act::Submit | Act::TakeIn | Act::Accept => Command::Accept(Accept { remark: String::new() }),
        Act::Correct | Act::AskSupplement | Act::Supply | Act::RefuseAcceptance | Act::NotRequired | Act::Withdraw => {
            intake(act, scene)
        }
        Act::SiteCheckAlone
        | Act::SiteCheck
        | Act::Examine
        | Act::ExamineWithoutReasons
        | Act::ExamineAgainst
        | Act::Return
        | Act::Review => examination(act, scene),
        Act::ExcludeTesting | Act::Resume | Act::Extend => time_words(act, scene),
        Act::Decide | Act::Deny | Act::DenyAfterTesting => Command::Decide(decision(act, scene)),
        Act::Issue => Command::Issue(Issue {
            certificate_no: format!("JY2330303{:07}", 1_000 + scene.number),
        }),
        Act::Serve | Act::ServeInPerson => Command::Serve(Serve {
            by: way(act, scene),
            served_on: scene.today,
            server: scene.team.clerk.name.clone(),
        }),
        Act::Complete => Command::Complete(Complete {
            case_summary: format!("{}，已办理完毕。", scene.window.item_name),
            completion_status: text("已办结"),
        }),
        Act::Publish => Command::ReleaseReview(ReviewRelease::Publish {
            opinion: text("不涉及国家秘密、商业秘密，个人信息已隐去，同意公开。"),
        }),
        Act::Withhold => Command::ReleaseReview(ReviewRelease::Withhold {
            ground: WithholdGround::BusinessSecret,
            reasons: text("申请材料和决定中的工艺参数属于商业秘密，申请人书面要求保密。"),
        }),
    }
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn intake(act: Act, scene: &Scene<'_>) -> Command {
    let (id, name) = scene.lacking();
    match act {
        Act::Correct => Command::CorrectOnTheSpot(CorrectOnTheSpot {
            corrections: vec![(
                text(if scene.is_food() { "surroundings" } else { "content" }),
                text("临街商铺，二十五米以内没有污染源（申请人当场更正）。"),
            )],
        }),
        Act::AskSupplement => Command::AskSupplement(AskSupplement {
            items: vec![SupplementItem {
                material: Some(id),
                name,
                requirement: text("所附图纸没有标明面积和布局，请补正。"),
            }],
        }),
        Act::Supply => Command::SupplySupplement(SupplySupplement {
            materials: vec![SubmittedMaterial {
                id,
                name,
                files: vec![scene.sample.clone()],
                originals: 0,
                copies: 0,
            }],
            note: text("已按要求补充。"),
        }),
        Act::RefuseAcceptance => Command::RefuseAcceptance(RefuseAcceptance {
            ground: RefusalGround::NotThisBody {
                competent_body: text("瑞安市的同级主管部门"),
            },
            reasons: text("申请事项所在地在瑞安市，不属于本机关管辖。"),
        }),
        Act::NotRequired => Command::NotRequired(NotRequired {
            reasons: text("申请的活动不在该项许可的范围内，依法不需要取得许可。"),
        }),
        _ => Command::Withdraw(Withdraw {
            reasons: text("计划有变，暂时不办了。"),
            paper_request: false,
        }),
    }
}

fn examination(act: Act, scene: &Scene<'_>) -> Command {
    match act {
        Act::SiteCheck | Act::SiteCheckAlone => {
            let mut officers = vec![scene.team.handler.account.clone()];
            if act == Act::SiteCheck {
                officers.push(scene.team.second.account.clone());
            }
            Command::RecordSiteCheck(
                RecordSiteCheck {
                    place: scene.place(),
                    checked_on: scene.today,
                    from: time(8, 30, 0, 0),
                    to: time(8, 50, 0, 0),
                    facts: text("场所与申报一致，设施齐全，布局与图纸相符。"),
                    conforms: true,
                    files: vec![scene.sample.clone()],
                },
                officers,
            )
        }
        Act::Examine => opinion(Stance::Positive, "材料齐全，现场符合要求，建议准予。", ""),
        Act::ExamineWithoutReasons => opinion(Stance::Negative, "建议不予许可。", ""),
        Act::ExamineAgainst => opinion(Stance::Negative, "建议不予许可。", GROUND_OF_DENIAL),
        Act::Return => Command::Review(Review {
            stance: Stance::Return,
            text: text("请补充核查照片的说明后再报。"),
            reasons: text("现场核查记录没有写明设备数量。"),
        }),
        _ => Command::Review(Review {
            stance: Stance::Positive,
            text: text("同意承办人意见。"),
            reasons: String::new(),
        }),
    }
}

fn opinion(stance: Stance, words: &str, reasons: &str) -> Command {
    Command::Examine(Examine {
        stance,
        text: text(words),
        reasons: text(reasons),
    })
}

fn time_words(act: Act, scene: &Scene<'_>) -> Command {
    match act {
        Act::ExcludeTesting => Command::Suspend(ExcludeTime {
            kind: ExcludedFor::Testing,
            reason: text("需要委托检测机构检测。"),
            expected_to: scene.today.saturating_add(25.days()),
        }),
        Act::Resume => Command::Resume(ResumeTime {
            ended_on: scene.today,
            result: text("检测合格。"),
        }),
        _ => Command::Extend(Extend {
            working_days: 10,
            reasons: text("现场改造需要复核，二十个工作日内不能作出决定。"),
            government_approval: String::new(),
        }),
    }
}

fn decision(act: Act, scene: &Scene<'_>) -> Decide {
    let (decision, opinion, reasons) = match act {
        Act::Deny | Act::DenyAfterTesting => (
            Decision::Deny {
                reasons: text(GROUND_OF_DENIAL),
                technical_standards: (act == Act::DenyAfterTesting)
                    .then(|| text("检测所依据的国家标准和检测报告编号（演示）。")),
            },
            "不予许可。",
            "不符合法定条件。",
        ),
        _ => (
            Decision::Grant {
                conditions: Vec::new(),
                valid_from: scene.today,
                valid_to: Some(scene.today.saturating_add(5.years()).saturating_sub(1.day())),
            },
            "同意，准予许可。",
            "",
        ),
    };
    Decide {
        decision,
        opinion: text(opinion),
        reasons: text(reasons),
        basis: None,
        hearing_record: String::new(),
    }
}

fn way(act: Act, scene: &Scene<'_>) -> Way {
    match act {
        Act::Serve => Way::Electronic,
        _ => Way::Personal {
            recipient: super::population::resident(900_000 + scene.number % 90_000).name,
            relation: text("本人"),
            place: text("区政务服务中心"),
            signed: true,
            signature: Some(scene.sample.clone()),
        },
    }
}
