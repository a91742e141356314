//! Every item once, as the version says that took effect last: for lists, filters and counts.

use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Row, Sql, Value, View, params};
use mingjing_codes::PowerType;
use serde::Serialize;

use crate::events::{ItemEvent, Shown};
use crate::life_event::{self, LifeEvent};
use crate::version::{Audience, ItemStatus, ItemVersion, Limit};

pub struct ItemList;

impl View for ItemList {
    fn name(&self) -> &'static str {
        "item_list"
    }

    fn version(&self) -> i32 {
        4
    }

    fn tables(&self) -> &'static [&'static str] {
        &["item_list"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {item_list} (
                item_code TEXT PRIMARY KEY,
                version BIGINT NOT NULL,
                power_type TEXT NOT NULL,
                name TEXT NOT NULL,
                body TEXT NOT NULL,
                body_name TEXT NOT NULL,
                status TEXT NOT NULL,
                online BIGINT NOT NULL,
                has_flow BIGINT NOT NULL,
                fee BIGINT NOT NULL,
                individual BIGINT NOT NULL,
                organisation BIGINT NOT NULL,
                themes TEXT NOT NULL,
                promised TEXT NOT NULL,
                statutory TEXT NOT NULL,
                visits BIGINT,
                valid_from TEXT NOT NULL,
                valid_to TEXT,
                demo BIGINT NOT NULL
            )",
            "CREATE INDEX {item_list}_by_body ON {item_list} (body, power_type)",
            "CREATE INDEX {item_list}_by_name ON {item_list} (name, power_type)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "item"
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let Payload::Known(known) = event.decode::<ItemEvent>()? else {
            return Ok(());
        };
        match known.shown(event.envelope.recorded_at) {
            None => Ok(()),
            Some(Shown::Version(version)) => put(sql, version),
            Some(Shown::End(cancellation)) => {
                let last = cancellation.on.yesterday().unwrap_or(cancellation.on);
                sql.execute(
                    "UPDATE {item_list} SET status = 'cancelled', online = 0, valid_to = $2 WHERE item_code = $1",
                    &params![event.envelope.stream_id(), last.to_string()],
                )?;
                Ok(())
            }
        }
    }
}

fn put(sql: &mut dyn Sql, version: &ItemVersion) -> Result<(), Fault> {
    let words = |limit: &Option<Limit>| limit.as_ref().map(Limit::words).unwrap_or_default();
    let status = match version.status {
        ItemStatus::Active => "active",
        ItemStatus::Suspended => "suspended",
        ItemStatus::Cancelled => "cancelled",
    };
    sql.execute(
        "INSERT INTO {item_list} (item_code, version, power_type, name, body, body_name, status, online, has_flow, fee,
             individual, organisation, themes, promised, statutory, visits, valid_from, valid_to, demo)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
         ON CONFLICT (item_code) DO UPDATE SET
             version = excluded.version, name = excluded.name, body_name = excluded.body_name,
             status = excluded.status, online = excluded.online, has_flow = excluded.has_flow, fee = excluded.fee,
             individual = excluded.individual, organisation = excluded.organisation, themes = excluded.themes,
             promised = excluded.promised, statutory = excluded.statutory, visits = excluded.visits,
             valid_from = excluded.valid_from, valid_to = excluded.valid_to, demo = excluded.demo",
        &params![
            version.item_code.as_str(),
            version.version,
            version.power_type.code(),
            version.name.as_str(),
            version.body.as_str(),
            version.body_name.as_str(),
            status,
            version.online,
            version.flow.is_some(),
            version.fee.charged,
            version.audiences.contains(&Audience::Individual),
            version.audiences.contains(&Audience::Organisation),
            themes_text(&version.themes),
            words(&version.promised_limit),
            words(&version.statutory_limit),
            version.visits,
            version.valid_from.to_string(),
            version.valid_to.map(|last| last.to_string()),
            !version.demo_fields.is_empty(),
        ],
    )?;
    Ok(())
}

/// `|食品药品|经营|`: a theme is found by `LIKE '%|…|%'` without touching its neighbours.
fn themes_text(themes: &[String]) -> String {
    match themes.is_empty() {
        true => String::new(),
        false => format!("|{}|", themes.join("|")),
    }
}

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemRow {
    pub item_code: String,
    pub version: i64,
    pub power_type: PowerType,
    pub name: String,
    pub body: String,
    pub body_name: String,
    pub active: bool,
    /// For a time nothing new may be begun; not over.
    pub suspended: bool,
    pub online: bool,
    pub fee: bool,
    /// In words; empty where there is none.
    pub promised: String,
    pub statutory: String,
    pub visits: Option<i64>,
    pub demo: bool,
}

/// What a list shows. Empty fields do not filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemFilter {
    pub body: Option<String>,
    pub power_type: Option<PowerType>,
    pub audience: Option<Audience>,
    pub theme: Option<String>,
    /// What people apply for then; penalties and coercion happen to nobody on application.
    pub life_event: Option<&'static LifeEvent>,
    pub online: bool,
    /// With an internal flow, so that cases can be handled on the platform.
    pub has_flow: bool,
    pub free: bool,
    /// Cancelled items instead of active ones.
    pub cancelled: bool,
    /// Suspended items instead of active ones.
    pub suspended: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// As the code runs: by body, type and number.
    #[default]
    Code,
    Name,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    pub offset: i64,
    pub size: i64,
}

const COLUMNS: &str = "item_code, version, power_type, name, body, body_name, status, online, fee, promised, \
                       statutory, visits, demo";

impl ItemFilter {
    /// The condition made of fixed pieces, and its parameters from `$1`.
    fn condition(&self) -> (String, Vec<Value>) {
        let status = match (self.cancelled, self.suspended) {
            (true, _) => "cancelled",
            (false, true) => "suspended",
            (false, false) => "active",
        };
        let mut params: Vec<Value> = vec![status.into()];
        let mut pieces = vec!["status = $1".to_owned()];
        let mut by = |column: &str, value: Value| {
            params.push(value);
            pieces.push(format!("{column} ${}", params.len()));
        };
        if let Some(body) = &self.body {
            by("body =", body.into());
        }
        if let Some(power_type) = self.power_type {
            by("power_type =", power_type.code().into());
        }
        if let Some(theme) = &self.theme {
            // The value is compared whole: a wildcard in it would only find more of what is public.
            by("themes LIKE", format!("%|{theme}|%").into());
        }
        if let Some(event) = self.life_event {
            let themes = event.themes.iter().map(|theme| {
                params.push(format!("%|{theme}|%").into());
                format!("themes LIKE ${}", params.len())
            });
            let themes = themes.collect::<Vec<String>>().join(" OR ");
            pieces.push(format!("({themes}) AND power_type NOT IN ({})", not_applied_for()));
        }
        let audiences = [self.audience, self.life_event.map(|event| event.audience)];
        for audience in audiences.into_iter().flatten() {
            pieces.push(match audience {
                Audience::Individual => "individual = 1".to_owned(),
                Audience::Organisation => "organisation = 1".to_owned(),
            });
        }
        if self.online {
            pieces.push("online = 1".to_owned());
        }
        if self.has_flow {
            pieces.push("has_flow = 1".to_owned());
        }
        if self.free {
            pieces.push("fee = 0".to_owned());
        }
        (pieces.join(" AND "), params)
    }
}

fn not_applied_for() -> String {
    format!("'{}', '{}'", PowerType::Penalty.code(), PowerType::Coercion.code())
}

/// # Errors
/// [`Fault`] from the database.
pub fn items(reader: &mut Reader<'_>, filter: &ItemFilter, sort: Sort, page: Page) -> Result<Vec<ItemRow>, Fault> {
    let (condition, mut params) = filter.condition();
    let order = match sort {
        Sort::Code => "item_code",
        Sort::Name => "name, item_code",
    };
    params.extend([page.size.into(), page.offset.into()]);
    let (size, offset) = (params.len() - 1, params.len());
    let sql = format!(
        "SELECT {COLUMNS} FROM {{item_list}} WHERE {condition} ORDER BY {order} LIMIT ${size} OFFSET ${offset}"
    );
    Ok(reader.query(&sql, &params)?.iter().filter_map(row_of).collect())
}

/// Items by code, from after `after` on.
///
/// # Errors
/// [`Fault`] from the database.
pub fn items_after(
    reader: &mut Reader<'_>,
    filter: &ItemFilter,
    after: &str,
    most: i64,
) -> Result<Vec<ItemRow>, Fault> {
    let (condition, mut params) = filter.condition();
    params.extend([after.into(), most.into()]);
    let (place, most) = (params.len() - 1, params.len());
    let sql = format!(
        "SELECT {COLUMNS} FROM {{item_list}} WHERE {condition} AND item_code > ${place} ORDER BY item_code LIMIT ${most}"
    );
    Ok(reader.query(&sql, &params)?.iter().filter_map(row_of).collect())
}

/// # Errors
/// [`Fault`] from the database.
pub fn count(reader: &mut Reader<'_>, filter: &ItemFilter) -> Result<i64, Fault> {
    let (condition, params) = filter.condition();
    let sql = format!("SELECT COUNT(*) FROM {{item_list}} WHERE {condition}");
    Ok(reader.query_one(&sql, &params)?.map_or(0, |row| row.int(0)))
}

/// # Errors
/// [`Fault`] from the database.
pub fn one(reader: &mut Reader<'_>, item_code: &str) -> Result<Option<ItemRow>, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM {{item_list}} WHERE item_code = $1");
    Ok(reader.query_one(&sql, &[item_code.into()])?.as_ref().and_then(row_of))
}

/// The same power at other levels (R18): active items of this type and name whose division lies above or below. Derived from
/// type and name: what the law names alike is one power, whoever's it is.
///
/// # Errors
/// [`Fault`] from the database.
pub fn at_other_levels(
    reader: &mut Reader<'_>,
    item_code: &str,
    name: &str,
    power_type: PowerType,
) -> Result<Vec<ItemRow>, Fault> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {{item_list}} WHERE name = $1 AND power_type = $2 AND status = 'active' AND item_code <> $3
         ORDER BY item_code LIMIT 200"
    );
    let rows = reader.query(&sql, &[name.into(), power_type.code().into(), item_code.into()])?;
    let stem = |code: &str| division_stem(code).to_owned();
    let own = stem(item_code);
    let related = |other: &str| other != own && (other.starts_with(&own) || own.starts_with(other));
    Ok(rows
        .iter()
        .filter_map(row_of)
        .filter(|row| related(&stem(&row.item_code)))
        .collect())
}

/// The digits of a code's division without the pairs that are empty: province 2, city 4, county 6, town 8 (DOMAIN 6.1).
fn division_stem(item_code: &str) -> &str {
    let mut stem = item_code.get(..8).unwrap_or_default();
    while let Some(shorter) = stem.strip_suffix("00") {
        stem = shorter;
    }
    stem
}

/// The rows of these codes that pass the filter, in the order of the codes given.
///
/// # Errors
/// [`Fault`] from the database.
pub fn rows_of(reader: &mut Reader<'_>, codes: &[String], filter: &ItemFilter) -> Result<Vec<ItemRow>, Fault> {
    let (condition, params) = filter.condition();
    let place = params.len() + 1;
    let sql = format!("SELECT {COLUMNS} FROM {{item_list}} WHERE {condition} AND item_code = ${place}");
    let mut rows = Vec::new();
    for code in codes {
        let mut params = params.clone();
        params.push(code.into());
        rows.extend(reader.query_one(&sql, &params)?.as_ref().and_then(row_of));
    }
    Ok(rows)
}

fn row_of(row: &Row) -> Option<ItemRow> {
    Some(ItemRow {
        item_code: row.text(0).to_owned(),
        version: row.int(1),
        power_type: PowerType::from_code(row.text(2))?,
        name: row.text(3).to_owned(),
        body: row.text(4).to_owned(),
        body_name: row.text(5).to_owned(),
        active: row.text(6) == "active",
        suspended: row.text(6) == "suspended",
        online: row.int(7) == 1,
        fee: row.int(8) == 1,
        promised: row.text(9).to_owned(),
        statutory: row.text(10).to_owned(),
        visits: row.opt_int(11),
        demo: row.int(12) == 1,
    })
}

/// Numbers for the filters and the home page; active items only, save `cancelled`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub active: i64,
    pub online: i64,
    pub suspended: i64,
    pub cancelled: i64,
    /// Body id, its name, number of items.
    pub by_body: Vec<(String, String, i64)>,
    pub by_type: Vec<(PowerType, i64)>,
    /// Theme and number, most items first.
    pub by_theme: Vec<(String, i64)>,
    /// Key of a life event and number; those that lead to something, in the order of life.
    pub by_life_event: Vec<(&'static str, i64)>,
}

/// # Errors
/// [`Fault`] from the database.
pub fn counts(reader: &mut Reader<'_>, audience: Option<Audience>) -> Result<Counts, Fault> {
    let filter = ItemFilter {
        audience,
        ..ItemFilter::default()
    };
    let (condition, params) = filter.condition();
    let mut counts = Counts {
        active: count(reader, &filter)?,
        online: count(
            reader,
            &ItemFilter {
                online: true,
                ..filter.clone()
            },
        )?,
        suspended: count(
            reader,
            &ItemFilter {
                suspended: true,
                ..filter.clone()
            },
        )?,
        cancelled: count(
            reader,
            &ItemFilter {
                cancelled: true,
                ..filter.clone()
            },
        )?,
        ..Counts::default()
    };
    let bodies = format!(
        "SELECT body, MAX(body_name), COUNT(*) FROM {{item_list}} WHERE {condition} GROUP BY body ORDER BY body"
    );
    for row in reader.query(&bodies, &params)? {
        counts
            .by_body
            .push((row.text(0).to_owned(), row.text(1).to_owned(), row.int(2)));
    }
    let types = format!("SELECT power_type, COUNT(*) FROM {{item_list}} WHERE {condition} GROUP BY power_type");
    for row in reader.query(&types, &params)? {
        counts
            .by_type
            .extend(PowerType::from_code(row.text(0)).map(|kind| (kind, row.int(1))));
    }
    counts.by_type.sort_by_key(|(kind, _)| *kind);
    let themes = format!("SELECT themes, COUNT(*) FROM {{item_list}} WHERE {condition} GROUP BY themes");
    counts.by_theme = theme_counts(&reader.query(&themes, &params)?);
    counts.by_life_event = life_event_counts(reader, &condition, &params)?;
    Ok(counts)
}

/// One pass over the combinations of themes, for all events.
fn life_event_counts(
    reader: &mut Reader<'_>,
    condition: &str,
    params: &[Value],
) -> Result<Vec<(&'static str, i64)>, Fault> {
    let sql = format!(
        "SELECT themes, individual, organisation, COUNT(*) FROM {{item_list}}
         WHERE {condition} AND power_type NOT IN ({}) GROUP BY themes, individual, organisation",
        not_applied_for()
    );
    let rows = reader.query(&sql, params)?;
    let number = |event: &LifeEvent| {
        let matters = |row: &&Row| {
            let happens = match event.audience {
                Audience::Individual => row.int(1),
                Audience::Organisation => row.int(2),
            };
            happens == 1 && row.text(0).split('|').any(|theme| event.has(theme))
        };
        rows.iter().filter(matters).map(|row| row.int(3)).sum::<i64>()
    };
    let numbers = life_event::ALL.iter().map(|event| (event.key, number(event)));
    Ok(numbers.filter(|(_, number)| *number > 0).collect())
}

fn theme_counts(rows: &[Row]) -> Vec<(String, i64)> {
    let mut by_theme = std::collections::BTreeMap::<String, i64>::new();
    for row in rows {
        for theme in row.text(0).split('|').filter(|theme| !theme.is_empty()) {
            *by_theme.entry(theme.to_owned()).or_default() += row.int(1);
        }
    }
    let mut counted: Vec<(String, i64)> = by_theme.into_iter().collect();
    counted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counted
}

#[cfg(test)]
mod tests {
    use super::division_stem;

    #[test]
    fn divisions_by_their_levels() {
        let check = |code: &str, expect: &str| assert_eq!(division_stem(code), expect, "{code}");
        check("33000000SJ-XK-0001", "33");
        check("33030000SJ-XK-0001", "3303");
        check("33030300SJ-XK-0001", "330303");
        check("33030302SJ-XK-0001", "33030302");
    }
}
