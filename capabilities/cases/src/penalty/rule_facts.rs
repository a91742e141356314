//! What conditions, scripts and numbers of a penalty's chart may go by, beside outcomes.

use serde_json::{Map, Value as Json, json};

use super::PenaltyCase;
use super::events::Outcome;
use crate::party::Party;

/// `party`: `kind`; `proposal` and, once decided, `decision`: `outcome`, `fine` in yuan (0 without one); `proposal` also
/// `collective`. What is not known yet has no name.
pub(super) fn of(case: &PenaltyCase) -> Map<String, Json> {
    let mut names = Map::new();
    if let Some(party) = case.party() {
        let kind = match party.party {
            Party::Individual { .. } => "individual",
            Party::Organisation { .. } => "organisation",
        };
        names.insert("party".to_owned(), json!({ "kind": kind }));
    }
    if let Some(report) = &case.facts.proposal {
        let mut proposal = outcome(&report.proposal);
        proposal["collective"] = report.collective.into();
        names.insert("proposal".to_owned(), proposal);
    }
    if let Some(decided) = &case.facts.decided {
        names.insert("decision".to_owned(), outcome(&decided.outcome));
    }
    names
}

/// Fen are exact in a number's 15 digits up to ten million million yuan.
fn outcome(outcome: &Outcome) -> Json {
    let fine = outcome.fine().map_or(0.0, |fine| fine.0 as f64 / 100.0);
    json!({"outcome": outcome.key(), "fine": fine})
}
