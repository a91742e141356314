//! 登录：个人、法人、工作人员; 退出.

use askama::Template;
use axum::http::HeaderMap;
use axum::response::Response;
use mingjing_chronicle::{Actor, ActorKind};
use mingjing_web::{Desk, Fields, Form, Frame, Input, Link, Listing, Problem, Reader, page};

use super::{again, links, passwords};
use crate::hashing::{Hasher, Secret};
use crate::password::MOST_CHARS;
use crate::session;
use crate::sign_in::{self, CLOSED, Entry};

/// Who is expected at this door; the tab changes words and where one goes afterwards, not how one proves oneself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Person,
    Organisation,
    Staff,
}

impl Door {
    fn of(key: &str) -> Door {
        match key {
            "organisation" => Door::Organisation,
            "staff" => Door::Staff,
            _ => Door::Person,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Door::Person => "person",
            Door::Organisation => "organisation",
            Door::Staff => "staff",
        }
    }

    fn lead(self) -> &'static str {
        match self {
            Door::Person => "用您本人的账号登录。",
            Door::Organisation => {
                "单位没有单独的账号：请法定代表人（负责人）或者代办人用本人的个人账号登录，登录后选择以单位的名义办事。"
            }
            Door::Staff => "账号由本单位的安全管理员开立，一人一号。",
        }
    }
}

pub struct SignInForm {
    login_name: String,
    password: Secret,
}

impl Input for SignInForm {
    fn read(form: &mut Reader<'_>) -> Option<SignInForm> {
        let login_name = form.text("login_name", "登录名", 60);
        let password = form.secret("password", "密码", MOST_CHARS);
        Some(SignInForm {
            login_name: login_name?,
            password: Secret::new(password?),
        })
    }
}

#[derive(Template)]
#[template(path = "people/sign_in.html")]
struct SignInPage {
    frame: Frame,
    fields: Fields,
    lead: &'static str,
    staff: bool,
    tabs: Vec<(&'static str, Link, bool)>,
    register: Link,
    change_password: Link,
    demo: Vec<DemoPerson>,
    demo_action: Link,
}

/// Somebody of the demo city, to sign in as with one click.
struct DemoPerson {
    account: String,
    name: String,
    what: String,
}

pub async fn get(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let door = Door::of(listing.one("kind"));
    let fields = desk
        .form()
        .with("return", listing.one("return"))
        .with("kind", door.key());
    show(&desk, fields).await
}

async fn show(desk: &Desk, fields: Fields) -> Result<Response, Problem> {
    let door = Door::of(fields.value("kind"));
    let tab = |label: &'static str, to: Door| {
        let link = links::sign_in().query("kind", to.key());
        let back = fields.value("return");
        let link = if back.is_empty() {
            link
        } else {
            link.query("return", back)
        };
        (label, link, to == door)
    };
    let tabs = vec![
        tab("个人", Door::Person),
        tab("法人和其他组织", Door::Organisation),
        tab("工作人员", Door::Staff),
    ];
    let demo = if desk.house.site.demo {
        demo_people(desk, door).await?
    } else {
        Vec::new()
    };
    let failed = !fields.is_clean();
    let page = page(&SignInPage {
        frame: desk.frame("登录").of_form(&fields),
        lead: door.lead(),
        staff: door == Door::Staff,
        tabs,
        register: links::register(),
        change_password: links::change_password(),
        demo,
        demo_action: links::demo_sign_in(),
        fields,
    });
    Ok(if failed { again(page) } else { page })
}

pub async fn post(hasher: Hasher, desk: Desk, form: Form<SignInForm>) -> Result<Response, Problem> {
    let (input, _, mut fields) = match form.check() {
        Ok(parts) => parts,
        Err(fields) => return show(&desk, fields).await,
    };
    take_try(&desk)?;
    let entry = sign_in::sign_in(&desk.house.chronicle, &hasher, &input.login_name, input.password).await?;
    match entry {
        Entry::Open { token, account } => enter(&desk, &token, &account, &fields).await,
        Entry::ChangeFirst => {
            let words = "密码是对的。这个密码是一次性密码，或者用得太久，请先换一个新密码。";
            Ok(passwords::show(
                &desk,
                desk.form().with("login_name", input.login_name),
                words,
            ))
        }
        Entry::Closed => {
            fields.complain("login_name", CLOSED);
            show(&desk, fields).await
        }
    }
}

/// One try of this network; beyond the budget nothing is looked at.
pub(super) fn take_try(desk: &Desk) -> Result<(), Problem> {
    let network = desk.visit.network.to_string();
    desk.house
        .throttles
        .sign_in
        .take(&network)
        .map_err(|wait| Problem::TooMany { wait })
}

pub(super) async fn enter(desk: &Desk, token: &str, account: &str, fields: &Fields) -> Result<Response, Problem> {
    desk.start_session(token);
    if let Some(back) = Link::local(fields.value("return")) {
        return Ok(desk.go(&back));
    }
    let id = account.to_owned();
    let actor = desk
        .house
        .chronicle
        .read(move |reader| session::actor_of(reader.sql(), &id))
        .await?;
    let Some(actor) = actor else {
        return Ok(desk.go(&desk.house.nav.home));
    };
    let to = match (actor.kind, Door::of(fields.value("kind"))) {
        (ActorKind::Official, _) => first_page(desk, &actor).unwrap_or_else(|| desk.house.nav.desk.clone()),
        (ActorKind::Administrator, _) => first_page(desk, &actor).unwrap_or_else(|| desk.house.nav.home.clone()),
        (_, Door::Organisation) => links::account(),
        _ => desk.house.nav.my_cases.clone(),
    };
    Ok(desk.go(&to))
}

/// The first entry of the back office that this person may take: the worklist of who has one; administrators and who only
/// reviews changes have none.
fn first_page(desk: &Desk, actor: &Actor) -> Option<Link> {
    let mut entries = desk.house.nav.side.iter().flat_map(|group| &group.entries);
    let first = entries.find(|entry| desk.house.authority.scope(actor, entry.permission).is_some());
    first.map(|entry| entry.link.clone())
}

pub async fn post_demo(desk: Desk, form: Form<()>) -> Result<Response, Problem> {
    let account = form.fields.value("account").to_owned();
    let entry = sign_in::demo_sign_in(&desk.house.chronicle, desk.house.site.demo, &account).await?;
    match entry {
        Entry::Open { token, account } => enter(&desk, &token, &account, &form.fields).await,
        Entry::ChangeFirst | Entry::Closed => Err(Problem::NotFound),
    }
}

pub async fn post_sign_out(desk: Desk, headers: HeaderMap, _form: Form<()>) -> Result<Response, Problem> {
    if let Some(token) = desk.session_token(&headers) {
        sign_in::sign_out(&desk.house.chronicle, token).await?;
    }
    desk.end_session();
    Ok(desk.go_saying(&desk.house.nav.home, "您已经退出登录。"))
}

pub async fn post_sign_out_everywhere(desk: Desk, _form: Form<()>) -> Result<Response, Problem> {
    let ended = sign_in::sign_out_everywhere(&desk.house.chronicle, desk.actor.account.clone()).await?;
    desk.end_session();
    Ok(desk.go_saying(&links::sign_in(), &format!("已经在所有设备上退出登录，共 {ended} 处。")))
}

async fn demo_people(desk: &Desk, door: Door) -> Result<Vec<DemoPerson>, Problem> {
    let rows = desk
        .house
        .chronicle
        .read(move |reader| {
            reader.query(
                match door {
                    Door::Staff => {
                        "SELECT a.account, a.name, a.role, p.title, b.name FROM {account_role} a
                         LEFT JOIN {officer_post} p ON p.account = a.account
                         LEFT JOIN {body_list} b ON b.body = p.body
                         WHERE a.role <> 'citizen' AND a.active = 1 ORDER BY b.body, p.role, a.role, a.account LIMIT 200"
                    }
                    _ => {
                        "SELECT a.account, a.name, a.role, o.name, '' FROM {account_role} a
                         LEFT JOIN {organisation_list} o ON o.legal_representative = a.account
                         WHERE a.role = 'citizen' AND a.active = 1 AND a.account LIKE 'acc-demo-%'
                         ORDER BY o.name, a.account LIMIT 60"
                    }
                },
                &[],
            )
        })
        .await?;
    let mut people: Vec<DemoPerson> = Vec::new();
    for row in &rows {
        let what = what_is(door, row.text(2), row.opt_text(3), row.opt_text(4));
        match people.iter_mut().find(|known| known.account == row.text(0)) {
            Some(known) => known.what = format!("{}、{what}", known.what),
            None => people.push(DemoPerson {
                account: row.text(0).to_owned(),
                name: row.text(1).to_owned(),
                what,
            }),
        }
    }
    Ok(people)
}

fn what_is(door: Door, role: &str, of: Option<&str>, body: Option<&str>) -> String {
    match (door, of) {
        (Door::Staff, Some(title)) => format!("{} {title}", body.unwrap_or_default()),
        (Door::Staff, None) => crate::role::AccountRole::of_key(role)
            .map_or("", |role| role.label())
            .to_owned(),
        (_, Some(organisation)) => format!("{organisation} 法定代表人"),
        (_, None) => "个人".to_owned(),
    }
}
