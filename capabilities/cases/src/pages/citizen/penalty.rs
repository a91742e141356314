//! The party's page of a penalty (R157): facts, circumstances, law, discretion range, progress, result; answering the
//! advance notice; what is owed. And what everybody may see of penalties that still run.

mod answer;
mod case;
mod progress;

pub(super) use self::answer::{
    get_confirm, get_defend, get_recusal, get_waive, post_confirm, post_defend, post_recusal, post_waive,
};
pub(super) use self::case::get_case;
pub(crate) use self::case::{get_paper, readable};
pub(super) use self::progress::get_progress;

use mingjing_web::{Desk, Problem};

use crate::penalty::reading::{self, PenaltySeen};

/// A penalty for whoever may act for its party, or the same answer as for none.
pub(crate) async fn load(desk: &Desk, case_no: &str) -> Result<PenaltySeen, Problem> {
    let (no, context) = (case_no.to_owned(), desk.house.chronicle.context(desk.actor.clone()));
    let found = desk
        .house
        .chronicle
        .read(move |reader| Ok(reading::case(reader, &context, &no)?.filter(|seen| seen.speaks_for_party)))
        .await?;
    found.ok_or(Problem::NotFound)
}
