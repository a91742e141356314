//! Acts of the office on a case: one address each, with the permission that the table gives for it.

use mingjing_chronicle::Done;
use mingjing_web::api::{Api, Op, Order};
use mingjing_web::{Access, Desk, Permission, Problem, Routes};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::CasePath;
use super::act_bodies as body;
use crate::commands::{self, Acted, Command};
use crate::decide::{self, Act};
use crate::operate;
use crate::pages::seen;

/// The fields of an act as the API takes them. What a rule judges goes on as it is.
pub(super) trait ActBody: DeserializeOwned + JsonSchema + Send + 'static {
    const ACT: Act;

    fn command(self, desk: &Desk) -> Command;
}

pub(super) fn routes() -> Routes {
    let api = Api::new("办件操作");
    let api = act::<decide::accept::Accept>(
        api,
        "accept_case",
        "/api/v1/cases/{case_no}/acts/accept",
        "cases.accept",
    );
    let api = act::<body::CorrectOnTheSpot>(
        api,
        "correct_case_on_the_spot",
        "/api/v1/cases/{case_no}/acts/correct_on_the_spot",
        "cases.accept",
    );
    let api = act::<decide::ask_supplement::AskSupplement>(
        api,
        "ask_supplement",
        "/api/v1/cases/{case_no}/acts/ask_supplement",
        "cases.accept",
    );
    let api = act::<body::SupplyAtCounter>(
        api,
        "record_supplement",
        "/api/v1/cases/{case_no}/acts/supply_supplement",
        "cases.accept",
    );
    let api = act::<body::RefuseAcceptance>(
        api,
        "refuse_acceptance",
        "/api/v1/cases/{case_no}/acts/refuse_acceptance",
        "cases.accept",
    );
    let api = act::<decide::turn_down::NotRequired>(
        api,
        "tell_not_required",
        "/api/v1/cases/{case_no}/acts/not_required",
        "cases.accept",
    );
    let api = act::<body::SiteCheck>(
        api,
        "record_site_check",
        "/api/v1/cases/{case_no}/acts/record_site_check",
        "cases.site_check",
    );
    let api = act::<decide::examine::Examine>(
        api,
        "examine_case",
        "/api/v1/cases/{case_no}/acts/examine",
        "cases.examine",
    );
    let api = act::<decide::review::Review>(
        api,
        "review_case",
        "/api/v1/cases/{case_no}/acts/review",
        "cases.review",
    );
    let api = act::<body::Decide>(
        api,
        "decide_case",
        "/api/v1/cases/{case_no}/acts/decide",
        "cases.decide",
    );
    let api = act::<decide::issue::Issue>(
        api,
        "issue_certificate",
        "/api/v1/cases/{case_no}/acts/issue",
        "cases.issue",
    );
    let api = act::<body::Serve>(
        api,
        "record_service",
        "/api/v1/cases/{case_no}/acts/serve",
        "cases.serve",
    );
    let api = act::<decide::complete::Complete>(
        api,
        "complete_case",
        "/api/v1/cases/{case_no}/acts/complete",
        "cases.complete",
    );
    let api = act::<decide::release::ReviewRelease>(
        api,
        "review_release",
        "/api/v1/cases/{case_no}/acts/release_review",
        "cases.release",
    );
    let api = act::<decide::take_step::TakeStep>(
        api,
        "take_case_step",
        "/api/v1/cases/{case_no}/acts/take_step",
        "cases.take_step",
    );
    let api = act::<decide::extend::Extend>(
        api,
        "extend_decision",
        "/api/v1/cases/{case_no}/acts/extend",
        "cases.extend",
    );
    let api = act::<decide::exclude_time::ExcludeTime>(
        api,
        "exclude_time",
        "/api/v1/cases/{case_no}/acts/suspend",
        "cases.suspend",
    );
    let api = act::<decide::resume_time::ResumeTime>(
        api,
        "resume_time",
        "/api/v1/cases/{case_no}/acts/resume",
        "cases.suspend",
    );
    let api = act::<decide::withdraw::Withdraw>(
        api,
        "record_withdrawal",
        "/api/v1/cases/{case_no}/acts/withdraw",
        "cases.withdraw",
    );
    operations(api).into_routes()
}

/// Whose turn it is, whatever the post: the same bodies as for penalties.
fn operations(api: Api) -> Api {
    macro_rules! operations {
        ($($command:ident $key:literal $id:literal;)*) => {{
            let api = api;
            $(let api = act::<operate::$command>(
                api,
                $id,
                concat!("/api/v1/cases/{case_no}/acts/", $key),
                "cases.hand_on",
            );)*
            api
        }};
    }
    operations! {
        SignStep "sign_step" "sign_case_step";
        ReturnStep "return_step" "return_case_step";
        TakeBackStep "take_back_step" "take_back_case_step";
        TransferStep "transfer_step" "transfer_case_step";
        DelegateStep "delegate_step" "delegate_case_step";
        HandBackStep "hand_back_step" "hand_back_case_step";
        AddSigners "add_signers" "add_case_signers";
        RemoveSigners "remove_signers" "remove_case_signers";
        CopyStep "copy_step" "copy_case_step";
        NoteCopy "note_copy" "note_case_copy";
        UrgeStep "urge_step" "urge_case_step";
        SuspendStep "suspend_step" "suspend_case_step";
        ResumeStep "resume_step" "resume_case_step";
    }
}

fn act<B: ActBody>(api: Api, id: &'static str, path: &'static str, permission: &'static str) -> Api {
    let op = Op::new(id, B::ACT.name()).note(B::ACT.article()).seen();
    api.command(op, path, Access::May(Permission(permission)), perform::<B>)
}

async fn perform<B: ActBody>(desk: Desk, path: CasePath, order: Order<B>) -> Result<Done<Acted>, Problem> {
    // What lies outside one's scope is not there, whatever the act.
    seen(&desk, path.case_no.clone()).await?;
    let command = order.body.command(&desk);
    let done = commands::perform(
        &desk.house.chronicle,
        desk.request(&order.meta),
        &path.case_no,
        order.meta.seen,
        command,
    );
    Ok(done.await?)
}
