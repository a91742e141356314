//! Beginning a matter ex officio, in one transaction. An organisation's account comes from the register; a person's is not
//! looked for, since a document number shown on the street names nobody's account for sure.

use jiff::civil::Date;
use mingjing_chronicle::{Chronicle, Done, Request, Stop, Tx};
use mingjing_people::public::Organisation;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::decide::open;
use crate::party::Party;
use crate::submission::{Begun, begin};

/// What an officer found.
#[derive(Debug, Clone)]
pub struct OpenMatter {
    pub item_code: String,
    pub party: Party,
    pub found_on: Date,
    pub facts: String,
    pub place: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenedMatter {
    pub case_no: String,
    pub version: i64,
}

/// # Errors
/// `cases.open.*`; a fault.
pub async fn open(chronicle: &Chronicle, request: Request, matter: OpenMatter) -> Result<Done<OpenedMatter>, Stop> {
    chronicle.perform(request, move |tx| open_in(tx, &matter)).await
}

/// As [`open`], inside a transaction.
///
/// # Errors
/// As [`open`].
pub fn open_in(tx: &mut Tx<'_>, matter: &OpenMatter) -> Result<OpenedMatter, Stop> {
    let account = match &matter.party {
        Party::Organisation { uscc, .. } => {
            let registered = tx.consult::<Organisation>(uscc)?.facts();
            registered.map(|facts| facts.account)
        }
        Party::Individual { .. } => None,
    };
    let begun = begin(tx, &matter.item_code, matter.found_on, |case, new, setting| {
        let command = open::Open {
            case_no: new.case_no,
            party: matter.party.clone(),
            account,
            found_on: matter.found_on,
            facts: matter.facts.clone(),
            place: matter.place.clone(),
            query: new.query,
        };
        open::decide(case, &command, new.in_force, setting)
    })?;
    let Begun { case_no, version, .. } = begun;
    Ok(OpenedMatter { case_no, version })
}
