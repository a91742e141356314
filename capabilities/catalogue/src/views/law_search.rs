//! Finding articles by words: for each pair of characters the articles of an edition that have it. A
//! list of articles a row keeps a thousand laws at some four million rows, where a row an article
//! would be fifteen.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Sql, Value, View, params};

use super::library;
use super::words::{all_grams, grams};
use crate::events::LawEvent;
use crate::statute::ShownArticle;

pub struct LawSearch;

/// Rows written by one statement; the last ones of an edition repeat, which changes nothing.
const CHUNK: usize = 16;

impl View for LawSearch {
    fn name(&self) -> &'static str {
        "law_search"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["law_gram"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &["CREATE TABLE {law_gram} (
            gram TEXT NOT NULL,
            law TEXT NOT NULL,
            edition TEXT NOT NULL,
            articles TEXT NOT NULL,
            PRIMARY KEY (gram, law, edition)
        )"]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "law"
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let Payload::Known(known) = event.decode::<LawEvent>()? else {
            return Ok(());
        };
        let LawEvent::EditionEntered(entered) = &*known else {
            return Ok(());
        };
        let mut places: BTreeMap<String, String> = BTreeMap::new();
        for (seq, article) in library::read(entered)?.articles().enumerate() {
            for gram in all_grams(&article.plain()) {
                let list = places.entry(gram).or_default();
                if !list.is_empty() {
                    list.push(',');
                }
                list.push_str(&seq.to_string());
            }
        }
        let places: Vec<(String, String)> = places.into_iter().collect();
        write(sql, event.envelope.stream_id(), entered.edition.in_force_from, &places)
    }
}

fn write(sql: &mut dyn Sql, law: &str, edition: Date, places: &[(String, String)]) -> Result<(), Fault> {
    let rows: Vec<String> = (0..CHUNK)
        .map(|n| format!("(${}, $1, $2, ${})", n * 2 + 3, n * 2 + 4))
        .collect();
    let statement = format!(
        "INSERT INTO {{law_gram}} (gram, law, edition, articles) VALUES {}
         ON CONFLICT (gram, law, edition) DO NOTHING",
        rows.join(", ")
    );
    for chunk in places.chunks(CHUNK) {
        let mut params = params![law, edition];
        for (gram, articles) in chunk.iter().cycle().take(CHUNK) {
            params.extend([Value::from(gram), Value::from(articles)]);
        }
        sql.execute(&statement, &params)?;
    }
    Ok(())
}

/// An article that has all the words, with the edition in force on the day of the search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextHit {
    pub law: String,
    pub edition: Date,
    pub article: ShownArticle,
}

/// Words of a query, pairs looked for, and articles whose text is compared, at most.
const MAX_WORDS: usize = 6;
const MAX_GRAMS: usize = 24;
const MAX_CANDIDATES: usize = 200;

/// Articles with all the words of the query, laws of the highest rank first. A word of one character
/// finds nothing: it would find everything.
///
/// # Errors
/// [`Fault`] from the database.
pub fn search_articles(reader: &mut Reader<'_>, query: &str, today: Date, most: usize) -> Result<Vec<TextHit>, Fault> {
    let words: Vec<&str> = query.split_whitespace().take(MAX_WORDS).collect();
    let wanted: BTreeSet<String> = words
        .iter()
        .flat_map(|word| grams(word))
        .filter(|gram| gram.chars().count() == 2)
        .take(MAX_GRAMS)
        .collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let editions = holding(reader, today)?;
    let mut hits = Vec::new();
    let mut compared = 0;
    for (_, law, edition) in editions_with(reader, &wanted, &editions)? {
        for article in candidates(reader, &law, edition, &wanted)? {
            compared += 1;
            let text = article.plain().to_lowercase();
            // Pairs may stand apart: the words themselves decide.
            if words.iter().all(|word| text.contains(&word.to_lowercase())) {
                hits.push(TextHit {
                    law: law.clone(),
                    edition,
                    article,
                });
            }
            if hits.len() == most || compared == MAX_CANDIDATES {
                return Ok(hits);
            }
        }
    }
    Ok(hits)
}

/// For each law the first day of the edition that holds today, else of the next or last one, and its rank.
fn holding(reader: &mut Reader<'_>, today: Date) -> Result<BTreeMap<String, (Date, i64)>, Fault> {
    let mut chosen: BTreeMap<String, (Date, i64)> = BTreeMap::new();
    for row in reader.query(
        "SELECT law, edition, rank_order FROM {law_edition} ORDER BY law, edition",
        &[],
    )? {
        let Some(edition) = row.date(1) else { continue };
        if edition <= today || !chosen.contains_key(row.text(0)) {
            chosen.insert(row.text(0).to_owned(), (edition, row.int(2)));
        }
    }
    Ok(chosen)
}

fn editions_with(
    reader: &mut Reader<'_>,
    wanted: &BTreeSet<String>,
    holding: &BTreeMap<String, (Date, i64)>,
) -> Result<Vec<(i64, String, Date)>, Fault> {
    let sql = format!(
        "SELECT law, edition FROM {{law_gram}} WHERE gram IN ({})
         GROUP BY law, edition HAVING COUNT(*) = ${}",
        places(wanted.len(), 1),
        wanted.len() + 1
    );
    let mut params: Vec<Value> = wanted.iter().map(Value::from).collect();
    params.push(Value::Int(i64::try_from(wanted.len()).unwrap_or(i64::MAX)));
    let mut found: Vec<(i64, String, Date)> = reader
        .query(&sql, &params)?
        .iter()
        .filter_map(|row| {
            let (edition, rank) = holding.get(row.text(0))?;
            (row.date(1)? == *edition).then(|| (*rank, row.text(0).to_owned(), *edition))
        })
        .collect();
    found.sort();
    Ok(found)
}

fn candidates(
    reader: &mut Reader<'_>,
    law: &str,
    edition: Date,
    wanted: &BTreeSet<String>,
) -> Result<Vec<ShownArticle>, Fault> {
    let sql = format!(
        "SELECT articles FROM {{law_gram}} WHERE law = $1 AND edition = $2 AND gram IN ({})",
        places(wanted.len(), 3)
    );
    let mut params = params![law, edition];
    params.extend(wanted.iter().map(Value::from));
    let mut common: Option<BTreeSet<i64>> = None;
    for row in reader.query(&sql, &params)? {
        let list: BTreeSet<i64> = row.text(0).split(',').filter_map(|seq| seq.parse().ok()).collect();
        common = Some(match common {
            None => list,
            Some(before) => before.intersection(&list).copied().collect(),
        });
    }
    let seqs: Vec<i64> = common.unwrap_or_default().into_iter().take(MAX_CANDIDATES).collect();
    if seqs.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT words FROM {{law_article}} WHERE law = $1 AND edition = $2 AND seq IN ({}) ORDER BY seq",
        places(seqs.len(), 3)
    );
    let mut params = params![law, edition];
    params.extend(seqs.into_iter().map(Value::Int));
    reader.query(&sql, &params)?.iter().map(library::shown).collect()
}

fn places(number: usize, first: usize) -> String {
    let places: Vec<String> = (first..first + number).map(|n| format!("${n}")).collect();
    places.join(", ")
}
