//! What an act of a penalty case is about, who does it, and what it is called.

use jiff::ToSpan;
use jiff::civil::Date;
use mingjing_cases::events::FileRef;
use mingjing_chronicle::Actor;

use super::super::cast::{Official, Squad};
use super::offences::{Fine, Offence};
use super::plan::Act;
use super::suspects::Suspect;

/// What an act is about.
pub struct Scene<'a> {
    pub number: usize,
    pub today: Date,
    /// The day of the lead.
    pub began: Date,
    pub offence: &'a Offence,
    pub squad: &'a Squad,
    pub suspect: &'a Suspect,
    pub sample: &'a FileRef,
}

impl Scene<'_> {
    /// Who does it.
    pub fn by(&self, act: Act) -> &Actor {
        if let (Act::ConfirmElectronicService | Act::RequestRecusal | Act::Waive | Act::Defend, Some(party)) =
            (act, &self.suspect.speaks)
        {
            return party;
        }
        &self.official(act).actor
    }

    fn official(&self, act: Act) -> &Official {
        let squad = self.squad;
        match act {
            Act::ReviewOpening
            | Act::ReturnOpening
            | Act::ReviewProposal
            | Act::ReturnProposal
            | Act::CheckDefence
            | Act::CheckDefenceHeeding => &squad.reviewer,
            Act::Open
            | Act::NotOpen
            | Act::DenyRecusal
            | Act::Preserve
            | Act::DisposePreserved
            | Act::DecideHeavier
            | Act::DecideFine
            | Act::DecideLowered
            | Act::DecideTogether
            | Act::DecideTogetherLowered
            | Act::DecideSlight
            | Act::DecideNotEstablished
            | Act::DecideTransfer
            | Act::Extend
            | Act::ImposeAdditionalFine
            | Act::Defer
            | Act::ReturnClosing
            | Act::Close => &squad.approver,
            Act::LegalReview
            | Act::LegalReviewUnqualified
            | Act::LegalReviewNotPassed
            | Act::DisputeBegins
            | Act::DisputeEnds
            | Act::Change
            | Act::Revoke => &squad.legal,
            Act::PayHalf | Act::Pay | Act::PayAgain | Act::PayInstalment => &squad.cashier,
            Act::Publish | Act::Withhold | Act::WithdrawRelease => &squad.release,
            _ => &squad.handler,
        }
    }

    pub fn fine(&self) -> &Fine {
        if self.suspect.party.is_individual() {
            &self.offence.person
        } else {
            &self.offence.company
        }
    }

    pub fn investigators(&self) -> Vec<String> {
        [&self.squad.handler, &self.squad.second]
            .map(|officer| officer.account.clone())
            .into()
    }

    /// One to twenty days before anybody heard of it.
    pub fn acted_on(&self) -> Date {
        let days = i64::try_from(self.number % 20).unwrap_or_default() + 1;
        self.began.saturating_sub(days.days())
    }

    pub fn receipt(&self, payment: u32) -> String {
        format!("银回〔{}〕{:08}-{payment}", self.began.year(), self.number)
    }
}

impl Act {
    pub fn name(self) -> &'static str {
        match self {
            Act::RegisterLead => "register_lead",
            Act::ProposeAlone | Act::Propose | Act::ProposeNotToOpen => "propose_opening",
            Act::ReviewOpening | Act::ReturnOpening => "review_opening",
            Act::Open | Act::NotOpen => "approve_opening",
            Act::ConfirmElectronicService => "confirm_electronic_service",
            Act::RequestRecusal => "request_recusal",
            Act::DenyRecusal => "decide_recusal",
            Act::Preserve => "preserve_evidence",
            Act::DisposePreserved => "dispose_preserved",
            Act::EvidenceUnshown | Act::Evidence => "record_evidence",
            Act::HandOver => "hand_over_evidence",
            Act::EndWithFine | Act::EndComplex | Act::EndSlight | Act::EndNotEstablished | Act::EndTransfer => {
                "end_investigation"
            }
            Act::Extend => "extend_decision",
            Act::ReviewProposal | Act::ReturnProposal => "review_proposal",
            Act::Notify => "notify",
            Act::ServeNotice | Act::ServeNoticeOnline => "serve_notice",
            Act::Waive => "waive_defence",
            Act::Defend => "make_defence",
            Act::CheckDefence | Act::CheckDefenceHeeding => "check_defence",
            Act::LegalReview | Act::LegalReviewUnqualified | Act::LegalReviewNotPassed => "legal_review",
            Act::DecideHeavier
            | Act::DecideFine
            | Act::DecideLowered
            | Act::DecideTogether
            | Act::DecideTogetherLowered
            | Act::DecideSlight
            | Act::DecideNotEstablished
            | Act::DecideTransfer => "decide_penalty",
            Act::ServeDecision | Act::ServeDecisionOnline => "serve_decision",
            Act::PayHalf | Act::Pay | Act::PayAgain | Act::PayInstalment => "record_payment",
            Act::ImposeAdditionalFine => "impose_additional_fine",
            Act::Defer => "grant_deferral",
            Act::DisputeBegins | Act::DisputeEnds => "record_dispute",
            Act::Change | Act::Revoke => "record_reversal",
            Act::WithdrawRelease => "withdraw_release",
            Act::ProposeClosing => "propose_closing",
            Act::ReturnClosing | Act::Close => "approve_closing",
            Act::Publish | Act::Withhold => "review_release",
        }
    }
}
