//! 工作人员 (security administrator): list, account page, opening an account, one-time passwords.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_web::{Desk, Fields, Form, Frame, Link, Listing, Pager, Problem, page};

use super::ask::{Ask, Asking};
use super::{Sent, links, submit};
use crate::commands;
use crate::decide::register_officer::RegisterOfficer;
use crate::hashing::Hasher;
use crate::officer::Officer;
use crate::permissions::{OFFICERS_MANAGE, require};
use crate::public::{Appointment, BodyFacts};
use crate::sign_in::{one_time_password, set_hash};
use crate::views::{OfficerFilter, OfficerLine, officer_lines, queries};

const PAGE: u32 = 30;

#[derive(Template)]
#[template(path = "people/officers.html")]
struct OfficersPage {
    frame: Frame,
    words: String,
    body: String,
    state: String,
    bodies: Vec<BodyFacts>,
    lines: Vec<(OfficerLine, Link, String)>,
    pager: Pager,
    clear: Link,
    new: Link,
}

pub async fn list(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let filter = OfficerFilter {
        words: listing.words().to_owned(),
        body: listing.one("body").to_owned(),
        state: listing.one("state").to_owned(),
    };
    let (asked, offset) = (filter.clone(), listing.offset(PAGE));
    let (bodies, (lines, total)) = desk
        .house
        .chronicle
        .read(move |reader| {
            let bodies = queries::bodies(reader.sql())?;
            Ok((bodies, officer_lines(reader.sql(), &asked, offset, PAGE)?))
        })
        .await?;
    let today = desk.house.clock.today().to_string();
    Ok(page(&OfficersPage {
        frame: desk.frame("工作人员"),
        words: filter.words,
        body: filter.body,
        state: filter.state,
        bodies,
        lines: lines
            .into_iter()
            .map(|line| {
                let (link, certificate) = (links::officer(&line.account), certificate_in_words(&line, &today));
                (line, link, certificate)
            })
            .collect(),
        pager: listing.pager(total, PAGE),
        clear: listing.cleared(),
        new: links::new_officer(),
    }))
}

fn certificate_in_words(line: &OfficerLine, today: &str) -> String {
    let Some(no) = &line.certificate_no else {
        return "没有登记".to_owned();
    };
    let to = line.certificate_to.as_deref().unwrap_or_default();
    match &line.certificate_revoked_on {
        Some(on) => format!("{no}，{on} 注销"),
        // ISO dates compare as text.
        None if to < today => format!("{no}，{to} 已过期"),
        None => format!("{no}，到 {to}"),
    }
}

#[derive(Template)]
#[template(path = "people/officer.html")]
struct OfficerPage {
    frame: Frame,
    active: bool,
    facts: Vec<(&'static str, String)>,
    appointments: Vec<(Appointment, String, Link)>,
    certificate: Vec<(&'static str, String)>,
    can_revoke: bool,
    appoint: Link,
    record: Link,
    revoke: Link,
    stop: Link,
    restore: Link,
    password: Link,
}

pub async fn get(desk: Desk, Path(account): Path<String>) -> Result<Response, Problem> {
    let id = account.clone();
    let (officer, bodies) = desk
        .house
        .chronicle
        .read(move |reader| Ok((reader.load::<Officer>(&id)?, queries::bodies(reader.sql())?)))
        .await?;
    if !officer.is_registered() {
        return Err(Problem::NotFound);
    }
    let facts = officer.facts();
    let body_name = |body: &str| {
        let known = bodies.iter().find(|known| known.body == body);
        known.map_or_else(|| body.to_owned(), |known| known.name.clone())
    };
    let certificate = facts.certificate.as_ref().map(|certificate| {
        vec![
            ("证号", certificate.no.clone()),
            ("发证机关", certificate.authority.clone()),
            (
                "有效期",
                format!("{} 至 {}", certificate.valid_from, certificate.valid_to),
            ),
            (
                "注销",
                certificate
                    .revoked_on
                    .map_or_else(|| "没有注销".to_owned(), |on| format!("自 {on} 起注销")),
            ),
        ]
    });
    Ok(page(&OfficerPage {
        frame: desk.frame(facts.name.clone()).crumb("工作人员", links::officers()),
        active: facts.active,
        facts: vec![
            ("姓名", facts.name.clone()),
            ("登录名", facts.login_name.clone()),
            ("单位", body_name(&facts.body)),
            (
                "账号状态",
                if facts.active {
                    "正常"
                } else {
                    "已停用，不能登录"
                }
                .to_owned(),
            ),
        ],
        appointments: facts
            .appointments
            .iter()
            .map(|held| {
                let end = links::officer_act(&account, "end").query("post", &held.post);
                (held.clone(), body_name(&held.body), end)
            })
            .collect(),
        can_revoke: facts
            .certificate
            .is_some_and(|certificate| certificate.revoked_on.is_none()),
        certificate: certificate.unwrap_or_default(),
        appoint: links::officer_act(&account, "appoint"),
        record: links::officer_act(&account, "certificate"),
        revoke: links::officer_act(&account, "revoke"),
        stop: links::officer_act(&account, "stop"),
        restore: links::officer_act(&account, "restore"),
        password: links::officer_act(&account, "password"),
    }))
}

pub async fn get_new(desk: Desk) -> Result<Response, Problem> {
    let form = desk.form();
    ask_new(&desk, form).await
}

async fn ask_new(desk: &Desk, fields: Fields) -> Result<Response, Problem> {
    let bodies = desk
        .house
        .chronicle
        .read(|reader| queries::bodies(reader.sql()))
        .await?;
    let offices = bodies.iter().flat_map(|body| {
        body.offices
            .iter()
            .map(|office| (office.office.clone(), format!("{} {}", body.name, office.name)))
    });
    let asks = vec![
        Ask::text("name", "姓名", ""),
        Ask::text("login_name", "登录名", "3 到 40 个字母、数字或 . _ - @，以后不能改"),
        Ask::Select {
            name: "office",
            label: "单位和科室",
            hint: "",
            options: offices.collect(),
        },
    ];
    Ok(Asking::new(links::new_officer(), "开立账号", asks)
        .lead("一人一号，不能共用。开立后得到一次性密码，请当面交给本人。")
        .office(
            desk.frame("开立工作人员账号").crumb("工作人员", links::officers()),
            fields,
        ))
}

pub async fn post_new(hasher: Hasher, desk: Desk, form: Form<()>) -> Result<Response, Problem> {
    let value = |name: &str| form.fields.value(name).trim().to_owned();
    let office = value("office");
    let command = RegisterOfficer {
        account: String::new(),
        name: value("name"),
        login_name: value("login_name"),
        body: office.split('-').next().unwrap_or_default().to_owned(),
        office,
    };
    let password = one_time_password(&desk.house.chance);
    let hash = hasher.hash(password.clone()).await?;
    let sent = submit(&desk, form, move |tx| {
        let account = commands::fresh_account(tx, "officer");
        let command = RegisterOfficer {
            account: account.clone(),
            ..command.clone()
        };
        commands::register_officer(tx, &command)?;
        set_hash(tx, &account, &hash, true)?;
        Ok(account)
    })
    .await?;
    match sent {
        Sent::Done { value, repeated: false } => Ok(show_password(&desk, &password, links::officer(&value))),
        Sent::Done { value, repeated: true } => Ok(desk.go_saying(
            &links::officer(&value),
            "这个账号已经开立。一次性密码只显示一次，需要时请重新发放。",
        )),
        Sent::Again(fields) => ask_new(&desk, fields).await,
    }
}

pub async fn get_password(desk: Desk, Path(account): Path<String>) -> Response {
    let fields = desk.form();
    Asking::new(links::officer_act(&account, "password"), "发放一次性密码", Vec::new())
        .lead("请先当面核实是本人。发放后原来的密码作废，本人要在 7 天内用一次性密码设置新密码。")
        .warning("本人现在的登录会全部退出。")
        .office(officer_frame(&desk, "发放一次性密码", &account), fields)
}

pub async fn post_password(
    hasher: Hasher,
    desk: Desk,
    Path(account): Path<String>,
    form: Form<()>,
) -> Result<Response, Problem> {
    let password = one_time_password(&desk.house.chance);
    let hash = hasher.hash(password.clone()).await?;
    let id = account.clone();
    let sent = submit(&desk, form, move |tx| {
        // Only officers': an administrator who could set another administrator's password would be both.
        require(&tx.context().actor, OFFICERS_MANAGE)?;
        if !tx.consult::<Officer>(&id)?.is_active() {
            return Err(
                mingjing_chronicle::Refusal::law("people.officer.inactive", "这个账号没有开立或者已经停用。").into(),
            );
        }
        Ok(set_hash(tx, &id, &hash, true)?)
    })
    .await?;
    match sent {
        Sent::Done { repeated: false, .. } => Ok(show_password(&desk, &password, links::officer(&account))),
        Sent::Done { repeated: true, .. } => Ok(desk.go_saying(
            &links::officer(&account),
            "一次性密码已经发放过。它只显示一次，需要时请重新发放。",
        )),
        Sent::Again(fields) => {
            let ask = Asking::new(links::officer_act(&account, "password"), "发放一次性密码", Vec::new());
            Ok(ask.office(officer_frame(&desk, "发放一次性密码", &account), fields))
        }
    }
}

pub(super) fn officer_frame(desk: &Desk, title: &str, account: &str) -> Frame {
    desk.frame(title)
        .crumb("工作人员", links::officers())
        .crumb("人员", links::officer(account))
}

#[derive(Template)]
#[template(path = "people/one_time_password.html")]
struct OneTimePassword<'a> {
    frame: Frame,
    password: &'a str,
    back: Link,
}

pub(super) fn show_password(desk: &Desk, password: &str, back: Link) -> Response {
    page(&OneTimePassword {
        frame: desk.frame("一次性密码"),
        password,
        back,
    })
}
