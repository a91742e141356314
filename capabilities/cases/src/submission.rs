//! Handing in an application: who the party is comes from the register, not from the form.

use jiff::civil::Date;
use mingjing_catalogue::public::{Answers, Item};
use mingjing_chronicle::{About, Chronicle, Done, Refusal, Request, Stop, Tx};
use mingjing_people::public::{
    Authority as Right, Citizen, DocumentKind as RegisteredDocument, Organisation, PartyFacts,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::clock::ClockKind;
use crate::commands::Ground;
use crate::decide::{Setting, Verdict, submit};
use crate::drafts;
use crate::events::{Channel, QueryLock, SubmittedMaterial};
use crate::joint;
use crate::number::{self, Procedure};
use crate::party::{Agent, Applicant, Authority, DocumentKind, Party};
use crate::timer;

/// For whom somebody signed in applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum Behalf {
    Oneself,
    /// Another person, by account.
    Person {
        account: String,
    },
    Organisation {
        uscc: String,
    },
}

/// An application made online.
#[derive(Debug, Clone)]
pub struct OnlineApplication {
    pub item_code: String,
    pub behalf: Behalf,
    /// Contact person of an organisation; the applicant's own name where empty.
    pub contact: String,
    pub phone: String,
    pub address: String,
    pub electronic_service: bool,
    pub form: Answers,
    pub materials: Vec<SubmittedMaterial>,
    /// The draft that it was made from; gone with the submission.
    pub draft: Option<String>,
}

/// An application on paper, taken in by a clerk.
#[derive(Debug, Clone)]
pub struct PaperApplication {
    pub item_code: String,
    pub applicant: Applicant,
    pub by_post: bool,
    pub received_on: Date,
    pub proof_of_arrival: Option<String>,
    pub form: Answers,
    pub materials: Vec<SubmittedMaterial>,
}

/// Number and, once only, the secret to look it up with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SubmittedCase {
    pub case_no: String,
    pub query_secret: String,
}

/// # Errors
/// `cases.submit.*`; a fault.
pub async fn submit_online(
    chronicle: &Chronicle,
    request: Request,
    application: OnlineApplication,
) -> Result<Done<SubmittedCase>, Stop> {
    chronicle
        .perform(request, move |tx| hand_in_online(tx, &application))
        .await
}

/// As [`submit_online`], inside a transaction.
///
/// # Errors
/// As [`submit_online`].
pub fn hand_in_online(tx: &mut Tx<'_>, application: &OnlineApplication) -> Result<SubmittedCase, Stop> {
    let applicant = applicant(tx, application)?;
    if let Some(draft) = &application.draft {
        drafts::consume(tx, draft)?;
    }
    let received_on = tx.context().today;
    hand_in(tx, &application.item_code, received_on, |new| submit::Submit {
        case_no: new.case_no,
        applicant,
        channel: Channel::Online,
        received_on,
        proof_of_arrival: None,
        form: application.form.clone(),
        materials: application.materials.clone(),
        query: new.query,
    })
}

/// # Errors
/// `cases.submit.*`; a fault.
pub async fn record_receipt(
    chronicle: &Chronicle,
    request: Request,
    application: PaperApplication,
) -> Result<Done<SubmittedCase>, Stop> {
    chronicle.perform(request, move |tx| take_in(tx, &application)).await
}

/// As [`record_receipt`], inside a transaction.
///
/// # Errors
/// As [`record_receipt`].
pub fn take_in(tx: &mut Tx<'_>, application: &PaperApplication) -> Result<SubmittedCase, Stop> {
    hand_in(tx, &application.item_code, application.received_on, |new| {
        submit::Submit {
            case_no: new.case_no,
            applicant: application.applicant.clone(),
            channel: if application.by_post {
                Channel::Post
            } else {
                Channel::Counter
            },
            received_on: application.received_on,
            proof_of_arrival: application.proof_of_arrival.clone(),
            form: application.form.clone(),
            materials: application.materials.clone(),
            query: new.query,
        }
    })
}

fn hand_in(
    tx: &mut Tx<'_>,
    item_code: &str,
    received_on: Date,
    command: impl FnOnce(New) -> submit::Submit,
) -> Result<SubmittedCase, Stop> {
    let begun = begin(tx, item_code, received_on, |case, new, setting| {
        let in_force = new.in_force;
        submit::decide(case, &command(new), in_force, setting)
    })?;
    Ok(SubmittedCase {
        case_no: begun.case_no,
        query_secret: begun.query_secret,
    })
}

/// What a case begins with beside what is said of it.
pub(crate) struct New {
    pub(crate) case_no: String,
    pub(crate) query: QueryLock,
    /// RED1: the item is in force on the day it came and still today.
    pub(crate) in_force: bool,
}

pub(crate) struct Begun {
    pub(crate) case_no: String,
    pub(crate) query_secret: String,
    pub(crate) version: i64,
}

/// Writes the first event of a case on the item's version of today.
pub(crate) fn begin(
    tx: &mut Tx<'_>,
    item_code: &str,
    on: Date,
    decide: impl FnOnce(&Case, New, &Setting<'_>) -> Result<Verdict, Refusal>,
) -> Result<Begun, Stop> {
    let item = tx.consult::<Item>(item_code)?;
    let version = item.current(tx.context().today).or(item.latest());
    let Some(version) = version.and_then(|version| item.shared_version(version.version)) else {
        return Err(Refusal::not_found("cases.submit.no_item", "没有找到这个事项。").into());
    };
    let body = version.body.clone();
    let ground = Ground::on(tx, version, &body)?;
    let context = &ground.context;
    let power = ground.item.power_type;
    let case_no = number::number_of(power, &ground.body.division, context.today, &context.derive("case-no"));
    let secret = number::query_secret(&context.derive("query-secret"), &context.derive("query-salt"));
    let mut case = tx.load::<Case>(&case_no)?;
    let new = New {
        case_no: case_no.clone(),
        query: secret.lock,
        in_force: item.current(on).is_some() && item.current(context.today).is_some(),
    };
    let verdict = decide(&case, new, &ground.setting())?;
    let about = About {
        happened_on: verdict.happened_on,
        class: Procedure::of(&case_no).unwrap_or(Procedure::Permit).key(),
        body,
        post: verdict.post,
        item: Some(format!("{}@{}", ground.item.item_code, ground.item.version)),
        flow: Some(ground.flow.hash().to_owned()),
        cause: None,
    };
    let before = std::sync::Arc::clone(&case.state);
    tx.append(&mut case, verdict.events, &about)?;
    timer::wake_flow(tx, &case_no, &*case.state)?;
    joint::follow(tx, &before, &case, &ground)?;
    if let Some(telling) = case.clock(ClockKind::Telling) {
        let due = telling.due.on;
        timer::wake_after(tx, &case_no, due)?;
    }
    Ok(Begun {
        case_no,
        query_secret: secret.clear,
        version: case.version,
    })
}

/// The party as registered, and the right of the person who hands it in (许可法 29(2)).
fn applicant(tx: &mut Tx<'_>, application: &OnlineApplication) -> Result<Applicant, Stop> {
    let actor = tx.context().actor.account.clone();
    let today = tx.context().today;
    let own = tx.consult::<Citizen>(&actor)?;
    let Some(me) = own.facts() else {
        return Err(Refusal::forbidden("cases.submit.not_a_citizen", "请以个人或者法人账户登录后提交申请。").into());
    };
    let (facts, right) = match &application.behalf {
        Behalf::Oneself => (Some(me.clone()), Some(Right::Oneself)),
        Behalf::Person { account } => {
            let principal = tx.consult::<Citizen>(account)?;
            (principal.facts(), principal.authority_of(&actor, today))
        }
        Behalf::Organisation { uscc } => {
            let principal = tx.consult::<Organisation>(uscc)?;
            (principal.facts(), principal.authority_of(&actor, today))
        }
    };
    let (Some(facts), Some(right)) = (facts, right.filter(|right| right.covers(&application.item_code))) else {
        return Err(
            Refusal::forbidden("cases.submit.no_authority", "您没有代其申请该事项的权限。")
                .article("行政许可法第二十九条第二款")
                .advice("请由申请人本人（法定代表人）提交，或者先出具委托书。")
                .into(),
        );
    };
    let agent = agent(&right, &me, application);
    Ok(Applicant {
        account: Some(facts.account.clone()),
        party: party(facts, application, &me),
        agent,
        electronic_service: application.electronic_service,
    })
}

fn agent(right: &Right, me: &PartyFacts, application: &OnlineApplication) -> Option<Agent> {
    let authority = match right {
        Right::Oneself => return None,
        Right::LegalRepresentative => Authority::LegalRepresentative,
        Right::Agent { valid_to, .. } => Authority::Entrusted {
            scope: "代为申请".into(),
            valid_to: Some(*valid_to),
        },
    };
    Some(Agent {
        name: me.name.clone(),
        phone: otherwise(&me.phone, &application.phone),
        account: Some(me.account.clone()),
        authority,
    })
}

fn party(facts: PartyFacts, application: &OnlineApplication, me: &PartyFacts) -> Party {
    let phone = otherwise(&application.phone, &facts.phone);
    let address = otherwise(&application.address, &facts.address);
    match facts.document {
        Some(document) => Party::Individual {
            name: facts.name,
            document: document_kind(document),
            document_no: facts.id_no,
            phone,
            address,
        },
        None => Party::Organisation {
            name: facts.name,
            uscc: facts.id_no,
            legal_representative: facts
                .legal_representative
                .map_or_else(String::new, |representative| representative.name),
            contact: otherwise(&application.contact, &me.name),
            phone,
            address,
        },
    }
}

fn otherwise(first: &str, second: &str) -> String {
    if first.trim().is_empty() { second } else { first }.trim().to_owned()
}

fn document_kind(document: RegisteredDocument) -> DocumentKind {
    match document {
        RegisteredDocument::IdCard => DocumentKind::CitizenId,
        RegisteredDocument::OfficerCard => DocumentKind::OfficerCard,
        RegisteredDocument::Passport => DocumentKind::Passport,
        RegisteredDocument::ResidencePermit | RegisteredDocument::PermanentResidence => DocumentKind::Other,
    }
}
