//! Acts of the office on a penalty: one address each. A command is its own body ([`Sent`]): fields, bounds and words for
//! the document stand with its rule.

use mingjing_chronicle::{ActorKind, Done, Stop};
use mingjing_web::api::{Api, Op, Order};
use mingjing_web::{Access, Desk, Permission, Problem, Routes};
use serde::de::DeserializeOwned;

use super::super::CasePath;
use super::super::files::{MOST_BYTES, Sent, may_carry_files};
use crate::commands::Acted;
use crate::pages::penalty::seen;
use crate::penalty::PenaltyAct;
use crate::penalty::commands::{self, PenaltyCommand, PenaltyOrder, complete};
use crate::penalty::decide as acts;
use crate::penalty::reading::PenaltySeen;
use crate::penalty::standing::may;

macro_rules! addresses {
    ($($command:ty: $key:literal $id:literal;)*) => {
        pub(super) fn routes() -> Routes {
            let api = Api::new("行政处罚案件操作");
            $(let api = act::<$command>(api, $id, concat!("/api/v1/penalties/{case_no}/acts/", $key));)*
            api.into_routes()
        }

        #[cfg(test)]
        const ADDRESSES: &[(PenaltyAct, &str)] = &[$((<$command>::ACT, $key),)*];
    };
}

addresses! {
    acts::propose_opening::ProposeOpening: "propose_opening" "propose_opening";
    acts::opening::ReviewOpening: "review_opening" "review_opening";
    acts::opening::ApproveOpening: "approve_opening" "approve_opening";
    acts::evidence::RecordEvidence: "record_evidence" "record_evidence";
    acts::evidence::HandOverEvidence: "hand_over_evidence" "hand_over_evidence";
    acts::end_investigation::EndInvestigation: "end_investigation" "end_investigation";
    acts::review_proposal::ReviewProposal: "review_proposal" "review_proposal";
    acts::notify::Notify: "notify" "draw_up_notice";
    acts::serve::ServeNotice: "serve_notice" "serve_notice";
    acts::make_defence::MakeDefence: "make_defence" "take_in_defence";
    acts::waive_defence::WaiveDefence: "waive_defence" "take_in_waiver";
    acts::check_defence::CheckDefence: "check_defence" "check_defence";
    acts::legal_review::LegalReview: "legal_review" "review_legally";
    acts::decide::DecidePenalty: "decide" "decide_penalty";
    acts::serve::ServeDecision: "serve_decision" "serve_decision";
    acts::record_payment::RecordPayment: "record_payment" "record_payment";
    acts::closing::ProposeClosing: "propose_closing" "propose_closing";
    acts::closing::ApproveClosing: "approve_closing" "approve_closing";
    acts::release::ReviewPenaltyRelease: "review_release" "review_penalty_release";
    acts::preserve::PreserveEvidence: "preserve_evidence" "preserve_evidence";
    acts::preserve::DisposePreserved: "dispose_preserved" "dispose_preserved";
    acts::extend_decision::ExtendPenaltyDecision: "extend_decision" "extend_penalty_decision";
    acts::confirm_service::ConfirmElectronicService: "confirm_electronic_service" "take_in_service_consent";
    acts::recusal::RequestRecusal: "request_recusal" "request_recusal";
    acts::recusal::DecideRecusal: "decide_recusal" "decide_recusal";
    acts::defer::GrantDeferral: "grant_deferral" "grant_deferral";
    acts::impose_additional_fine::ImposeAdditionalFine: "impose_additional_fine" "impose_additional_fine";
    acts::dispute::RecordDispute: "record_dispute" "record_dispute";
    acts::reversal::RecordReversal: "record_reversal" "record_reversal";
    acts::release::WithdrawRelease: "withdraw_release" "withdraw_release";
    acts::operate::SignStep: "sign_step" "sign_step";
    acts::operate::ReturnStep: "return_step" "return_step";
    acts::operate::TakeBackStep: "take_back_step" "take_back_step";
    acts::operate::TransferStep: "transfer_step" "transfer_step";
    acts::operate::DelegateStep: "delegate_step" "delegate_step";
    acts::operate::HandBackStep: "hand_back_step" "hand_back_step";
    acts::operate::AddSigners: "add_signers" "add_signers";
    acts::operate::RemoveSigners: "remove_signers" "remove_signers";
    acts::operate::CopyStep: "copy_step" "copy_step";
    acts::operate::NoteCopy: "note_copy" "note_copy";
    acts::operate::UrgeStep: "urge_step" "urge_step";
    acts::operate::SuspendStep: "suspend_step" "suspend_step";
    acts::operate::ResumeStep: "resume_step" "resume_step";
}

fn act<C: PenaltyOrder>(api: Api, id: &'static str, path: &'static str) -> Api {
    let op = Op::new(id, C::ACT.name()).note(C::ACT.article()).seen();
    // An act without files stays as small as a form.
    let op = match may_carry_files::<C>() {
        true => op.most_bytes(MOST_BYTES),
        false => op,
    };
    let access = Access::May(Permission(C::ACT.permission()));
    api.command(op, path, access, perform::<C>)
}

async fn perform<C: PenaltyOrder>(desk: Desk, path: CasePath, order: Order<Sent<C>>) -> Result<Done<Acted>, Problem> {
    // What lies outside one's scope is not there, whatever the act.
    let seen = seen(&desk, path.case_no).await?;
    acted(&desk, &seen, C::ACT, order, C::into).await
}

/// Does the act; its files are kept only if it may be done at all.
pub(super) async fn acted<C: DeserializeOwned>(
    desk: &Desk,
    seen: &PenaltySeen,
    act: PenaltyAct,
    order: Order<Sent<C>>,
    command: impl FnOnce(C) -> PenaltyCommand,
) -> Result<Done<Acted>, Problem> {
    let (chronicle, request) = (&desk.house.chronicle, desk.request(&order.meta));
    if order.body.carries_files() {
        let context = chronicle.context(desk.actor.clone());
        if let Err(refusal) = may(act, &seen.case, &seen.who(&context)) {
            // Under its key all the same: who sends a command again gets its first answer.
            let refusal = complete(refusal, Some(act));
            let refused = chronicle.perform(request, move |_| Err(Stop::Refusal(refusal.clone())));
            return Ok(refused.await?);
        }
    }
    let mut command = command(order.body.command(desk).await?);
    in_own_name(desk, &mut command);
    Ok(commands::perform(chronicle, request, &seen.case.case_no, order.meta.seen, command).await?)
}

/// Who is signed in serves in the own name, as on the page.
fn in_own_name(desk: &Desk, command: &mut PenaltyCommand) {
    let (ActorKind::Official, Some(name)) = (desk.actor.kind, &desk.display_name) else {
        return;
    };
    match command {
        PenaltyCommand::ServeNotice(service) => service.server.clone_from(name),
        PenaltyCommand::ServeDecision(service) => service.server.clone_from(name),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use mingjing_people::permissions::{GRANTS, Who};

    use super::*;

    #[test]
    fn every_act_has_its_address() {
        for (act, key) in ADDRESSES {
            assert_eq!(act.key(), *key);
        }
        let with = |act: &PenaltyAct| ADDRESSES.iter().any(|(known, _)| known == act);
        let without: Vec<&PenaltyAct> = PenaltyAct::ALL.iter().filter(|act| !with(act)).collect();
        assert_eq!(
            without,
            [&PenaltyAct::RegisterLead],
            "a lead makes a case and has its own address"
        );
    }

    #[test]
    fn the_table_gives_each_act_to_the_post_that_usually_does_it() {
        for act in PenaltyAct::ALL {
            let role = match act.role() {
                "party" => "handler",
                role => role,
            };
            let given = GRANTS.iter().any(|grant| {
                grant.permission == act.permission() && matches!(grant.who, Who::Post(post) if post.key() == role)
            });
            assert!(given, "{} needs {} of {role}", act.key(), act.permission());
        }
    }
}
