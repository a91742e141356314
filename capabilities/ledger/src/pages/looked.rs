//! 谁看过办件: who in office looked at a matter, when, at what of it, and by which right. Looking this up is itself a look.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::RawQuery;
use axum::response::Response;
use mingjing_web::{Desk, Frame, Link, Problem, page};

use super::watch::{Naming, WATCH, looked_page, moment, watch_page};
use crate::reads::{Looker, who_looked};

/// Rows shown at most: whoever wants more asks the record.
const MOST: u32 = 500;
const LONGEST_NUMBER: usize = 64;

#[derive(Template)]
#[template(path = "ledger/looked.html")]
struct LookedPage {
    frame: Frame,
    number: String,
    /// The matter's page, where there is such a number.
    matter: Option<(String, Link)>,
    asked: bool,
    rows: Vec<RowShown>,
    most: u32,
}

struct RowShown {
    at: String,
    person: String,
    organ: String,
    part: &'static str,
    by: String,
}

pub(super) async fn get_looked(
    desk: Desk,
    RawQuery(query): RawQuery,
    Extension(naming): Extension<Arc<dyn Naming>>,
) -> Result<Response, Problem> {
    let number = number_of(&query.unwrap_or_default());
    let stream = naming.stream(&number);
    let rows = match &stream {
        Some(stream) => {
            let (stream, naming) = (stream.clone(), Arc::clone(&naming));
            let read = desk.house.chronicle.read(move |reader| {
                let found = who_looked(reader, &stream, MOST)?;
                let row = |looker: Looker| {
                    let person = naming.person(reader, &looker.account)?;
                    Ok::<_, mingjing_chronicle::Fault>(RowShown {
                        at: moment(looker.at),
                        person,
                        organ: looker.organ,
                        part: part_in_words(&looker.part),
                        by: looker.by,
                    })
                };
                found.into_iter().map(row).collect::<Result<Vec<_>, _>>()
            });
            read.await?
        }
        None => Vec::new(),
    };
    let parts = stream.as_deref().and_then(|stream| stream.split_once('/'));
    if let Some((kind, id)) = parts {
        desk.note_read(kind, id, WATCH)?;
    }
    Ok(page(&LookedPage {
        frame: desk.frame("谁看过办件").crumb("公开日志看守", watch_page()),
        matter: parts.and_then(|(kind, id)| naming.matter(kind, id)),
        asked: !number.is_empty(),
        number,
        rows,
        most: MOST,
    }))
}

fn number_of(query: &str) -> String {
    let mut pairs = form_urlencoded::parse(query.as_bytes()).take(20);
    let given = pairs
        .find(|(name, _)| name == "number")
        .map(|(_, value)| value.into_owned());
    given.unwrap_or_default().trim().chars().take(LONGEST_NUMBER).collect()
}

fn part_in_words(part: &str) -> &'static str {
    match part {
        "page" => "办件页面",
        "listed" => "列表中的一行",
        "papers" => "文书",
        "files" => "材料、证据",
        "receipts" => "存证凭证",
        "acts" => "办理页面",
        "discretion" => "裁量页面",
        _ => "其他部分",
    }
}

impl LookedPage {
    fn here(&self) -> Link {
        looked_page()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_read_from_the_query() {
        let check = |query: &str, expect: &str| assert_eq!(number_of(query), expect, "{query}");
        check("", "");
        check("number=330303-20260506-77777777", "330303-20260506-77777777");
        check("x=1&number=%20330303-1%20", "330303-1");
        check(&format!("number={}", "9".repeat(100)), &"9".repeat(LONGEST_NUMBER));
    }
}
