//! Pages of cases: citizens and the public in [`citizen`]; here the officers' worklist, counter, case page and acts.

mod act;
mod act_fields;
mod act_input;
mod act_page;
mod asks;
pub(crate) mod board;
mod case;
pub mod citizen;
pub(crate) mod files;
mod intake;
mod joint;
pub mod links;
pub(crate) mod migrations;
mod milestones;
pub mod named;
mod opening;
pub(crate) mod operations;
pub(crate) mod penalty;
mod questions;
mod receipts;
pub(crate) mod ruled;
pub mod sealed_papers;
mod shown;
pub(crate) mod statistics;
mod step_fields;
mod worklist;

use mingjing_chronicle::{Aggregate, Value};
use mingjing_web::{Access, Desk, Permission, Problem, Routes, Scope, Subject};

use crate::case::Case;
use crate::penalty::PenaltyAct;
use crate::reading::{self, CaseSeen};
use crate::views::list::ScopeCondition;

pub const READ: Permission = Permission("cases.read");
pub const BOARD: Permission = Permission("cases.board");
/// Whoever's turn it is, whatever the post.
pub(crate) const HAND_ON: Permission = Permission("cases.hand_on");
pub const INTAKE: Permission = Permission("cases.intake");
/// To begin what the body does by itself.
pub const OPEN: Permission = Permission("cases.open");

pub fn routes() -> Routes {
    citizen::citizen_routes()
        .merge(officer_routes())
        .merge(migrations::routes())
        .get("/verify/papers/{asked}", Access::Public, sealed_papers::get_sealed)
        .get("/statistics", Access::Public, statistics::get_statistics)
        .get("/statistics.csv", Access::Public, statistics::get_csv)
        .get("/statistics.xlsx", Access::Public, statistics::get_xlsx)
        .merge(crate::api::routes())
}

/// Everybody may read what was published (`cases.read`), so that the office's pages ask for `cases.board`, which only
/// posts have; how far it reaches is asked again for each record, list, count and file.
pub fn officer_routes() -> Routes {
    let may = Access::May(BOARD);
    let lead = Access::May(Permission(PenaltyAct::RegisterLead.permission()));
    Routes::new()
        .get("/desk", may, worklist::get_worklist)
        .get("/desk/cases", may, worklist::get_cases)
        .get("/desk/board", may, board::get_board)
        .get("/desk/statistics", may, statistics::get_desk)
        .get("/desk/statistics.csv", may, statistics::get_desk_csv)
        .get("/desk/statistics.xlsx", may, statistics::get_desk_xlsx)
        .get("/desk/intake", Access::May(INTAKE), intake::get_items)
        .get("/desk/intake/{item}", Access::May(INTAKE), intake::get_intake)
        .post("/desk/intake/{item}", Access::May(INTAKE), intake::post_intake)
        .get("/desk/openings", Access::May(OPEN), opening::get_items)
        .get("/desk/openings/{item}", Access::May(OPEN), opening::get_opening)
        .post("/desk/openings/{item}", Access::May(OPEN), opening::post_opening)
        .get("/desk/cases/{case_no}", may, case::get_case)
        .get("/desk/cases/{case_no}/papers/{paper_id}", may, files::get_paper)
        .get("/desk/cases/{case_no}/receipts", may, receipts::get_of_office)
        .get(
            "/desk/cases/{case_no}/receipts/{version}",
            may,
            receipts::get_file_of_office,
        )
        .get("/desk/cases/{case_no}/files/{blob}", may, files::get_file)
        .get("/desk/cases/{case_no}/acts/{act}", may, act::get_act)
        .post("/desk/cases/{case_no}/acts/{act}", may, act::post_act)
        .post(
            "/desk/cases/{case_no}/acts/{act}/file",
            may,
            penalty::post_act_with_file,
        )
        .get("/desk/cases/{case_no}/discretion", may, penalty::get_discretion)
        .get("/desk/fines", may, penalty::get_fines)
        .get("/desk/leads", lead, penalty::get_items)
        .get("/desk/leads/{item}", lead, penalty::get_lead)
        .post("/desk/leads/{item}", lead, penalty::post_lead)
}

/// A case within one's scope; what lies outside it is not there.
pub(crate) async fn seen(desk: &Desk, case_no: String) -> Result<CaseSeen, Problem> {
    let scope = desk.require(BOARD)?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    let noted = case_no.clone();
    let found = desk
        .house
        .chronicle
        .read(move |reader| {
            let seen = reading::case(reader, &context, &case_no)?;
            Ok(seen.filter(|seen| covers(&scope, &seen.case)))
        })
        .await?;
    let found = found.ok_or(Problem::NotFound)?;
    desk.note_read(Case::STREAM, &noted, BOARD)?;
    Ok(found)
}

fn covers(scope: &Scope, case: &Case) -> bool {
    let (Some(item), Some(applicant)) = (case.item(), case.applicant()) else {
        return false;
    };
    scope.covers(&Subject {
        body: &item.body,
        area: &item.area,
        party_account: applicant.account.as_deref().unwrap_or_default(),
        // What was published is read in the public record, never in the case itself.
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
