//! 修改密码: with the old (or one-time) password, signed in or not. It opens a new session and ends all others.

use axum::response::Response;
use mingjing_chronicle::{RefusalKind, Stop};
use mingjing_web::{Desk, Fields, Form, Input, Problem, Reader};

use super::ask::{Ask, Asking};
use super::{links, sign_in};
use crate::hashing::{Hasher, Secret};
use crate::password::{MOST_CHARS, PasswordProfile};
use crate::sign_in::{self as gate, CLOSED, Entry};

pub struct ChangeForm {
    login_name: String,
    old: Secret,
    new: Secret,
}

impl Input for ChangeForm {
    fn read(form: &mut Reader<'_>) -> Option<ChangeForm> {
        let login_name = form.text("login_name", "登录名", 60);
        let old = form.secret("password", "原来的密码", MOST_CHARS);
        let new = new_password(form);
        Some(ChangeForm {
            login_name: login_name?,
            old: Secret::new(old?),
            new: new?,
        })
    }
}

/// The new password, typed twice.
pub(super) fn new_password(form: &mut Reader<'_>) -> Option<Secret> {
    let new = form.secret("password_new", "新密码", MOST_CHARS);
    let repeated = form.secret("password_again", "再输入一次新密码", MOST_CHARS);
    let (new, repeated) = (Secret::new(new?), Secret::new(repeated?));
    if *new != *repeated {
        return form.refuse("password_again", "两次输入的新密码不一样");
    }
    Some(new)
}

pub async fn get(desk: Desk) -> Response {
    show(&desk, desk.form(), "")
}

pub(super) fn show(desk: &Desk, fields: Fields, words: &str) -> Response {
    let profile = PasswordProfile::of(&desk.house.chronicle.parameters());
    let asks = vec![
        Ask::text("login_name", "登录名", ""),
        Ask::Password {
            name: "password",
            label: "原来的密码或者一次性密码",
            hint: "",
            autocomplete: "current-password",
        },
        Ask::Password {
            name: "password_new",
            label: "新密码",
            hint: profile.words(),
            autocomplete: "new-password",
        },
        Ask::Password {
            name: "password_again",
            label: "再输入一次新密码",
            hint: "",
            autocomplete: "new-password",
        },
    ];
    let lead = if words.is_empty() {
        "改好以后，其他设备上的登录都会退出。"
    } else {
        words
    };
    Asking::new(links::change_password(), "保存新密码", asks)
        .lead(lead)
        .public(desk.frame("修改密码").back(links::sign_in()), fields)
}

pub async fn post(hasher: Hasher, desk: Desk, form: Form<ChangeForm>) -> Result<Response, Problem> {
    let (input, _, mut fields) = match form.check() {
        Ok(parts) => parts,
        Err(fields) => return Ok(show(&desk, fields, "")),
    };
    sign_in::take_try(&desk)?;
    let changed = gate::change_password(&desk.house.chronicle, &hasher, &input.login_name, input.old, input.new).await;
    match changed {
        Ok(Entry::Open { token, account }) => sign_in::enter(&desk, &token, &account, &fields).await,
        Ok(Entry::ChangeFirst | Entry::Closed) => {
            fields.complain("login_name", CLOSED);
            Ok(show(&desk, fields, ""))
        }
        Err(Stop::Refusal(refusal)) if refusal.kind == RefusalKind::Invalid => {
            Ok(show(&desk, fields.refused(&refusal), ""))
        }
        Err(stop) => Err(stop.into()),
    }
}
