//! 三员: who sits on the three seats, and replacing one by the other two.

use askama::Template;
use axum::response::Response;
use mingjing_web::{Desk, Fields, Form, Frame, Link, Problem, page};

use super::ask::{Ask, Asking};
use super::officers::show_password;
use super::{Sent, links, submit};
use crate::administrators::{ALL, Administrators, Replacement};
use crate::commands;
use crate::decide::replace_administrator::{ConfirmReplacement, ProposeReplacement};
use crate::hashing::Hasher;
use crate::role::AccountRole;
use crate::sign_in::{one_time_password, set_hash};
use crate::views::queries;

#[derive(Template)]
#[template(path = "people/administrators.html")]
struct AdministratorsPage {
    frame: Frame,
    confirm: Fields,
    seats: Vec<(&'static str, String)>,
    pending: Option<Pending>,
    may_confirm: bool,
    propose: Link,
}

struct Pending {
    replacement: Replacement,
    seat: &'static str,
    by: String,
}

fn propose_link() -> Link {
    links::administrators().part("replace")
}

pub async fn get(desk: Desk) -> Result<Response, Problem> {
    let (seats, names) = desk
        .house
        .chronicle
        .read(|reader| {
            let seats = reader.load::<Administrators>(ALL)?;
            let mut names = Vec::new();
            for role in AccountRole::ADMINISTRATORS {
                let name = match seats.holder(role) {
                    Some(account) => queries::display_name(reader.sql(), account)?,
                    None => "还没有设立".to_owned(),
                };
                names.push((role.label(), name));
            }
            Ok((seats, names))
        })
        .await?;
    let mine = seats.seat_of(&desk.actor.account);
    let pending = seats.replacement.clone();
    let by = pending.as_ref().and_then(|pending| seats.seat_of(&pending.proposed_by));
    Ok(page(&AdministratorsPage {
        frame: desk.frame("三员"),
        confirm: desk.form().with(
            "replacement",
            pending.as_ref().map_or("", |pending| pending.id.as_str()),
        ),
        seats: names,
        may_confirm: pending.as_ref().is_some_and(|pending| {
            mine.is_some_and(|mine| mine != pending.role) && pending.proposed_by != desk.actor.account
        }),
        pending: pending.map(|replacement| Pending {
            seat: replacement.role.label(),
            by: by.map_or("", AccountRole::label).to_owned(),
            replacement,
        }),
        propose: propose_link(),
    }))
}

pub async fn get_propose(desk: Desk) -> Response {
    let fields = desk.form();
    ask_propose(&desk, fields)
}

fn ask_propose(desk: &Desk, fields: Fields) -> Response {
    let roles = AccountRole::ADMINISTRATORS.map(|role| (role.key().to_owned(), role.label().to_owned()));
    let asks = vec![
        Ask::Select {
            name: "role",
            label: "更换哪一名管理员",
            hint: "不能是您自己",
            options: roles.to_vec(),
        },
        Ask::text("name", "新管理员姓名", ""),
        Ask::text("login_name", "新管理员的登录名", "另开新账号，不能用已有的账号"),
        Ask::reason("更换原因"),
    ];
    Asking::new(propose_link(), "提出更换", asks)
        .lead("由一名管理员提出，另一名管理员确认；被更换的人不参与。确认后原来的账号停用。")
        .office(desk.frame("更换管理员").crumb("三员", links::administrators()), fields)
}

pub async fn post_propose(desk: Desk, form: Form<()>) -> Result<Response, Problem> {
    let value = |name: &str| form.fields.value(name).trim().to_owned();
    let Some(role) = AccountRole::of_key(&value("role")) else {
        let mut fields = form.fields;
        fields.complain("role", "请选择要更换的管理员");
        return Ok(ask_propose(&desk, fields));
    };
    let command = ProposeReplacement {
        role,
        name: value("name"),
        login_name: value("login_name"),
        reason: value("reason"),
    };
    match submit(&desk, form, move |tx| commands::propose_replacement(tx, &command)).await? {
        Sent::Done { .. } => Ok(desk.go_saying(&links::administrators(), "已经提出，等另一名管理员确认。")),
        Sent::Again(fields) => Ok(ask_propose(&desk, fields)),
    }
}

pub async fn post_confirm(hasher: Hasher, desk: Desk, form: Form<()>) -> Result<Response, Problem> {
    let replacement = form.fields.value("replacement").to_owned();
    let password = one_time_password(&desk.house.chance);
    let hash = hasher.hash(password.clone()).await?;
    let sent = submit(&desk, form, move |tx| {
        let account = commands::fresh_account(tx, "administrator");
        let command = ConfirmReplacement {
            replacement: replacement.clone(),
            account: account.clone(),
        };
        commands::confirm_replacement(tx, &command)?;
        Ok(set_hash(tx, &account, &hash, true)?)
    })
    .await?;
    match sent {
        Sent::Done { repeated: false, .. } => Ok(show_password(&desk, &password, links::administrators())),
        Sent::Done { repeated: true, .. } => Ok(desk.go_saying(
            &links::administrators(),
            "更换已经确认。一次性密码只显示一次；如果没有记下，请再更换一次。",
        )),
        Sent::Again(fields) => Err(Problem::BadRequest(
            fields
                .errors()
                .iter()
                .map(|error| error.message.as_str())
                .collect::<Vec<_>>()
                .join("；"),
        )),
    }
}

pub async fn post_drop(desk: Desk, form: Form<()>) -> Result<Response, Problem> {
    let replacement = form.fields.value("replacement").to_owned();
    submit(&desk, form, move |tx| commands::drop_replacement(tx, &replacement)).await?;
    Ok(desk.go_saying(&links::administrators(), "更换的提议已经撤回。"))
}
