//! What an item still lacks before its power can run and be weighed on the platform: the report of completeness (R10, R13).

use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Sql, View, params};
use mingjing_codes::PowerType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::benchmark;
use crate::events::{ItemEvent, Shown};
use crate::material;
use crate::version::{ItemStatus, ItemVersion};

/// Something that is not there. What an item must have to be entered at all is no gap but a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// No chart by which cases run.
    Flow,
    /// Applied for online without a form of its own.
    Form,
    /// A penalty without a benchmark that can be executed.
    Benchmark,
    /// An application without a promised limit.
    Promise,
    /// A basis that the editors did not verify.
    Unverified,
    /// A material without a basis (行政许可法 31).
    MaterialBasis,
}

impl Gap {
    pub const ALL: [Gap; 6] = [
        Gap::Flow,
        Gap::Form,
        Gap::Benchmark,
        Gap::Promise,
        Gap::Unverified,
        Gap::MaterialBasis,
    ];

    pub fn key(self) -> &'static str {
        match self {
            Gap::Flow => "flow",
            Gap::Form => "form",
            Gap::Benchmark => "benchmark",
            Gap::Promise => "promise",
            Gap::Unverified => "unverified",
            Gap::MaterialBasis => "material_basis",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Gap::Flow => "没有可以执行的流程图",
            Gap::Form => "在线办理没有申请表",
            Gap::Benchmark => "没有可以计算的裁量基准",
            Gap::Promise => "没有承诺期限",
            Gap::Unverified => "依据待核实",
            Gap::MaterialBasis => "有的材料没有依据",
        }
    }

    pub fn from_key(key: &str) -> Option<Gap> {
        Gap::ALL.into_iter().find(|gap| gap.key() == key)
    }
}

/// What this version lacks; a cancelled or suspended item lacks nothing.
fn gaps_of(version: &ItemVersion) -> Vec<Gap> {
    if version.status != ItemStatus::Active {
        return Vec::new();
    }
    let applied_for = matches!(version.power_type, PowerType::Permit | PowerType::NonPermitApproval);
    let benchmark = version.discretion_benchmark.as_deref().and_then(benchmark::latest);
    let lacks = |gap: Gap| match gap {
        Gap::Flow => version.flow.is_none(),
        Gap::Form => version.online && version.form.is_none(),
        Gap::Benchmark => version.power_type == PowerType::Penalty && benchmark.is_none(),
        Gap::Promise => applied_for && version.promised_limit.is_none(),
        Gap::MaterialBasis => material::lacks_basis(version),
        Gap::Unverified => version.certainty.as_deref().is_some_and(|certainty| certainty != "A"),
    };
    Gap::ALL.into_iter().filter(|gap| lacks(*gap)).collect()
}

pub struct ItemGaps;

impl View for ItemGaps {
    fn name(&self) -> &'static str {
        "item_gap"
    }

    fn version(&self) -> i32 {
        2
    }

    fn tables(&self) -> &'static [&'static str] {
        &["item_gap"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {item_gap} (
                item_code TEXT NOT NULL,
                gap TEXT NOT NULL,
                name TEXT NOT NULL,
                body TEXT NOT NULL,
                PRIMARY KEY (item_code, gap)
            )",
            "CREATE INDEX {item_gap}_by_body ON {item_gap} (body, gap, item_code)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "item"
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let Payload::Known(known) = event.decode::<ItemEvent>()? else {
            return Ok(());
        };
        let Some(shown) = known.shown(event.envelope.recorded_at) else {
            return Ok(());
        };
        sql.execute(
            "DELETE FROM {item_gap} WHERE item_code = $1",
            &params![event.envelope.stream_id()],
        )?;
        let Shown::Version(version) = shown else {
            return Ok(());
        };
        for gap in gaps_of(version) {
            sql.execute(
                "INSERT INTO {item_gap} (item_code, gap, name, body) VALUES ($1, $2, $3, $4)",
                &params![
                    version.item_code.as_str(),
                    gap.key(),
                    version.name.as_str(),
                    version.body.as_str()
                ],
            )?;
        }
        Ok(())
    }
}

/// How many items of a body lack something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GapCount {
    pub body: String,
    pub gap: Gap,
    pub items: i64,
}

/// # Errors
/// [`Fault`] from the database.
pub fn gap_counts(reader: &mut Reader<'_>) -> Result<Vec<GapCount>, Fault> {
    let rows = reader.query(
        "SELECT body, gap, COUNT(*) FROM {item_gap} GROUP BY body, gap ORDER BY body, gap",
        &[],
    )?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            Some(GapCount {
                body: row.text(0).to_owned(),
                gap: Gap::from_key(row.text(1))?,
                items: row.int(2),
            })
        })
        .collect())
}

/// Items of a body that lack this, by code: code and name.
///
/// # Errors
/// [`Fault`] from the database.
pub fn lacking(reader: &mut Reader<'_>, body: &str, gap: Gap, most: i64) -> Result<Vec<(String, String)>, Fault> {
    let rows = reader.query(
        "SELECT item_code, name FROM {item_gap} WHERE body = $1 AND gap = $2 ORDER BY item_code LIMIT $3",
        &params![body, gap.key(), most],
    )?;
    Ok(rows
        .iter()
        .map(|row| (row.text(0).to_owned(), row.text(1).to_owned()))
        .collect())
}
