//! Which day works: the embedded national table, and local days laid over it.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use crate::{CalendarError, civil};

const WORKING_DAYS: &str = include_str!("../data/working-days.txt");
const STATUTORY_HOLIDAYS: &str = include_str!("../data/statutory-holidays.txt");

/// Ten years of every day; a local arrangement longer than that is a mistake.
pub const MAX_OVERLAY_DAYS: usize = 3660;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// An ordinary working day.
    Workday,
    /// An ordinary Saturday or Sunday.
    Weekend,
    /// Off by an official arrangement, weekends inside it included.
    Holiday,
    /// A Saturday or Sunday on which work is made up (调休上班).
    MakeUpWorkday,
}

impl DayKind {
    pub fn works(self) -> bool {
        matches!(self, DayKind::Workday | DayKind::MakeUpWorkday)
    }
}

/// What the calendar knows about one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Day {
    pub date: Date,
    pub works: bool,
    pub kind: DayKind,
    /// The holiday a day off or a make-up day belongs to, or the name of the local arrangement.
    pub name: Option<String>,
    /// Outside the covered years: the weekend rule stands in for an arrangement that is not known.
    pub provisional: bool,
}

/// A day that the table names.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    kind: DayKind,
    name: String,
}

/// A working-day calendar. Cheap to clone; immutable once built.
#[derive(Debug, Clone)]
pub struct Calendar {
    inner: Arc<Inner>,
}

#[derive(Debug, Clone)]
struct Inner {
    named: BTreeMap<Date, Named>,
    /// Day numbers on which the weekday rule is wrong, with the running sum of the corrections through that day.
    corrections: Vec<(i64, i64)>,
    /// Covered years in order, each with the number of its notice where that was read.
    years: BTreeMap<i16, Option<String>>,
    statutory: BTreeMap<Date, String>,
    statutory_years: BTreeMap<i16, Option<String>>,
    version: String,
}

impl Calendar {
    /// The State Council's arrangement, 2004 to the last year known when this was built.
    pub fn national() -> Calendar {
        static NATIONAL: OnceLock<Calendar> = OnceLock::new();
        let build = || national_from(WORKING_DAYS, STATUTORY_HOLIDAYS).expect("the embedded table is read in a test");
        NATIONAL.get_or_init(build).clone()
    }

    /// Lays a place's own days over this calendar (minorities' festivals, 全国年节及纪念日放假办法 4; emergency
    /// arrangements). `name` is shown in the reasons and becomes part of the version. Statutory holidays proper
    /// (`is_statutory_holiday`) are not changed by it.
    pub fn with_overlay(self, name: &str, days: &[(Date, DayKind)]) -> Result<Calendar, CalendarError> {
        let length = name.chars().count();
        if length == 0 || length > 40 || name.chars().any(char::is_control) {
            return Err(CalendarError::OverlayName);
        }
        if days.len() > MAX_OVERLAY_DAYS {
            return Err(CalendarError::OverlayTooLong);
        }
        let mut overlay: BTreeMap<Date, Named> = BTreeMap::new();
        for (date, kind) in days {
            let day = Named {
                kind: *kind,
                name: name.to_owned(),
            };
            if overlay.insert(*date, day.clone()).is_some_and(|before| before != day) {
                return Err(CalendarError::OverlayConflict { date: *date });
            }
        }
        let mut inner = (*self.inner).clone();
        inner.version = format!("{}+{name}-{:08x}", inner.version, fingerprint(&overlay));
        inner.named.extend(overlay);
        inner.corrections = corrections(&inner.named);
        Ok(Calendar { inner: Arc::new(inner) })
    }

    /// For example `cn-2026-1a2b3c4d`: last covered year and a fingerprint of the days; overlays append themselves.
    pub fn version(&self) -> &str {
        &self.inner.version
    }

    pub fn first_covered(&self) -> Date {
        let year = self.inner.years.keys().next().expect("a table covers a year");
        date(*year, 1, 1)
    }

    /// The last day of the last covered year. Its final days may still be touched by the next year's New Year
    /// arrangement (as 29 to 31 December 2018 were); the reasons of a due date there say so.
    pub fn last_covered(&self) -> Date {
        let year = self.inner.years.keys().next_back().expect("a table covers a year");
        date(*year, 12, 31)
    }

    /// Number of the State Council notice for a year, where it was read.
    pub fn notice(&self, year: i16) -> Option<&str> {
        self.inner.years.get(&year)?.as_deref()
    }

    pub fn day(&self, date: Date) -> Day {
        let provisional = date < self.first_covered() || date > self.last_covered();
        match self.inner.named.get(&date) {
            Some(named) => Day {
                date,
                works: named.kind.works(),
                kind: named.kind,
                name: Some(named.name.clone()),
                provisional,
            },
            None => {
                let kind = if civil::is_weekday(date) {
                    DayKind::Workday
                } else {
                    DayKind::Weekend
                };
                Day {
                    date,
                    works: kind.works(),
                    kind,
                    name: None,
                    provisional,
                }
            }
        }
    }

    pub fn is_working_day(&self, date: Date) -> bool {
        match self.inner.named.get(&date) {
            Some(named) => named.kind.works(),
            None => civil::is_weekday(date),
        }
    }

    /// Whether a day is one of the statutory holidays proper (强制法 43); `None` for years whose days are not known.
    pub fn is_statutory_holiday(&self, date: Date) -> Option<bool> {
        let known = self.inner.statutory_years.contains_key(&date.year());
        known.then(|| self.inner.statutory.contains_key(&date))
    }

    /// Working days after `from` through `to`; negative when `to` is earlier.
    pub fn working_days_between(&self, from: Date, to: Date) -> i64 {
        self.working_through(civil::ordinal(to)) - self.working_through(civil::ordinal(from))
    }

    /// Working days from a fixed zero through day `ordinal`; in logarithmic time, so that no period is too long.
    pub(crate) fn working_through(&self, ordinal: i64) -> i64 {
        let known = self.inner.corrections.partition_point(|(day, _)| *day <= ordinal);
        let correction = known.checked_sub(1).map_or(0, |last| self.inner.corrections[last].1);
        civil::weekdays_through(ordinal) + correction
    }
}

fn corrections(named: &BTreeMap<Date, Named>) -> Vec<(i64, i64)> {
    let mut sum = 0;
    let mut all = Vec::new();
    for (date, day) in named {
        let by = i64::from(day.kind.works()) - i64::from(civil::is_weekday(*date));
        if by != 0 {
            sum += by;
            all.push((civil::ordinal(*date), sum));
        }
    }
    all
}

/// FNV-1a over the days: tells two tables apart by accident, not against an enemy.
fn fingerprint(named: &BTreeMap<Date, Named>) -> u32 {
    let mut hash: u32 = 0x811c_9dc5;
    for (date, day) in named {
        for byte in format!("{date}{:?}{}\n", day.kind, day.name).bytes() {
            hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
    hash
}

fn national_from(working_days: &str, statutory_holidays: &str) -> Result<Calendar, String> {
    let days = read(working_days)?;
    let statutory = read(statutory_holidays)?;
    let last = days.years.keys().next_back().ok_or("没有任何年份")?;
    let inner = Inner {
        version: format!("cn-{last}-{:08x}", fingerprint(&days.named)),
        corrections: corrections(&days.named),
        named: days.named,
        years: days.years,
        statutory: statutory
            .named
            .into_iter()
            .map(|(date, day)| (date, day.name))
            .collect(),
        statutory_years: statutory.years,
    };
    Ok(Calendar { inner: Arc::new(inner) })
}

#[derive(Default)]
struct File {
    named: BTreeMap<Date, Named>,
    years: BTreeMap<i16, Option<String>>,
}

/// Reads the form described at the head of `data/working-days.txt`.
fn read(text: &str) -> Result<File, String> {
    let mut file = File::default();
    let mut year = None;
    for (at, line) in text.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        read_line(line, &mut year, &mut file).map_err(|reason| format!("第{}行：{reason}", at + 1))?;
    }
    Ok(file)
}

fn read_line(line: &str, year: &mut Option<i16>, file: &mut File) -> Result<(), String> {
    let mut words = line.split(' ');
    let head = words.next().unwrap_or_default();
    if head == "年" {
        let number: i16 = words.next().and_then(|word| word.parse().ok()).ok_or("年份不是数字")?;
        file.years.insert(number, words.next().map(str::to_owned));
        *year = Some(number);
        return Ok(());
    }
    let year = year.ok_or("缺少年份")?;
    let mut kind = None;
    for word in words {
        match word {
            "休" => kind = Some(DayKind::Holiday),
            "班" => kind = Some(DayKind::MakeUpWorkday),
            days => {
                let kind = kind.ok_or("日期前缺少“休”或“班”")?;
                insert_days(
                    file,
                    days,
                    year,
                    &Named {
                        kind,
                        name: head.to_owned(),
                    },
                )?;
            }
        }
    }
    Ok(())
}

fn insert_days(file: &mut File, days: &str, year: i16, named: &Named) -> Result<(), String> {
    let (first, last) = days.split_once("..").unwrap_or((days, days));
    let mut date = month_day(year, first)?;
    let last = month_day(year, last)?;
    if last < date {
        return Err(format!("{days}的末日早于首日"));
    }
    while date <= last {
        if file.named.insert(date, named.clone()).is_some() {
            return Err(format!("{date}出现两次"));
        }
        date = date.tomorrow().map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn month_day(year: i16, text: &str) -> Result<Date, String> {
    let wrong = || format!("{text}不是“月-日”");
    let (month, day) = text.split_once('-').ok_or_else(wrong)?;
    let (month, day) = (month.parse().map_err(|_| wrong())?, day.parse().map_err(|_| wrong())?);
    Date::new(year, month, day).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn broken_tables_are_refused_with_the_line() {
        let check = |text: &str, expect: &str| {
            let reason = read(text).err().unwrap_or_default();
            assert!(reason.contains(expect), "{text:?}: {reason:?}");
        };
        check("元旦 休 01-01", "第1行：缺少年份");
        check("年 2026\n元旦 01-01", "第2行：日期前缺少");
        check("年 2026\n元旦 休 02-30", "第2行：02-30不是");
        check("年 2026\n元旦 休 01-03..01-01", "末日早于首日");
        check("年 2026\n元旦 休 01-01 班 01-01", "2026-01-01出现两次");
        check("年 二〇二六", "年份不是数字");
        assert!(national_from("", "").is_err());
    }

    #[test]
    fn any_changed_day_changes_the_version() {
        let one = national_from("年 2026\n元旦 休 01-01", "年 2026").unwrap();
        let other = national_from("年 2026\n元旦 休 01-02", "年 2026").unwrap();
        assert_ne!(one.version(), other.version());
    }
}
