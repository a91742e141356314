//! `/my/inbox`: messages to the party. For electronic service the time shown is the time of service: it was recorded
//! with the act, and reading a message later changes nothing.

use askama::Template;
use axum::response::Response;
use mingjing_web::{Desk, Frame, Link, Listing, Pager, Problem, page};

use super::links::{case_page, my_page};
use super::{citizen_queries, words};
use crate::views::PAGE;
use crate::views::inbox::{self, Message};

#[derive(Template)]
#[template(path = "my_inbox.html")]
struct InboxPage {
    frame: Frame,
    rows: Vec<Row>,
    pager: Pager,
}

struct Row {
    message: Message,
    at: String,
    machine_at: String,
    case: Link,
    papers: Link,
}

pub async fn get_inbox(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let account = desk.actor.account.clone();
    let size = u32::try_from(PAGE).unwrap_or(50);
    let offset = i64::from(listing.offset(size));
    let (messages, total) = desk
        .house
        .chronicle
        .read(move |reader| {
            Ok((
                inbox::of_account(reader, &account, offset)?,
                citizen_queries::messages(reader, &account)?,
            ))
        })
        .await?;
    let row = |message: Message| Row {
        at: words::minute(message.arrived_at),
        machine_at: words::machine_minute(message.arrived_at),
        case: case_page(&message.case_no),
        papers: case_page(&message.case_no).anchor("papers"),
        message,
    };
    Ok(page(&InboxPage {
        frame: desk
            .frame("我的收件箱")
            .crumb("首页", Link::to("/"))
            .crumb("我的办件", my_page()),
        rows: messages.into_iter().map(row).collect(),
        pager: listing.pager(total, size),
    }))
}
