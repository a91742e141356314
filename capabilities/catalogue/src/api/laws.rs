//! The law library for machines: laws, their editions, single articles, what a new edition changed.

use jiff::civil::Date;
use mingjing_web::api::{Api, Cursor, Nothing, Op, Paged, Paging};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::edition::{ChangeKind, last_day};
use crate::law::Law;
use crate::pages::{READ, unknown_law};
use crate::statute::{ArticleNumber, ShownArticle};
use crate::version::NormRank;
use crate::views;

pub fn routes() -> Routes {
    let read = Access::May(READ);
    Api::new("法律法规")
        .read(
            Op::new("list_laws", "法律法规列表").note("按简称排列"),
            "/api/v1/laws",
            read,
            list_laws,
        )
        .read(
            Op::new("search_articles", "在条文中搜索").note("在今天有效的版本中查找含有全部词语的条，最多50条"),
            "/api/v1/laws/search",
            read,
            search_articles,
        )
        .read(
            Op::new("read_law", "一部法律法规和它的各个版本"),
            "/api/v1/laws/{law}",
            read,
            read_law,
        )
        .read(
            Op::new("read_edition", "一个版本的全文").note("版本以施行日期为名，内容不再变动"),
            "/api/v1/laws/{law}/editions/{edition}",
            read,
            read_edition,
        )
        .read(
            Op::new("read_article", "一个版本的一条").note("条号写作35，第三十五条之一写作35-1"),
            "/api/v1/laws/{law}/editions/{edition}/articles/{article}",
            read,
            read_article,
        )
        .into_routes()
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LawQuery {
    #[schemars(length(max = 400))]
    cursor: Option<String>,
    #[schemars(range(min = 1, max = 100))]
    size: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
struct LawLine {
    /// 简称，引用时使用
    law: String,
    full_name: String,
    rank: NormRank,
}

impl From<Law> for LawLine {
    fn from(law: Law) -> LawLine {
        LawLine {
            law: law.name,
            full_name: law.full_name,
            rank: law.rank,
        }
    }
}

async fn list_laws(desk: Desk, _: Nothing, query: LawQuery) -> Result<Paged<LawLine>, Problem> {
    let paging = Paging::read(query.cursor.as_deref(), query.size)?;
    let after = paging.after::<1>()?.map(|[law]| law).unwrap_or_default();
    let most = paging.ask();
    let laws = desk
        .house
        .chronicle
        .read(move |reader| views::laws_after(reader, &after, most))
        .await?;
    Ok(Paged::of(
        laws,
        paging.size,
        |law: &Law| Cursor::at([&law.name]),
        LawLine::from,
    ))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SearchQuery {
    #[schemars(length(min = 2, max = 60))]
    q: String,
}

#[derive(Serialize, JsonSchema)]
struct FoundArticle {
    law: String,
    /// 版本的施行日期
    edition: Date,
    #[serde(flatten)]
    article: ShownArticle,
}

const MOST_FOUND: usize = 50;

async fn search_articles(desk: Desk, _: Nothing, query: SearchQuery) -> Result<Paged<FoundArticle>, Problem> {
    let today = desk.house.clock.today();
    let hits = desk
        .house
        .chronicle
        .read(move |reader| views::search_articles(reader, &query.q, today, MOST_FOUND))
        .await?;
    let found = hits.into_iter().map(|hit| FoundArticle {
        law: hit.law,
        edition: hit.edition,
        article: hit.article,
    });
    Ok(Paged::whole(found.collect()))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LawPath {
    #[schemars(length(min = 1, max = 100))]
    law: String,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Law")]
struct LawShown {
    #[serde(flatten)]
    law: LawLine,
    /// 从最早的版本起
    editions: Vec<EditionLine>,
}

#[derive(Serialize, JsonSchema)]
struct EditionLine {
    in_force_from: Date,
    /// 最后一天；没有就仍然有效
    #[serde(skip_serializing_if = "Option::is_none")]
    in_force_to: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    adopted: Option<Date>,
    articles: u32,
    /// 原文文件的校验码
    sha256: String,
    /// 与前一版相比
    changes: Vec<ChangeShown>,
}

#[derive(Serialize, JsonSchema)]
struct ChangeShown {
    kind: ChangeKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<String>,
}

async fn read_law(desk: Desk, path: LawPath, _: Nothing) -> Result<LawShown, Problem> {
    let (law, editions) = desk
        .house
        .chronicle
        .read(move |reader| Ok((views::law(reader, &path.law)?, views::editions(reader, &path.law)?)))
        .await?;
    let law = law.ok_or_else(unknown_law)?;
    let number = |number: &ArticleNumber| number.to_string();
    let lines = editions.iter().enumerate().map(|(at, edition)| EditionLine {
        in_force_from: edition.in_force_from,
        in_force_to: last_day(&editions, at),
        adopted: edition.adopted,
        articles: edition.articles,
        sha256: edition.sha256.clone(),
        changes: edition
            .changes
            .iter()
            .map(|change| ChangeShown {
                kind: change.kind,
                old: change.old.as_ref().map(number),
                new: change.new.as_ref().map(number),
            })
            .collect(),
    });
    Ok(LawShown {
        editions: lines.collect(),
        law: law.into(),
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EditionPath {
    #[schemars(length(min = 1, max = 100))]
    law: String,
    edition: Date,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Edition")]
struct EditionShown {
    law: String,
    in_force_from: Date,
    title: String,
    rank: NormRank,
    divisions: Vec<DivisionShown>,
    articles: Vec<ShownArticle>,
}

/// 一个标题和它下面到下一个标题为止的条数
#[derive(Serialize, JsonSchema)]
struct DivisionShown {
    heading: String,
    articles: u32,
}

async fn read_edition(desk: Desk, path: EditionPath, _: Nothing) -> Result<EditionShown, Problem> {
    let (law, day) = (path.law.clone(), path.edition);
    let (editions, outline, articles) = desk
        .house
        .chronicle
        .read(move |reader| {
            let editions = views::editions(reader, &law)?;
            let outline = views::outline_of(reader, &law, day)?;
            Ok((editions, outline, views::articles(reader, &law, day)?))
        })
        .await?;
    let edition = editions.into_iter().find(|edition| edition.in_force_from == day);
    let edition = edition.ok_or_else(unknown_law)?;
    let divisions = outline.into_iter().map(|entry| DivisionShown {
        heading: entry.words,
        articles: u32::try_from(entry.articles).unwrap_or(u32::MAX),
    });
    Ok(EditionShown {
        law: path.law,
        in_force_from: day,
        title: edition.title,
        rank: edition.rank,
        divisions: divisions.collect(),
        articles,
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ArticlePath {
    #[schemars(length(min = 1, max = 100))]
    law: String,
    edition: Date,
    #[schemars(length(min = 1, max = 9))]
    article: String,
}

async fn read_article(desk: Desk, path: ArticlePath, _: Nothing) -> Result<ShownArticle, Problem> {
    let number = path.article.parse::<ArticleNumber>().map_err(|_| unknown_law())?;
    let found = desk
        .house
        .chronicle
        .read(move |reader| views::article(reader, &path.law, path.edition, number))
        .await?;
    found.ok_or_else(unknown_law)
}
