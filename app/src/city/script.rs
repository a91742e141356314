//! What the people of the city do: fates of cases as lists of acts, and the words that are entered.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, time};
use mingjing_cases::clock::ExcludedFor;
use mingjing_cases::commands::Command;
use mingjing_cases::decide::accept::Accept;
use mingjing_cases::decide::ask_supplement::AskSupplement;
use mingjing_cases::decide::complete::Complete;
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
use mingjing_cases::decide::turn_down::RefuseAcceptance;
use mingjing_cases::decide::withdraw::Withdraw;
use mingjing_cases::events::{Decision, FileRef, RefusalGround, Stance, SubmittedMaterial, SupplementItem};
use mingjing_cases::submission::{Behalf, OnlineApplication};

pub const ITEM: &str = "33030300SJ-XK-0001";

const MATERIALS: [(&str, &str); 6] = [
    ("application", "食品经营许可申请书"),
    ("premises", "经营场所和布局的说明"),
    ("equipment", "设备、设施清单"),
    ("management", "食品安全管理人员和规章制度"),
    ("process", "设备布局和工艺流程说明"),
    ("authority", "授权委托书"),
];

pub struct Applicant {
    pub account: &'static str,
    /// USCC where the person acts for an organisation.
    pub organisation: Option<&'static str>,
    pub name: &'static str,
    pub phone: &'static str,
}

pub const APPLICANTS: [Applicant; 3] = [
    Applicant {
        account: "acc-demo-owner",
        organisation: Some("91330303MA2000000E"),
        name: "龙湾区好滋味小餐馆（演示）",
        phone: "13800000002",
    },
    Applicant {
        account: "acc-demo-citizen",
        organisation: None,
        name: "王明",
        phone: "13800000001",
    },
    Applicant {
        account: "acc-demo-agent",
        organisation: Some("91330303MA2000000E"),
        name: "龙湾区好滋味小餐馆（演示）",
        phone: "13800000003",
    },
];

/// How a case goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Granted,
    GrantedAfterSupplement,
    Denied,
    NotThisBody,
    Withdrawn,
    TestedAndGranted,
    Extended,
    /// Nobody reacts: after five working days the law has accepted it.
    Forgotten,
}

impl Fate {
    pub fn of(number: usize) -> Fate {
        const TURNS: [Fate; 10] = [
            Fate::Granted,
            Fate::GrantedAfterSupplement,
            Fate::Granted,
            Fate::Denied,
            Fate::Granted,
            Fate::TestedAndGranted,
            Fate::NotThisBody,
            Fate::Granted,
            Fate::Withdrawn,
            Fate::Extended,
        ];
        if number == 12 {
            Fate::Forgotten
        } else {
            TURNS[number % TURNS.len()]
        }
    }

    pub fn acts(self) -> Vec<Step> {
        use Act::{
            Accept, AskSupplement, Complete, Decide, Deny, Examine, ExamineAgainst, ExcludeTesting, Extend, Issue,
            Publish, RefuseAcceptance, Resume, Review, Serve, SiteCheck, Submit, Supply, Withdraw,
        };
        let steps: &[(u32, Act)] = match self {
            Fate::Granted => &[
                (0, Submit),
                (1, Accept),
                (2, SiteCheck),
                (1, Examine),
                (1, Review),
                (1, Decide),
                (1, Issue),
                (1, Serve),
                (0, Complete),
                (1, Publish),
            ],
            Fate::GrantedAfterSupplement => &[
                (0, Submit),
                (2, AskSupplement),
                (3, Supply),
                (1, Accept),
                (3, SiteCheck),
                (1, Examine),
                (2, Review),
                (1, Decide),
                (2, Issue),
                (1, Serve),
                (0, Complete),
                (2, Publish),
            ],
            Fate::Denied => &[
                (0, Submit),
                (1, Accept),
                (3, SiteCheck),
                (2, ExamineAgainst),
                (1, Review),
                (2, Deny),
                (2, Serve),
                (1, Complete),
                (1, Publish),
            ],
            Fate::NotThisBody => &[(0, Submit), (1, RefuseAcceptance), (1, Serve), (0, Complete)],
            Fate::Withdrawn => &[(0, Submit), (1, Accept), (3, Withdraw)],
            Fate::TestedAndGranted => &[
                (0, Submit),
                (1, Accept),
                (1, ExcludeTesting),
                (6, Resume),
                (1, SiteCheck),
                (2, Examine),
                (1, Review),
                (1, Decide),
                (1, Issue),
                (1, Serve),
                (0, Complete),
                (1, Publish),
            ],
            Fate::Extended => &[
                (0, Submit),
                (1, Accept),
                (4, SiteCheck),
                (12, Extend),
                (3, Examine),
                (2, Review),
                (2, Decide),
                (1, Issue),
                (1, Serve),
                (0, Complete),
                (1, Publish),
            ],
            Fate::Forgotten => &[(0, Submit)],
        };
        steps
            .iter()
            .map(|&(after_working_days, act)| Step {
                after_working_days,
                act,
            })
            .collect()
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub after_working_days: u32,
    pub act: Act,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Submit,
    Accept,
    AskSupplement,
    Supply,
    RefuseAcceptance,
    SiteCheck,
    Examine,
    ExamineAgainst,
    Review,
    Decide,
    Deny,
    Issue,
    Serve,
    Complete,
    Publish,
    Withdraw,
    ExcludeTesting,
    Resume,
    Extend,
}

impl Act {
    pub fn name(self) -> &'static str {
        match self {
            Act::Submit => "submit",
            Act::Accept => "accept",
            Act::AskSupplement => "ask_supplement",
            Act::Supply => "supply_supplement",
            Act::RefuseAcceptance => "refuse_acceptance",
            Act::SiteCheck => "record_site_check",
            Act::Examine | Act::ExamineAgainst => "examine",
            Act::Review => "review",
            Act::Decide | Act::Deny => "decide",
            Act::Issue => "issue",
            Act::Serve => "serve",
            Act::Complete => "complete",
            Act::Publish => "release_review",
            Act::Withdraw => "withdraw",
            Act::ExcludeTesting => "suspend",
            Act::Resume => "resume",
            Act::Extend => "extend",
        }
    }

    /// Account of the person who does it in case `number`.
    pub fn by(self, number: usize) -> &'static str {
        match self {
            Act::Submit | Act::Supply | Act::Withdraw => APPLICANTS[number % APPLICANTS.len()].account,
            Act::Accept | Act::AskSupplement | Act::RefuseAcceptance | Act::Issue | Act::Serve | Act::Complete => {
                "acc-demo-clerk"
            }
            Act::SiteCheck | Act::Examine | Act::ExamineAgainst => "acc-demo-handler",
            Act::Review => "acc-demo-reviewer",
            Act::Decide | Act::Deny | Act::Extend | Act::ExcludeTesting | Act::Resume => "acc-demo-approver",
            Act::Publish => "acc-demo-release",
        }
    }
}

pub fn application(applicant: &Applicant, number: usize, sample: &FileRef) -> OnlineApplication {
    OnlineApplication {
        item_code: ITEM.to_owned(),
        behalf: match applicant.organisation {
            Some(uscc) => Behalf::Organisation { uscc: uscc.to_owned() },
            None => Behalf::Oneself,
        },
        contact: String::new(),
        phone: applicant.phone.to_owned(),
        address: format!("温州市龙湾区永中街道演示路{}号", number + 1),
        electronic_service: true,
        form: answers(applicant, number),
        materials: MATERIALS
            .into_iter()
            .map(|(id, name)| SubmittedMaterial {
                id: id.to_owned(),
                name: name.to_owned(),
                files: vec![sample.clone()],
                originals: 0,
                copies: 0,
            })
            .collect(),
        draft: None,
    }
}

fn answers(applicant: &Applicant, number: usize) -> BTreeMap<String, Vec<String>> {
    let catering = number.is_multiple_of(2);
    let mut answers = BTreeMap::new();
    let mut put = |field: &str, values: &[&str]| {
        answers.insert(
            field.to_owned(),
            values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>(),
        );
    };
    put("operator_name", &[applicant.name]);
    put("operator_kind", &["individual_business"]);
    put("uscc", &["91330303MA2000000E"]);
    put("legal_representative", &["李琴"]);
    put("contact_phone", &[applicant.phone]);
    put(
        "premises_address",
        &[&format!("温州市龙湾区永中街道演示路{}号", number + 1)],
    );
    put("premises_area", &[&(40 + number % 60).to_string()]);
    put("premises_right", &["rented"]);
    put("surroundings", &["临街商铺，25米内没有污染源。"]);
    put("online_sale", &["no"]);
    put("equipment", &["冷藏柜2台、消毒柜1台、灶具1套、三格水池1个。"]);
    put("safety_manager", &["李琴"]);
    put("staff_count", &["4"]);
    put("rules", &["self_check", "health", "purchase", "cleaning"]);
    if catering {
        put("business_form", &["catering"]);
        put("catering_scope", &["hot"]);
    } else {
        put("business_form", &["sale"]);
        put("sale_scope", &["bulk", "prepacked"]);
    }
    put("cross_contamination", &["生熟分区，刀具砧板分色，专柜存放。"]);
    answers
}

pub fn command(act: &Act, number: usize, today: Date, sample: &FileRef) -> Command {
    let text = |text: &str| text.to_owned();
    match act {
        // Submitting opens the case; everything else acts on it.
        Act::Submit | Act::Accept => Command::Accept(Accept { remark: String::new() }),
        Act::AskSupplement => Command::AskSupplement(AskSupplement {
            items: vec![SupplementItem {
                material: Some(text("premises")),
                name: text("经营场所和布局的说明"),
                requirement: text("平面图没有标明操作间面积和水池位置，请补正。"),
            }],
        }),
        Act::Supply => Command::SupplySupplement(SupplySupplement {
            materials: vec![SubmittedMaterial {
                id: text("premises"),
                name: text("经营场所和布局的说明"),
                files: vec![sample.clone()],
                originals: 0,
                copies: 0,
            }],
            note: text("已按要求补充平面图。"),
        }),
        Act::RefuseAcceptance => Command::RefuseAcceptance(RefuseAcceptance {
            ground: RefusalGround::NotThisBody {
                competent_body: text("瑞安市市场监督管理局"),
            },
            reasons: text("经营场所在瑞安市，不属于本机关管辖。"),
        }),
        Act::SiteCheck => Command::RecordSiteCheck(
            RecordSiteCheck {
                place: format!("温州市龙湾区永中街道演示路{}号", number + 1),
                checked_on: today,
                from: time(9, 0, 0, 0),
                to: time(9, 40, 0, 0),
                facts: text("场所与申报一致，设备齐全，布局与流程图相符。"),
                conforms: true,
                files: vec![sample.clone()],
            },
            vec![text("acc-demo-handler"), text("acc-demo-handler2")],
        ),
        Act::Examine => Command::Examine(Examine {
            stance: Stance::Positive,
            text: text("材料齐全，现场符合要求，建议准予。"),
            reasons: String::new(),
        }),
        Act::ExamineAgainst => Command::Examine(Examine {
            stance: Stance::Negative,
            text: text("建议不予许可。"),
            reasons: text("操作间与卫生间相通，无法防止交叉污染，不符合食品安全法第三十三条第一款第（四）项。"),
        }),
        Act::Review => Command::Review(Review {
            stance: Stance::Positive,
            text: text("同意承办人意见。"),
            reasons: String::new(),
        }),
        Act::Decide => Command::Decide(Decide {
            decision: Decision::Grant {
                conditions: Vec::new(),
                valid_from: today,
                valid_to: Some(today.saturating_add(5.years()).saturating_sub(1.day())),
            },
            opinion: text("同意，准予许可。"),
            reasons: String::new(),
            basis: None,
            hearing_record: String::new(),
        }),
        Act::Deny => Command::Decide(Decide {
            decision: Decision::Deny {
                reasons: text(
                    "操作间与卫生间相通，无法防止交叉污染，不符合食品安全法第三十三条第一款第（四）项的要求。",
                ),
                technical_standards: None,
            },
            opinion: text("不予许可。"),
            reasons: text("不符合法定条件。"),
            basis: None,
            hearing_record: String::new(),
        }),
        Act::Issue => Command::Issue(Issue {
            certificate_no: format!("JY2330303{:07}", 1_000 + number),
        }),
        Act::Serve => Command::Serve(Serve {
            by: Way::Electronic,
            served_on: today,
            server: String::new(),
        }),
        Act::Complete => Command::Complete(Complete {
            case_summary: text("食品经营许可，已办理完毕。"),
            completion_status: text("已办结"),
        }),
        Act::Publish => Command::ReleaseReview(ReviewRelease::Publish {
            opinion: text("不涉及国家秘密、商业秘密，个人信息已隐去，同意公开。"),
        }),
        Act::Withdraw => Command::Withdraw(Withdraw {
            reasons: text("暂时不开店了。"),
            paper_request: false,
        }),
        Act::ExcludeTesting => Command::Suspend(ExcludeTime {
            kind: ExcludedFor::Testing,
            reason: text("生活饮用水水质需要检测。"),
            expected_to: today.saturating_add(12.days()),
        }),
        Act::Resume => Command::Resume(ResumeTime {
            ended_on: today,
            result: text("检测合格。"),
        }),
        Act::Extend => Command::Extend(Extend {
            working_days: 10,
            reasons: text("场所改造需要复核，二十个工作日内不能作出决定。"),
        }),
    }
}
