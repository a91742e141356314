//! What the people of a penalty case enter: acts as commands, with their words.

use std::collections::BTreeMap;

use jiff::ToSpan;
use mingjing_cases::decide::serve::Way;
use mingjing_cases::events::Stance;
use mingjing_cases::money::Fen;
use mingjing_cases::penalty::commands::PenaltyCommand as Command;
use mingjing_cases::penalty::decide::check_defence::{CheckDefence, ReplyGiven};
use mingjing_cases::penalty::decide::closing::{ApproveClosing, ProposeClosing};
use mingjing_cases::penalty::decide::confirm_service::ConfirmElectronicService;
use mingjing_cases::penalty::decide::decide::DecidePenalty;
use mingjing_cases::penalty::decide::defer::GrantDeferral;
use mingjing_cases::penalty::decide::dispute::RecordDispute;
use mingjing_cases::penalty::decide::end_investigation::EndInvestigation;
use mingjing_cases::penalty::decide::evidence::{HandOverEvidence, RecordEvidence};
use mingjing_cases::penalty::decide::extend_decision::ExtendPenaltyDecision;
use mingjing_cases::penalty::decide::impose_additional_fine::ImposeAdditionalFine;
use mingjing_cases::penalty::decide::legal_review::LegalReview;
use mingjing_cases::penalty::decide::make_defence::MakeDefence;
use mingjing_cases::penalty::decide::notify::Notify;
use mingjing_cases::penalty::decide::opening::{ApproveOpening, OpeningDecision, ReviewOpening};
use mingjing_cases::penalty::decide::preserve::{DisposePreserved, PreserveEvidence};
use mingjing_cases::penalty::decide::propose_opening::ProposeOpening;
use mingjing_cases::penalty::decide::record_payment::RecordPayment;
use mingjing_cases::penalty::decide::recusal::{DecideRecusal, RequestRecusal};
use mingjing_cases::penalty::decide::register_lead::RegisterLead;
use mingjing_cases::penalty::decide::release::{ReviewPenaltyRelease, WithdrawRelease};
use mingjing_cases::penalty::decide::reversal::RecordReversal;
use mingjing_cases::penalty::decide::review_proposal::ReviewProposal;
use mingjing_cases::penalty::decide::serve::{ServeDecision, ServeNotice};
use mingjing_cases::penalty::decide::waive_defence::WaiveDefence;
use mingjing_cases::penalty::discretion::{GroundGiven, Weight};
use mingjing_cases::penalty::events::{
    CollectiveDiscussion, Correction, DefenceChannel, DisposalKind, DisputeKind, EvidenceKind, Harm, Informant,
    Instalment, LeadSource, LegalReviewGround, Mind, NoPenaltyGround, Outcome, PaymentChannel, PenaltyWithholdGround,
    PreservedItem, ReversalKind, ReviewerQualification,
};

use super::plan::Act;
use super::scene::Scene;

pub fn lead(scene: &Scene<'_>) -> RegisterLead {
    let source = LeadSource::ALL[scene.number % LeadSource::ALL.len()];
    let told = matches!(source, LeadSource::Complaint | LeadSource::Report);
    RegisterLead {
        item_code: scene.offence.item_code.to_owned(),
        source,
        received_on: scene.today,
        content: text(scene.offence.lead),
        place: scene.suspect.party.address().to_owned(),
        suspect: scene.suspect.party.name().to_owned(),
        informant: told.then(|| Informant {
            name: text("热心群众（模拟）"),
            contact: text("不便透露"),
        }),
        files: Vec::new(),
    }
}

/// The command of an act that is done on a case. What only the case itself knows (ids that the platform gave, what is
/// owed by now) is filled in by [`super::seen`].
pub fn command(act: Act, scene: &Scene<'_>) -> Command {
    match act {
        Act::RegisterLead
        | Act::ProposeAlone
        | Act::Propose
        | Act::ProposeNotToOpen
        | Act::ReviewOpening
        | Act::ReturnOpening
        | Act::Open
        | Act::NotOpen => opening(act, scene),
        Act::ConfirmElectronicService
        | Act::RequestRecusal
        | Act::DenyRecusal
        | Act::Preserve
        | Act::DisposePreserved
        | Act::EvidenceUnshown
        | Act::Evidence
        | Act::HandOver
        | Act::Extend => investigation(act, scene),
        Act::EndWithFine | Act::EndComplex | Act::EndSlight | Act::EndNotEstablished | Act::EndTransfer => {
            Command::EndInvestigation(report(act, scene))
        }
        Act::ReviewProposal
        | Act::ReturnProposal
        | Act::Notify
        | Act::ServeNotice
        | Act::ServeNoticeOnline
        | Act::Waive
        | Act::Defend
        | Act::CheckDefence
        | Act::CheckDefenceHeeding => hearing(act, scene),
        Act::LegalReview | Act::LegalReviewUnqualified | Act::LegalReviewNotPassed => {
            Command::LegalReview(legal_review(act))
        }
        Act::DecideHeavier
        | Act::DecideFine
        | Act::DecideLowered
        | Act::DecideTogether
        | Act::DecideTogetherLowered
        | Act::DecideSlight
        | Act::DecideNotEstablished
        | Act::DecideTransfer => Command::Decide(decision(act, scene)),
        _ => execution(act, scene),
    }
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn opening(act: Act, scene: &Scene<'_>) -> Command {
    match act {
        Act::ReviewOpening => Command::ReviewOpening(ReviewOpening {
            stance: Stance::Positive,
            opinion: text("同意承办人意见，报负责人批准。"),
            reasons: String::new(),
        }),
        Act::ReturnOpening => Command::ReviewOpening(ReviewOpening {
            stance: Stance::Return,
            opinion: text("请补充线索核查情况后再报。"),
            reasons: text("没有写明现场核查的时间。"),
        }),
        Act::Open => Command::ApproveOpening(ApproveOpening {
            decision: OpeningDecision::Open,
            opinion: text("同意立案。"),
            reasons: String::new(),
        }),
        Act::NotOpen => Command::ApproveOpening(ApproveOpening {
            decision: OpeningDecision::NotOpen,
            opinion: text("不予立案。"),
            reasons: text("经核查，没有发现违法行为。"),
        }),
        _ => Command::ProposeOpening(proposal(act, scene)),
    }
}

fn proposal(act: Act, scene: &Scene<'_>) -> ProposeOpening {
    let open = act != Act::ProposeNotToOpen;
    let mut investigators = scene.investigators();
    if act == Act::ProposeAlone {
        investigators.truncate(1);
    }
    ProposeOpening {
        open,
        cause: text(scene.offence.cause),
        party: open.then(|| scene.suspect.party.clone()),
        party_account: scene.suspect.account.clone().filter(|_| open),
        acted_from: scene.acted_on(),
        acted_to: Some(scene.acted_on()),
        discovered_on: scene.began,
        harm: Harm::None,
        facts: text(scene.offence.lead),
        reasons: if open {
            text("涉嫌违法，属于本机关管辖，符合立案标准。")
        } else {
            text("经核查，反映的情况不属实，没有发现违法行为。")
        },
        investigators: if open { investigators } else { Vec::new() },
        opinion: text(if open {
            "建议立案。"
        } else {
            "建议不予立案。"
        }),
    }
}

fn investigation(act: Act, scene: &Scene<'_>) -> Command {
    let place = scene.suspect.party.address().to_owned();
    match act {
        Act::ConfirmElectronicService => Command::ConfirmElectronicService(ConfirmElectronicService {
            signed: scene.suspect.speaks.is_none().then(|| scene.sample.clone()),
        }),
        Act::RequestRecusal => Command::RequestRecusal(RequestRecusal {
            officer: scene.squad.second.account.clone(),
            reasons: text("该人员与举报人相识。"),
        }),
        Act::DenyRecusal => Command::DecideRecusal(DecideRecusal {
            request_id: String::new(),
            granted: false,
            reasons: text("经核实，没有应当回避的情形。"),
            replacement: None,
        }),
        Act::Preserve => Command::PreserveEvidence(PreserveEvidence {
            items: vec![PreservedItem {
                name: text("涉案物品"),
                quantity: text("3箱"),
            }],
            place,
            reasons: text("可能被转移，以后难以取得。"),
            officers: scene.investigators(),
        }),
        Act::DisposePreserved => Command::DisposePreserved(DisposePreserved {
            preservation_id: String::new(),
            kind: DisposalKind::CopiedAndReturned,
            reasons: text("已经拍照、清点。"),
        }),
        Act::HandOver => Command::HandOverEvidence(HandOverEvidence {
            evidence_id: String::new(),
            to: scene.squad.second.account.clone(),
            on: scene.today,
            kept_at: text("本机关物证柜"),
            reason: text("办案分工调整。"),
        }),
        Act::Extend => Command::ExtendDecision(ExtendPenaltyDecision {
            days: 30,
            reasons: text("需要向外地机关调取证据，九十日内不能作出决定。"),
        }),
        _ => Command::RecordEvidence(RecordEvidence {
            kind: EvidenceKind::ALL[scene.number % EvidenceKind::ALL.len()],
            name: text(scene.offence.evidence),
            source: text("当事人经营场所"),
            place,
            taken_on: scene.today,
            proves: text(scene.offence.proves),
            takers: scene.investigators(),
            shown_certificates: act == Act::Evidence,
            file: Some(scene.sample.clone()),
            kept_at: text("本机关物证柜"),
        }),
    }
}

fn report(act: Act, scene: &Scene<'_>) -> EndInvestigation {
    let fine = scene.fine();
    let (fined, complex) = (
        matches!(act, Act::EndWithFine | Act::EndComplex),
        act == Act::EndComplex,
    );
    let lighter = fined && fine.lighter;
    let corrected = !fined || lighter;
    EndInvestigation {
        facts: text(scene.offence.facts),
        evidence: Vec::new(),
        violated: vec![text(scene.offence.violated)],
        bases: Vec::new(),
        mind: Mind::Sound,
        factors: fine
            .factors
            .iter()
            .map(|&(name, value)| (text(name), text(value)))
            .collect::<BTreeMap<_, _>>(),
        grounds: lighter
            .then(|| GroundGiven {
                weight: Weight::Lighter,
                article: text("行政处罚法第三十二条第（一）项"),
                reason: text("主动减轻违法行为危害后果。"),
            })
            .into_iter()
            .collect(),
        other_norms: Vec::new(),
        proposal: match act {
            Act::EndSlight => slight(scene),
            Act::EndNotEstablished => Outcome::NotEstablished,
            Act::EndTransfer => transfer(),
            _ => Outcome::Penalty { fine: fine.usual },
        },
        reasons: text(reasons(act)),
        correction: if corrected {
            Correction::AlreadyDone {
                how: text(scene.offence.corrected),
            }
        } else {
            Correction::AtOnce
        },
        legal_review: complex.then_some(LegalReviewGround::Complex).into_iter().collect(),
        collective: complex,
        opinion: text("建议按上述意见处理。"),
    }
}

fn reasons(act: Act) -> &'static str {
    match act {
        Act::EndSlight | Act::DecideSlight => "违法行为轻微并及时改正，没有造成危害后果。",
        Act::EndNotEstablished | Act::DecideNotEstablished => "现有证据不能证明违法事实。",
        Act::EndTransfer | Act::DecideTransfer => "涉案情况涉嫌犯罪，应当移送司法机关。",
        _ => "违法事实清楚，证据确凿，按照裁量基准处罚。",
    }
}

fn slight(scene: &Scene<'_>) -> Outcome {
    let ground = if scene.number.is_multiple_of(2) {
        NoPenaltyGround::SlightAndCorrected
    } else {
        NoPenaltyGround::FirstOffence
    };
    Outcome::NoPenalty {
        ground,
        education: text("已当面讲解有关规定，并发放经营者指引。"),
    }
}

fn transfer() -> Outcome {
    Outcome::Transfer {
        organ: text("龙湾区公安局（演示）"),
    }
}

fn hearing(act: Act, scene: &Scene<'_>) -> Command {
    // By itself online the party needs no paper; through the handler it brings one.
    let on_paper = scene.suspect.speaks.is_none().then(|| scene.sample.clone());
    match act {
        Act::ReviewProposal => Command::ReviewProposal(ReviewProposal {
            stance: Stance::Positive,
            opinion: text("同意办案人员的建议。"),
            reasons: String::new(),
        }),
        Act::ReturnProposal => Command::ReviewProposal(ReviewProposal {
            stance: Stance::Return,
            opinion: text("请补充说明后再报。"),
            reasons: text("没有写明当事人的改正情况。"),
        }),
        Act::Notify => Command::Notify(Notify {
            defence_working_days: None,
            contact: scene.squad.handler.name.clone(),
            phone: text("0577-00001111"),
        }),
        Act::ServeNotice | Act::ServeNoticeOnline => Command::ServeNotice(ServeNotice {
            by: way(act == Act::ServeNoticeOnline, scene),
            served_on: scene.today,
            server: scene.squad.handler.name.clone(),
        }),
        Act::Waive => Command::WaiveDefence(WaiveDefence {
            made_on: scene.today,
            signed: on_paper,
        }),
        Act::Defend => Command::MakeDefence(MakeDefence {
            points: vec![text("已经全部改正，没有造成后果。"), text("经营困难，请求减少罚款。")],
            files: on_paper.into_iter().collect(),
            made_on: scene.today,
            channel: DefenceChannel::Written,
        }),
        _ => Command::CheckDefence(check(act == Act::CheckDefenceHeeding, scene)),
    }
}

fn check(heeding: bool, scene: &Scene<'_>) -> CheckDefence {
    CheckDefence {
        replies: vec![
            ReplyGiven {
                adopted: heeding,
                reasons: text(if heeding {
                    "经核实，当事人已经全部改正，予以采纳。"
                } else {
                    "改正情况在裁量时已经考虑。"
                }),
            },
            ReplyGiven {
                adopted: false,
                reasons: text("经营困难不是法定的从轻情节，可以依法申请延期或者分期缴纳。"),
            },
        ],
        fine: heeding.then(|| scene.fine().lowered),
        opinion: text("已逐点复核。"),
    }
}

fn legal_review(act: Act) -> LegalReview {
    let passed = act != Act::LegalReviewNotPassed;
    LegalReview {
        passed,
        qualification: ReviewerQualification::LegalProfession {
            certificate_no: text(if act == Act::LegalReviewUnqualified {
                ""
            } else {
                "A20183303000001（演示）"
            }),
        },
        opinion: text(if passed {
            "职权、事实、依据、程序、裁量无误。"
        } else {
            "证据之间的印证关系没有写清，请补充。"
        }),
        reasons: text(if passed {
            ""
        } else {
            "事实部分没有引用全部证据。"
        }),
    }
}

fn decision(act: Act, scene: &Scene<'_>) -> DecidePenalty {
    let fine = scene.fine();
    let outcome = match act {
        Act::DecideSlight => slight(scene),
        Act::DecideNotEstablished => Outcome::NotEstablished,
        Act::DecideTransfer => transfer(),
        Act::DecideLowered | Act::DecideTogetherLowered => Outcome::Penalty { fine: fine.lowered },
        Act::DecideHeavier => Outcome::Penalty {
            fine: fine.usual + Fen::yuan(1_000),
        },
        _ => Outcome::Penalty { fine: fine.usual },
    };
    let own_words = match act {
        Act::DecideFine | Act::DecideTogether => "",
        Act::DecideLowered | Act::DecideTogetherLowered => "当事人的意见部分成立，采纳复核意见。",
        _ => reasons(act),
    };
    DecidePenalty {
        outcome,
        opinion: text("同意。"),
        reasons: text(own_words),
        discussion: matches!(act, Act::DecideTogether | Act::DecideTogetherLowered).then(|| CollectiveDiscussion {
            held_on: scene.today,
            members: vec![scene.squad.approver.name.clone(), text("分管负责人（模拟）")],
            summary: text("一致同意按处理建议处罚。"),
            record: None,
        }),
        // Heard only where the party was fined for the same days before (29).
        different_act: text("时间、物品和场所都不相同，不是同一个违法行为。"),
    }
}

fn execution(act: Act, scene: &Scene<'_>) -> Command {
    match act {
        Act::ServeDecision | Act::ServeDecisionOnline => Command::ServeDecision(ServeDecision {
            by: way(act == Act::ServeDecisionOnline, scene),
            served_on: scene.today,
            server: scene.squad.handler.name.clone(),
        }),
        Act::PayHalf | Act::PayInstalment => payment(1, Fen(scene.fine().lowered.0 / 2), scene),
        Act::Pay | Act::PayAgain => payment(2, Fen::ZERO, scene),
        Act::ImposeAdditionalFine => Command::ImposeAdditionalFine(ImposeAdditionalFine {
            reasons: text("逾期没有缴纳罚款。"),
        }),
        Act::Defer => Command::GrantDeferral(GrantDeferral {
            applied_on: scene.today,
            application: Some(scene.sample.clone()),
            reasons: text("近期停业整修，资金困难。"),
            instalments: [35, 70]
                .map(|days: i64| Instalment {
                    due: scene.today.saturating_add(days.days()),
                    amount: Fen::ZERO,
                })
                .into(),
        }),
        Act::DisputeBegins | Act::DisputeEnds => Command::RecordDispute(RecordDispute {
            kind: DisputeKind::Reconsideration,
            organ: text("龙湾区人民政府（演示）"),
            document_no: format!("龙政复〔{}〕{}号", scene.today.year(), scene.number),
            from: scene.today,
            to: (act == Act::DisputeEnds).then_some(scene.today),
        }),
        Act::Change | Act::Revoke => Command::RecordReversal(RecordReversal {
            kind: match act {
                Act::Change => ReversalKind::Changed,
                _ => ReversalKind::Revoked,
            },
            organ: text("龙湾区人民政府（演示）"),
            document_no: format!("龙政复决〔{}〕{}号", scene.today.year(), scene.number),
            on: scene.today,
            reasons: text("部分事实的证据不足。"),
            new_fine: (act == Act::Change).then(|| Fen(scene.fine().lowered.0 / 2)),
        }),
        Act::WithdrawRelease => Command::WithdrawRelease(WithdrawRelease {
            reasons: text("该决定在行政复议中已被变更或者撤销。"),
        }),
        Act::ProposeClosing => Command::ProposeClosing(ProposeClosing {
            summary: text(scene.offence.cause),
            result: text("已按决定执行完毕。"),
            opinion: text("建议结案。"),
        }),
        Act::ReturnClosing => Command::ApproveClosing(ApproveClosing {
            stance: Stance::Return,
            opinion: text("请补充执行情况。"),
            reasons: text("没有附送达回证。"),
        }),
        Act::Withhold => Command::ReviewRelease(ReviewPenaltyRelease::Withhold {
            ground: PenaltyWithholdGround::NoSocialImpact,
            reasons: text("数额较小、后果轻微，不具有一定社会影响。"),
        }),
        Act::Publish => Command::ReviewRelease(ReviewPenaltyRelease::Publish {
            opinion: text("已遮盖个人信息，可以公开。"),
        }),
        _ => Command::ApproveClosing(ApproveClosing {
            stance: Stance::Positive,
            opinion: text("同意结案。"),
            reasons: String::new(),
        }),
    }
}

fn payment(number: u32, amount: Fen, scene: &Scene<'_>) -> Command {
    Command::RecordPayment(RecordPayment {
        receipt_no: scene.receipt(number),
        amount,
        paid_on: scene.today,
        channel: if scene.number.is_multiple_of(3) {
            PaymentChannel::Bank
        } else {
            PaymentChannel::Electronic
        },
    })
}

fn way(online: bool, scene: &Scene<'_>) -> Way {
    let place = scene.suspect.party.address().to_owned();
    let recipient = scene.suspect.person.clone();
    match scene.number % 10 {
        _ if online => Way::Electronic,
        0..=5 => Way::Personal {
            recipient,
            relation: text("当事人（负责人）"),
            place,
            signed: true,
            signature: None,
        },
        6..=8 => Way::Postal {
            tracking_no: format!("EMS{:010}", scene.number),
            recipient,
            place,
        },
        _ => Way::LeftInPlace {
            place,
            reason: text("当事人拒绝签收。"),
            witness: text("社区工作人员（模拟）"),
            evidence: None,
        },
    }
}
