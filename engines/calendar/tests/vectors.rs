//! DOMAIN §3.1: vectors from the official calendars, and the reasons as people read them.
#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::civil::Date;
use mingjing_calendar::{Calendar, CalendarError, Pause, PauseCount, Period};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn working_days_of_the_official_calendars() {
    let check = |from: &str, amount: u32, expect: &str| {
        let calendar = Calendar::national();
        let due = calendar.due(day(from), Period::working_days(amount)).unwrap();
        assert_eq!(due.due, day(expect), "{from} + {amount}wd: {:#?}", due.why);
        assert!(!due.provisional);
        assert_eq!(calendar.working_days_between(day(from), due.due), i64::from(amount));
    };
    check("2026-02-10", 5, "2026-02-24");
    check("2026-02-10", 20, "2026-03-16");
    check("2026-09-18", 20, "2026-10-22");
    check("2026-04-28", 5, "2026-05-08");
    check("2025-09-26", 7, "2025-10-13");
    check("2025-01-24", 20, "2025-02-27");
    check("2026-09-11", 7, "2026-09-21");
    check("2025-12-29", 5, "2026-01-06");
    check("2026-05-08", 1, "2026-05-09");
    check("2026-02-13", 3, "2026-02-25");
    check("2023-09-27", 5, "2023-10-10");
    check("2024-04-26", 5, "2024-05-07");
    check("2026-04-03", 20, "2026-05-07");
    check("2026-09-30", 10, "2026-10-20");
}

#[test]
fn calendar_days_roll_over_rest_days() {
    let check = |from: &str, amount: u32, expect: &str| {
        let due = Calendar::national()
            .due(day(from), Period::calendar_days(amount))
            .unwrap();
        assert_eq!(due.due, day(expect), "{from} + {amount}cd: {:#?}", due.why);
    };
    check("2026-09-02", 30, "2026-10-08");
    check("2026-09-16", 15, "2026-10-08");
    check("2026-07-04", 90, "2026-10-08");
    check("2026-01-16", 30, "2026-02-24");
    check("2026-04-02", 30, "2026-05-06");
    check("2026-06-21", 90, "2026-09-20");
    check("2025-07-06", 90, "2025-10-09");
    check("2026-03-02", 3, "2026-03-05");
}

#[test]
fn months_end_on_the_corresponding_or_the_last_day() {
    let check = |from: &str, amount: u32, expect: &str| {
        let due = Calendar::national().due(day(from), Period::months(amount)).unwrap();
        assert_eq!(due.due, day(expect), "{from} + {amount} months: {:#?}", due.why);
    };
    check("2024-01-31", 1, "2024-02-29");
    check("2025-01-31", 1, "2025-02-28");
    check("2026-01-31", 1, "2026-02-28");
    check("2026-01-31", 3, "2026-04-30");
    check("2026-03-10", 2, "2026-05-11");
    check("2026-01-03", 9, "2026-10-08");
    let years = Calendar::national().due(day("2024-02-29"), Period::years(1)).unwrap();
    assert_eq!(years.due, day("2025-02-28"));
}

#[test]
fn hours_run_from_the_moment_and_never_roll() {
    let calendar = Calendar::national();
    let from = "2026-09-30T17:30:00".parse().unwrap();
    assert_eq!(calendar.due_hours(from, 24), Ok("2026-10-01T17:30:00".parse().unwrap()));
    assert_eq!(calendar.due_hours(from, u32::MAX), Err(CalendarError::OutOfRange));
    assert_eq!(
        calendar.due(day("2026-09-30"), Period::hours(24)),
        Err(CalendarError::HoursNeedMoment)
    );
}

#[test]
fn an_amount_of_zero_is_the_same_day() {
    let check = |from: &str, expect: &str| {
        for period in [Period::working_days(0), Period::calendar_days(0), Period::months(0)] {
            let due = Calendar::national().due(day(from), period).unwrap();
            assert_eq!(due.due, day(expect), "{from}: {:#?}", due.why);
            assert!(due.why[0].ends_with("期限为当日"), "{:?}", due.why);
        }
    };
    check("2026-02-10", "2026-02-10");
    check("2026-02-14", "2026-02-14");
    check("2026-10-01", "2026-10-08");
}

#[test]
fn too_long_a_period_is_refused() {
    let calendar = Calendar::national();
    for period in [
        Period::working_days(u32::MAX),
        Period::calendar_days(u32::MAX),
        Period::years(u32::MAX),
    ] {
        assert_eq!(calendar.due(day("2026-02-10"), period), Err(CalendarError::OutOfRange));
    }
}

#[test]
fn past_the_last_covered_year_a_date_is_provisional() {
    let check = |from: &str, period: Period, provisional: bool, line: &str| {
        let due = Calendar::national().due(day(from), period).unwrap();
        assert_eq!(due.provisional, provisional, "{from} {period}: {:?}", due.why);
        let told = due.why.iter().any(|why| why.contains(line));
        assert!(told, "{line}: {:?}", due.why);
    };
    check(
        "2026-12-24",
        Period::working_days(6),
        true,
        "2026年12月31日以后的放假安排尚未公布，暂按周末规则推算",
    );
    check(
        "2026-12-24",
        Period::working_days(5),
        false,
        "2027年放假安排尚未公布，元旦调休可能影响",
    );
    check("2026-12-01", Period::months(1), true, "暂按周末规则推算");
    check(
        "2003-12-25",
        Period::working_days(10),
        true,
        "2004年1月1日以前没有放假数据",
    );
    check("2003-12-31", Period::working_days(1), false, "到期日2004年1月2日");
    check("2003-01-02", Period::calendar_days(400), false, "到期日2004年2月6日");
}

#[test]
fn reasons_read_like_a_clerk() {
    let check = |from: &str, period: Period, expect: &[&str]| {
        let due = Calendar::national().due(day(from), period).unwrap();
        assert_eq!(due.why, expect, "{from} {period}");
    };
    check(
        "2026-02-10",
        Period::working_days(5),
        &[
            "自2026年2月10日起算，当日不计入（民法典第201条）",
            "工作日：2月11日、12日、13日、14日（周六，调休上班）",
            "2月15日至23日 春节放假，不计",
            "2月24日为第5个工作日，到期日2026年2月24日",
        ],
    );
    check(
        "2025-12-29",
        Period::working_days(5),
        &[
            "自2025年12月29日起算，当日不计入（民法典第201条）",
            "工作日：12月30日、31日",
            "2026年1月1日至3日 元旦放假，不计",
            "工作日：1月4日（周日，调休上班）、5日，累计4个工作日",
            "1月6日为第5个工作日，到期日2026年1月6日",
        ],
    );
    check(
        "2026-02-10",
        Period::working_days(20),
        &[
            "自2026年2月10日起算，当日不计入（民法典第201条）",
            "工作日：2月11日、12日、13日、14日（周六，调休上班）",
            "2月15日至23日 春节放假，不计",
            "工作日：2月24日至3月13日，含2月28日（周六，调休上班），共15个，其间周末5天不计，累计19个工作日",
            "3月16日为第20个工作日，到期日2026年3月16日",
        ],
    );
    check(
        "2026-09-02",
        Period::calendar_days(30),
        &[
            "自2026年9月2日起算，当日不计入（民法典第201条）",
            "第30日为10月2日",
            "10月2日至7日 国庆节放假",
            "期间最后一日为休息日，顺延至休息日结束的次日（民法典第203条）",
            "到期日2026年10月8日（周四）",
        ],
    );
    check(
        "2026-06-21",
        Period::calendar_days(90),
        &[
            "自2026年6月21日起算，当日不计入（民法典第201条）",
            "第90日为9月19日",
            "9月19日 周末",
            "期间最后一日为休息日，顺延至休息日结束的次日（民法典第203条）",
            "到期日2026年9月20日（周日，调休上班）",
        ],
    );
    check(
        "2026-01-31",
        Period::months(1),
        &[
            "自2026年1月31日起算，当日不计入（民法典第201条）",
            "按月计算，1个月后的当月没有31日，以月末日2月28日为最后一日（民法典第202条）",
            "到期日2026年2月28日（周六，调休上班）",
        ],
    );
}

#[test]
fn reasons_of_a_long_way_stay_short() {
    for period in [
        Period::working_days(500),
        Period::working_days(50_000),
        Period::calendar_days(50_000),
    ] {
        let due = Calendar::national().due(day("2022-02-10"), period).unwrap();
        assert!(due.why.len() <= 52, "{period}: {} lines", due.why.len());
    }
}

#[test]
fn pauses_do_not_count() {
    let hearing = Pause {
        from: day("2026-03-03"),
        to: day("2026-03-05"),
        label: "听证".to_owned(),
    };
    let check = |period: Period, count: PauseCount, expect: &str| {
        let pauses = std::slice::from_ref(&hearing);
        let due = Calendar::national()
            .due_with_pauses_by(day("2026-03-02"), period, pauses, count)
            .unwrap();
        assert_eq!(due.due, day(expect), "{period} {count:?}: {:?}", due.why);
        let told = due
            .why
            .iter()
            .any(|line| line.contains("听证") && line.contains(count.name()));
        assert!(told, "{:?}", due.why);
    };
    check(Period::working_days(3), PauseCount::BothEndsExcluded, "2026-03-10");
    check(Period::working_days(3), PauseCount::FirstDayCounts, "2026-03-09");
    check(Period::working_days(3), PauseCount::LastDayCounts, "2026-03-09");
    check(Period::calendar_days(7), PauseCount::BothEndsExcluded, "2026-03-12");
    check(Period::months(1), PauseCount::BothEndsExcluded, "2026-04-07");
}

#[test]
fn overlapping_pauses_are_taken_off_once() {
    let pause = |from: &str, to: &str, label: &str| Pause {
        from: day(from),
        to: day(to),
        label: label.to_owned(),
    };
    let pauses = [
        pause("2026-03-03", "2026-03-05", "检验"),
        pause("2026-03-04", "2026-03-06", "专家评审"),
    ];
    let due = Calendar::national()
        .due_with_pauses(day("2026-03-02"), Period::working_days(2), &pauses)
        .unwrap();
    assert_eq!(due.due, day("2026-03-10"));
    assert_eq!(
        due.why,
        [
            "自2026年3月2日起算，当日不计入（民法典第201条）",
            "3月3日至5日 检验，中止，不计（首尾两日均不计入）",
            "3月6日 专家评审，中止，不计（首尾两日均不计入）",
            "工作日：3月9日，其间周末2天不计",
            "3月10日为第2个工作日，到期日2026年3月10日",
        ]
    );
}

#[test]
fn broken_pauses_are_refused() {
    let calendar = Calendar::national();
    let pause = Pause {
        from: day("2026-03-05"),
        to: day("2026-03-03"),
        label: "听证".to_owned(),
    };
    let (from, period) = (day("2026-03-02"), Period::working_days(3));
    let reversed = calendar.due_with_pauses(from, period, std::slice::from_ref(&pause));
    assert_eq!(
        reversed,
        Err(CalendarError::PauseReversed {
            label: "听证".to_owned()
        })
    );
    let many = vec![
        Pause {
            to: pause.from,
            ..pause
        };
        mingjing_calendar::MAX_PAUSES + 1
    ];
    assert_eq!(
        calendar.due_with_pauses(from, period, &many),
        Err(CalendarError::TooManyPauses)
    );
}

#[test]
fn the_json_of_a_due_date() {
    let due = Calendar::national()
        .due(day("2026-02-10"), Period::working_days(5))
        .unwrap();
    let json = serde_json::to_value(&due).unwrap();
    assert_eq!(json["due"], "2026-02-24");
    assert_eq!(json["provisional"], false);
    assert_eq!(json["why"].as_array().unwrap().len(), 4);
    let period = serde_json::to_string(&Period::working_days(5)).unwrap();
    assert_eq!(period, r#"{"amount":5,"unit":"working_day"}"#);
}
