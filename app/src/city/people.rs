//! Who lives and works in the demo city. All of them are invented; the lists lie in `demo/`.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use mingjing_chronicle::{Chronicle, Fault, Stop, Tx};
use mingjing_people::agency::AgencyScope;
use mingjing_people::bootstrap::RegisterOrganisation;
use mingjing_people::bootstrap::{self, AppointOfficer, CreateAdministrator, CreatePost, GrantAgency, OpenOffice};
use mingjing_people::bootstrap::{Principal, RecordCertificate, RegisterBody, RegisterCitizen, RegisterOfficer};
use mingjing_people::division::DEMO;
use mingjing_people::events::{BodyNature, DocumentKind};
use mingjing_people::role::{AccountRole, PostRole};
use serde::Deserialize;

const BODIES: &str = include_str!("../../../demo/bodies.json");
const OFFICERS: &str = include_str!("../../../demo/officers.csv");
const CITIZENS: &str = include_str!("../../../demo/citizens.csv");
const ORGANISATIONS: &str = include_str!("../../../demo/organisations.csv");

const CERTIFIED_FROM: Date = date(2025, 1, 1);
const CERTIFIED_TO: Date = date(2029, 12, 31);

#[derive(Deserialize)]
struct Bodies {
    bodies: Vec<BodyLine>,
}

#[derive(Deserialize, Clone)]
struct BodyLine {
    body: String,
    name: String,
    short_name: String,
    nature: String,
    #[serde(default)]
    entrusting_body: Option<String>,
    division: String,
    uscc: Option<String>,
    offices: Vec<OfficeLine>,
    reconsideration_organ: String,
    court: String,
    seal_word: String,
}

#[derive(Deserialize, Clone)]
struct OfficeLine {
    office: String,
    name: String,
}

#[derive(Deserialize, Clone)]
struct OfficerLine {
    account: String,
    login_name: String,
    name: String,
    body: String,
    office: String,
    roles: String,
    certificate_no: String,
}

#[derive(Deserialize, Clone)]
struct CitizenLine {
    account: String,
    login_name: String,
    name: String,
    document_no: String,
    phone: String,
    address: String,
}

#[derive(Deserialize, Clone)]
struct OrganisationLine {
    uscc: String,
    name: String,
    legal_representative: String,
    address: String,
    phone: String,
    agent: String,
}

/// Somebody who works here.
pub struct Worker {
    pub account: String,
    pub name: String,
    pub body: String,
    pub roles: Vec<PostRole>,
}

/// Everybody who works here, in the order of the list.
pub fn staff() -> Vec<Worker> {
    let worker = |line: OfficerLine| Worker {
        roles: roles_of(&line),
        account: line.account,
        name: line.name,
        body: line.body,
    };
    rows::<OfficerLine>(OFFICERS).into_iter().map(worker).collect()
}

pub async fn settle(chronicle: &Chronicle) -> Result<(), Stop> {
    let bodies: Bodies = serde_json::from_str(BODIES).map_err(broken)?;
    bootstrap::seed(chronicle, move |tx| {
        for administrator in administrators() {
            bootstrap::create_administrator(tx, &administrator)?;
        }
        for line in &bodies.bodies {
            open_body(tx, line)?;
        }
        Ok(())
    })
    .await?;
    let officers = rows::<OfficerLine>(OFFICERS);
    bootstrap::seed(chronicle, move |tx| {
        let mut posts = BTreeSet::new();
        for line in &officers {
            appoint(tx, line, &mut posts)?;
        }
        Ok(())
    })
    .await?;
    bootstrap::seed(chronicle, |tx| {
        for line in rows::<CitizenLine>(CITIZENS) {
            bootstrap::register_citizen(
                tx,
                &RegisterCitizen {
                    account: line.account,
                    login_name: line.login_name,
                    name: line.name,
                    document: DocumentKind::IdCard,
                    document_no: line.document_no,
                    phone: line.phone,
                    address: line.address,
                },
            )?;
        }
        Ok(())
    })
    .await?;
    for line in rows::<OrganisationLine>(ORGANISATIONS) {
        found(chronicle, line).await?;
    }
    Ok(())
}

fn administrators() -> Vec<CreateAdministrator> {
    [
        ("acc-demo-system", AccountRole::SystemAdmin, "宋系统", "sysadmin"),
        ("acc-demo-security", AccountRole::SecurityAdmin, "安保全", "secadmin"),
        ("acc-demo-audit", AccountRole::AuditAdmin, "沈计", "auditadmin"),
    ]
    .map(|(account, role, name, login_name)| CreateAdministrator {
        account: account.to_owned(),
        role,
        name: name.to_owned(),
        login_name: login_name.to_owned(),
    })
    .into()
}

fn open_body(tx: &mut Tx<'_>, line: &BodyLine) -> Result<(), Stop> {
    let nature = match (line.nature.as_str(), &line.entrusting_body) {
        ("authorised_org", _) => BodyNature::AuthorisedOrg,
        ("entrusted_org", Some(entrusting_body)) => BodyNature::EntrustedOrg {
            entrusting_body: entrusting_body.clone(),
        },
        _ => BodyNature::StatutoryOrgan,
    };
    let command = RegisterBody {
        body: line.body.clone(),
        name: line.name.clone(),
        short_name: line.short_name.clone(),
        nature,
        division: line.division.clone(),
        uscc: line.uscc.clone(),
        reconsideration_organ: line.reconsideration_organ.clone(),
        court: line.court.clone(),
        seal_word: line.seal_word.clone(),
    };
    bootstrap::register_body(tx, &command, &DEMO)?;
    for office in &line.offices {
        let command = OpenOffice {
            body: line.body.clone(),
            office: office.office.clone(),
            name: office.name.clone(),
        };
        bootstrap::open_office(tx, &command)?;
    }
    Ok(())
}

fn roles_of(line: &OfficerLine) -> Vec<PostRole> {
    line.roles
        .split(';')
        .filter_map(|key| PostRole::ALL.into_iter().find(|role| role.key() == key))
        .collect()
}

fn appoint(tx: &mut Tx<'_>, line: &OfficerLine, posts: &mut BTreeSet<String>) -> Result<(), Stop> {
    bootstrap::register_officer(
        tx,
        &RegisterOfficer {
            account: line.account.clone(),
            name: line.name.clone(),
            login_name: line.login_name.clone(),
            body: line.body.clone(),
            office: line.office.clone(),
        },
    )?;
    if !line.certificate_no.is_empty() {
        bootstrap::record_certificate(
            tx,
            &RecordCertificate {
                account: line.account.clone(),
                no: line.certificate_no.clone(),
                authority: "浙江省人民政府（演示）".to_owned(),
                valid_from: CERTIFIED_FROM,
                valid_to: CERTIFIED_TO,
            },
            None,
        )?;
    }
    for role in roles_of(line) {
        let post = format!("post-demo-{}-{}", line.body, role.key());
        if posts.insert(post.clone()) {
            let command = CreatePost {
                body: line.body.clone(),
                office: line.office.clone(),
                role,
                title: role.label().to_owned(),
                post: Some(post.clone()),
            };
            bootstrap::create_post(tx, &command)?;
        }
        let command = AppointOfficer {
            account: line.account.clone(),
            body: line.body.clone(),
            post,
        };
        bootstrap::appoint_officer(tx, &command, None)?;
    }
    Ok(())
}

/// The organisation's own representative entrusts the agent: the program may not do it for them.
async fn found(chronicle: &Chronicle, line: OrganisationLine) -> Result<(), Stop> {
    let organisation = line.clone();
    bootstrap::seed(chronicle, move |tx| {
        bootstrap::register_organisation(
            tx,
            &RegisterOrganisation {
                uscc: organisation.uscc.clone(),
                name: organisation.name.clone(),
                address: organisation.address.clone(),
                phone: organisation.phone.clone(),
                legal_representative: organisation.legal_representative.clone(),
            },
        )
    })
    .await?;
    let representative = super::cast::actor(chronicle, &line.legal_representative).await?;
    chronicle
        .inside(representative, move |tx| {
            let valid_from = tx.context().today;
            bootstrap::grant_agency(
                tx,
                &GrantAgency {
                    principal: Principal::Organisation(line.uscc.clone()),
                    agent: line.agent.clone(),
                    scope: AgencyScope {
                        items: Vec::new(),
                        may_withdraw: true,
                    },
                    valid_from,
                    valid_to: CERTIFIED_TO,
                },
            )
        })
        .await?;
    Ok(())
}

fn rows<T: for<'a> Deserialize<'a>>(text: &str) -> Vec<T> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader
        .deserialize()
        .collect::<Result<Vec<T>, _>>()
        .expect("a test reads the lists that are compiled in")
}

fn broken(error: serde_json::Error) -> Fault {
    Fault::Internal(format!("the demo city's list does not parse: {error}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_lists_that_are_compiled_in_parse() {
        let bodies: Bodies = serde_json::from_str(BODIES).unwrap();
        let offices: BTreeSet<&str> = bodies
            .bodies
            .iter()
            .flat_map(|body| &body.offices)
            .map(|office| office.office.as_str())
            .collect();
        for officer in rows::<OfficerLine>(OFFICERS) {
            assert!(
                offices.contains(officer.office.as_str()),
                "{} works nowhere",
                officer.account
            );
            assert!(!roles_of(&officer).is_empty());
        }
        assert!(!rows::<CitizenLine>(CITIZENS).is_empty());
        assert!(!rows::<OrganisationLine>(ORGANISATIONS).is_empty());
        let citizens = rows::<CitizenLine>(CITIZENS).into_iter().map(|line| line.account);
        let accounts: Vec<String> = staff()
            .into_iter()
            .map(|worker| worker.account)
            .chain(citizens)
            .collect();
        assert_eq!(
            accounts.len(),
            accounts.iter().collect::<BTreeSet<_>>().len(),
            "an account twice"
        );
    }
}
