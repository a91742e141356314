//! Which items rest on which article.

use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Sql, View, params};

use crate::events::{ItemEvent, Shown};

pub struct ItemBasis;

impl View for ItemBasis {
    fn name(&self) -> &'static str {
        "item_basis"
    }

    fn version(&self) -> i32 {
        2
    }

    fn tables(&self) -> &'static [&'static str] {
        &["item_basis"]
    }

    fn schema(&self) -> &'static [&'static str] {
        // Article 0 stands for the whole document.
        &["CREATE TABLE {item_basis} (
            law TEXT NOT NULL,
            article BIGINT NOT NULL,
            item_code TEXT NOT NULL,
            PRIMARY KEY (law, article, item_code)
        )"]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "item"
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let Payload::Known(known) = event.decode::<ItemEvent>()? else {
            return Ok(());
        };
        let Some(Shown::Version(version)) = known.shown(event.envelope.recorded_at) else {
            return Ok(());
        };
        sql.execute(
            "DELETE FROM {item_basis} WHERE item_code = $1",
            &params![version.item_code.as_str()],
        )?;
        for basis in &version.legal_bases {
            sql.execute(
                "INSERT INTO {item_basis} (law, article, item_code) VALUES ($1, $2, $3)
                 ON CONFLICT (law, article, item_code) DO NOTHING",
                &params![
                    basis.law.as_str(),
                    i64::from(basis.article.unwrap_or(0)),
                    version.item_code.as_str()
                ],
            )?;
        }
        Ok(())
    }
}

/// An item that cites an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citing {
    pub article: Option<u32>,
    pub item_code: String,
    pub name: String,
    pub active: bool,
}

/// Items that cite this law, by article and code.
///
/// # Errors
/// [`Fault`] from the database.
pub fn citing(reader: &mut Reader<'_>, law: &str) -> Result<Vec<Citing>, Fault> {
    let rows = reader.query(
        "SELECT b.article, b.item_code, l.name, l.status
         FROM {item_basis} b JOIN {item_list} l ON l.item_code = b.item_code
         WHERE b.law = $1
         ORDER BY b.article, b.item_code",
        &[law.into()],
    )?;
    Ok(rows
        .iter()
        .map(|row| Citing {
            article: u32::try_from(row.int(0)).ok().filter(|article| *article > 0),
            item_code: row.text(1).to_owned(),
            name: row.text(2).to_owned(),
            active: row.text(3) == "active",
        })
        .collect())
}
