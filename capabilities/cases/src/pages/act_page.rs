//! The form of an act and the second look at it, for all procedures. Nothing is recorded before the second step is
//! confirmed; only a form with a file is sent in one step, with a tick that takes its place.

use askama::Template;
use axum::response::Response;
use jiff::civil::Date;
use mingjing_people::public::OfficerFacts;
use mingjing_web::{Desk, Fields, Frame, Link, page};

use super::asks::{Ask, Options};
use super::links::{act_page, act_with_file, case_page};
use crate::events::MaskedRecord;

/// What stands above the form.
pub(super) struct ActHead {
    pub key: String,
    pub title: String,
    pub article: &'static str,
    pub case_no: String,
    pub item_name: String,
    /// What the act does.
    pub lead: String,
}

#[derive(Template)]
#[template(path = "cases/act.html")]
struct ActPage {
    frame: Frame,
    fields: Fields,
    head: ActHead,
    asks: Vec<Ask>,
    /// What the public would see, for the release review.
    public: Option<MaskedRecord>,
    /// Where a form with a file goes.
    with_file: Option<Link>,
}

#[derive(Template)]
#[template(path = "cases/act_confirm.html")]
struct ConfirmPage {
    frame: Frame,
    fields: Fields,
    head: ActHead,
    rows: Vec<(String, String)>,
    /// Names and values to be sent again as they are.
    kept: Vec<(String, String)>,
    back: Link,
}

pub(super) fn ask(
    desk: &Desk,
    head: ActHead,
    asks: Vec<Ask>,
    public: Option<MaskedRecord>,
    fields: Fields,
) -> Response {
    let has_file = asks.iter().any(|ask| matches!(ask, Ask::File { .. }));
    page(&ActPage {
        frame: desk
            .frame(head.title.clone())
            .back(case_page(&head.case_no))
            .of_form(&fields),
        with_file: has_file.then(|| act_with_file(&head.case_no, &head.key)),
        head,
        asks,
        public,
        fields,
    })
}

pub(super) fn confirm(desk: &Desk, head: ActHead, asks: &[Ask], fields: Fields, seen: i64) -> Response {
    let rows = asks
        .iter()
        .filter_map(|ask| {
            let values = fields.values(ask.name());
            let words: Vec<&str> = values
                .iter()
                .map(|value| ask.words(value))
                .filter(|words| !words.is_empty())
                .collect();
            let words = if words.is_empty() {
                date_words(&fields, ask.name())
            } else {
                words.join("、")
            };
            (!words.is_empty()).then(|| (ask.label().to_owned(), words))
        })
        .collect();
    let kept = fields
        .names()
        .into_iter()
        .filter(|name| !name.starts_with('_') && *name != "confirmed")
        .flat_map(|name| fields.values(name).iter().map(|value| (name.to_owned(), value.clone())))
        .collect();
    let back = act_page(&head.case_no, &head.key);
    page(&ConfirmPage {
        frame: desk.frame(format!("确认{}", head.title)).back(back.clone()),
        rows,
        kept,
        back,
        head,
        fields: fields.seen(seen),
    })
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

/// Active officers with what is to be known about their certificates on that day.
pub(super) fn officers(rows: Vec<OfficerFacts>, today: Date) -> Options {
    rows.into_iter()
        .filter(|officer| officer.active)
        .map(|officer| {
            let certificate = match &officer.certificate {
                Some(certificate) if certificate.valid_on(today) => format!("执法证 {}", certificate.no),
                _ => "今天没有有效的执法证".to_owned(),
            };
            (officer.account, officer.name, certificate)
        })
        .collect()
}
