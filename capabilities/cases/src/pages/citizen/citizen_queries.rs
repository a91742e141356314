//! Reads of the public and citizens' pages beside those of the views.

use jiff::civil::Date;
use mingjing_chronicle::{Fault, Reader, Row, Value, params};

use crate::views::public_record::PublicRow;

/// What the public list is narrowed to; empty is everything.
#[derive(Debug, Clone, Default)]
pub struct PublicFilter {
    /// Words that party, item or document number contain.
    pub words: String,
    pub body: String,
    pub item: String,
    pub result: String,
    /// Year of the decision.
    pub year: Option<i16>,
}

/// A row of the list with the body that decided.
#[derive(Debug, Clone)]
pub struct PublicLine {
    pub row: PublicRow,
    pub body: String,
}

/// Conditions as fixed texts, numbered in order; values as parameters.
#[derive(Default)]
pub(crate) struct Where {
    texts: Vec<String>,
    pub(crate) values: Vec<Value>,
}

impl Where {
    pub(crate) fn and(&mut self, text: &str, value: impl Into<Value>) {
        self.values.push(value.into());
        self.texts.push(text.replace('#', &format!("${}", self.values.len())));
    }

    pub(crate) fn text(&self) -> String {
        if self.texts.is_empty() {
            "1 = 1".to_owned()
        } else {
            self.texts.join(" AND ")
        }
    }
}

impl PublicFilter {
    pub(crate) fn condition(&self) -> Where {
        let mut all = Where::default();
        if !self.words.is_empty() {
            let pattern = format!("%{}%", escaped(&self.words));
            let columns = ["party_name", "item_name", "document_no", "case_no"];
            let either: Vec<String> = columns
                .iter()
                .map(|column| format!("{column} LIKE # ESCAPE '!'"))
                .collect();
            all.and(&format!("({})", either.join(" OR ")), pattern);
        }
        for (column, value) in [
            ("body", &self.body),
            ("item_code", &self.item),
            ("result", &self.result),
        ] {
            if !value.is_empty() {
                all.and(&format!("{column} = #"), value.as_str());
            }
        }
        if let Some(year) = self.year {
            // Dates are ISO texts, so a year is a range that the index serves.
            all.and("decided_on >= #", format!("{year:04}-01-01"));
            all.and("decided_on <= #", format!("{year:04}-12-31"));
        }
        all
    }
}

fn escaped(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    for c in words.chars().take(60) {
        if matches!(c, '%' | '_' | '!') {
            text.push('!');
        }
        text.push(c);
    }
    text
}

/// Published records, newest decision first, and how many there are.
///
/// # Errors
/// [`Fault`] from the database.
pub fn records(
    reader: &mut Reader<'_>,
    filter: &PublicFilter,
    offset: u32,
    size: u32,
) -> Result<(Vec<PublicLine>, u64), Fault> {
    let Where { texts, mut values } = filter.condition();
    let condition = Where {
        texts,
        values: Vec::new(),
    }
    .text();
    let count = reader.query_one(
        &format!("SELECT COUNT(*) FROM {{public_record}} WHERE {condition}"),
        &values,
    )?;
    values.push(i64::from(size).into());
    values.push(i64::from(offset).into());
    let rows = reader.query(
        &format!(
            "SELECT case_no, item_name, party_name, document_no, result, decided_on, released_on, body
             FROM {{public_record}} WHERE {condition} ORDER BY decided_on DESC, case_no LIMIT ${} OFFSET ${}",
            values.len() - 1,
            values.len()
        ),
        &values,
    )?;
    let count = count.map_or(0, |row| row.int(0));
    Ok((rows.iter().map(line).collect(), u64::try_from(count).unwrap_or(0)))
}

pub(crate) fn line(row: &Row) -> PublicLine {
    PublicLine {
        row: PublicRow {
            case_no: row.text(0).to_owned(),
            item_name: row.text(1).to_owned(),
            party_name: row.text(2).to_owned(),
            document_no: row.text(3).to_owned(),
            result: row.text(4).to_owned(),
            decided_on: row.text(5).to_owned(),
            released_on: row.text(6).to_owned(),
        },
        body: row.text(7).to_owned(),
    }
}

/// Values that the list can be narrowed by, with the number of records.
pub struct Facets {
    pub bodies: Vec<(String, i64)>,
    /// Code, name, number.
    pub items: Vec<(String, String, i64)>,
    pub results: Vec<(String, i64)>,
    pub years: Vec<(String, i64)>,
}

/// # Errors
/// [`Fault`] from the database.
pub fn facets(reader: &mut Reader<'_>) -> Result<Facets, Fault> {
    let mut pairs = |column: &str, order: &str| -> Result<Vec<(String, i64)>, Fault> {
        let rows = reader.query(
            &format!("SELECT {column}, COUNT(*) FROM {{public_record}} GROUP BY {column} ORDER BY {order} LIMIT 50"),
            &[],
        )?;
        Ok(rows.iter().map(|row| (row.text(0).to_owned(), row.int(1))).collect())
    };
    let bodies = pairs("body", "body")?;
    let results = pairs("result", "result")?;
    let years = pairs("substr(decided_on, 1, 4)", "substr(decided_on, 1, 4) DESC")?;
    let items = reader.query(
        "SELECT item_code, MAX(item_name), COUNT(*) FROM {public_record} GROUP BY item_code ORDER BY COUNT(*) DESC,
            item_code LIMIT 50",
        &[],
    )?;
    let items = items
        .iter()
        .map(|row| (row.text(0).to_owned(), row.text(1).to_owned(), row.int(2)))
        .collect();
    Ok(Facets {
        bodies,
        items,
        results,
        years,
    })
}

/// How many matters there are of each sort. What is not published shows up here and nowhere else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub received: i64,
    /// Not decided, not withdrawn, not turned down.
    pub undecided: i64,
    pub decided: i64,
    pub published: i64,
}

impl Totals {
    /// Decided, but withheld or not yet through release review.
    pub fn unpublished(&self) -> i64 {
        self.decided - self.published
    }
}

/// # Errors
/// [`Fault`] from the database.
pub fn totals(reader: &mut Reader<'_>, filter: &PublicFilter) -> Result<Totals, Fault> {
    let mut all = Where::default();
    if !filter.body.is_empty() {
        all.and("body = #", filter.body.as_str());
    }
    if !filter.item.is_empty() {
        all.and("item_code = #", filter.item.as_str());
    }
    let row = reader.query_one(
        &format!(
            "SELECT COUNT(*),
                COALESCE(SUM(CASE WHEN decided_on IS NULL AND open = 1 AND state NOT IN ('refused', 'not_required', 'served')
                    THEN 1 ELSE 0 END), 0),
                COALESCE(SUM(CASE WHEN decided_on IS NOT NULL THEN 1 ELSE 0 END), 0),
                COALESCE(SUM(published), 0)
             FROM {{case_list}} WHERE {}",
            all.text()
        ),
        &all.values,
    )?;
    Ok(row.map_or(Totals::default(), |row| Totals {
        received: row.int(0),
        undecided: row.int(1),
        decided: row.int(2),
        published: row.int(3),
    }))
}

/// Whether a published case was decided late: by the statute, by the body's promise.
///
/// # Errors
/// [`Fault`] from the database.
pub fn lateness(reader: &mut Reader<'_>, case_no: &str) -> Result<(bool, bool), Fault> {
    let row = reader.query_one(
        "SELECT late_statutory, late_promised FROM {case_list} WHERE case_no = $1 AND published = 1",
        &params![case_no],
    )?;
    Ok(row.map_or((false, false), |row| (row.int(0) == 1, row.int(1) == 1)))
}

/// How many messages an account has, and whether there are some of the last days.
///
/// # Errors
/// [`Fault`] from the database.
pub fn messages(reader: &mut Reader<'_>, account: &str) -> Result<u64, Fault> {
    if account.is_empty() {
        return Ok(0);
    }
    let row = reader.query_one(
        "SELECT COUNT(*) FROM {inbox} WHERE account = $1 OR agent = $1",
        &params![account],
    )?;
    Ok(row.map_or(0, |row| u64::try_from(row.int(0)).unwrap_or(0)))
}

/// A stored ISO date in words; what does not parse as it is.
pub fn date_words(text: &str) -> String {
    text.parse::<Date>().map_or_else(|_| text.to_owned(), super::words::day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_parameters_in_order() {
        let filter = PublicFilter {
            words: "50%_".into(),
            body: "b'; --".into(),
            year: Some(2026),
            ..PublicFilter::default()
        };
        let condition = filter.condition();
        assert_eq!(
            condition.text(),
            "(party_name LIKE $1 ESCAPE '!' OR item_name LIKE $1 ESCAPE '!' OR document_no LIKE $1 ESCAPE '!' OR \
             case_no LIKE $1 ESCAPE '!') AND body = $2 AND decided_on >= $3 AND decided_on <= $4"
        );
        assert_eq!(condition.values.len(), 4);
        assert_eq!(condition.values[0], Value::Text("%50!%!_%".into()));
        assert_eq!(PublicFilter::default().condition().text(), "1 = 1");
    }
}
