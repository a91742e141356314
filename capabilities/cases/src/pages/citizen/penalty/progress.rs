//! `/public/penalties`: how many penalty cases stand where, and each with its days; nobody's name before a decision was
//! released (R156; DOMAIN 2.15).

use askama::Template;
use axum::response::Response;
use mingjing_people::public::Body;
use mingjing_web::{Column, Desk, Frame, Link, Listing, Pager, Problem, page};

use super::super::citizen_queries::date_words;
use super::super::links::public_list_page;
use crate::views::PAGE;
use crate::views::penalty_progress;

#[derive(Template)]
#[template(path = "public_penalties.html")]
struct ProgressPage {
    frame: Frame,
    counts: Vec<(&'static str, i64)>,
    rows: Vec<Row>,
    pager: Pager,
    published: Link,
}

struct Row {
    item: String,
    body: String,
    state: &'static str,
    opened: String,
    decided: String,
    served: String,
    closed: String,
}

pub(in crate::pages::citizen) async fn get_progress(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let offset = i64::from(listing.offset(PAGE as u32));
    let (counts, rows) = desk
        .house
        .chronicle
        .read(move |reader| {
            let counts = penalty_progress::counts(reader)?;
            let found = penalty_progress::rows(reader, None, offset)?;
            let mut rows = Vec::new();
            for row in found {
                let body = reader.load::<Body>(&row.body)?;
                rows.push(Row {
                    item: row.item_name,
                    body: body.facts().map_or(row.body, |facts| facts.name.clone()),
                    state: row.state.name(),
                    opened: date_words(&row.opened_on),
                    decided: row.decided_on.as_deref().map_or(String::new(), date_words),
                    served: row.served_on.as_deref().map_or(String::new(), date_words),
                    closed: row.closed_on.as_deref().map_or(String::new(), date_words),
                });
            }
            Ok((counts, rows))
        })
        .await?;
    let total: i64 = counts.iter().map(|(_, number)| number).sum();
    Ok(page(&ProgressPage {
        frame: desk
            .frame("行政处罚案件进度")
            .crumb("首页", Link::to("/"))
            .crumb("办件公开", public_list_page())
            .column(Column {
                name: "行政处罚案件进度".to_owned(),
                kind: "办件公开".to_owned(),
                published: desk.house.clock.today().to_string(),
                source: String::new(),
            }),
        counts: counts
            .into_iter()
            .map(|(state, number)| (state.name(), number))
            .collect(),
        rows,
        pager: listing.pager(total.unsigned_abs(), PAGE as u32),
        published: public_list_page(),
    }))
}
