//! `/progress`: looking up by number and query secret, without an account. Guessing is throttled by network and in
//! all; a wrong number and a wrong secret get the same answer.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use mingjing_web::parts::Moment;
use mingjing_web::{Desk, Fields, Form, Frame, Input, Link, Problem, Reader, page};

use super::links::progress_page;
use super::progress_view::{Progress, moments};
use crate::events::QueryLock;
use crate::number;
use crate::reading::{self, CaseSeen};

#[derive(Template)]
#[template(path = "progress.html")]
struct LookupPage {
    frame: Frame,
    fields: Fields,
}

#[derive(Template)]
#[template(path = "progress_result.html")]
struct ResultPage {
    frame: Frame,
    case_no: String,
    item_name: String,
    body_name: String,
    progress: Progress,
    moments: Vec<Moment>,
}

pub struct Lookup {
    number: String,
    secret: String,
}

impl Input for Lookup {
    fn read(form: &mut Reader<'_>) -> Option<Lookup> {
        let number = form.text("number", "办件编号", 60);
        let secret = form.secret("password", "查询密码", 60);
        Some(Lookup {
            number: number?,
            secret: secret?,
        })
    }
}

pub async fn get_progress(desk: Desk) -> Response {
    show(&desk, desk.form())
}

pub async fn post_progress(desk: Desk, form: Form<Lookup>) -> Result<Response, Problem> {
    let (input, _, mut fields) = match form.check() {
        Ok(all) => all,
        Err(fields) => return Ok(show(&desk, fields)),
    };
    match find_by_secret(&desk, &input.number, &input.secret).await? {
        Some(seen) => Ok(result(&desk, &seen)),
        None => {
            fields.complain("number", "没有找到这个办件，请核对办件编号和查询密码");
            Ok((StatusCode::NOT_FOUND, show(&desk, fields)).into_response())
        }
    }
}

/// The case that number and secret open. Every try counts, whichever door it comes through.
///
/// # Errors
/// Too many tries; a fault.
pub(crate) async fn find_by_secret(desk: &Desk, number: &str, secret: &str) -> Result<Option<CaseSeen>, Problem> {
    let throttles = &desk.house.throttles;
    let too_many = |wait| Problem::TooMany { wait };
    throttles
        .lookup
        .take(&desk.visit.network.to_string())
        .map_err(too_many)?;
    throttles.lookup_all.take("all").map_err(too_many)?;
    let (number, secret) = (number::readable(number), secret.to_owned());
    let context = desk.house.chronicle.context(desk.actor.clone());
    let found = desk.house.chronicle.read(move |reader| {
        let seen = reading::case(reader, &context, &number)?;
        // The secret is compared even where there is no case, so that both ways do the same work.
        let nobody = QueryLock {
            salt: "00".repeat(16),
            sha256: "0".repeat(64),
        };
        let application = seen.as_ref().and_then(|seen| seen.case.application.as_ref());
        let opens = number::opens(application.map_or(&nobody, |application| &application.query), &secret);
        Ok(seen.filter(|_| opens))
    });
    Ok(found.await?)
}

fn show(desk: &Desk, fields: Fields) -> Response {
    page(&LookupPage {
        frame: desk.frame("查询办理进度").of_form(&fields).crumb("首页", Link::to("/")),
        fields,
    })
}

fn result(desk: &Desk, seen: &CaseSeen) -> Response {
    let today = desk.house.clock.today();
    page(&ResultPage {
        frame: desk
            .frame("办理进度")
            .crumb("首页", Link::to("/"))
            .crumb("查询办理进度", progress_page()),
        case_no: seen.case.case_no.clone(),
        item_name: seen.item.name.clone(),
        body_name: seen.body.name.clone(),
        progress: Progress::of(&seen.case, today, &desk.house.chronicle.calendar()),
        moments: moments(&seen.events, &seen.case, false),
    })
}
