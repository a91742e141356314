//! A case derived anew from its events, up to any instant: what happened, and where the case stood after it.

use std::sync::Arc;

use jiff::Timestamp;
use mingjing_chronicle::{Aggregate, Audited, Event, Fault, Payload, Reader, Recorded, RecordedEvent, params};
use serde::Serialize;

use crate::case::Case;
use crate::events::act_name;
use crate::number::Procedure;
use crate::penalty::case::PenaltyCase;
use crate::penalty::events::act_name as penalty_act_name;

/// One event of the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    pub version: i64,
    pub event_id: String,
    pub kind: String,
    pub act: &'static str,
    pub recorded_at: Option<Timestamp>,
    pub happened_on: Option<jiff::civil::Date>,
    pub actor: String,
    pub erased: bool,
    /// Where the case stood after it; `None` where that could not be derived.
    pub state: Option<Stood>,
    /// Ids of the flow's steps that were open after it.
    pub open: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stood {
    pub key: &'static str,
    pub name: &'static str,
}

pub struct Replayed {
    pub steps: Vec<Step>,
    /// The events behind the steps; `None` where one does not open.
    pub events: Vec<Option<RecordedEvent>>,
    /// What does not fit together, in words.
    pub differences: Vec<String>,
}

/// Up to `until` (by recording time), or everything. `None` where there is no such case.
///
/// # Errors
/// [`Fault`] from the database.
pub fn replay(reader: &mut Reader<'_>, case_no: &str, until: Option<Timestamp>) -> Result<Option<Replayed>, Fault> {
    let Some(procedure) = Procedure::of(case_no) else {
        return Ok(None);
    };
    let kind = match procedure {
        Procedure::Permit | Procedure::Matter | Procedure::Assistance => Case::STREAM,
        Procedure::Penalty => PenaltyCase::STREAM,
    };
    let rows = reader.audit_stream(kind, case_no)?;
    let head = reader.version_of(kind, case_no)?;
    if rows.is_empty() && head == 0 {
        return Ok(None);
    }
    let mut differences = gaps(&rows, head);
    let rows: Vec<Audited> = rows.into_iter().filter(|row| is_before(row, until)).collect();
    let steps = match procedure {
        Procedure::Permit | Procedure::Matter | Procedure::Assistance => {
            fold::<Case>(&rows, act_name, &mut differences, |case| Now {
                key: case.state.key(),
                name: case.state.name(),
                open: case.steps.iter().map(|step| step.kind.clone()).collect(),
            })
        }
        Procedure::Penalty => fold::<PenaltyCase>(&rows, penalty_act_name, &mut differences, |case| Now {
            key: case.state.key(),
            name: case.state.name(),
            open: case.steps.iter().map(|step| step.kind.clone()).collect(),
        }),
    };
    if until.is_none() {
        differences.extend(listed(reader, case_no, steps.last())?);
    }
    Ok(Some(Replayed {
        steps,
        events: rows.into_iter().map(|row| row.event.ok()).collect(),
        differences,
    }))
}

/// What cannot be placed in time stays: it is shown as what does not open.
fn is_before(row: &Audited, until: Option<Timestamp>) -> bool {
    match (until, &row.event) {
        (Some(until), Ok(event)) => event.envelope.recorded_at <= until,
        _ => true,
    }
}

fn gaps(rows: &[Audited], head: i64) -> Vec<String> {
    let mut differences = Vec::new();
    let mut expected = 1;
    for row in rows {
        if row.version != expected {
            differences.push(format!("第 {} 号记录之前缺少第 {expected} 号", row.version));
        }
        expected = row.version + 1;
    }
    if head >= expected {
        differences.push(format!("缺少第 {expected} 号到第 {head} 号记录"));
    }
    differences
}

struct Now {
    key: &'static str,
    name: &'static str,
    open: Vec<String>,
}

fn fold<A: Aggregate>(
    rows: &[Audited],
    act: fn(&str) -> &'static str,
    differences: &mut Vec<String>,
    now: impl Fn(&A) -> Now,
) -> Vec<Step> {
    let mut state = Some(A::default());
    let mut steps = Vec::new();
    for row in rows {
        let event = row.event.as_ref().ok();
        let payload = event.and_then(|event| event.decode::<A::Event>().ok());
        if payload.is_none() {
            differences.push(format!("第 {} 号记录打不开：内容、编号、位置或密钥被改动", row.version));
        }
        // After an event that does not open nobody knows where the case stands.
        let evolved = match (state.take(), event, &payload) {
            (Some(mut state), Some(event), Some(payload)) => {
                evolve(&mut state, event, payload);
                Some(state)
            }
            _ => None,
        };
        let stood = evolved.as_ref().map(&now);
        steps.push(Step {
            version: row.version,
            event_id: row.event_id.clone(),
            kind: row.kind.clone(),
            act: act(&row.kind),
            recorded_at: event.map(|event| event.envelope.recorded_at),
            happened_on: event.map(|event| event.envelope.happened_on),
            actor: event.map_or(String::new(), |event| event.envelope.actor.clone()),
            erased: matches!(payload, Some(Payload::Erased)),
            state: stood.as_ref().map(|stood| Stood {
                key: stood.key,
                name: stood.name,
            }),
            open: stood.map(|stood| stood.open).unwrap_or_default(),
        });
        state = evolved;
    }
    steps
}

fn evolve<A: Aggregate>(state: &mut A, event: &RecordedEvent, payload: &Payload<Arc<A::Event>>)
where
    A::Event: Event,
{
    state.evolve(&Recorded {
        envelope: &event.envelope,
        payload: match payload {
            Payload::Known(known) => Payload::Known(&**known),
            Payload::Erased => Payload::Erased,
        },
    });
}

/// What the lists say must be what the events say.
fn listed(reader: &mut Reader<'_>, case_no: &str, last: Option<&Step>) -> Result<Option<String>, Fault> {
    let row = reader.query_one("SELECT state FROM {case_list} WHERE case_no = $1", &params![case_no])?;
    let (Some(row), Some(stood)) = (row, last.and_then(|step| step.state.as_ref())) else {
        return Ok(None);
    };
    let same = row.text(0) == stood.key;
    Ok((!same).then(|| format!("列表显示的状态 {} 与由记录推出的 {} 不同", row.text(0), stood.key)))
}
