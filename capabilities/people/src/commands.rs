//! From command to record: load what is written, consult what the decision rests on, decide, append. Pages, set-up and
//! jobs all come through here.

use mingjing_chronicle::{About, Fault, Stop, Tx, params};

use crate::account::Account;
use crate::administrators::{ALL, Administrators};
use crate::api_token::ApiToken;
use crate::body::Body;
use crate::decide::abolish_post::{self, AbolishPost};
use crate::decide::appoint_officer::{self, AppointOfficer};
use crate::decide::create_administrator::{self, CreateAdministrator};
use crate::decide::create_post::{self, CreatePost};
use crate::decide::deactivate_account::{self, DeactivateAccount};
use crate::decide::end_agency::{self, EndAgency};
use crate::decide::end_appointment::{self, EndAppointment};
use crate::decide::grant_agency::{self, GrantAgency, Principal};
use crate::decide::issue_api_token::{self, IssueApiToken};
use crate::decide::open_office::{self, OpenOffice};
use crate::decide::reactivate_officer::{self, ReactivateOfficer};
use crate::decide::record_certificate::{self, RecordCertificate};
use crate::decide::register_body::{self, RegisterBody};
use crate::decide::register_citizen::{self, RegisterCitizen, Taken};
use crate::decide::register_officer::{self, RegisterOfficer};
use crate::decide::register_organisation::{self, RegisterOrganisation};
use crate::decide::replace_administrator::{self, ConfirmReplacement, ProposeReplacement};
use crate::decide::revoke_api_token::{self, RevokeApiToken};
use crate::decide::revoke_certificate::{self, RevokeCertificate};
use crate::division::Divisions;
use crate::events::{AccountEvent, OrganisationEvent};
use crate::officer::Officer;
use crate::organisation::Organisation;
use crate::views::queries;

/// Entries of the public registers of bodies and officers; what citizens do with their accounts is no act.
fn register(tx: &Tx<'_>, body: &str) -> About {
    About {
        class: "register",
        body: body.to_owned(),
        ..About::new(tx.context())
    }
}

fn private(tx: &Tx<'_>) -> About {
    About::new(tx.context())
}

/// A fresh account id: the same for the same command, so that a rerun after a lost race opens the same one.
pub fn fresh_account(tx: &Tx<'_>, label: &str) -> String {
    format!("acc-{}", tx.context().id(label))
}

fn login_taken(tx: &mut Tx<'_>, login_name: &str) -> Result<bool, Fault> {
    Ok(queries::account_of_login(tx.sql(), login_name.trim())?.is_some())
}

/// # Errors
/// [`Stop`] as decided by `register_body`.
pub fn register_body(tx: &mut Tx<'_>, command: &RegisterBody, divisions: &Divisions) -> Result<(), Stop> {
    let mut body = tx.load::<Body>(&command.body)?;
    let entrusting = match command.nature.entrusting_body() {
        Some(id) => Some(tx.consult::<Body>(id)?),
        None => None,
    };
    let entrusting = entrusting.as_deref();
    let events = register_body::decide(&body, command, tx.context(), divisions, entrusting)?;
    let about = register(tx, &command.body);
    Ok(tx.append(&mut body, events, &about)?)
}

/// # Errors
/// [`Stop`] as decided by `open_office`.
pub fn open_office(tx: &mut Tx<'_>, command: &OpenOffice) -> Result<(), Stop> {
    let mut body = tx.load::<Body>(&command.body)?;
    let events = open_office::decide(&body, command, tx.context())?;
    let about = register(tx, &command.body);
    Ok(tx.append(&mut body, events, &about)?)
}

/// # Errors
/// [`Stop`] as decided by `create_post`.
pub fn create_post(tx: &mut Tx<'_>, command: &CreatePost) -> Result<(), Stop> {
    let mut body = tx.load::<Body>(&command.body)?;
    let events = create_post::decide(&body, command, tx.context())?;
    let about = register(tx, &command.body);
    Ok(tx.append(&mut body, events, &about)?)
}

/// # Errors
/// [`Stop`] as decided by `abolish_post`.
pub fn abolish_post(tx: &mut Tx<'_>, command: &AbolishPost) -> Result<(), Stop> {
    // The body's head is locked first: an appointment consults it, so nobody takes the post meanwhile.
    let mut body = tx.load::<Body>(&command.body)?;
    let holders = tx.query(
        "SELECT COUNT(*) FROM {officer_post} WHERE post = $1",
        &params![&command.post],
    )?;
    let today = tx.context().today;
    let systems = crate::views::systems_in(tx.sql(), &command.post, today)?;
    let holders = holders.first().map_or(0, |row| row.int(0)) + systems;
    let events = abolish_post::decide(&body, command, tx.context(), holders)?;
    let about = register(tx, &command.body);
    Ok(tx.append(&mut body, events, &about)?)
}

/// # Errors
/// [`Stop`] as decided by `register_officer`.
pub fn register_officer(tx: &mut Tx<'_>, command: &RegisterOfficer) -> Result<(), Stop> {
    let mut officer = tx.load::<Officer>(&command.account)?;
    let body = tx.consult::<Body>(&command.body)?;
    let account = tx.consult::<Account>(&command.account)?;
    let taken = login_taken(tx, &command.login_name)?;
    let events = register_officer::decide(&officer, command, tx.context(), &body, &account, taken)?;
    let about = register(tx, &command.body);
    Ok(tx.append(&mut officer, events, &about)?)
}

/// `seen` is the officer's version that the person saw.
///
/// # Errors
/// [`Stop`] as decided by `appoint_officer`, or a conflict.
pub fn appoint_officer(tx: &mut Tx<'_>, command: &AppointOfficer, seen: Option<i64>) -> Result<(), Stop> {
    let mut officer = load_officer(tx, &command.account, seen)?;
    let account = tx.consult::<Account>(&command.account)?;
    let body = tx.consult::<Body>(&command.body)?;
    let events = appoint_officer::decide(&officer, command, tx.context(), &account, &body)?;
    let about = register(tx, &command.body);
    Ok(tx.append(&mut officer, events, &about)?)
}

fn load_officer(
    tx: &mut Tx<'_>,
    account: &str,
    seen: Option<i64>,
) -> Result<mingjing_chronicle::Loaded<Officer>, Stop> {
    match seen {
        Some(seen) => tx.load_seen::<Officer>(account, seen),
        None => Ok(tx.load::<Officer>(account)?),
    }
}

/// # Errors
/// [`Stop`] as decided by `end_appointment`, or a conflict.
pub fn end_appointment(tx: &mut Tx<'_>, command: &EndAppointment, seen: Option<i64>) -> Result<(), Stop> {
    let mut officer = load_officer(tx, &command.account, seen)?;
    let events = end_appointment::decide(&officer, command, tx.context())?;
    let about = register(tx, &officer.facts().body);
    Ok(tx.append(&mut officer, events, &about)?)
}

/// # Errors
/// [`Stop`] as decided by `record_certificate`, or a conflict.
pub fn record_certificate(tx: &mut Tx<'_>, command: &RecordCertificate, seen: Option<i64>) -> Result<(), Stop> {
    let mut officer = load_officer(tx, &command.account, seen)?;
    let taken = tx.query(
        "SELECT account FROM {officer_certificate} WHERE authority = $1 AND no = $2",
        &params![command.authority.trim(), command.no.trim()],
    )?;
    let events = record_certificate::decide(&officer, command, tx.context(), !taken.is_empty())?;
    let about = register(tx, &officer.facts().body);
    Ok(tx.append(&mut officer, events, &about)?)
}

/// # Errors
/// [`Stop`] as decided by `revoke_certificate`, or a conflict.
pub fn revoke_certificate(tx: &mut Tx<'_>, command: &RevokeCertificate, seen: Option<i64>) -> Result<(), Stop> {
    let mut officer = load_officer(tx, &command.account, seen)?;
    let events = revoke_certificate::decide(&officer, command, tx.context())?;
    let about = About {
        happened_on: command.revoked_on,
        ..register(tx, &officer.facts().body)
    };
    Ok(tx.append(&mut officer, events, &about)?)
}

/// # Errors
/// [`Stop`] as decided by `deactivate_account`, or a conflict.
pub fn deactivate_officer(tx: &mut Tx<'_>, command: &DeactivateAccount, seen: Option<i64>) -> Result<(), Stop> {
    let mut officer = load_officer(tx, &command.account, seen)?;
    let events = deactivate_account::decide_officer(&officer, command, tx.context())?;
    let about = register(tx, &officer.facts().body);
    Ok(tx.append(&mut officer, events, &about)?)
}

/// # Errors
/// [`Stop`] as decided by `reactivate_officer`, or a conflict.
pub fn reactivate_officer(tx: &mut Tx<'_>, command: &ReactivateOfficer, seen: Option<i64>) -> Result<(), Stop> {
    let mut officer = load_officer(tx, &command.account, seen)?;
    let events = reactivate_officer::decide(&officer, command, tx.context())?;
    let about = register(tx, &officer.facts().body);
    Ok(tx.append(&mut officer, events, &about)?)
}

/// # Errors
/// [`Stop`] as decided by `issue_api_token`.
pub fn issue_api_token(tx: &mut Tx<'_>, command: &IssueApiToken) -> Result<(), Stop> {
    let mut token = tx.load::<ApiToken>(&command.account)?;
    let body = tx.consult::<Body>(&command.body)?;
    let events = issue_api_token::decide(&token, command, tx.context(), &body)?;
    let about = register(tx, &command.body);
    Ok(tx.append(&mut token, events, &about)?)
}

/// # Errors
/// [`Stop`] as decided by `revoke_api_token`.
pub fn revoke_api_token(tx: &mut Tx<'_>, command: &RevokeApiToken) -> Result<(), Stop> {
    let mut token = tx.load::<ApiToken>(&command.account)?;
    let events = revoke_api_token::decide(&token, command, tx.context())?;
    let body = token.facts().map(|facts| facts.body.clone()).unwrap_or_default();
    let about = register(tx, &body);
    Ok(tx.append(&mut token, events, &about)?)
}

/// # Errors
/// [`Stop`] as decided by `register_citizen`.
pub fn register_citizen(tx: &mut Tx<'_>, command: &RegisterCitizen) -> Result<(), Stop> {
    let mut account = tx.load::<Account>(&command.account)?;
    let officer = tx.consult::<Officer>(&command.account)?;
    let document = crate::views::document_key(command.document, &command.document_no.trim().to_ascii_uppercase());
    let known = tx.query(
        "SELECT account FROM {account_document} WHERE document = $1",
        &params![document],
    )?;
    let taken = Taken {
        login_name: login_taken(tx, &command.login_name)?,
        document: !known.is_empty(),
    };
    let events = register_citizen::decide(&account, command, tx.context(), &officer, taken)?;
    let about = private(tx);
    Ok(tx.append(&mut account, events, &about)?)
}

/// # Errors
/// [`Stop`] as decided by `deactivate_account`.
pub fn deactivate_citizen(tx: &mut Tx<'_>, command: &DeactivateAccount) -> Result<(), Stop> {
    let mut account = tx.load::<Account>(&command.account)?;
    let events = deactivate_account::decide_citizen(&account, command, tx.context())?;
    let about = private(tx);
    Ok(tx.append(&mut account, events, &about)?)
}

/// # Errors
/// [`Stop`] as decided by `register_organisation`.
pub fn register_organisation(tx: &mut Tx<'_>, command: &RegisterOrganisation) -> Result<(), Stop> {
    let mut organisation = tx.load::<Organisation>(command.uscc.trim())?;
    let representative = tx.consult::<Account>(&command.legal_representative)?;
    let events = register_organisation::decide(&organisation, command, tx.context(), &representative)?;
    let about = private(tx);
    Ok(tx.append(&mut organisation, events, &about)?)
}

/// Returns the id of the agency.
///
/// # Errors
/// [`Stop`] as decided by `grant_agency`.
pub fn grant_agency(tx: &mut Tx<'_>, command: &GrantAgency) -> Result<String, Stop> {
    let (me, today) = (tx.context().actor.account.clone(), tx.context().today);
    let about = private(tx);
    match &command.principal {
        Principal::Person(id) => {
            let mut principal = tx.load::<Account>(id)?;
            let agent = tx.consult::<Account>(&command.agent)?;
            let authority = principal.authority_of(&me, today);
            let agency = grant_agency::decide(principal.agencies(), command, tx.context(), authority.as_ref(), &agent)?;
            let id = agency.id.clone();
            tx.append(&mut principal, vec![AccountEvent::AgencyGranted(agency)], &about)?;
            Ok(id)
        }
        Principal::Organisation(id) => {
            let mut principal = tx.load::<Organisation>(id)?;
            let agent = tx.consult::<Account>(&command.agent)?;
            let authority = principal.authority_of(&me, today);
            let agency = grant_agency::decide(principal.agencies(), command, tx.context(), authority.as_ref(), &agent)?;
            let id = agency.id.clone();
            tx.append(&mut principal, vec![OrganisationEvent::AgencyGranted(agency)], &about)?;
            Ok(id)
        }
    }
}

/// # Errors
/// [`Stop`] as decided by `end_agency`.
pub fn end_agency(tx: &mut Tx<'_>, command: &EndAgency) -> Result<(), Stop> {
    let (me, today) = (tx.context().actor.account.clone(), tx.context().today);
    let about = private(tx);
    match &command.principal {
        Principal::Person(id) => {
            let mut principal = tx.load::<Account>(id)?;
            let authority = principal.authority_of(&me, today);
            let ended = end_agency::decide(principal.agencies(), command, tx.context(), authority.as_ref())?;
            let event = AccountEvent::AgencyEnded {
                agency: ended.agency,
                on: ended.on,
                reason: ended.reason,
            };
            Ok(tx.append(&mut principal, vec![event], &about)?)
        }
        Principal::Organisation(id) => {
            let mut principal = tx.load::<Organisation>(id)?;
            let authority = principal.authority_of(&me, today);
            let ended = end_agency::decide(principal.agencies(), command, tx.context(), authority.as_ref())?;
            let event = OrganisationEvent::AgencyEnded {
                agency: ended.agency,
                on: ended.on,
                reason: ended.reason,
            };
            Ok(tx.append(&mut principal, vec![event], &about)?)
        }
    }
}

/// # Errors
/// [`Stop`] as decided by `create_administrator`.
pub fn create_administrator(tx: &mut Tx<'_>, command: &CreateAdministrator) -> Result<(), Stop> {
    let mut seats = tx.load::<Administrators>(ALL)?;
    let mut account = tx.load::<Account>(&command.account)?;
    let officer = tx.consult::<Officer>(&command.account)?;
    let taken = login_taken(tx, &command.login_name)?;
    let (seat, created) = create_administrator::decide(&seats, command, tx.context(), &account, &officer, taken)?;
    let about = register(tx, "");
    tx.append(&mut account, created, &about)?;
    Ok(tx.append(&mut seats, seat, &about)?)
}

/// # Errors
/// [`Stop`] as decided by `replace_administrator::propose`.
pub fn propose_replacement(tx: &mut Tx<'_>, command: &ProposeReplacement) -> Result<(), Stop> {
    let mut seats = tx.load::<Administrators>(ALL)?;
    let taken = login_taken(tx, &command.login_name)?;
    let events = replace_administrator::propose(&seats, command, tx.context(), taken)?;
    let about = register(tx, "");
    Ok(tx.append(&mut seats, events, &about)?)
}

/// # Errors
/// [`Stop`] as decided by `replace_administrator::confirm`.
pub fn confirm_replacement(tx: &mut Tx<'_>, command: &ConfirmReplacement) -> Result<(), Stop> {
    let mut seats = tx.load::<Administrators>(ALL)?;
    let mut account = tx.load::<Account>(&command.account)?;
    let officer = tx.consult::<Officer>(&command.account)?;
    let login_name = seats.replacement.as_ref().map(|proposed| proposed.login_name.clone());
    let taken = login_taken(tx, &login_name.unwrap_or_default())?;
    let replaced = replace_administrator::confirm(&seats, command, tx.context(), &account, &officer, taken)?;
    let about = register(tx, "");
    if let Some(leaves) = &replaced.leaves {
        let mut leaving = tx.load::<Account>(leaves)?;
        tx.append(&mut leaving, replaced.leaving, &about)?;
    }
    tx.append(&mut account, replaced.account, &about)?;
    Ok(tx.append(&mut seats, replaced.seats, &about)?)
}

/// # Errors
/// [`Stop`] as decided by `replace_administrator::drop_proposal`.
pub fn drop_replacement(tx: &mut Tx<'_>, replacement: &str) -> Result<(), Stop> {
    let mut seats = tx.load::<Administrators>(ALL)?;
    let events = replace_administrator::drop_proposal(&seats, replacement, tx.context())?;
    let about = register(tx, "");
    Ok(tx.append(&mut seats, events, &about)?)
}
