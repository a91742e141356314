//! The embedded table against the shared source, and local days laid over it.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::{Date, Weekday, date};
use mingjing_calendar::{Calendar, CalendarError, DayKind, Period};

/// The shared reference data lie beside the project, not in it; without them the comparison is skipped.
fn shared(name: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!("skipped: the shared file {name} is not beside this checkout");
    }
    text
}

fn days_of(calendar: &Calendar) -> impl Iterator<Item = Date> {
    let (first, last) = (calendar.first_covered(), calendar.last_covered());
    first
        .series(jiff::Span::new().days(1))
        .take_while(move |day| *day <= last)
}

#[test]
fn every_day_agrees_with_the_shared_table() {
    let Some(text) = shared("working-days.csv") else {
        return;
    };
    let rows: BTreeMap<Date, (&str, &str)> = text
        .lines()
        .skip(1)
        .map(|line| {
            let mut cells = line.split(',');
            let mut next = || cells.next().unwrap();
            (next().parse().unwrap(), (next(), next()))
        })
        .collect();
    assert_eq!(rows.len(), 769);
    let calendar = Calendar::national();
    for date in days_of(&calendar) {
        let day = calendar.day(date);
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        let expect = match rows.get(&date) {
            Some(("holiday", name)) => (DayKind::Holiday, Some(*name)),
            Some((_, name)) => (DayKind::MakeUpWorkday, Some(*name)),
            None if weekend => (DayKind::Weekend, None),
            None => (DayKind::Workday, None),
        };
        assert_eq!((day.kind, day.name.as_deref()), expect, "{date}");
        assert_eq!(calendar.is_working_day(date), expect.0.works(), "{date}");
        assert!(!day.provisional, "{date}");
    }
}

#[test]
fn every_statutory_holiday_agrees_with_the_shared_table() {
    let Some(text) = shared("statutory-holidays.csv") else {
        return;
    };
    let rows: Vec<Date> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap().parse().unwrap())
        .collect();
    let calendar = Calendar::national();
    for date in days_of(&calendar) {
        let expect = (date.year() >= 2023).then(|| rows.contains(&date));
        assert_eq!(calendar.is_statutory_holiday(date), expect, "{date}");
    }
}

#[test]
fn a_statutory_holiday_is_a_day_off() {
    let calendar = Calendar::national();
    let mut by_year = BTreeMap::new();
    for date in days_of(&calendar).filter(|date| calendar.is_statutory_holiday(*date) == Some(true)) {
        assert_eq!(calendar.day(date).kind, DayKind::Holiday, "{date}");
        *by_year.entry(date.year()).or_insert(0) += 1;
    }
    assert_eq!(
        by_year,
        BTreeMap::from([(2023, 11), (2024, 11), (2025, 13), (2026, 13)])
    );
    assert_eq!(calendar.is_statutory_holiday(date(2027, 1, 1)), None);
}

#[test]
fn working_days_a_year() {
    let check = |year: i16, expect: i64| {
        let counted = Calendar::national().working_days_between(date(year - 1, 12, 31), date(year, 12, 31));
        assert_eq!(counted, expect, "{year}");
    };
    check(2023, 249);
    check(2024, 251);
    check(2025, 248);
    check(2026, 248);
}

#[test]
fn what_the_calendar_says_of_itself() {
    let calendar = Calendar::national();
    assert_eq!(calendar.last_covered(), date(2026, 12, 31));
    assert_eq!(calendar.notice(2026), Some("国办发明电〔2025〕7号"));
    assert_eq!(calendar.notice(2019), None);
    // A changed table is a new version: told dates carry it, so this line changes only with data/.
    assert_eq!(calendar.version(), "cn-2026-fbbf7a7b");
}

#[test]
fn a_local_overlay_changes_days_and_version() {
    let national = Calendar::national();
    let festival = [
        (date(2026, 4, 20), DayKind::Holiday),
        (date(2026, 4, 25), DayKind::MakeUpWorkday),
    ];
    let local = Calendar::national().with_overlay("三月三", &festival).unwrap();
    let due = local.due(date(2026, 4, 17), Period::working_days(5)).unwrap();
    assert_eq!(due.due, date(2026, 4, 25), "{:?}", due.why);
    assert!(
        due.why.contains(&"4月20日 三月三放假，不计".to_owned()),
        "{:?}",
        due.why
    );
    assert!(
        due.calendar_version
            .starts_with(&format!("{}+三月三-", national.version()))
    );
    assert_eq!(
        national.due(date(2026, 4, 17), Period::working_days(5)).unwrap().due,
        date(2026, 4, 24)
    );

    let other = Calendar::national().with_overlay("三月三", &festival[..1]).unwrap();
    let again = Calendar::national().with_overlay("三月三", &festival).unwrap();
    assert_ne!(local.version(), other.version());
    assert_eq!(local.version(), again.version());
}

#[test]
fn an_overlay_may_undo_a_holiday() {
    let emergency = [(date(2026, 10, 7), DayKind::Workday)];
    let local = Calendar::national().with_overlay("防汛应急", &emergency).unwrap();
    assert_eq!(
        local.due(date(2026, 9, 2), Period::calendar_days(30)).unwrap().due,
        date(2026, 10, 7)
    );
}

#[test]
fn broken_overlays_are_refused() {
    let check = |name: &str, days: &[(Date, DayKind)], expect: CalendarError| {
        assert_eq!(Calendar::national().with_overlay(name, days).err(), Some(expect));
    };
    let day = date(2026, 4, 20);
    check("", &[], CalendarError::OverlayName);
    check("三月\n三", &[], CalendarError::OverlayName);
    check(
        "甲",
        &[(day, DayKind::Holiday), (day, DayKind::Workday)],
        CalendarError::OverlayConflict { date: day },
    );
    check(
        "甲",
        &vec![(day, DayKind::Holiday); 4000],
        CalendarError::OverlayTooLong,
    );
}
