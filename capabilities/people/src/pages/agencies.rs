//! 委托代办人: granting and ending a power of attorney.

use axum::response::Response;
use mingjing_chronicle::{Refusal, Stop};
use mingjing_web::{Desk, Fields, Form, Listing, Problem, Reader};

use super::ask::{Ask, Asking};
use super::{Sent, links, submit};
use crate::account::Account;
use crate::agency::AgencyScope;
use crate::commands;
use crate::decide::end_agency::EndAgency;
use crate::decide::grant_agency::{GrantAgency, Principal};
use crate::views::queries;

pub async fn get(desk: Desk, listing: Listing) -> Response {
    let today = desk.house.clock.today();
    let fields = desk
        .form()
        .with("for", listing.one("for"))
        .with("valid_from-year", today.year().to_string())
        .with("valid_from-month", today.month().to_string())
        .with("valid_from-day", today.day().to_string());
    ask(&desk, fields)
}

fn ask(desk: &Desk, fields: Fields) -> Response {
    let principal = fields.value("for").to_owned();
    let asks = vec![
        Ask::text("agent_name", "代办人姓名", ""),
        Ask::text("agent", "代办人的登录名", "代办人要先注册个人账号，请向对方问清登录名"),
        Ask::optional("items", "只委托这些事项", "填事项编码，用空格隔开；不填就是全部事项"),
        Ask::Date {
            name: "valid_from",
            label: "从哪天开始",
            hint: "",
        },
        Ask::Date {
            name: "valid_to",
            label: "到哪天为止（含当天）",
            hint: "最长三年",
        },
        Ask::Tick {
            name: "may_withdraw",
            label: "代办人也可以替我撤回申请",
        },
    ];
    let title = if principal.is_empty() {
        "委托代办人".to_owned()
    } else {
        format!("为单位（{principal}）委托代办人")
    };
    Asking::new(links::new_agency(&principal), "委托", asks)
        .lead("委托以后，代办人可以用自己的账号提交申请、补正材料、查看进度和领取文书。您随时可以结束委托。")
        .public(desk.frame(title).back(links::account()), fields)
}

pub async fn post(desk: Desk, listing: Listing, mut form: Form<()>) -> Result<Response, Problem> {
    let uscc = listing.one("for").to_owned();
    form.fields = form.fields.with("for", uscc.as_str());
    let mut reader = Reader::of(&mut form.fields);
    let (from, to) = (
        reader.date("valid_from", "开始日期"),
        reader.date("valid_to", "截止日期"),
    );
    let (Some(valid_from), Some(valid_to)) = (from, to) else {
        return Ok(ask(&desk, form.fields));
    };
    let value = |name: &str| form.fields.value(name).trim().to_owned();
    let (login_name, agent_name) = (value("agent"), value("agent_name"));
    let items = value("items").to_ascii_uppercase();
    let command = GrantAgency {
        principal: if uscc.is_empty() {
            Principal::Person(desk.actor.account.clone())
        } else {
            Principal::Organisation(uscc)
        },
        agent: String::new(),
        scope: AgencyScope {
            items: items
                .split([' ', ',', '，', '、'])
                .filter(|item| !item.is_empty())
                .map(str::to_owned)
                .collect(),
            may_withdraw: !form.fields.value("may_withdraw").is_empty(),
        },
        valid_from,
        valid_to,
    };
    let sent = submit(&desk, form, move |tx| {
        let agent = queries::account_of_login(tx.sql(), &login_name)?.unwrap_or_default();
        // Login name and name must both fit: otherwise this form would tell who has which login name.
        if agent.is_empty() || tx.consult::<Account>(&agent)?.name() != agent_name {
            return Err(Stop::Refusal(no_such_agent()));
        }
        let command = GrantAgency {
            agent,
            ..command.clone()
        };
        commands::grant_agency(tx, &command)
    })
    .await?;
    match sent {
        Sent::Done { .. } => Ok(desk.go_saying(&links::account(), "委托已经生效，可以随时结束。")),
        Sent::Again(fields) => Ok(ask(&desk, fields)),
    }
}

fn no_such_agent() -> Refusal {
    Refusal::invalid("people.agency.no_such_agent", "没有找到这个代办人。")
        .field("agent", "没有找到姓名和登录名都相符的个人账号，请向代办人核对")
}

pub async fn get_end(desk: Desk, listing: Listing) -> Response {
    ask_end(&desk, &listing, desk.form())
}

fn ask_end(desk: &Desk, listing: &Listing, fields: Fields) -> Response {
    let action = links::end_agency(listing.one("kind"), listing.one("for"), listing.one("agency"));
    Asking::new(action, "结束委托", vec![Ask::reason("结束委托的原因")])
        .lead("结束以后，代办人从今天起不能再替您办理；已经提交的办件不受影响。")
        .takes_away()
        .public(desk.frame("结束委托").back(links::account()), fields)
}

pub async fn post_end(desk: Desk, listing: Listing, form: Form<()>) -> Result<Response, Problem> {
    let principal = listing.one("for").to_owned();
    let command = EndAgency {
        principal: match listing.one("kind") {
            "organisation" => Principal::Organisation(principal),
            _ => Principal::Person(principal),
        },
        agency: listing.one("agency").to_owned(),
        reason: form.fields.value("reason").to_owned(),
    };
    match submit(&desk, form, move |tx| commands::end_agency(tx, &command)).await? {
        Sent::Done { .. } => Ok(desk.go_saying(&links::account(), "委托已经结束。")),
        Sent::Again(fields) => Ok(ask_end(&desk, &listing, fields)),
    }
}
