//! Finding items by words: an index of character pairs, portable and small (a county has some 3 000
//! items). A query also looks for the words that mean the same (the register's synonyms).

use std::collections::{BTreeMap, BTreeSet};

use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Sql, Value, View, params};

use super::words::{grams, singles};
use crate::events::{ItemEvent, Shown};
use crate::register::Register;
use crate::version::ItemVersion;

pub struct ItemSearch;

/// How much a match in a field counts.
const NAME: i64 = 8;
const KEYWORD: i64 = 6;
const RESULT: i64 = 3;
const BODY: i64 = 1;
/// Rows written by one statement; the last ones of an item repeat, which changes nothing.
const CHUNK: usize = 16;

impl View for ItemSearch {
    fn name(&self) -> &'static str {
        "item_search"
    }

    fn version(&self) -> i32 {
        2
    }

    fn tables(&self) -> &'static [&'static str] {
        &["item_search"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {item_search} (
                gram TEXT NOT NULL,
                item_code TEXT NOT NULL,
                weight BIGINT NOT NULL,
                PRIMARY KEY (gram, item_code)
            )",
            "CREATE INDEX {item_search}_by_item ON {item_search} (item_code)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "item"
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let Payload::Known(known) = event.decode::<ItemEvent>()? else {
            return Ok(());
        };
        // A cancelled item stays findable: its list row says that it is over.
        let Some(Shown::Version(version)) = known.shown(event.envelope.recorded_at) else {
            return Ok(());
        };
        sql.execute(
            "DELETE FROM {item_search} WHERE item_code = $1",
            &params![version.item_code.as_str()],
        )?;
        write(sql, &version.item_code, &weights(version))
    }
}

fn weights(version: &ItemVersion) -> Vec<(String, i64)> {
    let mut weights = BTreeMap::<String, i64>::new();
    let mut add = |text: &str, weight: i64| {
        for gram in grams(text).into_iter().chain(singles(text)) {
            let kept = weights.entry(gram).or_default();
            *kept = (*kept).max(weight);
        }
    };
    add(&version.name, NAME);
    for keyword in &version.keywords {
        add(keyword, KEYWORD);
    }
    for result in &version.result_documents {
        add(result, RESULT);
    }
    add(&version.body_name, BODY);
    weights.into_iter().collect()
}

fn write(sql: &mut dyn Sql, item_code: &str, weights: &[(String, i64)]) -> Result<(), Fault> {
    let places: Vec<String> = (0..CHUNK)
        .map(|n| format!("(${}, $1, ${})", n * 2 + 2, n * 2 + 3))
        .collect();
    let statement = format!(
        "INSERT INTO {{item_search}} (gram, item_code, weight) VALUES {} ON CONFLICT (gram, item_code) DO NOTHING",
        places.join(", ")
    );
    for chunk in weights.chunks(CHUNK) {
        let mut params: Vec<Value> = vec![item_code.into()];
        for (gram, weight) in chunk.iter().cycle().take(CHUNK) {
            params.extend([Value::from(gram), Value::from(*weight)]);
        }
        sql.execute(&statement, &params)?;
    }
    Ok(())
}

/// An item found, best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub item_code: String,
    pub score: i64,
}

/// Different words that one query looks for at most, and their pairs together.
const MAX_PHRASES: usize = 12;
const MAX_GRAMS: usize = 48;
/// Share of a phrase's pairs that an item must have, in percent.
const ENOUGH: i64 = 60;

/// # Errors
/// [`Fault`] from the database.
pub fn search(reader: &mut Reader<'_>, jurisdiction: &str, query: &str) -> Result<Vec<Hit>, Fault> {
    let synonyms = reader.load::<Register>(jurisdiction)?.synonyms.clone();
    let phrases = phrases(query, &synonyms);
    let wanted: BTreeSet<&String> = phrases
        .iter()
        .flat_map(|phrase| &phrase.grams)
        .take(MAX_GRAMS)
        .collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<String> = (1..=wanted.len()).map(|n| format!("${n}")).collect();
    let sql = format!(
        "SELECT s.item_code, s.gram, s.weight, l.name, l.power_type
         FROM {{item_search}} s JOIN {{item_list}} l ON l.item_code = s.item_code
         WHERE s.gram IN ({})",
        places.join(", ")
    );
    let params: Vec<Value> = wanted.into_iter().map(Value::from).collect();
    let mut found = BTreeMap::<String, Found>::new();
    for row in reader.query(&sql, &params)? {
        let item = found
            .entry(row.text(0).to_owned())
            .or_insert_with(|| Found::named(row.text(3), row.text(4)));
        item.grams.insert(row.text(1).to_owned(), row.int(2));
    }
    let mut hits: Vec<Hit> = found
        .into_iter()
        .map(|(item_code, found)| Hit {
            score: phrases.iter().map(|phrase| phrase.score(&found)).max().unwrap_or(0),
            item_code,
        })
        .filter(|hit| hit.score > 0)
        .collect();
    hits.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.item_code.cmp(&b.item_code)));
    Ok(hits)
}

/// What of the query an item has, and what decides between equals.
struct Found {
    grams: BTreeMap<String, i64>,
    name_length: i64,
    /// People apply for it; a search is more often for these than for penalties.
    applied_for: bool,
}

impl Found {
    fn named(name: &str, type_code: &str) -> Found {
        let official = ["CF", "QZ", "ZS", "ZY", "JG"];
        Found {
            grams: BTreeMap::new(),
            name_length: i64::try_from(name.chars().count()).unwrap_or(i64::MAX).max(1),
            applied_for: !official.contains(&type_code),
        }
    }
}

struct Phrase {
    grams: Vec<String>,
    /// In percent: the words asked for count fully, words that mean the same a little less.
    worth: i64,
}

impl Phrase {
    fn of(text: &str, worth: i64) -> Phrase {
        Phrase {
            grams: grams(text),
            worth,
        }
    }

    /// 0 where too few pairs are there; else the mean weight, so that a full match of a name beats a
    /// partial one and a long query is no better than a short one. Between equals come first what
    /// people apply for and what the words name most exactly.
    fn score(&self, found: &Found) -> i64 {
        let total = i64::try_from(self.grams.len()).unwrap_or(i64::MAX);
        let matched: Vec<i64> = self
            .grams
            .iter()
            .filter_map(|gram| found.grams.get(gram))
            .copied()
            .collect();
        let number = i64::try_from(matched.len()).unwrap_or(0);
        if total == 0 || number * 100 < total * ENOUGH {
            return 0;
        }
        let fit = matched.iter().sum::<i64>() * self.worth / total;
        let exact = (number * 40 / found.name_length).min(40);
        fit * 100 + i64::from(found.applied_for) * 50 + exact
    }
}

fn phrases(query: &str, synonyms: &[Vec<String>]) -> Vec<Phrase> {
    let query = query.trim();
    let mut phrases = vec![Phrase::of(query, 100)];
    for group in synonyms {
        let Some(named) = group.iter().find(|word| query.contains(word.as_str())) else {
            continue;
        };
        for other in group.iter().filter(|word| *word != named) {
            phrases.push(Phrase::of(&query.replace(named.as_str(), other), 80));
            // The rest of the query may be words that no item has: the other word alone counts less.
            phrases.push(Phrase::of(other, 50));
        }
    }
    phrases.retain(|phrase| !phrase.grams.is_empty());
    phrases.truncate(MAX_PHRASES);
    phrases
}
