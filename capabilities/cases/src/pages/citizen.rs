//! Pages for citizens and the public: applying, one's own cases, looking up, the public record.
//!
//! Whose draft, case or file it is not gets the same answer as if there were none.

mod apply;
pub(crate) mod citizen_queries;
pub(crate) mod download;
mod inbox;
pub mod links;
mod my;
mod own_case;
pub(crate) mod penalty;
mod progress;
mod progress_view;
mod public_list;
mod public_record;
mod supply;
mod withdraw;
mod words;

use mingjing_web::{Access, Permission, Routes};

use super::receipts;

pub(crate) use download::{keep, readable};
pub(crate) use own_case::load;
pub(crate) use progress::find_by_secret;

pub const APPLY: Permission = Permission("cases.apply");
pub const READ: Permission = Permission("cases.read");
/// Reading and answering in a penalty of one's own.
pub const OWN_PENALTY: Permission = Permission("penalty.own");
pub const WITHDRAW: Permission = Permission("cases.withdraw");

pub fn citizen_routes() -> Routes {
    let own = Access::May(APPLY);
    let (public, answer) = (Access::May(READ), Access::May(OWN_PENALTY));
    apply::routes()
        .get("/my", own, my::get_my)
        .get("/my/inbox", own, inbox::get_inbox)
        .get("/my/cases/{case_no}", own, own_case::get_case)
        .get("/my/cases/{case_no}/papers/{paper_id}", own, download::get_paper)
        .get("/my/cases/{case_no}/files/{blob}", own, download::get_material)
        .get("/my/cases/{case_no}/receipts", own, receipts::get_own)
        .get("/my/cases/{case_no}/receipts/{version}", own, receipts::get_own_file)
        .get("/my/cases/{case_no}/supply", own, supply::get_supply)
        .post("/my/cases/{case_no}/supply", own, supply::post_supply)
        .get("/my/cases/{case_no}/withdraw", own, withdraw::get_withdraw)
        .post(
            "/my/cases/{case_no}/withdraw",
            Access::May(WITHDRAW),
            withdraw::post_withdraw,
        )
        .get("/progress", Access::Public, progress::get_progress)
        .post("/progress", Access::Public, progress::post_progress)
        .get("/my/cases/{case_no}/defend", answer, penalty::get_defend)
        .post("/my/cases/{case_no}/defend", answer, penalty::post_defend)
        .get("/my/cases/{case_no}/waive", answer, penalty::get_waive)
        .post("/my/cases/{case_no}/waive", answer, penalty::post_waive)
        .get("/my/cases/{case_no}/recusal", answer, penalty::get_recusal)
        .post("/my/cases/{case_no}/recusal", answer, penalty::post_recusal)
        .get("/my/cases/{case_no}/electronic-service", answer, penalty::get_confirm)
        .post("/my/cases/{case_no}/electronic-service", answer, penalty::post_confirm)
        .get("/public/penalties", public, penalty::get_progress)
        .get("/public", public, public_list::get_list)
        .get("/public/{case_no}", public, public_record::get_record)
}
