//! Doing an act: the form, a second look at what will be recorded, then the act. Nothing is recorded before the second
//! step is confirmed.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_catalogue::public::Item;
use mingjing_chronicle::{RefusalKind, Stop};
use mingjing_people::public::queries;
use mingjing_web::{Desk, Fields, Form, Frame, Link, Problem, page};

use super::act_fields::{Ask, Offered, asks, lead};
use super::act_input::command;
use super::links::{act_page, case_page};
use super::seen;
use crate::commands;
use crate::decide::Act;
use crate::decide::release::masked_record;
use crate::events::MaskedRecord;
use crate::reading::CaseSeen;
use crate::standing::may;

#[derive(Template)]
#[template(path = "cases/act.html")]
struct ActPage {
    frame: Frame,
    fields: Fields,
    title: &'static str,
    case_no: String,
    item_name: String,
    article: &'static str,
    lead: String,
    asks: Vec<Ask>,
    /// What the public would see, for the release review.
    public: Option<MaskedRecord>,
}

#[derive(Template)]
#[template(path = "cases/act_confirm.html")]
struct ConfirmPage {
    frame: Frame,
    fields: Fields,
    title: &'static str,
    case_no: String,
    item_name: String,
    article: &'static str,
    rows: Vec<(&'static str, String)>,
    /// Names and values to be sent again as they are.
    kept: Vec<(String, String)>,
    back: Link,
}

pub async fn get_act(desk: Desk, Path((case_no, act)): Path<(String, String)>) -> Result<Response, Problem> {
    let (act, seen) = open(&desk, case_no, &act).await?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    may(act, &seen.case, &context)?;
    let today = context.today.to_string();
    let mut fields = desk.form().seen(seen.version);
    for name in ["checked_on", "served_on", "ended_on"] {
        fields = fields.with(name, today.clone());
    }
    if act == Act::RecordSiteCheck {
        fields = fields.with("officers", desk.actor.account.clone());
    }
    show(&desk, act, &seen, fields).await
}

pub async fn post_act(
    desk: Desk,
    Path((case_no, act)): Path<(String, String)>,
    form: Form<()>,
) -> Result<Response, Problem> {
    let (act, seen) = open(&desk, case_no, &act).await?;
    let (meta, mut fields) = (form.meta, form.fields);
    let server = desk.display_name.clone().unwrap_or_default();
    let Some(command) = command(act, &mut fields, desk.house.clock.today(), &server) else {
        return show(&desk, act, &seen, fields).await;
    };
    if fields.value("confirmed") != "yes" {
        return confirm(&desk, act, &seen, fields, meta.seen).await;
    }
    let no = seen.case.case_no.clone();
    let done = commands::perform(
        &desk.house.chronicle,
        desk.request(&meta),
        &no,
        Some(meta.seen.unwrap_or(seen.version)),
        command,
    )
    .await;
    match done {
        Ok(_) => Ok(desk.go_saying(&case_page(&no), &format!("已完成：{}。", act.name()))),
        // What was filled in can be put right on the same form; the rest is a page of its own.
        Err(Stop::Refusal(refusal)) if refusal.kind == RefusalKind::Invalid => {
            show(&desk, act, &seen, fields.refused(&refusal)).await
        }
        Err(stop) => Err(stop.into()),
    }
}

async fn open(desk: &Desk, case_no: String, act: &str) -> Result<(Act, CaseSeen), Problem> {
    let act = Act::from_key(act).ok_or(Problem::NotFound)?;
    if act == Act::SupplySupplement {
        return Err(Problem::NotFound);
    }
    Ok((act, seen(desk, case_no).await?))
}

async fn offered(desk: &Desk, seen: &CaseSeen) -> Result<Offered, Problem> {
    let (body, code, today) = (
        seen.body.body.clone(),
        seen.item.item_code.clone(),
        desk.house.clock.today(),
    );
    let (officers, current) = desk
        .house
        .chronicle
        .read(move |reader| {
            let officers = queries::officers_of(reader.sql(), &body)?;
            let item = reader.load::<Item>(&code)?;
            Ok((officers, item.current(today).map(|current| current.version)))
        })
        .await?;
    Ok(Offered {
        officers: officers
            .into_iter()
            .filter(|officer| officer.active)
            .map(|officer| {
                let certificate = match &officer.certificate {
                    Some(certificate) if certificate.valid_on(today) => format!("执法证 {}", certificate.no),
                    _ => "今天没有有效的执法证".to_owned(),
                };
                (officer.account, officer.name, certificate)
            })
            .collect(),
        changed_version: current.filter(|current| *current != seen.item.version),
    })
}

async fn show(desk: &Desk, act: Act, seen: &CaseSeen, fields: Fields) -> Result<Response, Problem> {
    let offered = offered(desk, seen).await?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    let public = match act {
        Act::ReleaseReview => masked_record(&seen.case, &seen.setting(&context)).ok(),
        _ => None,
    };
    Ok(page(&ActPage {
        frame: desk
            .frame(act.name())
            .back(case_page(&seen.case.case_no))
            .of_form(&fields),
        title: act.name(),
        case_no: seen.case.case_no.clone(),
        item_name: seen.item.name.clone(),
        article: act.article(),
        lead: lead(act, seen),
        asks: asks(act, seen, &offered),
        public,
        fields,
    }))
}

async fn confirm(
    desk: &Desk,
    act: Act,
    seen: &CaseSeen,
    fields: Fields,
    seen_version: Option<i64>,
) -> Result<Response, Problem> {
    let offered = offered(desk, seen).await?;
    let asks = asks(act, seen, &offered);
    let rows = asks
        .iter()
        .filter_map(|ask| {
            let values = fields.values(ask.name());
            let date = date_words(&fields, ask.name());
            let words: Vec<&str> = values
                .iter()
                .map(|value| ask.words(value))
                .filter(|words| !words.is_empty())
                .collect();
            let words = if words.is_empty() { date } else { words.join("、") };
            (!words.is_empty()).then_some((ask.label(), words))
        })
        .collect();
    let kept = fields
        .names()
        .into_iter()
        .filter(|name| !name.starts_with('_') && *name != "confirmed")
        .flat_map(|name| fields.values(name).iter().map(|value| (name.to_owned(), value.clone())))
        .collect();
    let fields = fields.seen(seen_version.unwrap_or(seen.version));
    Ok(page(&ConfirmPage {
        frame: desk
            .frame(format!("确认{}", act.name()))
            .back(act_page(&seen.case.case_no, act.key())),
        title: act.name(),
        case_no: seen.case.case_no.clone(),
        item_name: seen.item.name.clone(),
        article: act.article(),
        rows,
        kept,
        back: act_page(&seen.case.case_no, act.key()),
        fields,
    }))
}

/// A date that was given in three fields.
fn date_words(fields: &Fields, name: &str) -> String {
    let part = |part: &str| fields.value(&format!("{name}-{part}")).to_owned();
    let (year, month, day) = (part("year"), part("month"), part("day"));
    if year.is_empty() {
        String::new()
    } else {
        format!("{year}年{month}月{day}日")
    }
}
