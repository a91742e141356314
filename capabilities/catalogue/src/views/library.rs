//! Editions of laws and their articles, one row each. Projected with the import.

use std::collections::BTreeMap;

use jiff::civil::Date;
use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Row, Sql, View, params};
use serde::{Deserialize, Serialize};

use crate::edition::Edition;
use crate::events::{EditionEntered, LawEvent};
use crate::statute::{Article, ArticleNumber, Level, ShownArticle, Statute, read_statute};

pub struct LawLibrary;

impl View for LawLibrary {
    fn name(&self) -> &'static str {
        "law_library"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["law_edition", "law_article"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {law_edition} (
                law TEXT NOT NULL,
                edition TEXT NOT NULL,
                last_day TEXT,
                rank_order BIGINT NOT NULL,
                entry TEXT NOT NULL,
                outline TEXT NOT NULL,
                PRIMARY KEY (law, edition)
            )",
            "CREATE TABLE {law_article} (
                law TEXT NOT NULL,
                edition TEXT NOT NULL,
                seq BIGINT NOT NULL,
                article TEXT NOT NULL,
                words TEXT NOT NULL,
                PRIMARY KEY (law, edition, seq)
            )",
            "CREATE INDEX {law_article}_by_number ON {law_article} (law, edition, article)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "law"
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let Payload::Known(known) = event.decode::<LawEvent>()? else {
            return Ok(());
        };
        match &*known {
            LawEvent::Entered(_) => Ok(()),
            LawEvent::EditionEntered(entered) => write(sql, event.envelope.stream_id(), entered),
        }
    }
}

fn write(sql: &mut dyn Sql, law: &str, entered: &EditionEntered) -> Result<(), Fault> {
    let statute = read(entered)?;
    let edition = &entered.edition;
    sql.execute(
        "INSERT INTO {law_edition} (law, edition, last_day, rank_order, entry, outline)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &params![
            law,
            edition.in_force_from,
            edition.in_force_to,
            edition.rank as i32,
            json(edition)?,
            json(&outline(&statute))?,
        ],
    )?;
    for (seq, article) in (0_i64..).zip(statute.articles()) {
        sql.execute(
            "INSERT INTO {law_article} (law, edition, seq, article, words) VALUES ($1, $2, $3, $4, $5)",
            &params![
                law,
                edition.in_force_from,
                seq,
                article.number.to_string(),
                json(&article.shown())?
            ],
        )?;
    }
    Ok(())
}

/// The text of an event that was accepted; it was read then.
pub(super) fn read(entered: &EditionEntered) -> Result<Statute, Fault> {
    read_statute(entered.text.as_bytes())
        .map_err(|why| Fault::Inconsistent(format!("the text of an edition is not read any more: {why}")))
}

fn json(value: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|cause| Fault::Internal(format!("an edition does not serialise: {cause}")))
}

fn parse<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, Fault> {
    serde_json::from_str(text).map_err(|cause| Fault::Inconsistent(format!("an edition does not parse: {cause}")))
}

/// A heading and the articles below it, up to the next heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutlineEntry {
    /// 0 for a part, 3 for a section; `None` for articles without heading.
    pub level: Option<u8>,
    pub words: String,
    /// Number of articles.
    pub articles: usize,
    pub first: Option<ArticleNumber>,
    pub last: Option<ArticleNumber>,
}

fn outline(statute: &Statute) -> Vec<OutlineEntry> {
    let number = |article: Option<&Article>| article.map(|article| article.number);
    let entries = statute.divisions.iter().map(|division| OutlineEntry {
        level: division.heading.as_ref().map(|heading| match heading.level {
            Level::Part => 0,
            Level::Subpart => 1,
            Level::Chapter => 2,
            Level::Section => 3,
        }),
        words: division
            .heading
            .as_ref()
            .map(|heading| heading.words())
            .unwrap_or_default(),
        articles: division.articles.len(),
        first: number(division.articles.first()),
        last: number(division.articles.last()),
    });
    entries.collect()
}

/// Editions of a law, the oldest first.
///
/// # Errors
/// [`Fault`] from the database.
pub fn editions(reader: &mut Reader<'_>, law: &str) -> Result<Vec<Edition>, Fault> {
    let rows = reader.query(
        "SELECT entry FROM {law_edition} WHERE law = $1 ORDER BY edition",
        &[law.into()],
    )?;
    rows.iter().map(|row| parse(row.text(0))).collect()
}

/// How many editions each law has.
///
/// # Errors
/// [`Fault`] from the database.
pub fn edition_counts(reader: &mut Reader<'_>) -> Result<BTreeMap<String, i64>, Fault> {
    let rows = reader.query("SELECT law, COUNT(*) FROM {law_edition} GROUP BY law", &[])?;
    Ok(rows.iter().map(|row| (row.text(0).to_owned(), row.int(1))).collect())
}

/// # Errors
/// [`Fault`] from the database.
pub fn outline_of(reader: &mut Reader<'_>, law: &str, edition: Date) -> Result<Vec<OutlineEntry>, Fault> {
    let row = reader.query_one(
        "SELECT outline FROM {law_edition} WHERE law = $1 AND edition = $2",
        &params![law, edition],
    )?;
    row.map_or_else(|| Ok(Vec::new()), |row| parse(row.text(0)))
}

/// All articles of an edition, in the order of the text.
///
/// # Errors
/// [`Fault`] from the database.
pub fn articles(reader: &mut Reader<'_>, law: &str, edition: Date) -> Result<Vec<ShownArticle>, Fault> {
    let rows = reader.query(
        "SELECT words FROM {law_article} WHERE law = $1 AND edition = $2 ORDER BY seq",
        &params![law, edition],
    )?;
    rows.iter().map(shown).collect()
}

/// # Errors
/// [`Fault`] from the database.
pub fn article(
    reader: &mut Reader<'_>,
    law: &str,
    edition: Date,
    number: ArticleNumber,
) -> Result<Option<ShownArticle>, Fault> {
    let row = reader.query_one(
        "SELECT words FROM {law_article} WHERE law = $1 AND edition = $2 AND article = $3",
        &params![law, edition, number.to_string()],
    )?;
    row.as_ref().map(shown).transpose()
}

pub(super) fn shown(row: &Row) -> Result<ShownArticle, Fault> {
    parse(row.text(0))
}

/// Numbers of an edition's articles, in the order of the text.
///
/// # Errors
/// [`Fault`] from the database.
pub fn article_numbers(reader: &mut Reader<'_>, law: &str, edition: Date) -> Result<Vec<ArticleNumber>, Fault> {
    let rows = reader.query(
        "SELECT article FROM {law_article} WHERE law = $1 AND edition = $2 ORDER BY seq",
        &params![law, edition],
    )?;
    Ok(rows.iter().filter_map(|row| row.text(0).parse().ok()).collect())
}
