//! `GET /desk/catalogue`: which items still lack a flow, a form, a benchmark …, by body; the legal office sees its area, a
//! body its own. `?body=&gap=` lists the items, each with the way to file a change.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use mingjing_chronicle::{Fault, Reader};
use mingjing_people::public::Body;
use mingjing_web::{Desk, Frame, Link, Listing, Problem, Scope, Subject, page};

use super::{CHANGES, FILE_CHANGE, change_new};
use crate::views::{Gap, counts, gap_counts, lacking};

const MOST: i64 = 1_000;

pub fn gaps_page() -> Link {
    Link::to("/desk/catalogue")
}

#[derive(Template)]
#[template(path = "items/gaps.html")]
struct GapsPage {
    frame: Frame,
    gaps: [Gap; 6],
    rows: Vec<BodyRow>,
    listed: Option<Listed>,
    may_file: bool,
}

/// A body, its active items, and how many of them lack what.
pub(crate) struct BodyRow {
    pub body: String,
    pub name: String,
    pub items: i64,
    pub lacks: BTreeMap<Gap, i64>,
}

struct Listed {
    heading: String,
    items: Vec<(String, String)>,
}

impl GapsPage {
    fn cell(&self, row: &BodyRow, gap: &Gap) -> i64 {
        row.lacks.get(gap).copied().unwrap_or(0)
    }

    fn link(&self, row: &BodyRow, gap: &Gap) -> Link {
        gaps_page().query("body", &row.body).query("gap", gap.key())
    }

    fn total(&self, gap: &Gap) -> i64 {
        self.rows.iter().map(|row| self.cell(row, gap)).sum()
    }

    fn items(&self) -> i64 {
        self.rows.iter().map(|row| row.items).sum()
    }

    fn file_link(&self, item_code: &str) -> Link {
        change_new::new_page().query("kind", "change").query("item", item_code)
    }
}

pub async fn get_gaps(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let scope = desk.require(CHANGES)?;
    let wanted = (listing.one("body").to_owned(), Gap::from_key(listing.one("gap")));
    let (rows, listed) = desk
        .house
        .chronicle
        .read(move |reader| {
            let rows = body_rows(reader, &scope)?;
            let of = rows.iter().find(|row| row.body == wanted.0);
            let listed = match (of, wanted.1) {
                (Some(row), Some(gap)) => Some(Listed {
                    heading: format!("{}：{}", row.name, gap.name()),
                    items: lacking(reader, &row.body, gap, MOST)?,
                }),
                _ => None,
            };
            Ok((rows, listed))
        })
        .await?;
    Ok(page(&GapsPage {
        frame: desk.frame("目录完整情况"),
        gaps: Gap::ALL,
        rows,
        listed,
        may_file: desk.may(FILE_CHANGE).is_some(),
    }))
}

/// The bodies that the scope covers, with what their items lack.
pub(crate) fn body_rows(reader: &mut Reader<'_>, scope: &Scope) -> Result<Vec<BodyRow>, Fault> {
    let numbers = counts(reader, None)?;
    let mut lacks: BTreeMap<String, BTreeMap<Gap, i64>> = BTreeMap::new();
    for count in gap_counts(reader)? {
        lacks.entry(count.body).or_default().insert(count.gap, count.items);
    }
    let mut rows = Vec::new();
    for (body, name, items) in numbers.by_body {
        let division = reader.load::<Body>(&body)?.facts().map(|facts| facts.division.clone());
        let covered = scope.covers(&Subject {
            body: &body,
            area: division.as_deref().unwrap_or_default(),
            party_account: "",
            published: false,
        });
        if covered {
            let lacks = lacks.remove(&body).unwrap_or_default();
            rows.push(BodyRow {
                body,
                name,
                items,
                lacks,
            });
        }
    }
    Ok(rows)
}
