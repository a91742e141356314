//! 注册个人账号, with real-name facts.

use axum::response::Response;
use mingjing_chronicle::{RefusalKind, Stop};
use mingjing_web::{Desk, Fields, Form, Input, Problem, Reader};

use super::ask::{Ask, Asking};
use super::{links, passwords, sign_in};
use crate::commands;
use crate::decide::register_citizen::RegisterCitizen;
use crate::events::DocumentKind;
use crate::hashing::{Hasher, Secret};
use crate::password::PasswordProfile;
use crate::sign_in::{set_hash, weak};

pub struct RegisterForm {
    login_name: String,
    name: String,
    document: DocumentKind,
    document_no: String,
    phone: String,
    password: Secret,
}

impl Input for RegisterForm {
    fn read(form: &mut Reader<'_>) -> Option<RegisterForm> {
        let name = form.text("name", "姓名", 60);
        let document = form.text("document", "证件类型", 30);
        let document_no = form.text("document_no", "证件号码", 40);
        let phone = form.text("phone", "手机号", 30);
        let login_name = form.text("login_name", "登录名", 60);
        let password = passwords::new_password(form);
        let agreed = form.must_tick("agree", "请先阅读并勾选同意");
        let document = DocumentKind::of_key(&document?);
        agreed?;
        Some(RegisterForm {
            login_name: login_name?,
            name: name?,
            document: document?,
            document_no: document_no?,
            phone: phone?,
            password: password?,
        })
    }
}

pub async fn get(desk: Desk) -> Response {
    show(&desk, desk.form().with("document", DocumentKind::IdCard.key()))
}

fn show(desk: &Desk, fields: Fields) -> Response {
    let documents = DocumentKind::ALL
        .into_iter()
        .map(|kind| (kind.key().to_owned(), kind.label().to_owned()));
    let asks = vec![
        Ask::text("name", "姓名", "和证件上的一样"),
        Ask::Select {
            name: "document",
            label: "证件类型",
            hint: "",
            options: documents.collect(),
        },
        Ask::text("document_no", "证件号码", "用来确认是您本人在办事，公开时不显示"),
        Ask::text("phone", "手机号", "办件有进展时用来联系您"),
        Ask::text("login_name", "登录名", "3 到 40 个字母、数字或 . _ - @，也可以用手机号"),
        Ask::Password {
            name: "password_new",
            label: "密码",
            hint: PasswordProfile::of(&desk.house.chronicle.parameters()).words(),
            autocomplete: "new-password",
        },
        Ask::Password {
            name: "password_again",
            label: "再输入一次密码",
            hint: "",
            autocomplete: "new-password",
        },
        Ask::Tick {
            name: "agree",
            label: "我同意为办理政务服务处理以上个人信息：只用于核实身份、办理和联系，保存到账号注销或者法定期限届满，可以随时查看和更正",
        },
    ];
    Asking::new(links::register(), "注册", asks)
        .lead("单位办事也先注册个人账号：法定代表人登录后登记单位，再委托代办人。")
        .public(desk.frame("注册个人账号").back(links::sign_in()), fields)
}

pub async fn post(hasher: Hasher, desk: Desk, form: Form<RegisterForm>) -> Result<Response, Problem> {
    let (input, meta, fields) = match form.check() {
        Ok(parts) => parts,
        Err(mut fields) => {
            if fields.is_clean() {
                fields.complain("document", "请选择证件类型");
            }
            return Ok(show(&desk, fields));
        }
    };
    sign_in::take_try(&desk)?;
    let profile = PasswordProfile::of(&desk.house.chronicle.parameters());
    if let Err(why) = profile.check(&input.password, &[&input.login_name, &input.phone]) {
        return Ok(show(&desk, fields.refused(&weak(why))));
    }
    let hash = hasher.hash(input.password).await?;
    let command = RegisterCitizen {
        account: String::new(),
        login_name: input.login_name,
        name: input.name,
        document: input.document,
        document_no: input.document_no,
        phone: input.phone,
        address: String::new(),
    };
    let registered = desk
        .house
        .chronicle
        .perform(desk.request(&meta), move |tx| {
            let account = commands::fresh_account(tx, "citizen");
            let command = RegisterCitizen {
                account: account.clone(),
                ..command.clone()
            };
            commands::register_citizen(tx, &command)?;
            Ok(set_hash(tx, &account, &hash, false)?)
        })
        .await;
    match registered {
        Ok(_) => Ok(desk.go_saying(&links::sign_in(), "注册成功，请用刚才的登录名和密码登录。")),
        Err(Stop::Refusal(refusal)) if refusal.kind == RefusalKind::Invalid => {
            Ok(show(&desk, fields.refused(&refusal)))
        }
        Err(stop) => Err(stop.into()),
    }
}
