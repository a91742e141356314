//! Changes, one row each, with the columns by which a scope is asked, whom they wait for, and the items they touch.

use jiff::civil::Date;
use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Row, Sql, Value, View, params};
use mingjing_web::Scope;

use crate::change::{ChangeEvent, ChangeKind, ChangeState, Filed};

pub struct ChangeList;

impl View for ChangeList {
    fn name(&self) -> &'static str {
        "item_change_list"
    }

    fn version(&self) -> i32 {
        2
    }

    fn tables(&self) -> &'static [&'static str] {
        &["item_change_list", "item_change_item"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {item_change_list} (
                change_no TEXT PRIMARY KEY,
                body TEXT NOT NULL,
                area TEXT NOT NULL,
                party_account TEXT NOT NULL,
                published BIGINT NOT NULL,
                body_name TEXT NOT NULL,
                kind TEXT NOT NULL,
                state TEXT NOT NULL,
                filed_on TEXT NOT NULL,
                late BIGINT NOT NULL,
                reply_due TEXT,
                awaits_approval BIGINT NOT NULL,
                entry_due TEXT,
                effective_on TEXT NOT NULL,
                confirmed_on TEXT,
                document_no TEXT NOT NULL
            )",
            "CREATE INDEX {item_change_list}_by_state ON {item_change_list} (state, effective_on)",
            "CREATE TABLE {item_change_item} (
                change_no TEXT NOT NULL,
                item_code TEXT NOT NULL,
                name TEXT NOT NULL,
                ends BIGINT NOT NULL,
                PRIMARY KEY (change_no, item_code)
            )",
            "CREATE INDEX {item_change_item}_by_item ON {item_change_item} (item_code)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "item_change"
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let Payload::Known(known) = event.decode::<ChangeEvent>()? else {
            return Ok(());
        };
        let change_no = event.envelope.stream_id();
        let day = event.envelope.happened_on;
        match &*known {
            ChangeEvent::Filed(filed) => file(sql, change_no, day, filed),
            ChangeEvent::ApprovalAgreed(_) => set(sql, change_no, ChangeState::Reviewing),
            ChangeEvent::Confirmed(confirmed) => {
                let due = confirmed.to_update.as_ref().and_then(|clock| clock.due);
                sql.execute(
                    "UPDATE {item_change_list} SET confirmed_on = $2, document_no = $3, entry_due = $4
                     WHERE change_no = $1",
                    &params![change_no, day, &confirmed.confirmation.document_no, due],
                )?;
                match confirmed.waits {
                    true => set(sql, change_no, ChangeState::Waiting),
                    false => enter(sql, change_no, day),
                }
            }
            ChangeEvent::Entered(_) => enter(sql, change_no, day),
            ChangeEvent::ApprovalReturned(_) | ChangeEvent::Returned(_) => set(sql, change_no, ChangeState::Returned),
            ChangeEvent::Refused(_) => set(sql, change_no, ChangeState::Refused),
            ChangeEvent::Withdrawn { .. } => set(sql, change_no, ChangeState::Withdrawn),
        }
    }
}

fn set(sql: &mut dyn Sql, change_no: &str, state: ChangeState) -> Result<(), Fault> {
    sql.execute(
        "UPDATE {item_change_list} SET state = $2, awaits_approval = 0 WHERE change_no = $1",
        &params![change_no, state.key()],
    )?;
    Ok(())
}

/// What is entered after the day asked for holds from the day on which it is entered.
fn enter(sql: &mut dyn Sql, change_no: &str, day: Date) -> Result<(), Fault> {
    sql.execute(
        "UPDATE {item_change_list} SET state = $2, awaits_approval = 0,
            effective_on = CASE WHEN effective_on < $3 THEN $3 ELSE effective_on END
         WHERE change_no = $1",
        &params![change_no, ChangeState::Confirmed.key(), day],
    )?;
    Ok(())
}

fn file(sql: &mut dyn Sql, change_no: &str, day: Date, filed: &Filed) -> Result<(), Fault> {
    let proposal = &filed.proposal;
    sql.execute(
        "INSERT INTO {item_change_list} (change_no, body, area, party_account, published, body_name, kind, state, filed_on,
            late, reply_due, awaits_approval, entry_due, effective_on, confirmed_on, document_no)
         VALUES ($1, $2, $3, '', 0, $4, $5, 'reviewing', $6, $7, $8, $9, NULL, $10, NULL, '')
         ON CONFLICT (change_no) DO UPDATE SET kind = excluded.kind, state = excluded.state, filed_on = excluded.filed_on,
            reply_due = excluded.reply_due, awaits_approval = excluded.awaits_approval,
            effective_on = excluded.effective_on",
        &params![
            change_no,
            &filed.body,
            &filed.area,
            &filed.body_name,
            proposal.kind.key(),
            day,
            filed.late,
            filed.to_reply.due,
            filed.approval_review,
            proposal.effective_on
        ],
    )?;
    sql.execute(
        "DELETE FROM {item_change_item} WHERE change_no = $1",
        &params![change_no],
    )?;
    let named = proposal
        .versions
        .iter()
        .map(|version| (&version.item_code, version.name.as_str(), false));
    let ended = proposal.endings.iter().map(|code| (code, "", true));
    for (item_code, name, ends) in named.chain(ended) {
        sql.execute(
            "INSERT INTO {item_change_item} (change_no, item_code, name, ends) VALUES ($1, $2, $3, $4)",
            &params![change_no, item_code, name, ends],
        )?;
    }
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    pub change_no: String,
    pub body_name: String,
    pub kind: ChangeKind,
    pub state: ChangeState,
    pub filed_on: Date,
    /// Filed after T1.
    pub late: bool,
    pub reply_due: Option<Date>,
    /// The approval-management body has still to agree.
    pub awaits_approval: bool,
    /// T3, where the place sets one.
    pub entry_due: Option<Date>,
    pub effective_on: Date,
    pub document_no: String,
    pub items: Vec<ChangedItem>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedItem {
    pub item_code: String,
    /// As proposed, else as it is called today.
    pub name: String,
    pub ends: bool,
}

impl ChangeRow {
    /// Whose turn it is; `None` once it is over.
    pub fn waits_for(&self) -> Option<WaitsFor> {
        match self.state {
            ChangeState::Reviewing if self.awaits_approval => Some(WaitsFor::Approval),
            ChangeState::Reviewing => Some(WaitsFor::Reply),
            ChangeState::Returned => Some(WaitsFor::Correction),
            ChangeState::Waiting => Some(WaitsFor::Entry),
            _ => None,
        }
    }

    /// The day until which that is to be done; a body has none for correcting.
    pub fn due(&self) -> Option<Date> {
        match self.waits_for()? {
            WaitsFor::Approval | WaitsFor::Reply => self.reply_due,
            WaitsFor::Entry => self.entry_due,
            WaitsFor::Correction => None,
        }
    }
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitsFor {
    /// The approval-management body's opinion (R33).
    Approval,
    /// The legal office's reply.
    Reply,
    /// The body, after a return.
    Correction,
    /// The body, to make what was confirmed (R29).
    Entry,
}

impl WaitsFor {
    pub const ALL: [WaitsFor; 4] = [
        WaitsFor::Approval,
        WaitsFor::Reply,
        WaitsFor::Correction,
        WaitsFor::Entry,
    ];

    pub fn key(self) -> &'static str {
        match self {
            WaitsFor::Approval => "approval",
            WaitsFor::Reply => "reply",
            WaitsFor::Correction => "correction",
            WaitsFor::Entry => "entry",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            WaitsFor::Approval => "待审批管理机构审核",
            WaitsFor::Reply => "待法制机构答复",
            WaitsFor::Correction => "待申报单位修改",
            WaitsFor::Entry => "待申报单位更新权力库",
        }
    }

    fn sql(self) -> &'static str {
        match self {
            WaitsFor::Approval => "state = 'reviewing' AND awaits_approval = 1",
            WaitsFor::Reply => "state = 'reviewing' AND awaits_approval = 0",
            WaitsFor::Correction => "state = 'returned'",
            WaitsFor::Entry => "state = 'waiting'",
        }
    }
}

impl std::str::FromStr for WaitsFor {
    type Err = ();

    fn from_str(key: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|waits| waits.key() == key).ok_or(())
    }
}

const COLUMNS: &str = "change_no, body_name, kind, state, filed_on, late, reply_due, effective_on, document_no,
    awaits_approval, entry_due";

/// Within a scope: what waits first, by the day on which a reply or the entry is due, then the newest.
///
/// # Errors
/// [`Fault`] from the database.
pub fn changes(
    reader: &mut Reader<'_>,
    scope: &Scope,
    waits_for: Option<WaitsFor>,
    most: i64,
) -> Result<Vec<ChangeRow>, Fault> {
    let within = scope.sql(1);
    let sql = format!(
        "SELECT {COLUMNS} FROM {{item_change_list}} WHERE ({}) AND {}
         ORDER BY CASE WHEN state IN ('reviewing', 'waiting') THEN 0 WHEN state = 'returned' THEN 1 ELSE 2 END,
            CASE state WHEN 'reviewing' THEN reply_due WHEN 'waiting' THEN entry_due END, filed_on DESC, change_no
         LIMIT ${}",
        within.text,
        waits_for.map_or("1 = 1", WaitsFor::sql),
        within.parameters.len() + 1
    );
    let mut params: Vec<Value> = within.parameters.into_iter().map(Value::from).collect();
    params.push(Value::Int(most));
    let rows = reader.query(&sql, &params)?;
    with_items(reader, &rows)
}

/// Whether this change lies within a scope.
///
/// # Errors
/// [`Fault`] from the database.
pub fn change_within(reader: &mut Reader<'_>, scope: &Scope, change_no: &str) -> Result<bool, Fault> {
    let within = scope.sql(2);
    let sql = format!(
        "SELECT change_no FROM {{item_change_list}} WHERE change_no = $1 AND ({})",
        within.text
    );
    let mut params: Vec<Value> = vec![change_no.into()];
    params.extend(within.parameters.into_iter().map(Value::from));
    Ok(reader.query_one(&sql, &params)?.is_some())
}

/// What was confirmed, entered and is in force, for everyone (R34): the newest first.
///
/// # Errors
/// [`Fault`] from the database.
pub fn announcements(reader: &mut Reader<'_>, today: Date, most: i64) -> Result<Vec<ChangeRow>, Fault> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {{item_change_list}} WHERE state = 'confirmed' AND effective_on <= $1
         ORDER BY effective_on DESC, change_no LIMIT $2"
    );
    let rows = reader.query(&sql, &params![today, most])?;
    with_items(reader, &rows)
}

fn with_items(reader: &mut Reader<'_>, rows: &[Row]) -> Result<Vec<ChangeRow>, Fault> {
    let mut changes = Vec::with_capacity(rows.len());
    for row in rows {
        let items = reader.query(
            "SELECT i.item_code, CASE WHEN i.name = '' THEN COALESCE(l.name, '') ELSE i.name END, i.ends
             FROM {item_change_item} i LEFT JOIN {item_list} l ON l.item_code = i.item_code
             WHERE i.change_no = $1 ORDER BY i.item_code",
            &params![row.text(0)],
        )?;
        changes.extend(change_of(row, &items));
    }
    Ok(changes)
}

fn change_of(row: &Row, items: &[Row]) -> Option<ChangeRow> {
    Some(ChangeRow {
        change_no: row.text(0).to_owned(),
        body_name: row.text(1).to_owned(),
        kind: row.text(2).parse().ok()?,
        state: ChangeState::of(row.text(3)),
        filed_on: row.date(4)?,
        late: row.int(5) == 1,
        reply_due: row.date(6),
        effective_on: row.date(7)?,
        document_no: row.text(8).to_owned(),
        awaits_approval: row.int(9) == 1,
        entry_due: row.date(10),
        items: items
            .iter()
            .map(|item| ChangedItem {
                item_code: item.text(0).to_owned(),
                name: item.text(1).to_owned(),
                ends: item.int(2) == 1,
            })
            .collect(),
    })
}
