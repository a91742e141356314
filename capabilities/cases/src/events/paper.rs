//! Papers as acts order them, and their kinds.

use std::borrow::Cow;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// A paper to be numbered, rendered and kept. All its data are frozen here but the numbers of other papers, which it names
/// and the press puts in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaperOrder {
    pub paper_id: String,
    pub template: Template,
    pub made_on: Date,
    pub data: Json,
}

/// The field that names the power where it is none of permits.
pub(crate) const MATTER_WORD: &str = "matter_word";

impl PaperOrder {
    /// What this paper is called: the kind's name, with the power or the title that its data say.
    pub fn name(&self) -> Cow<'static, str> {
        let said = |field: &str| self.data.get(field).and_then(Json::as_str);
        match (said("title").filter(|_| self.template.is_titled()), said(MATTER_WORD)) {
            (Some(title), _) => Cow::Owned(title.to_owned()),
            (None, Some(power)) => Cow::Owned(self.template.name().replacen("行政许可", power, 1)),
            (None, None) => Cow::Borrowed(self.template.name()),
        }
    }

    /// [`Template::series`]; "许" stands for permits only.
    pub fn series(&self) -> Option<&'static str> {
        let series = self.template.series()?;
        let permit = self.data.get(MATTER_WORD).is_none();
        Some(if permit {
            series
        } else {
            series.strip_prefix('许').unwrap_or(series)
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    Receipt,
    AcceptanceNotice,
    SupplementNotice,
    RefusalOfAcceptance,
    NotRequired,
    PermitGrant,
    PermitDenial,
    Certificate,
    ProofOfService,
    ExtensionNotice,
    ExcludedTimeNotice,
    WithdrawalNotice,
    MatterDecision,
    CaseOpeningForm,
    AdvanceNotice,
    PenaltyDecision,
    NoPenaltyDecision,
    PaymentNotice,
    CaseClosingForm,
    SummaryPenaltyDecision,
    /// Decisions and demands of coercion, each with its title.
    CoercionPaper,
    DisclosureAnswer,
}

impl Template {
    pub const ALL: [Template; 22] = [
        Template::Receipt,
        Template::AcceptanceNotice,
        Template::SupplementNotice,
        Template::RefusalOfAcceptance,
        Template::NotRequired,
        Template::PermitGrant,
        Template::PermitDenial,
        Template::Certificate,
        Template::ProofOfService,
        Template::ExtensionNotice,
        Template::ExcludedTimeNotice,
        Template::WithdrawalNotice,
        Template::MatterDecision,
        Template::CaseOpeningForm,
        Template::AdvanceNotice,
        Template::PenaltyDecision,
        Template::NoPenaltyDecision,
        Template::PaymentNotice,
        Template::CaseClosingForm,
        Template::SummaryPenaltyDecision,
        Template::CoercionPaper,
        Template::DisclosureAnswer,
    ];

    pub fn key(self) -> &'static str {
        match self {
            Template::Receipt => "receipt",
            Template::AcceptanceNotice => "acceptance_notice",
            Template::SupplementNotice => "supplement_notice",
            Template::RefusalOfAcceptance => "refusal_of_acceptance",
            Template::NotRequired => "not_required",
            Template::PermitGrant => "permit_grant",
            Template::PermitDenial => "permit_denial",
            Template::Certificate => "certificate",
            Template::ProofOfService => "proof_of_service",
            Template::ExtensionNotice => "extension_notice",
            Template::ExcludedTimeNotice => "excluded_time_notice",
            Template::WithdrawalNotice => "withdrawal_notice",
            Template::MatterDecision => "matter_decision",
            Template::CaseOpeningForm => "case_opening_form",
            Template::AdvanceNotice => "advance_notice",
            Template::PenaltyDecision => "penalty_decision",
            Template::NoPenaltyDecision => "no_penalty_decision",
            Template::PaymentNotice => "payment_notice",
            Template::CaseClosingForm => "case_closing_form",
            Template::SummaryPenaltyDecision => "summary_penalty_decision",
            Template::CoercionPaper => "coercion_paper",
            Template::DisclosureAnswer => "disclosure_answer",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Template::Receipt => "收件凭证",
            Template::AcceptanceNotice => "行政许可受理通知书",
            Template::SupplementNotice => "行政许可申请材料补正通知书",
            Template::RefusalOfAcceptance => "行政许可不予受理决定书",
            Template::NotRequired => "不需要取得行政许可告知书",
            Template::PermitGrant => "准予行政许可决定书",
            Template::PermitDenial => "不予行政许可决定书",
            Template::Certificate => "行政许可证件",
            Template::ProofOfService => "送达回证",
            Template::ExtensionNotice => "延长办理期限告知书",
            Template::ExcludedTimeNotice => "所需时间告知书",
            Template::WithdrawalNotice => "撤回申请确认书",
            Template::MatterDecision => "决定书",
            Template::CaseOpeningForm => "立案审批表",
            Template::AdvanceNotice => "行政处罚事先告知书",
            Template::PenaltyDecision => "行政处罚决定书",
            Template::NoPenaltyDecision => "不予行政处罚决定书",
            Template::PaymentNotice => "缴款通知书",
            Template::CaseClosingForm => "结案审批表",
            Template::SummaryPenaltyDecision => "当场行政处罚决定书",
            Template::CoercionPaper => "行政强制文书",
            Template::DisclosureAnswer => "政府信息公开申请答复书",
        }
    }

    /// The words between the body's short name and the year in a document number (发文字号). Receipts, proofs of
    /// service and certificates (which have a number of their own kind) are not numbered documents.
    pub fn series(self) -> Option<&'static str> {
        match self {
            Template::AcceptanceNotice => Some("许受"),
            Template::SupplementNotice => Some("许补"),
            Template::RefusalOfAcceptance => Some("许不受"),
            Template::NotRequired => Some("许免"),
            Template::PermitGrant => Some("许准"),
            Template::PermitDenial => Some("许不准"),
            Template::ExtensionNotice => Some("许延"),
            Template::ExcludedTimeNotice => Some("许时"),
            Template::WithdrawalNotice => Some("许终"),
            Template::MatterDecision => Some("决"),
            Template::CaseOpeningForm => Some("立案"),
            Template::AdvanceNotice => Some("罚告"),
            Template::PenaltyDecision => Some("处罚"),
            Template::NoPenaltyDecision => Some("不罚"),
            Template::PaymentNotice => Some("罚缴"),
            Template::CaseClosingForm => Some("结案"),
            Template::SummaryPenaltyDecision => Some("当罚"),
            Template::CoercionPaper => Some("强"),
            Template::DisclosureAnswer => Some("公开"),
            Template::Receipt | Template::ProofOfService | Template::Certificate => None,
        }
    }

    /// One kind with many names: what it is called stands in its data.
    fn is_titled(self) -> bool {
        matches!(
            self,
            Template::MatterDecision | Template::CoercionPaper | Template::DisclosureAnswer
        )
    }

    /// Internal papers stay in the file; the party may read all others.
    pub fn for_party(self) -> bool {
        !matches!(
            self,
            Template::ProofOfService | Template::CaseOpeningForm | Template::CaseClosingForm
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Template;

    /// A flow is proved against the catalogue's list of papers: a new template has to stand there, too.
    #[test]
    fn the_catalogue_knows_every_paper() {
        let written: BTreeSet<&str> = Template::ALL.into_iter().map(Template::key).collect();
        assert_eq!(written, BTreeSet::from(mingjing_catalogue::PAPERS));
    }
}
