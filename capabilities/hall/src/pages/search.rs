//! `GET /search?q=`: items first, then laws and published cases.

use askama::Template;
use axum::response::Response;
use mingjing_cases::views::public_record::{self, PublicFilter};
use mingjing_catalogue::items_page;
use mingjing_catalogue::public::Law;
use mingjing_catalogue::public::queries::{ItemFilter, ItemRow, laws_named, rows_of, search};
use mingjing_web::{Desk, Frame, Link, Listing, Problem, page};

use super::home_page;

const ITEMS: usize = 10;
const LAWS: u32 = 5;
const RECORDS: u32 = 5;

#[derive(Template)]
#[template(path = "hall/search.html")]
struct SearchPage {
    frame: Frame,
    words: String,
    items: Vec<ItemRow>,
    /// How many items were found in all.
    found: usize,
    laws: Vec<Law>,
    records: Vec<public_record::PublicRow>,
    all_items: Link,
}

pub async fn get_search(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let words = listing.words().to_owned();
    let asked = words.clone();
    let jurisdiction = desk.house.chronicle.jurisdiction().to_owned();
    let (items, found, laws, records) = desk
        .house
        .chronicle
        .read(move |reader| {
            if asked.is_empty() {
                return Ok((Vec::new(), 0, Vec::new(), Vec::new()));
            }
            let hits = search(reader, &jurisdiction, &asked)?;
            let codes: Vec<String> = hits.into_iter().map(|hit| hit.item_code).collect();
            let items = rows_of(reader, &codes, &ItemFilter::default())?;
            let laws = laws_named(reader, &asked, LAWS)?;
            let records = public_record::newest(reader, &PublicFilter::of_words(asked), 0, RECORDS)?;
            Ok((items.iter().take(ITEMS).cloned().collect(), items.len(), laws, records))
        })
        .await?;
    let title = match words.is_empty() {
        true => "搜索".to_owned(),
        false => format!("“{words}”的搜索结果"),
    };
    Ok(page(&SearchPage {
        frame: desk.frame(title).crumb("首页", home_page()).searched(&words),
        all_items: items_page().query("q", &words),
        words,
        items,
        found,
        laws,
        records,
    }))
}
