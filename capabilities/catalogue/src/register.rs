//! The catalogue as a whole: which imports were tried (R22) and which words mean the same in a search.
//!
//! Invariant: one stream per area; it holds no item and no person, only counts and hashes.

use mingjing_chronicle::{Aggregate, Recorded};

use crate::events::{ImportFacts, RegisterEvent};
use crate::field_set::FieldSets;

#[derive(Debug, Clone, Default)]
pub struct Register {
    pub accepted: u32,
    pub refused: u32,
    pub last_accepted: Option<ImportFacts>,
    pub synonyms: Vec<Vec<String>>,
    /// What the place asks of items beside the tables, the newest of each type.
    pub field_sets: FieldSets,
}

impl Aggregate for Register {
    type Event = RegisterEvent;
    const STREAM: &'static str = "catalogue";

    fn evolve(&mut self, recorded: &Recorded<'_, RegisterEvent>) {
        match recorded.payload.known() {
            Some(RegisterEvent::ImportAccepted(facts)) => {
                self.accepted += 1;
                self.last_accepted = Some(facts.clone());
            }
            Some(RegisterEvent::ImportRefused { .. } | RegisterEvent::ChangeRefused { .. }) => self.refused += 1,
            Some(RegisterEvent::SynonymsSet { groups }) => self.synonyms.clone_from(groups),
            Some(RegisterEvent::FieldSetEntered(set)) => {
                let code = set.power_type.code().to_owned();
                self.field_sets.insert(code, (**set).clone());
            }
            None => {}
        }
    }
}
