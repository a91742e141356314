//! Taking the application back, asked twice: it ends the matter.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_chronicle::Stop;
use mingjing_web::{Desk, Fields, Form, Frame, Input, Problem, Reader, page};

use super::links::{case_page, withdraw_page};
use super::own_case::load;
use crate::commands::{self, Command};
use crate::decide::withdraw::{self, Withdraw};
use crate::reading::CaseSeen;

#[derive(Template)]
#[template(path = "my_withdraw.html")]
struct WithdrawPage {
    frame: Frame,
    fields: Fields,
    case_no: String,
    item_name: String,
    /// The second question: nothing but yes or no is left.
    sure: bool,
}

pub struct Asked {
    reasons: String,
    sure: bool,
}

impl Input for Asked {
    fn read(form: &mut Reader<'_>) -> Option<Asked> {
        let sure = form.ticked("sure");
        let reasons = form.optional("reasons", "撤回的理由", 500)?;
        Some(Asked {
            reasons: reasons.unwrap_or_default(),
            sure,
        })
    }
}

pub async fn get_withdraw(desk: Desk, Path(case_no): Path<String>) -> Result<Response, Problem> {
    let seen = load(&desk, &case_no).await?;
    withdraw::may(&seen.case, &desk.house.chronicle.context(desk.actor.clone()))?;
    Ok(show(&desk, &seen, desk.form().seen(seen.version), false))
}

pub async fn post_withdraw(desk: Desk, Path(case_no): Path<String>, form: Form<Asked>) -> Result<Response, Problem> {
    let seen = load(&desk, &case_no).await?;
    let (input, meta, fields) = match form.check() {
        Ok(all) => all,
        Err(fields) => return Ok(show(&desk, &seen, fields, false)),
    };
    if !input.sure {
        withdraw::may(&seen.case, &desk.house.chronicle.context(desk.actor.clone()))?;
        return Ok(show(&desk, &seen, fields, true));
    }
    let command = Command::Withdraw(Withdraw {
        reasons: input.reasons,
        paper_request: false,
    });
    let chronicle = &desk.house.chronicle;
    let done = commands::perform(chronicle, desk.request(&meta), &case_no, meta.seen, command).await;
    match done {
        Ok(_) => Ok(desk.go_saying(&case_page(&case_no), "申请已撤回，办理终止。")),
        Err(Stop::Refusal(refusal)) if !refusal.fields.is_empty() => {
            Ok(show(&desk, &seen, fields.refused(&refusal), false))
        }
        Err(stop) => Err(stop.into()),
    }
}

fn show(desk: &Desk, seen: &CaseSeen, fields: Fields, sure: bool) -> Response {
    let back = if sure {
        withdraw_page(&seen.case.case_no)
    } else {
        case_page(&seen.case.case_no)
    };
    page(&WithdrawPage {
        frame: desk
            .frame(if sure { "确认撤回申请" } else { "撤回申请" })
            .of_form(&fields)
            .back(back),
        case_no: seen.case.case_no.clone(),
        item_name: seen.item.name.clone(),
        fields,
        sure,
    })
}
