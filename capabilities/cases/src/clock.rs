//! The clocks of a case: which limit runs from which day, what is excluded from it, when it is due, and why.
//!
//! Invariants:
//! - A clock holds results only (due dates with their reasons); the calendar is asked here, before the event is
//!   written, and never when a case is folded from its events.
//! - At most one clock of each kind; a stopped clock does not run again.
//! - A clock under suspension has no due date to be missed: its last told date stays visible, `suspended` is set.

use std::sync::Arc;

use jiff::civil::Date;
use mingjing_calendar::{Calendar, LimitUnit, Pause, Period};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// Telling the applicant what is missing: 5 working days from receipt (许可法 32(1)(四)).
    Telling,
    /// Decision: 20 working days from acceptance, or as the item's own law says (许可法 42).
    Decision,
    /// Decision as the body itself promised; never longer than the statute.
    Promised,
    /// Issue and service of the certificate: 10 working days from the decision (许可法 44).
    Serving,
    /// Publication of the decision: 7 working days (双公示).
    Publication,
    /// Answering an advance notice: the time set in the notice (处罚法 44, 45).
    Defence,
    /// Paying the fine: 15 days from receipt of the decision (处罚法 67(3)), or as deferred (66(2)).
    Payment,
    /// Dealing with preserved evidence: 7 working days (处罚法 56).
    Preservation,
    /// Withdrawing a published decision that no longer stands: 3 working days (处罚法 48(2)).
    Withdrawal,
    /// Giving an opinion in a joint approval: what the chart gives the body that is asked (许可法 26(2)).
    Assistance,
}

impl ClockKind {
    pub const ALL: [ClockKind; 10] = [
        ClockKind::Telling,
        ClockKind::Decision,
        ClockKind::Promised,
        ClockKind::Serving,
        ClockKind::Publication,
        ClockKind::Defence,
        ClockKind::Payment,
        ClockKind::Preservation,
        ClockKind::Withdrawal,
        ClockKind::Assistance,
    ];

    pub fn name(self) -> &'static str {
        match self {
            ClockKind::Telling => "受理审查期限",
            ClockKind::Decision => "法定办理期限",
            ClockKind::Promised => "承诺办理期限",
            ClockKind::Serving => "颁发送达期限",
            ClockKind::Publication => "公示期限",
            ClockKind::Defence => "陈述申辩期限",
            ClockKind::Payment => "缴款期限",
            ClockKind::Preservation => "登记保存处理期限",
            ClockKind::Withdrawal => "撤回公开信息期限",
            ClockKind::Assistance => "协办意见期限",
        }
    }

    pub fn from_key(key: &str) -> Option<ClockKind> {
        ClockKind::ALL.into_iter().find(|kind| kind.key() == key)
    }

    pub fn key(self) -> &'static str {
        match self {
            ClockKind::Telling => "telling",
            ClockKind::Decision => "decision",
            ClockKind::Promised => "promised",
            ClockKind::Serving => "serving",
            ClockKind::Publication => "publication",
            ClockKind::Defence => "defence",
            ClockKind::Payment => "payment",
            ClockKind::Preservation => "preservation",
            ClockKind::Withdrawal => "withdrawal",
            ClockKind::Assistance => "assistance",
        }
    }

    /// Excluded time (许可法 45) is taken off the limits for the decision only ("本节规定的期限" before the decision).
    pub fn excludes_time(self) -> bool {
        matches!(self, ClockKind::Decision | ClockKind::Promised | ClockKind::Assistance)
    }
}

/// A limit as a norm or a promise states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    pub amount: u32,
    pub unit: LimitUnit,
    /// The article, or what the promise rests on.
    pub basis: String,
}

impl Limit {
    pub fn working_days(amount: u32, basis: &str) -> Limit {
        Limit {
            amount,
            unit: LimitUnit::WorkingDay,
            basis: basis.to_owned(),
        }
    }

    pub fn calendar_days(amount: u32, basis: &str) -> Limit {
        Limit {
            amount,
            unit: LimitUnit::CalendarDay,
            basis: basis.to_owned(),
        }
    }

    pub fn period(&self) -> Period {
        Period {
            amount: self.amount,
            unit: self.unit,
        }
    }
}

/// A due date and its reasons, as they were told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueDate {
    pub on: Date,
    /// The arrangement of the days is not yet known; recomputed when it is.
    pub provisional: bool,
    pub calendar: String,
    pub why: Vec<String>,
}

impl From<mingjing_calendar::Due> for DueDate {
    fn from(due: mingjing_calendar::Due) -> Self {
        DueDate {
            on: due.due,
            provisional: due.provisional,
            calendar: due.calendar_version,
            why: due.why,
        }
    }
}

/// What excluded time may be needed for: the closed list of 许可法 45.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExcludedFor {
    Hearing,
    Tender,
    Auction,
    Inspection,
    Testing,
    Quarantine,
    Appraisal,
    ExpertReview,
    /// Not of permits: the decision waits for what another authority concludes, where the item's own law says so
    /// (工伤保险条例 20(3)).
    Conclusion,
    /// Not of permits: third parties and other organs are asked for their opinion (公开条例 33(3)).
    Consultation,
}

impl ExcludedFor {
    /// The closed list of 许可法 45.
    pub const ALL: [ExcludedFor; 8] = [
        ExcludedFor::Hearing,
        ExcludedFor::Tender,
        ExcludedFor::Auction,
        ExcludedFor::Inspection,
        ExcludedFor::Testing,
        ExcludedFor::Quarantine,
        ExcludedFor::Appraisal,
        ExcludedFor::ExpertReview,
    ];

    pub fn name(self) -> &'static str {
        match self {
            ExcludedFor::Hearing => "听证",
            ExcludedFor::Tender => "招标",
            ExcludedFor::Auction => "拍卖",
            ExcludedFor::Inspection => "检验",
            ExcludedFor::Testing => "检测",
            ExcludedFor::Quarantine => "检疫",
            ExcludedFor::Appraisal => "鉴定",
            ExcludedFor::ExpertReview => "专家评审",
            ExcludedFor::Conclusion => "等待司法机关或者有关主管部门的结论",
            ExcludedFor::Consultation => "征求第三方和其他机关的意见",
        }
    }

    pub fn key(self) -> &'static str {
        match self {
            ExcludedFor::Hearing => "hearing",
            ExcludedFor::Tender => "tender",
            ExcludedFor::Auction => "auction",
            ExcludedFor::Inspection => "inspection",
            ExcludedFor::Testing => "testing",
            ExcludedFor::Quarantine => "quarantine",
            ExcludedFor::Appraisal => "appraisal",
            ExcludedFor::ExpertReview => "expert_review",
            ExcludedFor::Conclusion => "conclusion",
            ExcludedFor::Consultation => "consultation",
        }
    }

    pub fn from_key(key: &str) -> Option<ExcludedFor> {
        ExcludedFor::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// One excluded time. `to` is missing while it lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    pub kind: ExcludedFor,
    pub reason: String,
    pub from: Date,
    /// How long it will take, as the party was told in writing.
    pub expected_to: Date,
    pub to: Option<Date>,
    /// The paper that told the party.
    pub paper: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    pub amount: u32,
    pub unit: LimitUnit,
    pub reasons: String,
    pub approver: String,
    pub on: Date,
}

impl Extension {
    pub fn period(&self) -> Period {
        Period {
            amount: self.amount,
            unit: self.unit,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseClock {
    pub kind: ClockKind,
    pub limit: Limit,
    /// The day the clock starts from (not counted).
    pub from: Date,
    /// Shared between the states of the case before and after an act: its reasons are long.
    pub due: Arc<DueDate>,
    pub suspensions: Vec<Suspension>,
    pub extension: Option<Extension>,
    /// The day the act came for which the clock ran.
    pub stopped_on: Option<Date>,
}

impl CaseClock {
    pub fn suspended(&self) -> bool {
        self.suspensions.iter().any(|suspension| suspension.to.is_none())
    }

    pub fn runs(&self) -> bool {
        self.stopped_on.is_none()
    }

    /// The last day has passed without the act (the due day itself is in time, 民法典 203).
    pub fn overdue_on(&self, day: Date) -> bool {
        match self.stopped_on {
            Some(stopped) => stopped > self.due.on,
            None => !self.suspended() && day > self.due.on,
        }
    }

    /// The whole period: the limit with its extension. Both have the same unit by construction.
    fn period(&self) -> Period {
        let extra = self.extension.as_ref().map_or(0, |extension| extension.amount);
        Period {
            amount: self.limit.amount.saturating_add(extra),
            unit: self.limit.unit,
        }
    }

    fn pauses(&self) -> Vec<Pause> {
        self.suspensions
            .iter()
            .filter_map(|suspension| {
                Some(Pause {
                    from: suspension.from,
                    to: suspension.to?,
                    label: suspension.kind.name().to_owned(),
                })
            })
            .collect()
    }
}

/// One change of one clock, as the event of the act records it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum ClockChange {
    Started {
        kind: ClockKind,
        limit: Limit,
        from: Date,
        due: DueDate,
    },
    Stopped {
        kind: ClockKind,
        on: Date,
    },
    Suspended {
        kind: ClockKind,
        suspension: Suspension,
    },
    Resumed {
        kind: ClockKind,
        to: Date,
        due: DueDate,
    },
    Extended {
        kind: ClockKind,
        extension: Extension,
        due: DueDate,
    },
}

impl ClockChange {
    pub fn kind(&self) -> ClockKind {
        match self {
            ClockChange::Started { kind, .. }
            | ClockChange::Stopped { kind, .. }
            | ClockChange::Suspended { kind, .. }
            | ClockChange::Resumed { kind, .. }
            | ClockChange::Extended { kind, .. } => *kind,
        }
    }

    /// The due date that holds after the change, where the change sets one.
    pub fn due(&self) -> Option<&DueDate> {
        match self {
            ClockChange::Started { due, .. } | ClockChange::Resumed { due, .. } | ClockChange::Extended { due, .. } => {
                Some(due)
            }
            ClockChange::Stopped { .. } | ClockChange::Suspended { .. } => None,
        }
    }
}

/// Folds one change into the clocks of a case.
pub fn apply(clocks: &mut Vec<CaseClock>, change: &ClockChange) {
    if let ClockChange::Started { kind, limit, from, due } = change {
        clocks.retain(|clock| clock.kind != *kind);
        clocks.push(CaseClock {
            kind: *kind,
            limit: limit.clone(),
            from: *from,
            due: Arc::new(due.clone()),
            suspensions: Vec::new(),
            extension: None,
            stopped_on: None,
        });
        return;
    }
    let Some(clock) = clocks.iter_mut().find(|clock| clock.kind == change.kind()) else {
        return;
    };
    match change {
        ClockChange::Started { .. } => {}
        ClockChange::Stopped { on, .. } => clock.stopped_on = Some(*on),
        ClockChange::Suspended { suspension, .. } => clock.suspensions.push(suspension.clone()),
        ClockChange::Resumed { to, due, .. } => {
            for suspension in clock.suspensions.iter_mut().filter(|open| open.to.is_none()) {
                suspension.to = Some(*to);
            }
            clock.due = Arc::new(due.clone());
        }
        ClockChange::Extended { extension, due, .. } => {
            clock.extension = Some(extension.clone());
            clock.due = Arc::new(due.clone());
        }
    }
}

/// A new clock from `from` (not counted).
///
/// # Errors
/// [`ClockError`] where the calendar knows no such date.
pub fn start(calendar: &Calendar, kind: ClockKind, limit: &Limit, from: Date) -> Result<ClockChange, ClockError> {
    Ok(ClockChange::Started {
        kind,
        limit: limit.clone(),
        from,
        due: calendar.due(from, limit.period())?.into(),
    })
}

/// Ends the excluded time on `to`; the clock's due date moves by the excluded days.
///
/// # Errors
/// [`ClockError`] where the calendar knows no such date.
pub fn resume(calendar: &Calendar, clock: &CaseClock, to: Date) -> Result<ClockChange, ClockError> {
    let mut ended = clock.clone();
    for suspension in ended.suspensions.iter_mut().filter(|open| open.to.is_none()) {
        suspension.to = Some(to);
    }
    Ok(ClockChange::Resumed {
        kind: clock.kind,
        to,
        due: due(calendar, &ended)?,
    })
}

/// Lengthens the clock.
///
/// # Errors
/// [`ClockError`] where the calendar knows no such date.
pub fn extend(calendar: &Calendar, clock: &CaseClock, extension: Extension) -> Result<ClockChange, ClockError> {
    let mut longer = clock.clone();
    longer.extension = Some(extension.clone());
    Ok(ClockChange::Extended {
        kind: clock.kind,
        due: due(calendar, &longer)?,
        extension,
    })
}

fn due(calendar: &Calendar, clock: &CaseClock) -> Result<DueDate, ClockError> {
    Ok(calendar
        .due_with_pauses(clock.from, clock.period(), &clock.pauses())?
        .into())
}

/// The calendar gives no date: a limit in the item version is out of all reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("期限无法计算：{0}")]
pub struct ClockError(#[from] mingjing_calendar::CalendarError);

impl From<ClockError> for mingjing_chronicle::Refusal {
    fn from(error: ClockError) -> Self {
        mingjing_chronicle::Refusal::law("cases.clock.no_date", error.to_string())
            .advice("事项登记的期限可能有误，请联系法制机构核对事项目录。")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use jiff::civil::date;

    fn decision_clock() -> CaseClock {
        let mut clocks = Vec::new();
        let limit = Limit::working_days(20, "行政许可法第四十二条第一款");
        let change = start(&Calendar::national(), ClockKind::Decision, &limit, date(2026, 2, 10)).unwrap();
        apply(&mut clocks, &change);
        clocks.remove(0)
    }

    #[test]
    fn twenty_working_days_over_the_spring_festival() {
        let clock = decision_clock();
        assert_eq!(clock.due.on, date(2026, 3, 16));
        assert!(!clock.overdue_on(date(2026, 3, 16)), "the due day is in time");
        assert!(clock.overdue_on(date(2026, 3, 17)));
    }

    #[test]
    fn an_extension_of_ten_days_is_one_period_of_thirty() {
        let clock = decision_clock();
        let extension = Extension {
            amount: 10,
            unit: LimitUnit::WorkingDay,
            reasons: "现场整改".into(),
            approver: "acc-1".into(),
            on: date(2026, 3, 10),
        };
        let change = extend(&Calendar::national(), &clock, extension).unwrap();
        let thirty = Calendar::national()
            .due(date(2026, 2, 10), Period::working_days(30))
            .unwrap();
        assert_eq!(change.due().unwrap().on, thirty.due);
    }

    #[test]
    fn no_due_day_passes_while_time_is_excluded() {
        let mut clocks = vec![decision_clock()];
        let suspension = Suspension {
            kind: ExcludedFor::Testing,
            reason: "抽样检测".into(),
            from: date(2026, 3, 2),
            expected_to: date(2026, 3, 20),
            to: None,
            paper: "p".into(),
        };
        apply(
            &mut clocks,
            &ClockChange::Suspended {
                kind: ClockKind::Decision,
                suspension,
            },
        );
        assert!(!clocks[0].overdue_on(date(2026, 4, 30)));
        let change = resume(&Calendar::national(), &clocks[0], date(2026, 3, 6)).unwrap();
        apply(&mut clocks, &change);
        // Five working days were excluded: 03-16 moves by five.
        assert_eq!(clocks[0].due.on, date(2026, 3, 23));
        assert!(clocks[0].overdue_on(date(2026, 3, 24)));
    }
}
