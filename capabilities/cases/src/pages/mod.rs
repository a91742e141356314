//! Pages of cases: the citizen's way through an application, the officers' worklist and acts, the public record.

mod act;
mod act_fields;
mod act_input;
mod apply;
mod board;
mod case;
mod draft;
mod draft_check;
mod draft_form;
mod draft_materials;
mod files;
mod intake;
mod links;
mod my_case;
mod my_cases;
mod my_withdraw;
mod progress;
mod records;
mod shown;
mod supplement;
mod worklist;

use mingjing_chronicle::Value;
use mingjing_web::{Access, Desk, Permission, Problem, Routes, Scope, Subject};

use crate::case::Case;
use crate::decide::supply_supplement::is_party;
use crate::reading::{self, CaseSeen};
use crate::views::list::ScopeCondition;

pub use links::*;

pub const READ: Permission = Permission("cases.read");
pub const APPLY: Permission = Permission("cases.apply");
pub const BOARD: Permission = Permission("cases.board");
pub const INTAKE: Permission = Permission("cases.intake");
pub const WITHDRAW: Permission = Permission("cases.withdraw");

pub fn routes() -> Routes {
    applying().merge(own_cases()).merge(office()).merge(public())
}

fn applying() -> Routes {
    let may = Access::May(APPLY);
    Routes::new()
        .get("/apply/{item}", may, apply::get)
        .post("/apply/{item}", may, apply::post)
        .get("/drafts/{draft}", may, draft::get)
        .get("/drafts/{draft}/party", may, draft::get_party)
        .post("/drafts/{draft}/party", may, draft::post_party)
        .post("/drafts/{draft}/discard", may, draft::post_discard)
        .get("/drafts/{draft}/form/{section}", may, draft_form::get)
        .post("/drafts/{draft}/form/{section}", may, draft_form::post)
        .get("/drafts/{draft}/materials/{material}", may, draft_materials::get)
        .post("/drafts/{draft}/materials/{material}", may, draft_materials::post)
        .post(
            "/drafts/{draft}/materials/{material}/remove",
            may,
            draft_materials::post_remove,
        )
        .get("/drafts/{draft}/check", may, draft_check::get)
        .post("/drafts/{draft}/check", may, draft_check::post)
}

fn own_cases() -> Routes {
    let may = Access::May(APPLY);
    Routes::new()
        .get("/my/cases", may, my_cases::get)
        .get("/my/inbox", may, my_cases::get_inbox)
        .get("/my/cases/{case}", may, my_case::get)
        .get("/my/cases/{case}/submitted", may, my_case::get_submitted)
        .get("/my/cases/{case}/supplement", may, supplement::get)
        .post("/my/cases/{case}/supplement", may, supplement::post)
        .get("/my/cases/{case}/withdraw", Access::May(WITHDRAW), my_withdraw::get)
        .post("/my/cases/{case}/withdraw", Access::May(WITHDRAW), my_withdraw::post)
}

fn office() -> Routes {
    // The permission table says that everybody reads what was published; the office's pages ask for a signed-in person
    // and then for the scope.
    Routes::new()
        .get("/office", Access::May(BOARD), worklist::get)
        .get("/office/cases", Access::May(BOARD), worklist::get_all)
        .get("/office/board", Access::May(BOARD), board::get)
        .get("/office/intake", Access::May(INTAKE), intake::get)
        .get("/office/intake/{item}", Access::May(INTAKE), intake::get_item)
        .post("/office/intake/{item}", Access::May(INTAKE), intake::post)
        .get("/office/cases/{case}", Access::May(BOARD), case::get)
        .get("/office/cases/{case}/{act}", Access::May(BOARD), act::get)
        .post("/office/cases/{case}/{act}", Access::May(BOARD), act::post)
        .get("/cases/{case}/papers/{paper}", Access::SignedIn, files::get_paper)
        .get("/cases/{case}/files/{file}", Access::SignedIn, files::get_file)
}

fn public() -> Routes {
    Routes::new()
        .get("/records", Access::Public, records::get)
        .get("/records/{case}", Access::Public, records::get_one)
        .get("/records/{case}/data", Access::Public, records::get_data)
        .get("/progress", Access::Public, progress::get)
        .post("/progress", Access::Public, progress::post)
}

/// A case that this person may see; what they may not see is not there for them.
pub(crate) async fn seen(desk: &Desk, case_no: String) -> Result<CaseSeen, Problem> {
    let context = desk.house.chronicle.context(desk.actor.clone());
    let scope = desk.may(READ);
    let found = desk
        .house
        .chronicle
        .read(move |reader| {
            let seen = reading::case(reader, &context, &case_no)?;
            Ok(seen.filter(|seen| {
                scope.as_ref().is_some_and(|scope| covers(scope, &seen.case)) || is_party(&seen.case, &context)
            }))
        })
        .await?;
    found.ok_or(Problem::NotFound)
}

/// A case of one's own, as party or agent.
pub(crate) async fn own(desk: &Desk, case_no: String) -> Result<CaseSeen, Problem> {
    let seen = seen(desk, case_no).await?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    if is_party(&seen.case, &context) { Ok(seen) } else { Err(Problem::NotFound) }
}

fn covers(scope: &Scope, case: &Case) -> bool {
    let (Some(item), Some(applicant)) = (case.item(), case.applicant()) else {
        return false;
    };
    // What was published is read in the public record, never in the case itself.
    scope.covers(&Subject {
        body: &item.body,
        area: &item.area,
        party_account: applicant.account.as_deref().unwrap_or_default(),
        published: false,
    })
}

/// The same scope as a condition for lists and counts.
pub(crate) fn condition(scope: &Scope) -> ScopeCondition {
    let sql = scope.sql(1);
    ScopeCondition {
        text: sql.text,
        parameters: sql.parameters.into_iter().map(Value::from).collect(),
    }
}

/// How far somebody sees the office's lists: published cases of others are no part of a worklist.
pub(crate) fn office_scope(desk: &Desk) -> Result<Scope, Problem> {
    desk.require(BOARD)
}
