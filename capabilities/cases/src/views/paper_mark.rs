//! `paper_mark`: the acts that gave a paper its number and its bytes, found by the paper's mark or by the digest of its file.

use mingjing_chronicle::{Fault, Reader, RecordedEvent, Sql, View, params};
use serde::Deserialize;

use crate::paper_code::{self, Asked};

pub struct PaperMarks;

impl View for PaperMarks {
    fn name(&self) -> &'static str {
        "cases.paper_mark"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["paper_mark"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {paper_mark} (
                paper_id TEXT PRIMARY KEY,
                stream TEXT NOT NULL,
                code TEXT NOT NULL,
                sha256 TEXT NOT NULL,
                numbered BIGINT NOT NULL,
                rendered BIGINT NOT NULL)",
            "CREATE INDEX {paper_mark}_by_code ON {paper_mark} (code)",
            "CREATE INDEX {paper_mark}_by_digest ON {paper_mark} (sha256)",
        ]
    }

    /// Whatever procedure has papers: their acts have the same shape in all of them.
    fn wants(&self, _stream_kind: &str) -> bool {
        true
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let envelope = &event.envelope;
        let (numbered, rendered) = match envelope.kind.split_once('.') {
            Some((_, "paper_numbered")) => (envelope.version, 0),
            Some((_, "paper_rendered")) => (0, envelope.version),
            _ => return Ok(()),
        };
        let Some(json) = event.json() else {
            return Ok(());
        };
        let told: Told = serde_json::from_slice(json)
            .map_err(|_| Fault::Inconsistent(format!("event {} names no paper", envelope.event_id)))?;
        let (Told::AsFact { fact: named } | Told::Plainly(named)) = told;
        sql.execute(
            "INSERT INTO {paper_mark} (paper_id, stream, code, sha256, numbered, rendered)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (paper_id) DO UPDATE SET
                sha256 = CASE WHEN excluded.rendered > 0 THEN excluded.sha256 ELSE {paper_mark}.sha256 END,
                numbered = CASE WHEN excluded.numbered > 0 THEN excluded.numbered ELSE {paper_mark}.numbered END,
                rendered = CASE WHEN excluded.rendered > 0 THEN excluded.rendered ELSE {paper_mark}.rendered END",
            &params![
                &named.paper_id,
                &envelope.stream,
                paper_code::of(&named.paper_id),
                &named.sha256,
                numbered,
                rendered
            ],
        )?;
        Ok(())
    }
}

/// Penalties keep the act beside its effects, as their fact; applications are the act.
#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    AsFact { fact: Named },
    Plainly(Named),
}

#[derive(Deserialize)]
struct Named {
    paper_id: String,
    #[serde(default)]
    sha256: String,
}

/// The acts that sealed a paper.
pub struct Marked {
    /// The paper's bytes were made.
    pub rendered: RecordedEvent,
    /// It got its number; `None` for papers of no series.
    pub numbered: Option<RecordedEvent>,
}

/// The paper of this mark or digest, once it has bytes.
///
/// # Errors
/// [`Fault`] from the database.
pub fn find(reader: &mut Reader<'_>, asked: &Asked) -> Result<Option<Marked>, Fault> {
    const WANTED: &str = "SELECT stream, numbered, rendered FROM {paper_mark} WHERE rendered > 0 AND";
    let row = match asked {
        Asked::Code(code) => reader.query_one(&format!("{WANTED} code = $1"), &params![code])?,
        Asked::Digest(sha256) => reader.query_one(&format!("{WANTED} sha256 = $1"), &params![sha256])?,
    };
    let Some(row) = row else { return Ok(None) };
    let Some((kind, id)) = row.text(0).split_once('/') else {
        return Ok(None);
    };
    let (numbered, rendered) = (row.int(1), row.int(2));
    let (mut marked_number, mut marked_bytes) = (None, None);
    for event in reader.events(kind, id)? {
        match event.envelope.version {
            version if version == rendered => marked_bytes = Some(event),
            version if version == numbered => marked_number = Some(event),
            _ => {}
        }
    }
    Ok(marked_bytes.map(|rendered| Marked {
        rendered,
        numbered: marked_number,
    }))
}
