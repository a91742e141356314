//! A small city: one body with two posts, an officer, a citizen, three administrators.

use std::sync::Arc;

use jiff::civil::date;
use mingjing_chronicle::{Actor, Blueprint, Chance, Chronicle, Parameters, Stop, Tx};
use mingjing_people::bootstrap::*;
use mingjing_people::division::DEMO;
use mingjing_people::events::{BodyNature, DocumentKind};
use mingjing_people::hashing::{Cost, Hasher, Secret};
use mingjing_people::role::{AccountRole, PostRole};
use mingjing_people::{session, sign_in};

pub const BODY: &str = "33030300SJ";
pub const OFFICE: &str = "33030300SJ-ZCK";
pub const OFFICER: &str = "acc-li";
pub const CITIZEN: &str = "acc-zhang";
pub const AGENT: &str = "acc-wu";
pub const PASSWORD: &str = "穿过田野的那条小路开满了紫色的花";

pub fn plan() -> Blueprint {
    Blueprint::new("330303", "test")
        .views(mingjing_people::views::all())
        .tables(mingjing_people::tables())
        .job(mingjing_people::jobs::DAILY, Arc::new(mingjing_people::jobs::Daily))
}

pub fn plan_with(key: &str, value: &str) -> Blueprint {
    plan().parameters(Parameters {
        version: "t".into(),
        values: [(key.to_owned(), value.to_owned())].into(),
    })
}

pub const LIGHT: Cost = Cost {
    memory_kib: 64,
    passes: 1,
};

pub fn hasher() -> Hasher {
    Hasher::new(LIGHT, Chance::seeded(5))
}

pub fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

pub fn body_command() -> RegisterBody {
    RegisterBody {
        body: BODY.into(),
        name: "温州市龙湾区市场监督管理局".into(),
        short_name: "龙市监".into(),
        nature: BodyNature::StatutoryOrgan,
        division: "330303".into(),
        uscc: Some("11330303002500009C".into()),
        reconsideration_organ: "温州市龙湾区人民政府".into(),
        court: "温州市龙湾区人民法院".into(),
        seal_word: "温州市龙湾区市场监督管理局行政许可专用章".into(),
    }
}

pub fn citizen_command(account: &str, name: &str, login_name: &str, id_no: &str) -> RegisterCitizen {
    RegisterCitizen {
        account: account.into(),
        login_name: login_name.into(),
        name: name.into(),
        document: DocumentKind::IdCard,
        document_no: id_no.into(),
        phone: "13800138000".into(),
        address: String::new(),
    }
}

pub fn admin_account(role: AccountRole) -> String {
    format!("acc-{}", role.key())
}

/// Founds the city. All have [`PASSWORD`].
pub async fn found(chronicle: &Chronicle) {
    let hash = hasher().hash(secret(PASSWORD)).await.unwrap();
    seed(chronicle, move |tx| found_in(tx, &hash)).await.unwrap();
}

fn found_in(tx: &mut Tx<'_>, hash: &str) -> Result<(), Stop> {
    register_body(tx, &body_command(), &DEMO)?;
    open_office(
        tx,
        &OpenOffice {
            body: BODY.into(),
            office: OFFICE.into(),
            name: "行政审批科".into(),
        },
    )?;
    for role in [PostRole::CounterClerk, PostRole::Handler, PostRole::Supervisor] {
        create_post(
            tx,
            &CreatePost {
                body: BODY.into(),
                office: OFFICE.into(),
                role,
                title: format!("{role}岗"),
                post: Some(format!("post-{}", role.key())),
            },
        )?;
    }
    for role in AccountRole::ADMINISTRATORS {
        create_administrator(
            tx,
            &CreateAdministrator {
                account: admin_account(role),
                role,
                name: format!("{}某", role.label()),
                login_name: role.key().replace('_', "."),
            },
        )?;
        sign_in::set_hash(tx, &admin_account(role), hash, false)?;
    }
    register_officer(
        tx,
        &RegisterOfficer {
            account: OFFICER.into(),
            name: "李四".into(),
            login_name: "li.si".into(),
            body: BODY.into(),
            office: OFFICE.into(),
        },
    )?;
    appoint_officer(tx, &appointment(PostRole::Handler), None)?;
    record_certificate(
        tx,
        &RecordCertificate {
            account: OFFICER.into(),
            no: "浙A-0001".into(),
            authority: "浙江省人民政府".into(),
            valid_from: date(2025, 1, 1),
            valid_to: date(2029, 12, 31),
        },
        None,
    )?;
    register_citizen(tx, &citizen_command(CITIZEN, "张三", "zhang.san", "33030319900101001X"))?;
    register_citizen(tx, &citizen_command(AGENT, "吴五", "wu.wu", "11010519491231002X"))?;
    for account in [OFFICER, CITIZEN, AGENT] {
        sign_in::set_hash(tx, account, hash, false)?;
    }
    Ok(())
}

pub fn appointment(role: PostRole) -> AppointOfficer {
    AppointOfficer {
        account: OFFICER.into(),
        body: BODY.into(),
        post: format!("post-{}", role.key()),
    }
}

pub async fn actor(chronicle: &Chronicle, account: &str) -> Actor {
    let account = account.to_owned();
    let actor = chronicle
        .read(move |reader| session::actor_of(reader.sql(), &account))
        .await;
    actor.unwrap().expect("an active account")
}

/// Performs as somebody; the refusal's code, or `ok`.
pub async fn outcome<F>(chronicle: &Chronicle, actor: Actor, command: F) -> String
where
    F: FnMut(&mut Tx<'_>) -> Result<(), Stop> + Send + 'static,
{
    match chronicle.inside(actor, command).await {
        Ok(()) => "ok".into(),
        Err(Stop::Refusal(refusal)) => refusal.code.into_owned(),
        Err(Stop::Conflict(_)) => "conflict".into(),
        Err(Stop::Fault(fault)) => panic!("{fault}"),
    }
}
