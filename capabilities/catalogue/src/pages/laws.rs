//! `GET /laws`: the laws by rank, and a search in their texts (R5).

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use mingjing_web::{Desk, Frame, Link, Listing, Problem, page};

use super::edition_article_page;
use super::law::Passage;
use crate::law::Law;
use crate::version::NormRank;
use crate::views::{self, TextHit};

#[derive(Template)]
#[template(path = "laws/list.html")]
struct LawsPage {
    frame: Frame,
    query: String,
    found: Option<Found>,
    /// From the highest rank to the lowest.
    ranks: Vec<(NormRank, Vec<LawLine>)>,
}

struct LawLine {
    law: Law,
    /// Editions with their text.
    editions: i64,
}

struct Found {
    laws: Vec<Law>,
    articles: Vec<FoundArticle>,
    /// There may be more than are shown.
    cut: bool,
}

struct FoundArticle {
    title: String,
    link: Link,
    passage: Passage,
}

/// Articles and names shown for one search.
const MOST: usize = 50;
const MOST_NAMES: u32 = 20;

pub async fn get_laws(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let query: String = listing.words().chars().take(60).collect();
    let today = desk.house.clock.today();
    let asked = query.clone();
    let (laws, counts, found) = desk
        .house
        .chronicle
        .read(move |reader| {
            let counts = views::edition_counts(reader)?;
            if asked.is_empty() {
                return Ok((views::laws(reader)?, counts, None));
            }
            let named = views::laws_named(reader, &asked, MOST_NAMES)?;
            let hits = views::search_articles(reader, &asked, today, MOST)?;
            Ok((BTreeMap::new(), counts, Some((named, hits))))
        })
        .await?;
    let title = match query.is_empty() {
        true => "法律法规".to_owned(),
        false => format!("法律法规中搜索“{query}”"),
    };
    let mut frame = desk.frame(title).crumb("首页", Link::to("/"));
    if !query.is_empty() {
        frame = frame.crumb("法律法规", super::laws_page());
    }
    Ok(page(&LawsPage {
        frame,
        found: found.map(|(laws, hits)| found_of(laws, hits, &query)),
        ranks: by_rank(&laws, &counts),
        query,
    }))
}

fn by_rank(laws: &BTreeMap<String, Law>, counts: &BTreeMap<String, i64>) -> Vec<(NormRank, Vec<LawLine>)> {
    let of_rank = |rank: NormRank| {
        let laws = laws.values().filter(|law| law.rank == rank);
        laws.map(|law| LawLine {
            editions: counts.get(&law.name).copied().unwrap_or(0),
            law: law.clone(),
        })
        .collect::<Vec<_>>()
    };
    let ranks = NormRank::ALL.into_iter().map(|rank| (rank, of_rank(rank)));
    ranks.filter(|(_, laws)| !laws.is_empty()).collect()
}

fn found_of(laws: Vec<Law>, hits: Vec<TextHit>, query: &str) -> Found {
    let cut = hits.len() == MOST;
    let articles = hits.into_iter().map(|hit| FoundArticle {
        title: format!("《{}》{}", hit.law, hit.article.number.in_words()),
        link: edition_article_page(&hit.law, hit.edition, hit.article.number),
        passage: Passage::around(&hit.article.plain(), query),
    });
    Found {
        laws,
        articles: articles.collect(),
        cut,
    }
}
