//! Statistics over `cases.tally`: one reading for page, CSV and XLSX, under one scope.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use mingjing_chronicle::{Fault, Reader, Value};

use super::list::ScopeCondition;
use super::state_of::Standing;
use crate::number::Procedure;

/// What is counted: permits by month of receipt, penalties by month of opening. The two are never added up: an
/// application waits for an answer, a penalty case for a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub procedure: Procedure,
    pub year: Option<i16>,
    pub body: String,
    pub item: String,
}

/// Cases of one body, item, month, or of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    pub received: i64,
    /// Accepted or owed an answer, or under investigation; nothing that ends it was done.
    pub undecided: i64,
    pub granted: i64,
    pub denied: i64,
    /// Not accepted, or no permit needed.
    pub turned_away: i64,
    pub withdrawn: i64,
    /// The four outcomes of a penalty case (57(1)).
    pub fined: i64,
    pub no_penalty: i64,
    pub not_established: i64,
    pub transferred: i64,
    pub in_time: i64,
    pub past_promise: i64,
    pub past_law: i64,
    /// Undecided although the statutory day is over.
    pub overdue: i64,
    /// Tenths of a calendar day from acceptance or opening to decision.
    pub median_tenths: Option<i64>,
}

impl Figures {
    pub fn decided(&self) -> i64 {
        self.granted + self.denied + self.fined + self.no_penalty + self.not_established + self.transferred
    }

    /// Tenths of a percent of the decided that kept the law's limit.
    pub fn lawful_tenths(&self) -> Option<i64> {
        let decided = self.decided();
        (decided > 0).then(|| (self.in_time + self.past_promise) * 1_000 / decided)
    }

    /// Without a median where fewer than `fewest` are decided.
    fn reserved(&mut self, fewest: i64) {
        if self.decided() < fewest {
            self.median_tenths = None;
        }
    }

    fn add(&mut self, result: &str, late: &str, cases: i64) {
        self.received += cases;
        match result {
            "granted" => self.granted += cases,
            "denied" => self.denied += cases,
            "refused" | "not_required" => self.turned_away += cases,
            "withdrawn" => self.withdrawn += cases,
            "fined" => self.fined += cases,
            "no_penalty" => self.no_penalty += cases,
            "not_established" => self.not_established += cases,
            "transferred" => self.transferred += cases,
            _ => self.undecided += cases,
        }
        match late {
            "in_time" => self.in_time += cases,
            "promised" => self.past_promise += cases,
            "statutory" => self.past_law += cases,
            _ => {}
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    pub total: Figures,
    pub by_body: BTreeMap<String, Figures>,
    pub by_item: BTreeMap<String, Figures>,
    pub by_month: BTreeMap<String, Figures>,
    pub by_state: Vec<(Standing, i64)>,
    /// Names of items.
    pub items: BTreeMap<String, String>,
    /// What there is to ask for in this scope, whatever is asked now.
    pub known: Known,
}

impl Statistics {
    /// What may be told to everybody: a median of one or two cases would tell how long somebody waited.
    pub fn reserve(&mut self, fewest: i64) {
        let groups = [&mut self.by_body, &mut self.by_item, &mut self.by_month];
        let groups = groups.into_iter().flat_map(BTreeMap::values_mut);
        groups
            .chain([&mut self.total])
            .for_each(|figures| figures.reserved(fewest));
    }
}

/// Years, bodies and items with any case of the procedure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The latest first.
    pub years: Vec<i16>,
    pub bodies: BTreeSet<String>,
    pub items: BTreeSet<String>,
}

/// # Errors
/// [`Fault`] from the database.
pub fn statistics(
    reader: &mut Reader<'_>,
    scope: &ScopeCondition,
    asked: &Asked,
    today: Date,
) -> Result<Statistics, Fault> {
    let (condition, values) = condition(scope, asked);
    let mut found = Statistics {
        known: known(reader, scope, asked.procedure)?,
        items: items(reader)?,
        ..Statistics::default()
    };
    count_cases(reader, &mut found, asked.procedure, &condition, &values)?;
    count_overdue(reader, &mut found, &condition, &values, today)?;
    count_days(reader, &mut found, &condition, &values)?;
    Ok(found)
}

fn condition(scope: &ScopeCondition, asked: &Asked) -> (String, Vec<Value>) {
    let mut text = format!("({})", scope.text);
    let mut values = scope.parameters.clone();
    let mut and = |piece: &str, value: Value| {
        values.push(value);
        text.push_str(&format!(" AND {piece} ${}", values.len()));
    };
    and("procedure =", asked.procedure.key().into());
    if let Some(year) = asked.year {
        and("month >=", format!("{year:04}-01").into());
        and("month <=", format!("{year:04}-12").into());
    }
    if !asked.body.is_empty() {
        and("body =", asked.body.as_str().into());
    }
    if !asked.item.is_empty() {
        and("item_code =", asked.item.as_str().into());
    }
    (text, values)
}

fn count_cases(
    reader: &mut Reader<'_>,
    found: &mut Statistics,
    procedure: Procedure,
    condition: &str,
    values: &[Value],
) -> Result<(), Fault> {
    let rows = reader.query(
        &format!(
            "SELECT body, item_code, month, state, result, late, CAST(SUM(cases) AS BIGINT)
             FROM {{tally}} WHERE {condition} GROUP BY body, item_code, month, state, result, late"
        ),
        values,
    )?;
    let mut states: BTreeMap<String, i64> = BTreeMap::new();
    for row in &rows {
        let (result, late, cases) = (row.text(4), row.text(5), row.int(6));
        if cases == 0 {
            continue;
        }
        for figures in groups(found, row.text(0), row.text(1), row.text(2)) {
            figures.add(result, late, cases);
        }
        *states.entry(row.text(3).to_owned()).or_default() += cases;
    }
    found.by_state = Standing::all_of(procedure)
        .into_iter()
        .filter_map(|state| Some((state, *states.get(state.key())?)))
        .collect();
    Ok(())
}

fn groups<'a>(found: &'a mut Statistics, body: &str, item: &str, month: &str) -> [&'a mut Figures; 4] {
    [
        &mut found.total,
        found.by_body.entry(body.to_owned()).or_default(),
        found.by_item.entry(item.to_owned()).or_default(),
        found.by_month.entry(month.to_owned()).or_default(),
    ]
}

fn count_overdue(
    reader: &mut Reader<'_>,
    found: &mut Statistics,
    condition: &str,
    values: &[Value],
    today: Date,
) -> Result<(), Fault> {
    let mut values = values.to_vec();
    values.push(today.into());
    let rows = reader.query(
        &format!(
            "SELECT body, item_code, month, CAST(SUM(cases) AS BIGINT) FROM {{tally_due}}
             WHERE {condition} AND due_on < ${} GROUP BY body, item_code, month",
            values.len()
        ),
        &values,
    )?;
    for row in &rows {
        for figures in groups(found, row.text(0), row.text(1), row.text(2)) {
            figures.overdue += row.int(3);
        }
    }
    Ok(())
}

fn count_days(reader: &mut Reader<'_>, found: &mut Statistics, condition: &str, values: &[Value]) -> Result<(), Fault> {
    let rows = reader.query(
        &format!(
            "SELECT body, item_code, month, days, CAST(SUM(cases) AS BIGINT) FROM {{tally_days}}
             WHERE {condition} GROUP BY body, item_code, month, days"
        ),
        values,
    )?;
    let mut total = Days::new();
    let mut bodies: BTreeMap<&str, Days> = BTreeMap::new();
    let mut items: BTreeMap<&str, Days> = BTreeMap::new();
    let mut months: BTreeMap<&str, Days> = BTreeMap::new();
    for row in &rows {
        let spread = [
            &mut total,
            bodies.entry(row.text(0)).or_default(),
            items.entry(row.text(1)).or_default(),
            months.entry(row.text(2)).or_default(),
        ];
        for days in spread {
            *days.entry(row.int(3)).or_default() += row.int(4);
        }
    }
    found.total.median_tenths = median_tenths(&total);
    for (groups, spreads) in [
        (&mut found.by_body, bodies),
        (&mut found.by_item, items),
        (&mut found.by_month, months),
    ] {
        for (key, days) in spreads {
            if let Some(figures) = groups.get_mut(key) {
                figures.median_tenths = median_tenths(&days);
            }
        }
    }
    Ok(())
}

/// Cases by the days they took.
type Days = BTreeMap<i64, i64>;

/// The middle one, or half-way between the two in the middle.
fn median_tenths(days: &Days) -> Option<i64> {
    let cases: i64 = days.values().sum();
    if cases <= 0 {
        return None;
    }
    let at = |rank: i64| {
        let mut upto = 0;
        days.iter()
            .find(|(_, count)| {
                upto += **count;
                upto >= rank
            })
            .map_or(0, |(day, _)| *day)
    };
    Some((at((cases + 1) / 2) + at(cases / 2 + 1)) * 5)
}

fn known(reader: &mut Reader<'_>, scope: &ScopeCondition, procedure: Procedure) -> Result<Known, Fault> {
    let mut values = scope.parameters.clone();
    values.push(procedure.key().into());
    let rows = reader.query(
        &format!(
            "SELECT DISTINCT substr(month, 1, 4), body, item_code FROM {{tally}}
             WHERE ({}) AND procedure = ${} AND cases > 0",
            scope.text,
            values.len()
        ),
        &values,
    )?;
    let years: BTreeSet<i16> = rows.iter().filter_map(|row| row.text(0).parse().ok()).collect();
    Ok(Known {
        years: years.into_iter().rev().collect(),
        bodies: rows.iter().map(|row| row.text(1).to_owned()).collect(),
        items: rows.iter().map(|row| row.text(2).to_owned()).collect(),
    })
}

fn items(reader: &mut Reader<'_>) -> Result<BTreeMap<String, String>, Fault> {
    let rows = reader.query("SELECT item_code, item_name FROM {tally_item}", &[])?;
    Ok(rows
        .iter()
        .map(|row| (row.text(0).to_owned(), row.text(1).to_owned()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one() {
        for (days, expect) in [
            (vec![], None),
            (vec![(7, 1)], Some(70)),
            (vec![(7, 1), (10, 1)], Some(85)),
            (vec![(1, 1), (2, 1), (30, 1)], Some(20)),
            (vec![(1, 50), (9, 49)], Some(10)),
            (vec![(1, 50), (9, 50)], Some(50)),
            (vec![(3, 0)], None),
        ] {
            assert_eq!(median_tenths(&days.into_iter().collect()), expect);
        }
    }
}
