//! What cases are called where the public log names what it found.

use mingjing_ledger::Naming;
use mingjing_web::{Desk, Link, Problem};

use super::{BOARD, links};
use crate::case::Case;
use crate::events::act_name;
use crate::number::Procedure;
use crate::penalty::case::PenaltyCase;
use crate::penalty::events::act_name as penalty_act_name;
use mingjing_chronicle::{Aggregate, Fault, Reader};

pub struct NamesOfCases;

impl Naming for NamesOfCases {
    fn act(&self, kind: &str) -> Option<&'static str> {
        match kind.split_once('.')?.0 {
            "case" => Some(act_name(kind)),
            "penalty" => Some(penalty_act_name(kind)),
            _ => None,
        }
    }

    fn matter(&self, stream_kind: &str, id: &str) -> Option<(String, Link)> {
        let of_a_case = [Case::STREAM, PenaltyCase::STREAM].contains(&stream_kind);
        of_a_case.then(|| (format!("办件 {id}"), links::case_page(id)))
    }

    fn stream(&self, number: &str) -> Option<String> {
        stream_of(number)
    }

    fn person(&self, reader: &mut Reader<'_>, account: &str) -> Result<String, Fault> {
        mingjing_people::views::queries::display_name(reader.sql(), account)
    }
}

/// `<kind>/<number>`; `None` for what is no number of a case.
fn stream_of(number: &str) -> Option<String> {
    let kind = match Procedure::of(number)? {
        Procedure::Penalty => PenaltyCase::STREAM,
        _ => Case::STREAM,
    };
    Some(format!("{kind}/{number}"))
}

/// A list names parties: whoever in office sees it saw these cases.
pub(crate) fn note_listed<'a>(desk: &Desk, case_nos: impl Iterator<Item = &'a str>) -> Result<(), Problem> {
    desk.note_listed(case_nos.filter_map(stream_of), BOARD)
}
