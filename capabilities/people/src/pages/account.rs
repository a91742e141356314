//! 我的账号: who I am here, for whom I may act, who may act for me.

use askama::Template;
use axum::response::Response;
use mingjing_chronicle::ActorKind;
use mingjing_web::{Desk, Fields, Form, Frame, Link, Problem, page};

use super::ask::{Ask, Asking};
use super::{Sent, links, submit};
use crate::account::Account;
use crate::commands;
use crate::decide::deactivate_account::DeactivateAccount;
use crate::decide::register_organisation::RegisterOrganisation;
use crate::sign_in;
use crate::views::queries::{self, ActsFor, AgencyLine};

#[derive(Template)]
#[template(path = "people/account.html")]
struct AccountPage {
    frame: Frame,
    fields: Fields,
    citizen: bool,
    facts: Vec<(&'static str, String)>,
    acts_for: Vec<Principal>,
    agencies: Vec<Granted>,
    change_password: Link,
    new_organisation: Link,
    new_agency: Link,
    stop: Link,
    sign_out_everywhere: Link,
}

/// Somebody for whom the person acts.
struct Principal {
    name: String,
    as_what: String,
    until: String,
    /// The agencies that a legal representative granted for it.
    granted: Vec<Granted>,
    entrust: Option<Link>,
    give_up: Option<Link>,
}

struct Granted {
    line: AgencyLine,
    what: String,
    end: Option<Link>,
}

pub async fn get(desk: Desk) -> Result<Response, Problem> {
    let (me, today) = (desk.actor.account.clone(), desk.house.clock.today());
    let (account, acts_for, agencies) = desk
        .house
        .chronicle
        .read(move |reader| {
            let account = reader.load::<Account>(&me)?;
            let acts_for = queries::acts_for(reader.sql(), &me, today)?;
            let mut with_agencies = Vec::new();
            for principal in acts_for {
                let granted = match principal.agency {
                    None => queries::agencies_of(reader.sql(), "organisation", &principal.principal)?,
                    Some(_) => Vec::new(),
                };
                with_agencies.push((principal, granted));
            }
            let agencies = queries::agencies_of(reader.sql(), "person", &me)?;
            Ok((account, with_agencies, agencies))
        })
        .await?;
    let me = desk.actor.account.clone();
    Ok(page(&AccountPage {
        frame: desk.frame("我的账号"),
        fields: desk.form(),
        citizen: desk.actor.kind == ActorKind::Citizen,
        facts: facts(&desk, &account),
        acts_for: acts_for
            .into_iter()
            .map(|(one, granted)| principal(one, granted, today))
            .collect(),
        agencies: agencies
            .into_iter()
            .map(|line| granted("person", &me, line, today))
            .collect(),
        change_password: links::change_password(),
        new_organisation: links::new_organisation(),
        new_agency: links::new_agency(""),
        stop: Link::to("/account/stop"),
        sign_out_everywhere: links::sign_out_everywhere(),
    }))
}

/// Numbers are shown masked even to their owner: somebody may look over the shoulder.
fn facts(desk: &Desk, account: &Account) -> Vec<(&'static str, String)> {
    let Some(person) = account.facts() else {
        let posts = desk
            .visit
            .session
            .as_ref()
            .map(|session| session.posts.join("、"))
            .unwrap_or_default();
        return vec![
            ("姓名", desk.display_name.clone().unwrap_or_default()),
            (
                "岗位",
                if posts.is_empty() {
                    "没有任职".to_owned()
                } else {
                    posts
                },
            ),
        ];
    };
    vec![
        ("姓名", person.name),
        ("登录名", account.login_name().to_owned()),
        (
            "证件",
            format!(
                "{} {}",
                person.document.map_or("", |kind| kind.label()),
                tail_only(&person.id_no)
            ),
        ),
        ("手机号", tail_only(&person.phone)),
    ]
}

fn tail_only(number: &str) -> String {
    let count = number.chars().count();
    let tail: String = number.chars().skip(count.saturating_sub(4)).collect();
    format!("{}{tail}", "*".repeat(count.saturating_sub(4)))
}

fn principal(one: ActsFor, agencies: Vec<AgencyLine>, today: jiff::civil::Date) -> Principal {
    let represented = one.agency.is_none();
    Principal {
        as_what: if represented {
            "法定代表人（负责人）".to_owned()
        } else {
            format!("代办人，{}", items_in_words(&one.items))
        },
        until: one
            .valid_to
            .map_or_else(|| "长期".to_owned(), |date| format!("到 {date}")),
        granted: agencies
            .into_iter()
            .map(|line| granted("organisation", &one.principal, line, today))
            .collect(),
        entrust: represented.then(|| links::new_agency(&one.principal)),
        give_up: one
            .agency
            .as_ref()
            .map(|agency| links::end_agency(&one.kind, &one.principal, agency)),
        name: one.name,
    }
}

fn granted(kind: &str, principal: &str, line: AgencyLine, today: jiff::civil::Date) -> Granted {
    let over = line.ended_on.is_some() || line.valid_to.parse().is_ok_and(|last: jiff::civil::Date| last < today);
    let withdraw = if line.may_withdraw { "，可以撤回申请" } else { "" };
    Granted {
        what: format!("{}{withdraw}", items_in_words(&line.items)),
        end: (!over).then(|| links::end_agency(kind, principal, &line.agency)),
        line,
    }
}

fn items_in_words(items: &[String]) -> String {
    if items.is_empty() {
        "全部事项".to_owned()
    } else {
        items.join("、")
    }
}

pub async fn get_organisation(desk: Desk) -> Response {
    ask_organisation(&desk, desk.form())
}

fn ask_organisation(desk: &Desk, fields: Fields) -> Response {
    let asks = vec![
        Ask::text("uscc", "统一社会信用代码", "营业执照或者登记证书上的 18 位代码"),
        Ask::text("name", "单位名称", "和证照上的一样"),
        Ask::text("address", "住所", ""),
        Ask::text("phone", "联系电话", ""),
    ];
    Asking::new(links::new_organisation(), "登记", asks)
        .lead("由法定代表人（负责人）本人登记。登记以后可以委托代办人。")
        .warning("登记即声明您是这个单位的法定代表人（负责人）。办理事项时会核实，虚假登记要承担法律责任。")
        .public(desk.frame("登记单位").back(links::account()), fields)
}

pub async fn post_organisation(desk: Desk, form: Form<()>) -> Result<Response, Problem> {
    let value = |name: &str| form.fields.value(name).trim().to_owned();
    let command = RegisterOrganisation {
        uscc: value("uscc").to_ascii_uppercase(),
        name: value("name"),
        address: value("address"),
        phone: value("phone"),
        legal_representative: desk.actor.account.clone(),
    };
    match submit(&desk, form, move |tx| commands::register_organisation(tx, &command)).await? {
        Sent::Done { .. } => Ok(desk.go_saying(&links::account(), "单位已经登记。")),
        Sent::Again(fields) => Ok(ask_organisation(&desk, fields)),
    }
}

pub async fn get_stop(desk: Desk) -> Response {
    ask_stop(&desk, desk.form())
}

fn ask_stop(desk: &Desk, fields: Fields) -> Response {
    Asking::new(Link::to("/account/stop"), "停用我的账号", vec![Ask::reason("停用原因")])
        .lead("停用后不能再登录；已经提交的办件照常办理，记录依法保存。")
        .warning("停用以后要带有效证件到窗口才能重新开通。")
        .takes_away()
        .public(desk.frame("停用账号").back(links::account()), fields)
}

pub async fn post_stop(desk: Desk, form: Form<()>) -> Result<Response, Problem> {
    let command = DeactivateAccount {
        account: desk.actor.account.clone(),
        reason: form.fields.value("reason").to_owned(),
    };
    match submit(&desk, form, move |tx| commands::deactivate_citizen(tx, &command)).await? {
        Sent::Done { .. } => {
            sign_in::sign_out_everywhere(&desk.house.chronicle, desk.actor.account.clone()).await?;
            desk.end_session();
            Ok(desk.go_saying(&desk.house.nav.home, "账号已经停用。"))
        }
        Sent::Again(fields) => Ok(ask_stop(&desk, fields)),
    }
}
