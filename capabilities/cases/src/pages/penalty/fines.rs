//! `GET /desk/fines`: decided fines against their benchmarks (行政处罚法 34): by item how many kept the interval, outliers, and
//! cases that are alike in every level and were fined differently.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use mingjing_web::{Desk, Frame, Link, Listing, Problem, page};

use super::super::links::{case_page, fines_page};
use super::super::{BOARD, condition};
use super::shown::{range, yuan};
use crate::money::Fen;
use crate::views::fines::{FineRow, fines, unlike};

/// The latest; a body decides fewer fines of one item in years.
const MOST: i64 = 5_000;
const MOST_SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "cases/fines.html")]
struct FinesPage {
    frame: Frame,
    items: Vec<ItemFigures>,
    /// Of the chosen item.
    chosen: Option<Chosen>,
}

/// The fines of one item.
pub(crate) struct ItemFigures {
    pub item_code: String,
    pub name: String,
    pub decided: usize,
    pub within: usize,
    pub departs: usize,
    pub stands_out: usize,
    pub lowest: Fen,
    pub median: Fen,
    pub highest: Fen,
}

struct Chosen {
    name: String,
    rows: Vec<Shown>,
    unlike: Vec<(String, Vec<Shown>)>,
}

struct Shown {
    case_no: String,
    link: Link,
    decided_on: String,
    facts: String,
    fine: String,
    interval: String,
    usual: String,
    mark: &'static str,
    colour: &'static str,
}

impl FinesPage {
    fn link(&self, item_code: &str) -> Link {
        fines_page().query("item", item_code)
    }

    fn amount(&self, fine: &Fen) -> String {
        yuan(*fine)
    }
}

pub(in crate::pages) async fn get_fines(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let scope = condition(&desk.require(BOARD)?);
    let rows = desk
        .house
        .chronicle
        .read(move |reader| fines(reader, &scope, "", MOST))
        .await?;
    let wanted = listing.one("item");
    let of_item: Vec<FineRow> = rows.iter().filter(|row| row.item_code == wanted).cloned().collect();
    Ok(page(&FinesPage {
        frame: desk.frame("裁量情况"),
        items: figures(&rows),
        chosen: of_item.first().map(|first| Chosen {
            name: first.item_name.clone(),
            rows: of_item.iter().take(MOST_SHOWN).map(shown).collect(),
            unlike: unlike(&of_item)
                .into_iter()
                .map(|(facts, rows)| (facts, rows.into_iter().map(shown).collect()))
                .collect(),
        }),
    }))
}

/// By item, in the order of their codes.
pub(crate) fn figures(rows: &[FineRow]) -> Vec<ItemFigures> {
    let mut by_item: BTreeMap<&str, Vec<&FineRow>> = BTreeMap::new();
    for row in rows {
        by_item.entry(&row.item_code).or_default().push(row);
    }
    by_item
        .into_iter()
        .map(|(item_code, rows)| {
            let mut amounts: Vec<Fen> = rows.iter().map(|row| row.fine).collect();
            amounts.sort();
            let departs = rows.iter().filter(|row| row.departs()).count();
            ItemFigures {
                item_code: item_code.to_owned(),
                name: rows[0].item_name.clone(),
                decided: rows.len(),
                within: rows.len() - departs,
                departs,
                stands_out: rows.iter().filter(|row| row.stands_out()).count(),
                lowest: amounts[0],
                // Of an even number the lower of the two in the middle: an amount that was decided.
                median: amounts[(amounts.len() - 1) / 2],
                highest: amounts[amounts.len() - 1],
            }
        })
        .collect()
}

fn shown(row: &FineRow) -> Shown {
    let (mark, colour) = match (row.departs(), row.stands_out()) {
        (true, _) => ("偏离基准", "red"),
        (false, true) => ("远离一般数额", "yellow"),
        (false, false) => ("", ""),
    };
    Shown {
        case_no: row.case_no.clone(),
        link: case_page(&row.case_no),
        decided_on: row.decided_on.clone(),
        facts: row.facts.clone(),
        fine: yuan(row.fine),
        interval: range(row.low, row.high),
        usual: row.usual.map_or_else(String::new, yuan),
        mark,
        colour,
    }
}
