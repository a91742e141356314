//! Finding items by words: an index of character pairs, portable and small. A query also looks for the words that mean the
//! same (the register's synonyms), and letters for what sounds like them (pinyin, in full or by initials).
//!
//! An item that has enough of a phrase's pairs has one of its rarest: only those are gone through, at most [`CANDIDATES`]
//! each with the weightiest first, and the common pairs are asked for of what was found. So a query costs the same in a city
//! of a hundred thousand items.

use std::collections::{BTreeMap, BTreeSet};

use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Sql, Value, View, params};

use super::sounds::{heard, sounding};
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
        3
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
            "CREATE INDEX {item_search}_by_weight ON {item_search} (gram, weight DESC, item_code)",
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
    let spoken = [(&version.name, NAME)].into_iter();
    for (text, weight) in spoken.chain(version.keywords.iter().map(|keyword| (keyword, KEYWORD))) {
        for gram in sounding(text) {
            let kept = weights.entry(gram).or_default();
            *kept = (*kept).max(weight);
        }
    }
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
/// Items gone through for one pair.
const CANDIDATES: i64 = 500;
/// Items that a query finds at most: nobody reads further, who wants all has the list and its filters.
const MOST_HITS: usize = 500;
/// Codes asked for at once.
const AT_ONCE: usize = 100;

/// The best items for these words, at most [`MOST_HITS`].
///
/// # Errors
/// [`Fault`] from the database.
pub fn search(reader: &mut Reader<'_>, jurisdiction: &str, query: &str) -> Result<Vec<Hit>, Fault> {
    let synonyms = reader.load::<Register>(jurisdiction)?.synonyms.clone();
    let mut phrases = phrases(query, &synonyms);
    let mut left = MAX_GRAMS;
    for phrase in &mut phrases {
        phrase.grams.truncate(left);
        left -= phrase.grams.len();
    }
    phrases.retain(|phrase| !phrase.grams.is_empty());
    let frequencies = frequencies(reader, &phrases)?;
    let mut found = BTreeMap::<String, Found>::new();
    let mut gone_through = BTreeSet::new();
    for phrase in &phrases {
        for gram in phrase.rarest(&frequencies) {
            if gone_through.insert(gram.clone()) {
                go_through(reader, gram, &mut found)?;
            }
        }
    }
    let rest = phrases.iter().flat_map(|phrase| &phrase.grams);
    let rest: BTreeSet<&String> = rest.filter(|gram| !gone_through.contains(*gram)).collect();
    ask_for(reader, &rest, &mut found)?;
    let mut hits: Vec<Hit> = found
        .into_iter()
        .map(|(item_code, found)| Hit {
            score: phrases.iter().map(|phrase| phrase.score(&found)).max().unwrap_or(0),
            item_code,
        })
        .filter(|hit| hit.score > 0)
        .collect();
    hits.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.item_code.cmp(&b.item_code)));
    hits.truncate(MOST_HITS);
    Ok(hits)
}

/// How many items have each pair, counted as far as it matters.
fn frequencies(reader: &mut Reader<'_>, phrases: &[Phrase]) -> Result<BTreeMap<String, i64>, Fault> {
    let mut counted = BTreeMap::new();
    // A phrase of one pair has no choice.
    for gram in phrases
        .iter()
        .filter(|phrase| phrase.grams.len() > 1)
        .flat_map(|phrase| &phrase.grams)
    {
        if counted.contains_key(gram) {
            continue;
        }
        let sql = "SELECT COUNT(*) FROM (SELECT item_code FROM {item_search} WHERE gram = $1 LIMIT $2) AS few";
        let row = reader.query_one(sql, &params![gram.as_str(), CANDIDATES + 1])?;
        counted.insert(gram.clone(), row.map_or(0, |row| row.int(0)));
    }
    Ok(counted)
}

fn go_through(reader: &mut Reader<'_>, gram: &str, found: &mut BTreeMap<String, Found>) -> Result<(), Fault> {
    let sql = "SELECT s.item_code, s.weight, l.name, l.power_type
         FROM (SELECT item_code, weight FROM {item_search} WHERE gram = $1 ORDER BY weight DESC, item_code LIMIT $2) AS s
         JOIN {item_list} l ON l.item_code = s.item_code";
    for row in reader.query(sql, &params![gram, CANDIDATES])? {
        let item = found
            .entry(row.text(0).to_owned())
            .or_insert_with(|| Found::named(row.text(2), row.text(3)));
        item.grams.insert(gram.to_owned(), row.int(1));
    }
    Ok(())
}

/// Which of what was found has the common pairs, too.
fn ask_for(
    reader: &mut Reader<'_>,
    grams: &BTreeSet<&String>,
    found: &mut BTreeMap<String, Found>,
) -> Result<(), Fault> {
    if grams.is_empty() {
        return Ok(());
    }
    let codes: Vec<String> = found.keys().cloned().collect();
    for codes in codes.chunks(AT_ONCE) {
        // The last code repeats, so that there is one statement whatever the number.
        let places: Vec<String> = (2..=AT_ONCE + 1).map(|n| format!("${n}")).collect();
        let sql = format!(
            "SELECT item_code, weight FROM {{item_search}} WHERE gram = $1 AND item_code IN ({})",
            places.join(", ")
        );
        for gram in grams {
            let mut params: Vec<Value> = vec![gram.as_str().into()];
            params.extend(codes.iter().cycle().take(AT_ONCE).map(Value::from));
            for row in reader.query(&sql, &params)? {
                if let Some(item) = found.get_mut(row.text(0)) {
                    item.grams.insert((*gram).clone(), row.int(1));
                }
            }
        }
    }
    Ok(())
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

    /// Read as it sounds.
    fn heard(grams: Vec<String>) -> Phrase {
        Phrase { grams, worth: 70 }
    }

    /// So many of its rarest pairs that no item with enough of them is passed over.
    fn rarest(&self, frequencies: &BTreeMap<String, i64>) -> Vec<&String> {
        let total = i64::try_from(self.grams.len()).unwrap_or(i64::MAX);
        let needed = (total * ENOUGH + 99) / 100;
        let mut grams: Vec<&String> = self.grams.iter().collect();
        grams.sort_by_key(|gram| frequencies.get(*gram).copied().unwrap_or(0));
        let kept = usize::try_from(total - needed + 1).unwrap_or(1);
        grams.truncate(kept);
        grams
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
    phrases.extend(heard(query).into_iter().map(Phrase::heard));
    phrases.retain(|phrase| !phrase.grams.is_empty());
    phrases.truncate(MAX_PHRASES);
    phrases
}
