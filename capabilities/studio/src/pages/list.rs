//! `/desk/flows`: the flows in force, and drafts.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::Response;
use jiff::Timestamp;
use mingjing_catalogue::public::queries::{ItemFilter, Page, Sort, items};
use mingjing_chronicle::context::shanghai;
use mingjing_chronicle::{Fault, Reader};
use mingjing_web::{Desk, Frame, Link, Listing, Problem, Scope, page};

use super::{Chart, DRAW, compare_page, discard_page, edit_page, find, flow_page, short};
use crate::draft::{DraftLine, drafts_within};

const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "studio/list.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<Row>,
    drafts: Vec<DraftRow>,
    next: Option<Link>,
    before: Option<Link>,
}

struct Row {
    code: String,
    name: String,
    body: String,
    version: i32,
    hash: String,
    link: Link,
    edit: Link,
    /// One's own draft is there.
    drafted: bool,
}

pub struct DraftRow {
    pub name: String,
    pub code: String,
    pub author: String,
    pub own: bool,
    pub saved: String,
    /// The item has got another flow since it was begun.
    pub outdated: bool,
    pub edit: Link,
    pub compare: Link,
    pub discard: Link,
}

pub async fn get_list(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let scope = desk.require(DRAW)?;
    let (today, account) = (desk.house.clock.today(), desk.actor.account.clone());
    let page_number = listing.page;
    let (rows, more, drafts) = desk
        .house
        .chronicle
        .read(move |reader| {
            let drafts = drafts_within(reader, &scope, None)?;
            let own: BTreeSet<&str> = drafts
                .iter()
                .filter(|draft| draft.author == account)
                .map(|draft| draft.item_code.as_str())
                .collect();
            let (found, more) = flows(reader, &scope, page_number)?;
            let mut rows = Vec::new();
            for code in found {
                if let Some(subject) = find(reader, &code, &scope, today)? {
                    let version = subject.version;
                    rows.push(Row {
                        link: flow_page(&code),
                        edit: edit_page(&code),
                        drafted: own.contains(code.as_str()),
                        name: version.name,
                        body: version.body_name,
                        version: version.version,
                        hash: version
                            .flow
                            .map(|flow| short(&flow.hash).to_owned())
                            .unwrap_or_default(),
                        code,
                    });
                }
            }
            let drafts = shown(reader, drafts, &account, &scope, today)?;
            Ok((rows, more, drafts))
        })
        .await?;
    Ok(page(&ListPage {
        frame: desk.frame("流程图"),
        rows,
        drafts,
        next: more.then(|| listing.at_page(listing.page + 1)),
        before: (listing.page > 1).then(|| listing.at_page(listing.page - 1)),
    }))
}

/// Codes of items with a flow within the scope, a page of them, and whether more follow.
pub fn flows(reader: &mut Reader<'_>, scope: &Scope, page: u32) -> Result<(Vec<String>, bool), Fault> {
    let offset = (i64::from(page) - 1) * PAGE;
    let filter = |body: Option<String>| ItemFilter {
        has_flow: true,
        body,
        ..ItemFilter::default()
    };
    let bodies = match scope {
        // The list is by body already: one query for each of the few bodies in which a person holds a post.
        Scope::OwnBody { bodies } => bodies.iter().cloned().map(Some).collect(),
        _ => vec![None],
    };
    let mut codes = Vec::new();
    let wanted = Page {
        offset: 0,
        size: offset + PAGE + 1,
    };
    for body in bodies {
        let rows = items(reader, &filter(body), Sort::Code, wanted)?;
        codes.extend(rows.into_iter().map(|row| row.item_code));
    }
    let mut rest = codes.into_iter().skip(usize::try_from(offset).unwrap_or_default());
    let shown: Vec<String> = rest.by_ref().take(PAGE as usize).collect();
    let more = rest.next().is_some();
    Ok((shown, more))
}

/// Drafts as a list shows them: one's own first.
pub fn shown(
    reader: &mut Reader<'_>,
    drafts: Vec<DraftLine>,
    account: &str,
    scope: &Scope,
    today: jiff::civil::Date,
) -> Result<Vec<DraftRow>, Fault> {
    let mut rows = Vec::new();
    for draft in drafts {
        let hash = find(reader, &draft.item_code, scope, today)?
            .and_then(|subject| subject.version.flow.map(|flow| (subject.version.version, flow.hash)));
        let (version, hash) = hash.unwrap_or_default();
        rows.push(DraftRow {
            own: draft.author == account,
            author: mingjing_people::public::queries::display_name(reader.sql(), &draft.author)?,
            saved: minute(draft.updated_at),
            outdated: hash != draft.base_hash,
            edit: edit_page(&draft.item_code),
            compare: compare_page(&draft.item_code, &Chart::Version(version), &Chart::Draft(draft.id)),
            discard: discard_page(&draft.item_code),
            name: draft.item_name,
            code: draft.item_code,
        });
    }
    rows.sort_by_key(|row| !row.own);
    Ok(rows)
}

/// E.g. `2026-03-02 09:05`.
pub fn minute(at: Timestamp) -> String {
    at.to_zoned(shanghai()).strftime("%Y-%m-%d %H:%M").to_string()
}
