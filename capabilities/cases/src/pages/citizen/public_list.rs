//! `/public`: decisions that passed release review. What is withheld or not decided appears as a number only.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use mingjing_people::public::queries;
use mingjing_web::{Chosen, Column, Desk, Frame, Link, Listing, Pager, Problem, page};

use super::citizen_queries::date_words;
use super::links::public_record_page;
use crate::views::public_count::{self, Totals};
use crate::views::public_record::{self, PublicFilter};

const SIZE: u32 = 20;

#[derive(Template)]
#[template(path = "public_list.html")]
struct ListPage {
    frame: Frame,
    words: String,
    kept: Vec<(&'static str, String)>,
    totals: Totals,
    facets: Vec<Facet>,
    chosen: Vec<Chosen>,
    clear: Link,
    rows: Vec<Row>,
    pager: Pager,
}

struct Facet {
    title: &'static str,
    choices: Vec<Choice>,
}

struct Choice {
    label: String,
    number: i64,
    link: Link,
    chosen: bool,
}

struct Row {
    item: String,
    party: String,
    document: String,
    body: String,
    result: String,
    granted: bool,
    decided_on: String,
    link: Link,
}

pub async fn get_list(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let filter = PublicFilter {
        words: listing.words().to_owned(),
        body: listing.one("body").to_owned(),
        item: listing.one("item").to_owned(),
        result: listing.one("result").to_owned(),
        year: listing
            .one("year")
            .parse()
            .ok()
            .filter(|year| (1900..=2200).contains(year)),
    };
    let (asked, offset) = (filter.clone(), listing.offset(SIZE));
    let (lines, total, facets, totals, bodies) = desk
        .house
        .chronicle
        .read(move |reader| {
            let lines = public_record::newest(reader, &asked, offset, SIZE)?;
            let total = public_record::number(reader, &asked)?;
            let facets = public_count::facets(reader)?;
            let totals = public_count::totals(reader, &asked.body, &asked.item)?;
            let bodies = queries::bodies(reader.sql())?;
            Ok((lines, total, facets, totals, bodies))
        })
        .await?;
    let bodies: BTreeMap<String, String> = bodies.into_iter().map(|body| (body.body, body.name)).collect();
    let body_name = |id: &str| bodies.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let items: BTreeMap<&str, &str> = facets
        .items
        .iter()
        .map(|(code, name, _)| (code.as_str(), name.as_str()))
        .collect();
    let mut chosen = listing.chosen(&["q", "body", "item", "result", "year"]);
    for one in &mut chosen {
        one.label = match one.name.as_str() {
            "body" => body_name(&one.value),
            "item" => items
                .get(one.value.as_str())
                .map_or_else(|| one.value.clone(), |name| (*name).to_owned()),
            "year" => format!("{} 年", one.value),
            _ => one.value.clone(),
        };
    }
    let rows = lines
        .into_iter()
        .map(|line| Row {
            link: public_record_page(&line.case_no),
            granted: line.result == "准予许可",
            body: body_name(&line.body),
            item: line.item_name,
            party: line.party_name,
            document: line.document_no,
            result: line.result,
            decided_on: date_words(&line.decided_on),
        })
        .collect();
    let choice = |name: &str, value: &str, label: String, number: i64| {
        let chosen = listing.has(name, value);
        // One value of a kind at a time: another one replaces it.
        let bare = listing.many(name).next().map(|other| listing.without(name, other));
        let link = match (chosen, bare) {
            (true, _) => listing.without(name, value),
            (false, Some(bare)) => bare.query(name, value),
            (false, None) => listing.with(name, value),
        };
        Choice {
            label,
            number,
            link,
            chosen,
        }
    };
    let facet = |title, choices| Facet { title, choices };
    let facets = vec![
        facet(
            "决定机关",
            facets
                .bodies
                .iter()
                .map(|(id, number)| choice("body", id, body_name(id), *number))
                .collect(),
        ),
        facet(
            "事项",
            facets
                .items
                .iter()
                .map(|(code, name, number)| choice("item", code, name.clone(), *number))
                .collect(),
        ),
        facet(
            "结果",
            facets
                .results
                .iter()
                .map(|(key, number)| choice("result", key, key.clone(), *number))
                .collect(),
        ),
        facet(
            "年份",
            facets
                .years
                .iter()
                .map(|(year, number)| choice("year", &year.to_string(), format!("{year} 年"), *number))
                .collect(),
        ),
    ];
    let kept = ["body", "item", "result", "year"].map(|name| (name, listing.one(name).to_owned()));
    Ok(page(&ListPage {
        frame: desk.frame("办件公开").crumb("首页", Link::to("/")).column(Column {
            name: "办件公开".into(),
            kind: "信息公开".into(),
            ..Column::default()
        }),
        words: filter.words,
        kept: kept.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
        totals,
        facets,
        chosen,
        clear: listing.cleared(),
        rows,
        pager: listing.pager(total, SIZE),
    }))
}
