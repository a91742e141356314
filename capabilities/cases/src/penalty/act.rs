//! Every act of a penalty, with its name, its article and the post that usually does it, and the permission it needs.

use crate::decide::LegalAct;
use crate::operate::Operation;

macro_rules! acts {
    ($($act:ident $key:literal $name:literal $role:literal $article:literal;)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum PenaltyAct { $($act,)* }

        impl PenaltyAct {
            /// In the order a case meets them; standing acts last.
            pub const ALL: &'static [PenaltyAct] = &[$(PenaltyAct::$act,)*];

            pub fn key(self) -> &'static str {
                match self { $(PenaltyAct::$act => $key,)* }
            }

            pub fn name(self) -> &'static str {
                match self { $(PenaltyAct::$act => $name,)* }
            }

            /// The role that does it; `party` for the party. Where the act completes a step, the flow's post counts.
            pub fn role(self) -> &'static str {
                match self { $(PenaltyAct::$act => $role,)* }
            }

            /// The article the act rests on.
            pub fn article(self) -> &'static str {
                match self { $(PenaltyAct::$act => $article,)* }
            }
        }
    };
}

acts! {
    RegisterLead "register_lead" "登记案件线索" "handler" "行政处罚法第五十四条第一款";
    ProposeOpening "propose_opening" "提出立案意见" "handler" "行政处罚法第五十四条第二款";
    ReviewOpening "review_opening" "审核立案意见" "reviewer" "行政处罚法第五十四条第二款";
    ApproveOpening "approve_opening" "批准立案" "approver" "行政处罚法第五十四条第二款";
    RecordEvidence "record_evidence" "登记证据" "handler" "行政处罚法第四十六条";
    HandOverEvidence "hand_over_evidence" "登记证据移交" "handler" "行政处罚法第四十七条";
    EndInvestigation "end_investigation" "调查终结" "handler" "行政处罚法第五十七条第一款";
    ReviewProposal "review_proposal" "审核处理建议" "reviewer" "行政处罚法第五十七条第一款";
    Notify "notify" "拟制事先告知书" "handler" "行政处罚法第四十四条";
    ServeNotice "serve_notice" "送达事先告知书" "handler" "行政处罚法第四十四条";
    MakeDefence "make_defence" "陈述申辩" "party" "行政处罚法第四十五条第一款";
    WaiveDefence "waive_defence" "放弃陈述申辩" "party" "行政处罚法第六十二条";
    CheckDefence "check_defence" "复核陈述申辩" "reviewer" "行政处罚法第四十五条第一款";
    LegalReview "legal_review" "法制审核" "legal_reviewer" "行政处罚法第五十八条第一款";
    Decide "decide" "作出决定" "approver" "行政处罚法第五十七条第一款";
    ServeDecision "serve_decision" "送达决定书" "handler" "行政处罚法第六十一条";
    RecordPayment "record_payment" "登记缴款" "counter_clerk" "行政处罚法第六十七条第三款";
    ProposeClosing "propose_closing" "提出结案意见" "handler" "行政处罚法第六十六条第一款";
    ApproveClosing "approve_closing" "批准结案" "approver" "行政处罚法第六十六条第一款";
    ReviewRelease "review_release" "公开审查" "release_reviewer" "行政处罚法第四十八条第一款";
    PreserveEvidence "preserve_evidence" "批准先行登记保存" "approver" "行政处罚法第五十六条";
    DisposePreserved "dispose_preserved" "处理登记保存的证据" "approver" "行政处罚法第五十六条";
    ExtendDecision "extend_decision" "延长办案期限" "approver" "行政处罚法第六十条";
    ConfirmElectronicService "confirm_electronic_service" "确认电子送达" "party" "行政处罚法第六十一条第二款";
    RequestRecusal "request_recusal" "申请回避" "party" "行政处罚法第四十三条第二款";
    DecideRecusal "decide_recusal" "决定回避" "approver" "行政处罚法第四十三条第三款";
    GrantDeferral "grant_deferral" "批准延期（分期）缴纳" "approver" "行政处罚法第六十六条第二款";
    ImposeAdditionalFine "impose_additional_fine" "加处罚款" "approver" "行政处罚法第七十二条第一款第（一）项";
    RecordDispute "record_dispute" "登记复议、诉讼" "legal_reviewer" "行政处罚法第七十三条第三款";
    RecordReversal "record_reversal" "登记决定被变更、撤销" "legal_reviewer" "行政处罚法第四十八条第二款";
    WithdrawRelease "withdraw_release" "撤回公开信息" "release_reviewer" "行政处罚法第四十八条第二款";
    SignStep "sign_step" "签署会签意见" "reviewer" "行政处罚法第五十七条第一款";
    ReturnStep "return_step" "退回到以前的环节" "reviewer" "行政处罚法第五十七条第一款";
    TakeBackStep "take_back_step" "撤回" "reviewer" "行政处罚法第五十七条第一款";
    TransferStep "transfer_step" "转办" "reviewer" "行政处罚法第四十二条第一款";
    DelegateStep "delegate_step" "委托办理" "reviewer" "行政处罚法第四十二条第一款";
    HandBackStep "hand_back_step" "交回委托" "reviewer" "行政处罚法第四十二条第一款";
    AddSigners "add_signers" "加签" "reviewer" "行政处罚法第五十七条第一款";
    RemoveSigners "remove_signers" "减签" "reviewer" "行政处罚法第五十七条第一款";
    CopyStep "copy_step" "抄送" "reviewer" "行政处罚法第五十七条第一款";
    NoteCopy "note_copy" "阅悉抄送" "reviewer" "行政处罚法第五十七条第一款";
    UrgeStep "urge_step" "催办" "reviewer" "行政处罚法第六十条";
    SuspendStep "suspend_step" "挂起环节" "reviewer" "行政处罚法第六十条";
    ResumeStep "resume_step" "恢复环节" "reviewer" "行政处罚法第六十条";
}

impl PenaltyAct {
    /// What the permission table must give for it. The flow may narrow it further, never widen it.
    pub const fn permission(self) -> &'static str {
        match self {
            // Officers ask it of themselves, whatever their post (43(1)).
            PenaltyAct::RequestRecusal => "penalty.ask_recusal",
            // Whoever's turn it is, whatever the post.
            PenaltyAct::SignStep
            | PenaltyAct::ReturnStep
            | PenaltyAct::TakeBackStep
            | PenaltyAct::TransferStep
            | PenaltyAct::DelegateStep
            | PenaltyAct::HandBackStep
            | PenaltyAct::AddSigners
            | PenaltyAct::RemoveSigners
            | PenaltyAct::CopyStep
            | PenaltyAct::NoteCopy
            | PenaltyAct::UrgeStep
            | PenaltyAct::SuspendStep
            | PenaltyAct::ResumeStep => "penalty.hand_on",
            PenaltyAct::ReviewOpening | PenaltyAct::ReviewProposal | PenaltyAct::CheckDefence => "penalty.review",
            PenaltyAct::ApproveOpening
            | PenaltyAct::Decide
            | PenaltyAct::ApproveClosing
            | PenaltyAct::PreserveEvidence
            | PenaltyAct::DisposePreserved
            | PenaltyAct::ExtendDecision
            | PenaltyAct::DecideRecusal
            | PenaltyAct::GrantDeferral
            | PenaltyAct::ImposeAdditionalFine => "penalty.approve",
            PenaltyAct::LegalReview | PenaltyAct::RecordDispute | PenaltyAct::RecordReversal => "penalty.legal_review",
            PenaltyAct::RecordPayment => "penalty.collect",
            PenaltyAct::ReviewRelease | PenaltyAct::WithdrawRelease => "penalty.release",
            // With what the party says to the office, which its handler takes in.
            _ => "penalty.handle",
        }
    }

    pub fn of_operation(op: Operation) -> PenaltyAct {
        match op {
            Operation::Sign => PenaltyAct::SignStep,
            Operation::Return => PenaltyAct::ReturnStep,
            Operation::TakeBack => PenaltyAct::TakeBackStep,
            Operation::Transfer | Operation::FallBack => PenaltyAct::TransferStep,
            Operation::Delegate => PenaltyAct::DelegateStep,
            Operation::HandBack => PenaltyAct::HandBackStep,
            Operation::AddSigners => PenaltyAct::AddSigners,
            Operation::RemoveSigners => PenaltyAct::RemoveSigners,
            Operation::Copy => PenaltyAct::CopyStep,
            Operation::NoteCopy => PenaltyAct::NoteCopy,
            Operation::Urge => PenaltyAct::UrgeStep,
            Operation::Suspend => PenaltyAct::SuspendStep,
            Operation::Resume => PenaltyAct::ResumeStep,
        }
    }

    /// The operation on steps that it is, if any.
    pub fn operation(self) -> Option<Operation> {
        Operation::of_people().find(|op| PenaltyAct::of_operation(*op) == self)
    }

    pub fn from_key(key: &str) -> Option<PenaltyAct> {
        PenaltyAct::ALL.iter().copied().find(|act| act.key() == key)
    }
}

impl LegalAct for PenaltyAct {
    fn code(self, reason: &str) -> String {
        format!("penalty.{}.{reason}", self.key())
    }

    fn named(self) -> &'static str {
        self.name()
    }

    fn rests_on(self) -> &'static str {
        self.article()
    }
}
