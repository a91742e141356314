//! `GET /`: what people come for. `?for=individual|organisation` turns the themes.

use askama::Template;
use axum::response::Response;
use mingjing_cases::views::public_record::{self, PublicFilter};
use mingjing_catalogue::items_page;
use mingjing_catalogue::life_event;
use mingjing_catalogue::public::Audience;
use mingjing_catalogue::public::queries::{Counts, ItemFilter, ItemRow, Page, Sort, counts, items};
use mingjing_web::{Column, Desk, Fields, Frame, Link, Listing, Problem, page};

use super::home_page;

/// Items shown directly; the list has the rest.
const SHOWN: i64 = 8;
const RECORDS: u32 = 5;
const THEMES: usize = 24;

#[derive(Template)]
#[template(path = "hall/home.html")]
struct HomePage {
    frame: Frame,
    /// For the box that asks for number and query code.
    fields: Fields,
    numbers: Counts,
    tabs: Vec<(&'static str, Link, bool)>,
    /// What happens in a life, for who does not know what the matter is called.
    life: Vec<(&'static str, Link)>,
    themes: Vec<(String, i64, Link)>,
    bodies: Vec<(String, i64, Link)>,
    online: Vec<ItemRow>,
    /// Published decisions, and how many there are.
    records: Vec<public_record::PublicRow>,
    published: u64,
}

pub async fn get_home(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let audience = match listing.one("for") {
        "organisation" => Audience::Organisation,
        _ => Audience::Individual,
    };
    let online = ItemFilter {
        online: true,
        ..ItemFilter::default()
    };
    let first = Page { offset: 0, size: SHOWN };
    let (numbers, of_audience, online, records, published) = desk
        .house
        .chronicle
        .read(move |reader| {
            Ok((
                counts(reader, None)?,
                counts(reader, Some(audience))?,
                items(reader, &online, Sort::Code, first)?,
                public_record::newest(reader, &PublicFilter::default(), 0, RECORDS)?,
                public_record::number(reader, &PublicFilter::default())?,
            ))
        })
        .await?;
    Ok(page(&HomePage {
        frame: desk.frame("首页").column(Column {
            name: "首页".to_owned(),
            kind: "办事服务".to_owned(),
            ..Column::default()
        }),
        fields: desk.form(),
        tabs: tabs(audience),
        life: life(&of_audience, audience),
        themes: themes(of_audience, audience),
        bodies: bodies(&numbers),
        records,
        numbers,
        online,
        published,
    }))
}

fn tabs(chosen: Audience) -> Vec<(&'static str, Link, bool)> {
    let tab = |label, audience: Audience| {
        let link = home_page().query("for", audience.key()).anchor("themes");
        (label, link, audience == chosen)
    };
    vec![
        tab("个人办事", Audience::Individual),
        tab("法人办事", Audience::Organisation),
    ]
}

fn life(numbers: &Counts, audience: Audience) -> Vec<(&'static str, Link)> {
    let events = numbers
        .by_life_event
        .iter()
        .filter_map(|(key, _)| life_event::of_key(key));
    let events = events.filter(|event| event.audience == audience);
    events
        .map(|event| (event.name, items_page().query("life", event.key)))
        .collect()
}

fn themes(numbers: Counts, audience: Audience) -> Vec<(String, i64, Link)> {
    let link = |theme: &str| items_page().query("audience", audience.key()).query("theme", theme);
    numbers
        .by_theme
        .into_iter()
        .take(THEMES)
        .map(|(theme, number)| {
            let link = link(&theme);
            (theme, number, link)
        })
        .collect()
}

fn bodies(numbers: &Counts) -> Vec<(String, i64, Link)> {
    numbers
        .by_body
        .iter()
        .map(|(body, name, number)| (name.clone(), *number, items_page().query("body", body)))
        .collect()
}
