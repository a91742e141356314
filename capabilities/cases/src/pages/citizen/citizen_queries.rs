//! Reads of the public and citizens' pages beside those of the views.

use jiff::civil::Date;
use mingjing_chronicle::{Fault, Reader, params};

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
