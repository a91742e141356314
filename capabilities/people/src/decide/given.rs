//! "Given" for the scenarios beside the commands.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;
use mingjing_calendar::Calendar;
use mingjing_chronicle::{
    Actor, ActorKind, Aggregate, Context, Envelope, Event, MadeWith, Parameters, Payload, Recorded, Refusal,
};

use crate::account::Account;
use crate::body::Body;
use crate::events::{AccountEvent, BodyEvent, BodyNature, DocumentKind, OfficerEvent, OrganisationEvent};
use crate::officer::Officer;
use crate::organisation::Organisation;
use crate::role::{AccountRole, PostRole};

pub const BODY: &str = "33030300SJ";

/// 2026-03-02 09:00 in China.
pub fn context(actor: Actor) -> Context {
    Context {
        at: "2026-03-02T01:00:00Z".parse::<Timestamp>().unwrap(),
        today: date(2026, 3, 2),
        jurisdiction: "330303".into(),
        actor,
        calendar: Arc::new(Calendar::national()),
        parameters: Arc::new(Parameters::default()),
        software: "test",
        seed: [7; 32],
    }
}

pub fn actor(account: &str, role: AccountRole) -> Actor {
    Actor {
        account: account.into(),
        kind: match role {
            AccountRole::Citizen => ActorKind::Citizen,
            AccountRole::Officer => ActorKind::Official,
            _ => ActorKind::Administrator,
        },
        posts: Vec::new(),
        roles: vec![role.key().into()],
    }
}

pub fn system() -> Context {
    context(Actor::system())
}

pub fn by(role: AccountRole) -> Context {
    context(actor("acc-me", role))
}

/// The state after these events.
pub fn state<A: Aggregate>(id: &str, events: Vec<A::Event>) -> A {
    let mut state = A::default();
    happen(&mut state, id, &events);
    state
}

/// Applies events to a state.
pub fn happen<A: Aggregate>(state: &mut A, id: &str, events: &[A::Event]) {
    for event in events {
        let envelope = Envelope {
            event_id: "e".into(),
            jurisdiction: "330303".into(),
            stream: format!("{}/{id}", A::STREAM),
            version: 1,
            kind: event.kind().into(),
            schema: A::Event::SCHEMA,
            recorded_at: "2026-03-01T00:00:00Z".parse().unwrap(),
            happened_on: date(2026, 3, 1),
            class: String::new(),
            body: String::new(),
            actor: "system".into(),
            post: String::new(),
            command_id: "c".into(),
            cause: None,
            made_with: MadeWith::default(),
        };
        state.evolve(&Recorded {
            envelope: &envelope,
            payload: Payload::Known(event),
        });
    }
}

pub fn registered(nature: BodyNature) -> BodyEvent {
    BodyEvent::Registered {
        name: "龙湾区市场监督管理局".into(),
        short_name: "龙市监".into(),
        nature,
        scheme: "nbs-2023".into(),
        division: "330303".into(),
        uscc: None,
        reconsideration_organ: "龙湾区人民政府".into(),
        court: "龙湾区人民法院".into(),
        seal_word: "行政许可专用章".into(),
    }
}

pub fn body() -> Body {
    state::<Body>(
        BODY,
        vec![
            registered(BodyNature::StatutoryOrgan),
            BodyEvent::OfficeOpened {
                office: "33030300SJ-ZCK".into(),
                name: "行政审批科".into(),
            },
            BodyEvent::PostCreated {
                post: "post-1".into(),
                role: PostRole::Handler,
                office: "33030300SJ-ZCK".into(),
                title: "许可承办岗".into(),
            },
        ],
    )
}

pub fn officer_registered() -> OfficerEvent {
    OfficerEvent::Registered {
        name: "李四".into(),
        login_name: "li.si".into(),
        body: BODY.into(),
        office: "33030300SJ-ZCK".into(),
    }
}

pub fn officer(more: Vec<OfficerEvent>) -> Officer {
    let mut events = vec![officer_registered()];
    events.extend(more);
    state::<Officer>("acc-7", events)
}

pub fn citizen(account: &str, name: &str) -> Account {
    state::<Account>(
        account,
        vec![AccountEvent::CitizenRegistered {
            login_name: account.into(),
            name: name.into(),
            document: DocumentKind::IdCard,
            document_no: "33030319900101001X".into(),
            phone: "13800138000".into(),
            address: String::new(),
        }],
    )
}

pub fn administrator(account: &str, role: AccountRole) -> Account {
    state::<Account>(
        account,
        vec![AccountEvent::AdministratorCreated {
            login_name: account.into(),
            name: "管".into(),
            role,
        }],
    )
}

pub fn organisation(legal_representative: &str) -> Organisation {
    state::<Organisation>(
        "91330303MA2000000E",
        vec![OrganisationEvent::Registered {
            name: "龙湾某某餐饮有限公司".into(),
            address: String::new(),
            phone: "13800138000".into(),
            legal_representative: legal_representative.into(),
            legal_representative_name: "张三".into(),
        }],
    )
}

/// The code of the refusal, or `ok`.
pub fn code<T>(result: &Result<T, Refusal>) -> &str {
    match result {
        Ok(_) => "ok",
        Err(refusal) => &refusal.code,
    }
}
