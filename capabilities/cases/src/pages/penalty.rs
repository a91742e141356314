//! Officers' pages of penalties: registering a lead, the case with its evidence, the acts, the weighing of a fine.

mod act;
mod asks;
mod case;
mod factors;
pub(crate) mod fines;
mod input;
mod lead;
mod report_asks;
mod report_input;
pub(crate) mod shown;
pub(crate) mod timeline;

use mingjing_chronicle::Aggregate;
use mingjing_web::{Desk, Problem, Scope, Subject};

pub(super) use self::act::{get_act, post_act, post_act_with_file};
pub(super) use self::case::get_case;
pub(super) use self::factors::get_discretion;
pub(super) use self::fines::get_fines;
pub(super) use self::lead::{get_items, get_lead, post_lead};

use super::BOARD;
use crate::events::FileRef;
use crate::penalty::PenaltyCase;
use crate::penalty::reading::{self, PenaltySeen};

/// A penalty within one's scope; what lies outside it is not there.
pub(crate) async fn seen(desk: &Desk, case_no: String) -> Result<PenaltySeen, Problem> {
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
    desk.note_read(PenaltyCase::STREAM, &noted, BOARD)?;
    Ok(found)
}

fn covers(scope: &Scope, case: &PenaltyCase) -> bool {
    let Some(item) = &case.item else {
        return false;
    };
    scope.covers(&Subject {
        body: &item.body,
        area: &item.area,
        party_account: case
            .party()
            .and_then(|party| party.account.as_deref())
            .unwrap_or_default(),
        // What was published is read in the public record, never in the case itself.
        published: false,
    })
}

/// A file of the case by its blob: lead, evidence, defence, signed statements.
pub(super) fn file<'a>(case: &'a PenaltyCase, blob: &str) -> Option<&'a FileRef> {
    let facts = &case.facts;
    let lead = case.lead.iter().flat_map(|lead| &lead.files);
    let evidence = facts.evidence.iter().map(|kept| &kept.evidence.file);
    let defences = facts.defences.iter().flat_map(|defence| &defence.files);
    let signed = facts.waived.iter().filter_map(|waived| waived.signed.as_ref());
    let consent = facts
        .electronic_service
        .iter()
        .filter_map(|consent| consent.signed.as_ref());
    let deferral = facts
        .deferred
        .iter()
        .filter_map(|deferred| deferred.application.as_ref());
    let mut all = lead
        .chain(evidence)
        .chain(defences)
        .chain(signed)
        .chain(consent)
        .chain(deferral);
    all.find(|file| file.blob == blob)
}
