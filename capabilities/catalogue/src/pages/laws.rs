//! `GET /laws`, `/laws/<name>`, `/laws/<name>/<article>`: which items rest on which provision (R5).

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_chronicle::Refusal;
use mingjing_web::{Desk, Frame, Link, Problem, page};

use super::{article_page, law_page, laws_page};
use crate::law::Law;
use crate::version::NormRank;
use crate::views::{self, Citing};

#[derive(Template)]
#[template(path = "laws/list.html")]
struct LawsPage {
    frame: Frame,
    /// From the highest rank to the lowest.
    ranks: Vec<(NormRank, Vec<Law>)>,
}

pub async fn get_laws(desk: Desk) -> Result<Response, Problem> {
    let laws = desk.house.chronicle.read(views::laws).await?;
    let of_rank = |rank: NormRank| {
        laws.values()
            .filter(|law| law.rank == rank)
            .cloned()
            .collect::<Vec<_>>()
    };
    let ranks = NormRank::ALL
        .into_iter()
        .map(|rank| (rank, of_rank(rank)))
        .filter(|(_, laws)| !laws.is_empty())
        .collect();
    Ok(page(&LawsPage {
        frame: desk.frame("法律法规").crumb("首页", Link::to("/")),
        ranks,
    }))
}

#[derive(Template)]
#[template(path = "laws/law.html")]
struct LawPage {
    frame: Frame,
    law: Option<Law>,
    name: String,
    articles: Vec<ArticleRow>,
}

struct ArticleRow {
    /// `None` for items that cite the whole document.
    number: Option<u32>,
    link: Link,
    summary: Option<String>,
    items: Vec<Citing>,
}

pub async fn get_law(desk: Desk, Path(name): Path<String>) -> Result<Response, Problem> {
    show(&desk, name, None).await
}

pub async fn get_article(desk: Desk, Path((name, article)): Path<(String, String)>) -> Result<Response, Problem> {
    let Ok(article) = article.parse::<u32>() else {
        return Err(unknown());
    };
    show(&desk, name, Some(article)).await
}

async fn show(desk: &Desk, name: String, article: Option<u32>) -> Result<Response, Problem> {
    let wanted = name.clone();
    let (law, citing) = desk
        .house
        .chronicle
        .read(move |reader| Ok((views::law(reader, &wanted)?, views::citing(reader, &wanted)?)))
        .await?;
    let articles: Vec<ArticleRow> = article_rows(&name, law.as_ref(), citing)
        .into_iter()
        .filter(|row| article.is_none() || row.number == article)
        .collect();
    if articles.is_empty() && (law.is_none() || article.is_some()) {
        return Err(unknown());
    }
    let title = match article {
        Some(article) => format!("《{name}》第{article}条"),
        None => format!("《{name}》"),
    };
    let mut frame = desk
        .frame(title)
        .crumb("首页", Link::to("/"))
        .crumb("法律法规", laws_page());
    if article.is_some() {
        frame = frame.crumb(format!("《{name}》"), law_page(&name));
    }
    Ok(page(&LawPage {
        frame,
        law,
        name,
        articles,
    }))
}

fn unknown() -> Problem {
    let refusal = Refusal::not_found("catalogue.law.unknown", "目录里没有引用这部法律法规或者这一条。")
        .advice("请在法律法规列表中查找，或者核对条号。");
    Problem::Refusal(refusal)
}

/// Articles that are summarised or cited, by number; the whole document first.
fn article_rows(name: &str, law: Option<&Law>, citing: Vec<Citing>) -> Vec<ArticleRow> {
    let summarised = law
        .into_iter()
        .flat_map(|law| law.articles.keys().map(|number| Some(*number)));
    let numbers: BTreeSet<Option<u32>> = summarised.chain(citing.iter().map(|one| one.article)).collect();
    numbers
        .into_iter()
        .map(|number| ArticleRow {
            link: number.map_or_else(|| law_page(name), |number| article_page(name, number)),
            summary: number.and_then(|number| law?.articles.get(&number).cloned()),
            items: citing.iter().filter(|one| one.article == number).cloned().collect(),
            number,
        })
        .collect()
}
