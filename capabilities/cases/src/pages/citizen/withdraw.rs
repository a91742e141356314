//! Taking the application back, asked twice: it ends the matter.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_chronicle::{Stop, Tx};
use mingjing_people::public::{Citizen, Organisation};
use mingjing_web::{Desk, Fields, Form, Frame, Input, Problem, Reader, page};

use super::links::{case_page, withdraw_page};
use super::own_case::load;
use crate::case::Case;
use crate::commands::{self, Command};
use crate::decide::withdraw::{self, Withdraw};
use crate::party::Party;
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
    let (no, version) = (case_no.clone(), meta.seen);
    let done = desk.house.chronicle.perform(desk.request(&meta), move |tx| {
        let command = Command::Withdraw(Withdraw {
            reasons: input.reasons.clone(),
            paper_request: false,
            may_give_up: may_give_up(tx, &no)?,
        });
        commands::act(tx, &no, version, &command)
    });
    match done.await {
        Ok(_) => Ok(desk.go_saying(&case_page(&case_no), "申请已撤回，办理终止。")),
        Err(Stop::Refusal(refusal)) if !refusal.fields.is_empty() => {
            Ok(show(&desk, &seen, fields.refused(&refusal), false))
        }
        Err(stop) => Err(stop.into()),
    }
}

/// The party itself may; an agent only where the authority says so. Consulted in the act's own transaction.
fn may_give_up(tx: &mut Tx<'_>, case_no: &str) -> Result<bool, Stop> {
    let (actor, today) = (tx.context().actor.account.clone(), tx.context().today);
    let case = tx.load::<Case>(case_no)?;
    let Some(applicant) = case.applicant() else {
        return Ok(false);
    };
    let right = match (&applicant.party, &applicant.account) {
        (Party::Organisation { uscc, .. }, _) => tx.consult::<Organisation>(uscc)?.authority_of(&actor, today),
        (Party::Individual { .. }, Some(principal)) => tx.consult::<Citizen>(principal)?.authority_of(&actor, today),
        (Party::Individual { .. }, None) => None,
    };
    Ok(right.is_some_and(|right| right.may_withdraw()))
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
