//! `/progress`: looking up by number and query secret, without an account. Guessing is throttled by network and in
//! all; a wrong number and a wrong secret get the same answer.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use mingjing_chronicle::RecordedEvent;
use mingjing_people::public::queries;
use mingjing_web::parts::Moment;
use mingjing_web::{Desk, Fields, Form, Frame, Input, Link, Problem, Reader, page};

use super::links::progress_page;
use super::progress_view::{Progress, moments};
use crate::case::Case;
use crate::events::QueryLock;
use crate::number;

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
    let throttles = &desk.house.throttles;
    let too_many = |wait| Problem::TooMany { wait };
    throttles.lookup.take(&desk.visit.network.to_string()).map_err(too_many)?;
    throttles.lookup_all.take("all").map_err(too_many)?;
    match find(&desk, &input).await? {
        Some((case, events, body_name)) => Ok(result(&desk, &case, &events, body_name)),
        None => {
            fields.complain("number", "没有找到这个办件，请核对办件编号和查询密码");
            Ok((StatusCode::NOT_FOUND, show(&desk, fields)).into_response())
        }
    }
}

async fn find(desk: &Desk, input: &Lookup) -> Result<Option<(Case, Vec<RecordedEvent>, String)>, Problem> {
    let (number, secret) = (number::readable(&input.number), input.secret.clone());
    let found = desk.house.chronicle.read(move |reader| {
        let case = if number::is_case_no(&number) { (*reader.load::<Case>(&number)?).clone() } else { Case::default() };
        // The secret is compared even where there is no case, so that both ways do the same work.
        let nobody = QueryLock {
            salt: "00".repeat(16),
            sha256: "0".repeat(64),
        };
        let lock = case.application.as_ref().map_or(&nobody, |application| &application.query);
        if !number::opens(lock, &secret) || case.application.is_none() {
            return Ok(None);
        }
        let events = reader.events("case", &number)?;
        let body = queries::body(reader.sql(), case.body())?;
        Ok(Some((case, events, body.map_or(String::new(), |body| body.name))))
    });
    Ok(found.await?)
}

fn show(desk: &Desk, fields: Fields) -> Response {
    page(&LookupPage {
        frame: desk.frame("查询办理进度").of_form(&fields).crumb("首页", Link::to("/")),
        fields,
    })
}

fn result(desk: &Desk, case: &Case, events: &[RecordedEvent], body_name: String) -> Response {
    let today = desk.house.clock.today();
    page(&ResultPage {
        frame: desk.frame("办理进度").crumb("首页", Link::to("/")).crumb("查询办理进度", progress_page()),
        case_no: case.case_no.clone(),
        item_name: case.item().map_or(String::new(), |item| item.name.clone()),
        body_name,
        progress: Progress::of(case, today, &desk.house.chronicle.calendar()),
        moments: moments(events, case, false),
    })
}
