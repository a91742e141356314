//! The reasons of a due date, line by line, as a good clerk would say them.

use jiff::civil::Date;

use crate::civil::{self, Pen};
use crate::due::Reckoning;
use crate::{Calendar, Day, DayKind, LimitUnit};

/// Longer ways are summed up in one line instead of being walked day by day.
const LONGEST_WALK: i64 = 800;
/// Up to this many working days in a row are named one by one.
const NAMED_ONE_BY_ONE: usize = 7;
/// More lines than this help nobody.
const MOST_LINES: usize = 48;

pub(crate) fn lines(calendar: &Calendar, reckoning: &Reckoning) -> Vec<String> {
    let mut writer = Writer {
        calendar,
        reckoning,
        pen: Pen::default(),
        lines: Vec::new(),
        of_rest: "，不计",
    };
    writer.start();
    match reckoning.period.unit {
        _ if reckoning.period.amount == 0 => writer.roll("当日为休息日"),
        LimitUnit::WorkingDay => writer.working_days(),
        _ => writer.calendar_days(),
    }
    writer.shorten();
    writer.finish();
    writer.caveats();
    writer.lines
}

/// Neighbouring days of one sort.
struct Stretch {
    sort: Sort,
    days: Vec<Day>,
}

#[derive(PartialEq, Eq)]
enum Sort {
    Paused(String),
    Holiday,
    /// Working days and the ordinary weekends between them.
    Ordinary,
}

struct Writer<'a> {
    calendar: &'a Calendar,
    reckoning: &'a Reckoning,
    pen: Pen,
    lines: Vec<String>,
    /// Said of rest days: a working-day period leaves them out, the roll of the others merely passes them.
    of_rest: &'static str,
}

impl Writer<'_> {
    fn line(&mut self, text: String) {
        self.lines.push(text);
        self.pen.new_line();
    }

    fn start(&mut self) {
        let from = self.pen.date(self.reckoning.from);
        let rule = match self.reckoning.period.amount {
            0 => "期限为当日".to_owned(),
            _ => "当日不计入（民法典第201条）".to_owned(),
        };
        self.line(format!("自{from}起算，{rule}"));
    }

    fn working_days(&mut self) {
        let first = civil::ordinal(self.reckoning.from) + 1;
        let last = civil::ordinal(self.reckoning.due) - 1;
        if last - first >= LONGEST_WALK {
            let total = last - first + 1;
            let text = format!("其间共{total}日，期间较长，只计总数，不逐日列出");
            self.line(text);
            self.pauses();
            return;
        }
        let mut counted = 0;
        for stretch in self.stretches(first, last) {
            counted += self.stretch(&stretch, counted);
        }
    }

    fn calendar_days(&mut self) {
        self.pauses();
        let nominal = self.reckoning.nominal;
        if let Some(corresponding) = self.reckoning.corresponding {
            self.months(corresponding);
            if nominal != corresponding {
                let text = format!("扣除中止的天数后，期间最后一日为{}", self.pen.date(nominal));
                self.line(text);
            }
        } else {
            let text = format!("第{}日为{}", self.reckoning.period.amount, self.pen.date(nominal));
            self.line(text);
        }
        self.roll("期间最后一日为休息日");
    }

    fn months(&mut self, corresponding: Date) {
        let (from, amount) = (self.reckoning.from, self.reckoning.period.amount);
        let day = self.pen.date(corresponding);
        let text = if corresponding.day() == from.day() {
            format!("按月计算，{amount}个月后的对应日为{day}（民法典第202条）")
        } else {
            format!(
                "按月计算，{amount}个月后的当月没有{}日，以月末日{day}为最后一日（民法典第202条）",
                from.day()
            )
        };
        self.line(text);
    }

    /// The days between the nominal last day and the due date, if it rolled.
    fn roll(&mut self, opening: &str) {
        let (nominal, due) = (self.reckoning.nominal, self.reckoning.due);
        if nominal == due {
            return;
        }
        self.of_rest = "";
        let (first, last) = (civil::ordinal(nominal), civil::ordinal(due) - 1);
        if last - first < LONGEST_WALK {
            for stretch in self.stretches(first, last) {
                self.stretch(&stretch, 0);
            }
        }
        self.line(format!("{opening}，顺延至休息日结束的次日（民法典第203条）"));
    }

    fn pauses(&mut self) {
        let rule = self.reckoning.pause_count.name();
        let (after, through) = (civil::ordinal(self.reckoning.from), civil::ordinal(self.reckoning.due));
        for (first, last, label) in &self.reckoning.excluded.labelled {
            let (first, last) = ((*first).max(after + 1), (*last).min(through));
            if let (true, Some(from), Some(to)) = (first <= last, civil::from_ordinal(first), civil::from_ordinal(last))
            {
                let days = self.pen.range(from, to);
                self.line(format!("{days} {label}，中止{}日，不计（{rule}）", last - first + 1));
            }
        }
    }

    fn stretches(&self, first: i64, last: i64) -> Vec<Stretch> {
        let mut stretches: Vec<Stretch> = Vec::new();
        for ordinal in first..=last {
            let Some(date) = civil::from_ordinal(ordinal) else {
                break;
            };
            let day = self.calendar.day(date);
            let sort = match (self.reckoning.excluded.label(ordinal), day.kind) {
                (Some(label), _) => Sort::Paused(label.to_owned()),
                (None, DayKind::Holiday) => Sort::Holiday,
                (None, _) => Sort::Ordinary,
            };
            match stretches.last_mut() {
                Some(open) if open.sort == sort => open.days.push(day),
                _ => stretches.push(Stretch { sort, days: vec![day] }),
            }
        }
        stretches
    }

    /// Writes one stretch and returns how many working days it counted; `before` were counted already.
    fn stretch(&mut self, stretch: &Stretch, before: usize) -> usize {
        let (Some(first), Some(last)) = (stretch.days.first(), stretch.days.last()) else {
            return 0;
        };
        let (first, last) = (first.date, last.date);
        match &stretch.sort {
            Sort::Paused(label) => {
                let rule = self.reckoning.pause_count.name();
                let text = format!("{} {label}，中止，不计（{rule}）", self.pen.range(first, last));
                self.line(text);
                0
            }
            Sort::Holiday => {
                let text = format!(
                    "{} {}放假{}",
                    self.pen.range(first, last),
                    names(&stretch.days),
                    self.of_rest
                );
                self.line(text);
                0
            }
            Sort::Ordinary => self.ordinary(stretch, before),
        }
    }

    fn ordinary(&mut self, stretch: &Stretch, before: usize) -> usize {
        let working: Vec<&Day> = stretch.days.iter().filter(|day| day.works).collect();
        let resting = stretch.days.len() - working.len();
        let (Some(first), Some(last)) = (working.first(), working.last()) else {
            if let (Some(first), Some(last)) = (stretch.days.first(), stretch.days.last()) {
                let text = format!("{} 周末{}", self.pen.range(first.date, last.date), self.of_rest);
                self.line(text);
            }
            return 0;
        };
        let mut text = if working.len() <= NAMED_ONE_BY_ONE {
            let named: Vec<String> = working
                .iter()
                .map(|day| self.pen.date(day.date) + &working_note(day))
                .collect();
            format!("工作日：{}", named.join("、"))
        } else {
            let range = self.pen.range(first.date, last.date);
            let unusual: Vec<String> = working
                .iter()
                .filter(|day| day.kind != DayKind::Workday || day.name.is_some())
                .map(|day| self.pen.date(day.date) + &working_note(day))
                .collect();
            let including = if unusual.is_empty() {
                String::new()
            } else {
                format!("，含{}", unusual.join("、"))
            };
            format!("工作日：{range}{including}，共{}个", working.len())
        };
        if resting > 0 {
            text.push_str(&format!("，其间周末{resting}天不计"));
        }
        if before > 0 {
            text.push_str(&format!("，累计{}个工作日", before + working.len()));
        }
        self.line(text);
        working.len()
    }

    /// Keeps the beginning and the end where a way has too many stretches.
    fn shorten(&mut self) {
        if self.lines.len() > MOST_LINES {
            let left_out = self.lines.len() - MOST_LINES;
            let half = MOST_LINES / 2;
            self.lines
                .splice(half..half + left_out, [format!("（中间{left_out}段从略）")]);
        }
    }

    fn finish(&mut self) {
        let (due, period) = (self.reckoning.due, self.reckoning.period);
        let text = match period.unit {
            LimitUnit::WorkingDay if period.amount > 0 => {
                let note = working_note(&self.calendar.day(due));
                let day = self.pen.date(due);
                format!("{day}{note}为第{}个工作日，到期日{}", period.amount, civil::full(due))
            }
            _ if working_note(&self.calendar.day(due)).is_empty() => {
                format!("到期日{}（{}）", civil::full(due), civil::weekday_name(due))
            }
            _ => format!("到期日{}{}", civil::full(due), working_note(&self.calendar.day(due))),
        };
        self.line(text);
    }

    fn caveats(&mut self) {
        let (first, last) = (self.calendar.first_covered(), self.calendar.last_covered());
        let due = self.reckoning.due;
        if due > last {
            self.line(format!(
                "{}以后的放假安排尚未公布，暂按周末规则推算，公布后重新计算",
                civil::full(last)
            ));
        } else if due.year() == last.year() && due.month() == 12 && due.day() >= 29 {
            self.line(format!(
                "{}年放假安排尚未公布，元旦调休可能影响本到期日",
                last.year() + 1
            ));
        }
        if self.reckoning.first_asked() < first {
            self.line(format!("{}以前没有放假数据，按周末规则推算", civil::full(first)));
        }
    }
}

fn working_note(day: &Day) -> String {
    match day.kind {
        DayKind::MakeUpWorkday => format!("（{}，调休上班）", civil::weekday_name(day.date)),
        DayKind::Workday if day.name.is_some() => {
            format!("（{}，照常上班）", civil::weekday_name(day.date))
        }
        _ => String::new(),
    }
}

fn names(days: &[Day]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in days.iter().filter_map(|day| day.name.as_deref()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join("、")
}
