//! `cases.fines`: each decided fine beside its benchmark, for those who watch that like is treated alike (行政处罚法 5(2), 34):
//! facts by their levels, interval, amount. No party and no cause.

use mingjing_chronicle::{Fault, Payload, Reader, RecordedEvent, Row, Sql, View, params};

use super::list::ScopeCondition;
use crate::money::Fen;
use crate::penalty::discretion::Discretion;
use crate::penalty::events::{InvestigationEnded, PenaltyEvent, PenaltyFact};

pub struct Fines;

impl View for Fines {
    fn name(&self) -> &'static str {
        "cases.fines"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["fine"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            // The columns by which a scope is asked; the party has its own page.
            "CREATE TABLE {fine} (
                case_no TEXT PRIMARY KEY,
                body TEXT NOT NULL,
                area TEXT NOT NULL,
                party_account TEXT NOT NULL,
                published BIGINT NOT NULL,
                item_code TEXT NOT NULL,
                item_name TEXT NOT NULL,
                facts TEXT NOT NULL,
                benchmark TEXT NOT NULL,
                decided_on TEXT,
                fine BIGINT,
                low BIGINT,
                high BIGINT,
                high_included BIGINT NOT NULL,
                usual BIGINT,
                statutory_low BIGINT,
                statutory_high BIGINT
            )",
            "CREATE INDEX {fine}_by_item ON {fine} (item_code, decided_on) WHERE decided_on IS NOT NULL",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "penalty"
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let Payload::Known(known) = event.decode::<PenaltyEvent>()? else {
            return Ok(());
        };
        let case_no = event.envelope.stream_id();
        match &known.fact {
            PenaltyFact::LeadRegistered(lead) => {
                sql.execute(
                    "INSERT INTO {fine} (case_no, body, area, party_account, published, item_code, item_name, facts, benchmark,
                         high_included)
                     VALUES ($1, $2, $3, '', 0, $4, $5, '', '', 1)",
                    &params![
                        case_no,
                        &lead.item.body,
                        &lead.item.area,
                        &lead.item.item_code,
                        &lead.item.name
                    ],
                )?;
                Ok(())
            }
            PenaltyFact::InvestigationEnded(ended) => {
                sql.execute(
                    "UPDATE {fine} SET facts = $2 WHERE case_no = $1",
                    &params![case_no, facts_of(ended)],
                )?;
                Ok(())
            }
            PenaltyFact::Decided(decided) => match (decided.outcome.fine(), &decided.discretion) {
                (Some(fine), Some(discretion)) => {
                    decide(sql, case_no, &decided.decided_on.to_string(), fine, discretion)
                }
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

fn decide(sql: &mut dyn Sql, case_no: &str, on: &str, fine: Fen, discretion: &Discretion) -> Result<(), Fault> {
    let fen = |amount: Option<Fen>| amount.map(|amount| amount.0);
    sql.execute(
        "UPDATE {fine} SET decided_on = $2, fine = $3, low = $4, high = $5, high_included = $6, usual = $7,
             statutory_low = $8, statutory_high = $9, benchmark = $10 WHERE case_no = $1",
        &params![
            case_no,
            on,
            fine.0,
            fen(discretion.low),
            fen(discretion.high),
            discretion.high_included,
            fen(discretion.default),
            fen(discretion.statutory_low),
            fen(discretion.statutory_high),
            discretion.benchmark.as_str(),
        ],
    )?;
    Ok(())
}

/// The levels of the factors and the circumstances: what makes two cases alike. Where the benchmark told the levels, they
/// and not the figures behind them; 500 and 600 yuan of goods are the same level.
fn facts_of(ended: &InvestigationEnded) -> String {
    let Some(discretion) = &ended.discretion else {
        return String::new();
    };
    let mut facts = levels(discretion);
    if facts.is_empty() {
        let given = ended.factors.iter();
        facts.extend(given.map(|(name, value)| format!("{name}：{value}")));
    }
    facts.extend(ended.grounds.iter().map(|ground| ground.weight.name().to_owned()));
    in_words(facts)
}

fn in_words(facts: Vec<String>) -> String {
    match facts.is_empty() {
        true => "没有法定情节".to_owned(),
        false => facts.join("；"),
    }
}

/// `货值金额：不足1000元 → 0%` is said of each factor that has a weight.
fn levels(discretion: &Discretion) -> Vec<String> {
    let told = discretion.lines.iter().filter_map(|line| line.split_once(" → "));
    told.map(|(level, _)| level.to_owned()).collect()
}

/// One decided fine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FineRow {
    pub case_no: String,
    pub item_code: String,
    pub item_name: String,
    pub facts: String,
    pub decided_on: String,
    pub fine: Fen,
    pub low: Option<Fen>,
    pub high: Option<Fen>,
    pub high_included: bool,
    /// What follows where nothing else is reasoned.
    pub usual: Option<Fen>,
}

impl FineRow {
    fn read(row: &Row) -> FineRow {
        let fen = |column: usize| row.opt_int(column).map(Fen);
        FineRow {
            case_no: row.text(0).to_owned(),
            item_code: row.text(1).to_owned(),
            item_name: row.text(2).to_owned(),
            facts: row.text(3).to_owned(),
            decided_on: row.text(4).to_owned(),
            fine: Fen(row.int(5)),
            low: fen(6),
            high: fen(7),
            high_included: row.int(8) == 1,
            usual: fen(9),
        }
    }

    /// Outside the interval of the benchmark.
    pub fn departs(&self) -> bool {
        let above = match self.high {
            Some(high) if self.high_included => self.fine > high,
            Some(high) => self.fine >= high,
            None => false,
        };
        above || self.low.is_some_and(|low| self.fine < low)
    }

    /// Within the interval, but more than half of the usual amount away from it.
    pub fn stands_out(&self) -> bool {
        let far = |usual: Fen| (self.fine.0 - usual.0).abs() * 2 > usual.0;
        !self.departs() && self.usual.is_some_and(far)
    }
}

const COLUMNS: &str = "case_no, item_code, item_name, facts, decided_on, fine, low, high, high_included, usual";

/// Decided fines within the scope, the latest first; of one item, or of all.
///
/// # Errors
/// [`Fault`] from the database.
pub fn fines(reader: &mut Reader<'_>, scope: &ScopeCondition, item: &str, most: i64) -> Result<Vec<FineRow>, Fault> {
    let mut values = scope.parameters.clone();
    let mut condition = format!("decided_on IS NOT NULL AND ({})", scope.text);
    if !item.is_empty() {
        values.push(item.into());
        condition.push_str(&format!(" AND item_code = ${}", values.len()));
    }
    values.push(most.into());
    let rows = reader.query(
        &format!(
            "SELECT {COLUMNS} FROM {{fine}} WHERE {condition} ORDER BY decided_on DESC, case_no LIMIT ${}",
            values.len()
        ),
        &values,
    )?;
    Ok(rows.iter().map(FineRow::read).collect())
}

/// Decided fines of the same item with the same facts, the latest first.
///
/// # Errors
/// [`Fault`] from the database.
pub fn alike(reader: &mut Reader<'_>, scope: &ScopeCondition, item: &str, facts: &str) -> Result<Vec<FineRow>, Fault> {
    let mut values = scope.parameters.clone();
    values.extend([item.into(), facts.into()]);
    let (item, facts) = (values.len() - 1, values.len());
    let rows = reader.query(
        &format!(
            "SELECT {COLUMNS} FROM {{fine}} WHERE decided_on IS NOT NULL AND ({}) AND item_code = ${item} AND facts = ${facts}
             ORDER BY decided_on DESC, case_no LIMIT 20",
            scope.text
        ),
        &values,
    )?;
    Ok(rows.iter().map(FineRow::read).collect())
}

/// The levels that a trial told, as they stand in the table.
pub fn facts_of_trial(discretion: &Discretion, weight: Option<&str>) -> String {
    let mut facts = levels(discretion);
    facts.extend(weight.map(str::to_owned));
    in_words(facts)
}

/// Cases alike in every level with different fines: facts, and the cases from the lowest fine to the highest.
pub fn unlike(rows: &[FineRow]) -> Vec<(String, Vec<&FineRow>)> {
    let mut groups: std::collections::BTreeMap<(&str, &str), Vec<&FineRow>> = std::collections::BTreeMap::new();
    for row in rows.iter().filter(|row| !row.facts.is_empty()) {
        groups.entry((&row.item_code, &row.facts)).or_default().push(row);
    }
    let mut found: Vec<(String, Vec<&FineRow>)> = groups
        .into_iter()
        .filter(|(_, rows)| rows.iter().any(|row| row.fine != rows[0].fine))
        .map(|((_, facts), mut rows)| {
            rows.sort_by_key(|row| row.fine);
            (facts.to_owned(), rows)
        })
        .collect();
    // The widest gap first.
    found.sort_by_key(|(_, rows)| std::cmp::Reverse(rows.last().map_or(0, |last| last.fine.0) - rows[0].fine.0));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(case_no: &str, facts: &str, fine: i64) -> FineRow {
        FineRow {
            case_no: case_no.into(),
            item_code: "x".into(),
            item_name: "甲".into(),
            facts: facts.into(),
            decided_on: "2026-03-02".into(),
            fine: Fen::yuan(fine),
            low: Some(Fen::yuan(5_000)),
            high: Some(Fen::yuan(20_000)),
            high_included: false,
            usual: Some(Fen::yuan(10_000)),
        }
    }

    #[test]
    fn outside_the_interval_or_far_from_the_usual() {
        let check = |fine: i64, departs: bool, stands_out: bool| {
            let row = row("a", "", fine);
            assert_eq!((row.departs(), row.stands_out()), (departs, stands_out), "{fine}");
        };
        check(4_999, true, false);
        check(5_000, false, false);
        check(15_000, false, false);
        check(15_001, false, true);
        check(19_999, false, true);
        check(20_000, true, false);
    }

    #[test]
    fn alike_with_another_fine() {
        let rows = [
            row("a", "货值：低", 6_000),
            row("b", "货值：低", 5_000),
            row("c", "货值：高", 9_000),
            row("d", "", 9_000),
            row("e", "", 8_000),
        ];
        let found = unlike(&rows);
        let shown: Vec<(&str, Vec<&str>)> = found
            .iter()
            .map(|(facts, rows)| (facts.as_str(), rows.iter().map(|row| row.case_no.as_str()).collect()))
            .collect();
        assert_eq!(shown, [("货值：低", vec!["b", "a"])], "nothing known is not alike");
    }
}
