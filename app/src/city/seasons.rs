//! When people come: by season, weekday and hour. Few apply on rest days, and then online.

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday, time};
use mingjing_calendar::Calendar;
use mingjing_chronicle::context::shanghai;

use super::dice::Dice;

/// Moments of `cases` arrivals on `days` days up to and including `last`, in order.
pub fn arrivals(calendar: &Calendar, seed: u64, cases: usize, days: u32, last: Date) -> Vec<Timestamp> {
    let first = last.saturating_sub(i64::from(days.max(1) - 1).days());
    let mut weights = Vec::new();
    let mut total = 0;
    let mut day = first;
    while day <= last {
        total += weight(calendar, day);
        weights.push((day, total));
        day = day.saturating_add(1.day());
    }
    let mut dice = Dice::of(seed, "arrivals", 0);
    let mut moments: Vec<Timestamp> = (0..cases)
        .map(|number| {
            // The middle of its share of the whole: evenly by weight, whatever the numbers are.
            let mark = ((2 * number + 1) as u128 * u128::from(total) / (2 * cases) as u128) as u64;
            let index = weights
                .partition_point(|(_, upto)| *upto <= mark)
                .min(weights.len() - 1);
            moment(weights[index].0, arrival_minute(&mut dice))
        })
        .collect();
    moments.sort_unstable();
    moments
}

/// How many come on this day, in relation to others.
fn weight(calendar: &Calendar, day: Date) -> u64 {
    // Shops open in spring and before the autumn holidays; little is begun around the Spring Festival.
    let season = match day.month() {
        1 | 2 => 60,
        3..=5 => 120,
        6..=8 => 95,
        9 => 115,
        10 => 90,
        _ => 105,
    };
    let weekday = match day.weekday() {
        Weekday::Monday => 130,
        Weekday::Tuesday => 110,
        Weekday::Friday => 85,
        _ => 100,
    };
    if calendar.is_working_day(day) {
        season * weekday
    } else {
        season * 12
    }
}

/// Minutes after midnight: most in the morning, some after work.
fn arrival_minute(dice: &mut Dice) -> u32 {
    match dice.below(10) {
        0..=4 => dice.between(9 * 60, 11 * 60 + 29),
        5..=7 => dice.between(14 * 60, 16 * 60 + 59),
        _ => dice.between(18 * 60, 22 * 60),
    }
}

/// A working moment `working_days` after `day`: officials act in office hours of working days.
pub fn at_work(calendar: &Calendar, day: Date, working_days: u32, dice: &mut Dice) -> Timestamp {
    let minute = match dice.below(2) {
        0 => dice.between(9 * 60, 11 * 60 + 29),
        _ => dice.between(14 * 60, 16 * 60 + 59),
    };
    moment(working_day_after(calendar, day, working_days), minute)
}

fn working_day_after(calendar: &Calendar, day: Date, working_days: u32) -> Date {
    let mut date = day;
    let mut left = working_days;
    while left > 0 || !calendar.is_working_day(date) {
        date = date.tomorrow().unwrap_or(date);
        if calendar.is_working_day(date) && left > 0 {
            left -= 1;
        }
    }
    date
}

fn moment(day: Date, minute: u32) -> Timestamp {
    day.to_datetime(time(0, 0, 0, 0))
        .saturating_add(i64::from(minute).minutes())
        .to_zoned(shanghai())
        .map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use mingjing_chronicle::shanghai_date;

    use super::*;

    #[test]
    fn arrivals_are_in_order_within_the_days_and_mostly_on_working_days() {
        let calendar = Calendar::national();
        let moments = arrivals(&calendar, 5, 1_000, 90, date(2026, 11, 20));
        assert_eq!(moments.len(), 1_000);
        assert!(moments.is_sorted());
        let days: Vec<Date> = moments.iter().map(|&at| shanghai_date(at)).collect();
        assert!(
            days.iter()
                .all(|day| (date(2026, 8, 23)..=date(2026, 11, 20)).contains(day))
        );
        let resting = days.iter().filter(|day| !calendar.is_working_day(**day)).count();
        assert!((10..150).contains(&resting), "{resting}");
        assert_eq!(arrivals(&calendar, 5, 1_000, 90, date(2026, 11, 20)), moments);
    }

    #[test]
    fn officials_act_on_working_days_in_office_hours() {
        let calendar = Calendar::national();
        // 2026-02-13 is a Friday; the fourteenth is a make-up working day before the Spring Festival.
        let at = at_work(&calendar, date(2026, 2, 13), 1, &mut Dice::of(1, "x", 1));
        assert_eq!(shanghai_date(at), date(2026, 2, 14));
        let hour = at.to_zoned(shanghai()).hour();
        assert!((9..17).contains(&hour), "{hour}");
    }
}
