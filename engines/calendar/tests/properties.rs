//! What holds for every date and every amount.
#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::ToSpan;
use jiff::civil::{Date, date};
use mingjing_calendar::{Calendar, DayKind, LimitUnit, Pause, PauseCount, Period};
use proptest::prelude::*;

fn any_date() -> impl Strategy<Value = Date> {
    (-9999i16..=9999, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| date(year, month, day))
}

fn covered_date() -> impl Strategy<Value = Date> {
    (0i32..8400).prop_map(|days| date(2003, 12, 1) + days.days())
}

fn dated_unit() -> impl Strategy<Value = LimitUnit> {
    prop_oneof![
        Just(LimitUnit::WorkingDay),
        Just(LimitUnit::CalendarDay),
        Just(LimitUnit::Month)
    ]
}

fn any_count() -> impl Strategy<Value = PauseCount> {
    prop_oneof![
        Just(PauseCount::BothEndsExcluded),
        Just(PauseCount::FirstDayCounts),
        Just(PauseCount::LastDayCounts)
    ]
}

fn pauses_after(start: Date) -> impl Strategy<Value = Vec<Pause>> {
    let pause = move |(skip, length): (i32, i32)| {
        let from = start + skip.days();
        Pause {
            from,
            to: from + length.days(),
            label: "检验".to_owned(),
        }
    };
    prop::collection::vec((-5i32..60, 0i32..20).prop_map(pause), 0..4)
}

proptest! {
    #[test]
    fn nothing_panics(from in any_date(), amount: u32, unit in dated_unit()) {
        for amount in [amount, amount % 4000] {
            if let Ok(due) = Calendar::national().due(from, Period { amount, unit }) {
                prop_assert!(due.due >= from);
                prop_assert!(Calendar::national().is_working_day(due.due));
            }
        }
        let moment = from.at(23, 59, 59, 0);
        if let Ok(end) = Calendar::national().due_hours(moment, amount) {
            prop_assert!(end >= moment);
        }
    }

    #[test]
    fn a_working_day_period_counts_exactly_its_days(from in covered_date(), amount in 1u32..600) {
        let calendar = Calendar::national();
        let due = calendar.due(from, Period::working_days(amount)).unwrap().due;
        prop_assert_eq!(calendar.working_days_between(from, due), i64::from(amount));
        prop_assert_eq!(calendar.working_days_between(due, from), -i64::from(amount));
        // The slow way, day by day.
        let mut day = from;
        let mut left = amount;
        while left > 0 {
            day = day.tomorrow().unwrap();
            left -= u32::from(calendar.day(day).works);
        }
        prop_assert_eq!(day, due);
    }

    #[test]
    fn other_periods_roll_only_over_rest_days(from in covered_date(), amount in 0u32..400) {
        let calendar = Calendar::national();
        let due = calendar.due(from, Period::calendar_days(amount)).unwrap().due;
        let mut day = from + i64::from(amount).days();
        prop_assert!(day <= due);
        while day < due {
            prop_assert!(!calendar.is_working_day(day));
            day = day.tomorrow().unwrap();
        }
    }

    #[test]
    fn more_time_is_never_sooner(from in covered_date(), amount in 0u32..300, unit in dated_unit()) {
        let calendar = Calendar::national();
        let sooner = calendar.due(from, Period { amount, unit }).unwrap().due;
        let later = calendar.due(from, Period { amount: amount + 1, unit }).unwrap().due;
        prop_assert!(sooner <= later);
    }

    #[test]
    fn a_pause_never_shortens_and_never_counts(
        (from, pauses) in covered_date().prop_flat_map(|from| (Just(from), pauses_after(from))),
        amount in 1u32..60,
        unit in dated_unit(),
        count in any_count(),
    ) {
        let calendar = Calendar::national();
        let period = Period { amount: if unit == LimitUnit::Month { amount % 12 + 1 } else { amount }, unit };
        let plain = calendar.due(from, period).unwrap().due;
        let due = calendar.due_with_pauses_by(from, period, &pauses, count).unwrap().due;
        prop_assert!(due >= plain);
        let excluded = |day: Date| pauses.iter().any(|pause| match count {
            PauseCount::BothEndsExcluded => pause.from <= day && day <= pause.to,
            PauseCount::FirstDayCounts => pause.from < day && day <= pause.to,
            PauseCount::LastDayCounts => pause.from <= day && day < pause.to,
        });
        prop_assert!(!excluded(due) && calendar.is_working_day(due));
        if unit == LimitUnit::WorkingDay {
            let mut counted = 0;
            let mut day = from;
            while day < due {
                day = day.tomorrow().unwrap();
                counted += u32::from(calendar.is_working_day(day) && !excluded(day));
            }
            prop_assert_eq!(counted, amount);
        }
    }

    #[test]
    fn overlays_count_as_they_say(from in covered_date(), days in prop::collection::btree_map(0i32..60, any::<bool>(), 0..20)) {
        let days: Vec<(Date, DayKind)> = days
            .into_iter()
            .map(|(skip, works)| (from + skip.days(), if works { DayKind::MakeUpWorkday } else { DayKind::Holiday }))
            .collect();
        let calendar = Calendar::national().with_overlay("地方", &days).unwrap();
        let to = from + 70.days();
        let slow = (1..=70).filter(|skip: &i32| calendar.is_working_day(from + (*skip).days())).count();
        prop_assert_eq!(calendar.working_days_between(from, to), i64::try_from(slow).unwrap());
    }
}
