//! The fines of parties: `fine_register/<five hex digits of the digest of the party's number>`.
//!
//! Invariants: who decides a fine reads and writes it in the same transaction, so that two heads cannot fine one act
//! twice at once (行政处罚法 29). Many parties share a stream: stream names are not sealed, and a full digest of an
//! identity number could be undone by trying all numbers; the number itself stands in the sealed payload.

use mingjing_chronicle::{Aggregate, Event, Fault, Recorded, Stop, Tx};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::events::ActPeriod;
use crate::commands::Ground;
use crate::party::Party;

#[derive(Debug, Clone, Default)]
pub struct FineRegister {
    pub fines: Vec<FineEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FineEntry {
    /// Identity number or USCC.
    pub party_no: String,
    pub case_no: String,
    pub item_code: String,
    pub item_name: String,
    pub acted: ActPeriod,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum FineRegisterEvent {
    Fined(FineEntry),
}

impl Event for FineRegisterEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        "fine_register.fined"
    }
}

impl Aggregate for FineRegister {
    type Event = FineRegisterEvent;
    const STREAM: &'static str = "fine_register";

    fn evolve(&mut self, recorded: &Recorded<'_, FineRegisterEvent>) {
        if let Some(FineRegisterEvent::Fined(entry)) = recorded.payload.known() {
            self.fines.push(entry.clone());
        }
    }
}

impl FineRegister {
    /// Earlier fines of this party at about the same time.
    pub fn overlapping<'a>(
        &'a self,
        party: &'a Party,
        acted: &'a ActPeriod,
        case_no: &'a str,
    ) -> impl Iterator<Item = &'a FineEntry> {
        let number = number_of(party);
        self.fines
            .iter()
            .filter(move |fine| fine.party_no == number && fine.case_no != case_no && fine.acted.overlaps(acted))
    }
}

/// Fines of this party for what was done at about the same time, in other cases.
///
/// # Errors
/// [`Fault`] from the database.
pub(crate) fn earlier(
    tx: &mut Tx<'_>,
    party: &Party,
    acted: &ActPeriod,
    case_no: &str,
) -> Result<Vec<FineEntry>, Fault> {
    let register = tx.load::<FineRegister>(&stream_of(party))?;
    Ok(register.overlapping(party, acted, case_no).cloned().collect())
}

/// Puts a fine down, in the transaction that decides it.
///
/// # Errors
/// A conflict where somebody else fined the same party at this moment; a fault.
pub(crate) fn record(
    tx: &mut Tx<'_>,
    party: &Party,
    acted: ActPeriod,
    case_no: &str,
    ground: &Ground,
) -> Result<(), Stop> {
    let mut register = tx.load::<FineRegister>(&stream_of(party))?;
    let entry = FineEntry {
        party_no: number_of(party),
        case_no: case_no.to_owned(),
        item_code: ground.item.item_code.clone(),
        item_name: ground.item.name.clone(),
        acted,
    };
    tx.append(
        &mut register,
        vec![FineRegisterEvent::Fined(entry)],
        &ground.register_about(),
    )?;
    Ok(())
}

/// Identity number or USCC, as written in the register.
pub fn number_of(party: &Party) -> String {
    let number = match party {
        Party::Individual { document_no, .. } => document_no,
        Party::Organisation { uscc, .. } => uscc,
    };
    number.trim().to_ascii_uppercase()
}

pub fn stream_of(party: &Party) -> String {
    let hash = Sha256::new()
        .chain_update(b"mingjing/fine-register/v1\0")
        .chain_update(number_of(party).as_bytes())
        .finalize();
    hex::encode(hash).chars().take(5).collect()
}
