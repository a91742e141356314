//! Which items cite which article, in their bases and in all that is attached to them: flow, benchmark,
//! limits, form.

use std::collections::BTreeSet;

use mingjing_chronicle::{Fault, Payload, RecordedEvent, Row, Sql, Value, View, params};

use crate::adjustment::CitingKind;
use crate::events::{ItemEvent, Shown};
use crate::mention::{Mention, mentions};
use crate::statute::ArticleNumber;
use crate::version::ItemVersion;

pub struct ItemCitations;

impl View for ItemCitations {
    fn name(&self) -> &'static str {
        "item_citation"
    }

    fn version(&self) -> i32 {
        2
    }

    fn tables(&self) -> &'static [&'static str] {
        &["item_citation"]
    }

    fn schema(&self) -> &'static [&'static str] {
        // `law` is the name as the text has it, with what stands before it unbroken.
        &["CREATE TABLE {item_citation} (
            item_code TEXT NOT NULL,
            kind TEXT NOT NULL,
            law TEXT NOT NULL,
            article TEXT NOT NULL,
            PRIMARY KEY (item_code, kind, law, article)
        )"]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "item"
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let Payload::Known(known) = event.decode::<ItemEvent>()? else {
            return Ok(());
        };
        let code = event.envelope.stream_id();
        let Some(shown) = known.shown(event.envelope.recorded_at) else {
            return Ok(());
        };
        sql.execute("DELETE FROM {item_citation} WHERE item_code = $1", &params![code])?;
        // A cancelled item needs no adjustment any more.
        let Shown::Version(version) = shown else {
            return Ok(());
        };
        for (kind, law, article) in citations(version) {
            sql.execute(
                "INSERT INTO {item_citation} (item_code, kind, law, article) VALUES ($1, $2, $3, $4)",
                &params![code, kind.key(), law, article.to_string()],
            )?;
        }
        Ok(())
    }
}

fn citations(version: &ItemVersion) -> BTreeSet<(CitingKind, String, ArticleNumber)> {
    let mut found = BTreeSet::new();
    for basis in &version.legal_bases {
        if let Some(article) = basis.article {
            found.insert((CitingKind::Item, basis.law.clone(), ArticleNumber::whole(article)));
        }
    }
    for (kind, text) in texts(version) {
        let read = mentions(&text).into_iter();
        found.extend(read.map(|Mention { law, article, .. }| (kind, law, article)));
    }
    found
}

fn texts(version: &ItemVersion) -> Vec<(CitingKind, String)> {
    let mut texts = Vec::new();
    let mut put = |kind, text: &str| texts.push((kind, text.to_owned()));
    if let Some(flow) = &version.flow {
        put(CitingKind::Flow, &flow.bpmn_xml);
    }
    let range = [&version.discretion_benchmark, &version.penalty_range];
    range
        .into_iter()
        .flatten()
        .for_each(|text| put(CitingKind::Benchmark, text));
    let limits = [&version.statutory_limit, &version.promised_limit]
        .into_iter()
        .flatten();
    limits.for_each(|limit| put(CitingKind::Element, &limit.basis));
    let materials = version.materials.iter().filter_map(|material| material.basis.as_ref());
    let elements = [&version.excluded_time, &version.fee.basis, &version.validity]
        .into_iter()
        .flatten();
    let elements = elements.chain(materials).chain(&version.conditions);
    elements.for_each(|text| put(CitingKind::Element, text));
    if let Some(form) = version.form.as_ref().and_then(|form| serde_json::to_string(form).ok()) {
        put(CitingKind::Form, &form);
    }
    texts
}

/// An active item that cites an article of the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemCitation {
    pub kind: CitingKind,
    pub item_code: String,
    pub name: String,
    pub body: String,
    pub article: ArticleNumber,
}

/// Texts say `《食品安全法》`, `中华人民共和国食品安全法` or run other words before it: names are compared by their end.
pub const CITING_LAW: &str = "SELECT c.kind, c.item_code, l.name, l.body, c.article
     FROM {item_citation} c JOIN {item_list} l ON l.item_code = c.item_code
     WHERE c.law LIKE $1 ESCAPE '!' AND l.status = 'active'
     ORDER BY c.item_code, c.kind, c.article";

/// The pattern of [`CITING_LAW`].
pub fn ending_with(law: &str) -> Value {
    let mut pattern = "%".to_owned();
    for c in law.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    Value::Text(pattern)
}

pub fn citation_of(row: &Row) -> Option<ItemCitation> {
    Some(ItemCitation {
        kind: CitingKind::from_key(row.text(0))?,
        item_code: row.text(1).to_owned(),
        name: row.text(2).to_owned(),
        body: row.text(3).to_owned(),
        article: row.text(4).parse().ok()?,
    })
}
