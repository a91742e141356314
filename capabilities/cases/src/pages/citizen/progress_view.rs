//! Where a case stands, in stages, dates and sentences: the same words for the party and for who looks up with the
//! query secret. Nothing here names a person.

use std::borrow::Cow;

use jiff::civil::Date;
use mingjing_calendar::Calendar;
use mingjing_chronicle::{Payload, RecordedEvent};
use mingjing_web::parts::{DaysLeft, Moment, Stage, StageState};

use super::download::readable;
use super::links::paper_file;
use super::words;
use crate::case::Case;
use crate::clock::{CaseClock, ClockKind};
use crate::course::Course;
use crate::events::{CaseEvent, CaseState, RefusalGround, act_name};
use crate::operate::is_operation;
use crate::pages::joint;
use crate::pages::milestones::milestones;
use crate::pages::{migrations, shown};

pub(super) struct Progress {
    pub(super) state: &'static str,
    pub(super) colour: &'static str,
    pub(super) sentence: String,
    pub(super) stages: Vec<Stage>,
    pub(super) limits: Vec<LimitLine>,
    /// Times that do not count, in words.
    pub(super) pauses: Vec<String>,
    /// Of a joint approval: where each of the bodies that were asked stands.
    pub(super) joint: Vec<String>,
}

pub(super) struct LimitLine {
    pub(super) name: &'static str,
    pub(super) due: String,
    pub(super) provisional: bool,
    pub(super) left: Option<DaysLeft>,
    /// Instead of days: stopped on time, late, or standing still.
    pub(super) note: Cow<'static, str>,
    pub(super) basis: String,
    pub(super) why: Vec<String>,
    over: bool,
}

impl LimitLine {
    /// Its act came: nothing runs any more.
    pub(super) fn over(&self) -> bool {
        self.over
    }
}

impl Progress {
    pub(super) fn of(case: &Case, today: Date, calendar: &Calendar) -> Progress {
        Progress {
            state: state(case),
            colour: colour(case.state),
            sentence: sentence(case),
            stages: stages(case),
            limits: case
                .clocks
                .iter()
                .filter_map(|clock| limit(clock, today, calendar))
                .collect(),
            pauses: pauses(case),
            joint: joint::in_plain_words(case, today, words::day),
        }
    }

    pub(super) fn any_over(&self) -> bool {
        self.limits.iter().any(LimitLine::over)
    }
}

fn state(case: &Case) -> &'static str {
    if case.suspended() {
        "依法暂停计时"
    } else {
        case.state.name()
    }
}

fn colour(state: CaseState) -> &'static str {
    match state {
        CaseState::Supplementing => "yellow",
        CaseState::Granted | CaseState::Served | CaseState::Completed => "green",
        CaseState::Denied | CaseState::Refused => "red",
        CaseState::Withdrawn | CaseState::NotRequired | CaseState::Ended => "grey",
        _ => "blue",
    }
}

fn due(case: &Case, kind: ClockKind) -> String {
    case.clock(kind)
        .map_or_else(|| "法定期限届满".to_owned(), |clock| words::day(clock.due.on))
}

fn sentence(case: &Case) -> String {
    let facts = &case.facts;
    match case.state {
        CaseState::Submitted if case.clock(ClockKind::Telling).is_none() => "已经收到申请，正在核对材料。".into(),
        CaseState::Submitted => format!(
            "已经收到申请。行政机关最迟于{}告知是否受理；逾期不告知的，自收到申请材料之日起即为受理（行政许可法第三十二条）。",
            due(case, ClockKind::Telling)
        ),
        CaseState::Supplementing => "申请材料需要补正，行政机关已经一次告知全部内容。补齐后即予受理。".into(),
        CaseState::Handling if case.suspended() => "依法中止，等待有关结论；结束后期限接着计算。".into(),
        CaseState::Handling if case.course() == Course::CoerciveMeasure && case.took("seal").is_some() => format!(
            "已经查封、扣押，正在查清事实。期限至{}，届满应当解除（行政强制法第二十五条、第二十八条）。",
            due(case, ClockKind::Decision)
        ),
        CaseState::Handling if case.course() == Course::Disclosure && case.clock(ClockKind::Decision).is_some() => {
            format!(
                "已经登记，正在办理。最迟于{}答复（政府信息公开条例第三十三条）。",
                due(case, ClockKind::Decision)
            )
        }
        CaseState::Handling if case.clock(ClockKind::Decision).is_none() => "正在按流程图办理。".into(),
        CaseState::Decided => {
            let taken = case.decision_taken();
            let on = taken.map_or(String::new(), |taken| words::day(taken.on));
            format!("已于{on}作出决定：{}，正在送达。", outcome_named(case))
        }
        CaseState::Examining | CaseState::Reviewing | CaseState::Approving if case.suspended() => {
            "正在进行依法不计入办理期限的程序，结束后期限接着计算（行政许可法第四十五条）。".into()
        }
        CaseState::Examining | CaseState::Reviewing | CaseState::Approving | CaseState::Handling => {
            let promised = case.clock(ClockKind::Promised).filter(|clock| clock.runs());
            let promised = promised.map(|clock| format!("，并承诺于{}前办完", words::day(clock.due.on)));
            format!(
                "已经受理，正在办理。依法应当于{}前作出决定{}。",
                due(case, ClockKind::Decision),
                promised.unwrap_or_default()
            )
        }
        CaseState::Granted | CaseState::Denied => {
            let on = facts
                .decided
                .as_ref()
                .map_or(String::new(), |decided| words::day(decided.on));
            format!(
                "已于{on}作出{}的决定，最迟于{}送达。",
                case.state.name(),
                due(case, ClockKind::Serving)
            )
        }
        CaseState::Refused => match &facts.acceptance_refused {
            Some((on, RefusalGround::NotThisBody { competent_body })) => {
                format!(
                    "已于{}决定不予受理：申请事项不属于本机关职权，请向{competent_body}申请。",
                    words::day(*on)
                )
            }
            Some((on, RefusalGround::StillIncomplete { .. })) => {
                format!(
                    "已于{}决定不予受理：补正后申请材料仍不齐全或者不符合法定形式。",
                    words::day(*on)
                )
            }
            None => "已经决定不予受理。".into(),
        },
        CaseState::NotRequired => "申请事项依法不需要取得行政许可，已经告知。".into(),
        CaseState::Served | CaseState::Completed => {
            let on = facts
                .served
                .as_ref()
                .map_or(String::new(), |(on, _)| format!("，并于{}送达", words::day(*on)));
            match case.decision_taken() {
                Some(_) => format!("已经作出决定：{}{on}。", outcome_named(case)),
                None => format!("{}{on}。", outcome(case)),
            }
        }
        CaseState::Ended => "协办已经终止。".into(),
        CaseState::Withdrawn => {
            let on = facts.withdrawn.map_or(String::new(), words::day);
            format!("申请人已于{on}撤回申请，办理终止。以后仍可以重新申请。")
        }
    }
}

/// The outcome of a matter's decision as its chart calls it.
fn outcome_named(case: &Case) -> &str {
    let outcome = case.decision_taken().and_then(|taken| taken.outcome.as_ref());
    outcome.map_or("", |outcome| outcome.name.as_str())
}

fn outcome(case: &Case) -> &'static str {
    match &case.facts.decided {
        Some(decided) if decided.decision.granted() => "已经准予许可",
        Some(_) => "已经决定不予许可",
        None if case.facts.not_required.is_some() => "已经告知不需要取得许可",
        None => "已经决定不予受理",
    }
}

/// 申请 → 受理 → 审查 → 决定 → 送达.
fn stages(case: &Case) -> Vec<Stage> {
    if milestones(case).is_some() {
        return shown::stages(case);
    }
    let facts = &case.facts;
    let turned_down = facts
        .acceptance_refused
        .as_ref()
        .map(|(on, _)| *on)
        .or(facts.not_required);
    let over = facts.withdrawn.is_some() || turned_down.is_some();
    let accepted = facts.accepted.map(|accepted| accepted.on);
    let decided = case.decided_on();
    let served = facts.served.as_ref().map(|(on, _)| *on);
    let waiting = |now: bool, note: &str| match (facts.withdrawn.is_some(), now, case.suspended()) {
        (true, ..) => (StageState::Skipped, "不再进行".to_owned()),
        (_, true, true) => (StageState::Paused, note.to_owned()),
        (_, true, false) => (StageState::Now, note.to_owned()),
        _ => (StageState::Ahead, String::new()),
    };
    let done = |on: Date| (StageState::Done, words::day(on));
    let stage = |label: &str, (state, note): (StageState, String)| Stage {
        label: label.to_owned(),
        note,
        state,
    };
    let acceptance = match (accepted, turned_down) {
        (Some(on), _) => done(on),
        (None, Some(on)) => (StageState::Done, format!("{} {}", case_word(case), words::day(on))),
        (None, None) if case.state == CaseState::Supplementing => (StageState::Paused, "等待补正".to_owned()),
        (None, None) if case.clock(ClockKind::Telling).is_none() => waiting(true, "正在核对材料"),
        (None, None) => waiting(true, &format!("最迟{}", due(case, ClockKind::Telling))),
    };
    let skipped = || (StageState::Skipped, "不再进行".to_owned());
    let approving = case.state == CaseState::Approving;
    let examination = match (decided, over) {
        (Some(_), _) => (StageState::Done, "已完成".to_owned()),
        (None, true) => skipped(),
        (None, false) if approving => (StageState::Done, "已完成".to_owned()),
        (None, false) => waiting(accepted.is_some(), "正在审查"),
    };
    let decision = match (decided, over) {
        (Some(on), _) => done(on),
        (None, true) => skipped(),
        (None, false) if accepted.is_some() => {
            let (state, note) = waiting(approving, "");
            let last = format!("最迟{}", due(case, ClockKind::Decision));
            (state, if note.is_empty() { last } else { note })
        }
        (None, false) => waiting(false, ""),
    };
    let service = match served {
        Some(on) => done(on),
        None if facts.withdrawn.is_some() => skipped(),
        None => waiting(decided.is_some() || turned_down.is_some(), "正在送达"),
    };
    let received = facts.received.map_or((StageState::Now, String::new()), done);
    vec![
        stage("申请", received),
        stage("受理", acceptance),
        stage("审查", examination),
        stage("决定", decision),
        stage("送达", service),
    ]
}

fn case_word(case: &Case) -> &'static str {
    if case.facts.not_required.is_some() {
        "不需要许可"
    } else {
        "不予受理"
    }
}

fn limit(clock: &CaseClock, today: Date, calendar: &Calendar) -> Option<LimitLine> {
    // The limit for publication is the body's own business with the public.
    if clock.kind == ClockKind::Publication {
        return None;
    }
    let (left, note): (Option<DaysLeft>, Cow<'static, str>) = match clock.stopped_on {
        Some(on) if on > clock.due.on => (None, format!("{}完成，超过期限", words::day(on)).into()),
        Some(on) => (None, format!("{}完成，没有超过期限", words::day(on)).into()),
        None if clock.suspended() => (None, "暂停计时".into()),
        None => (Some(days_left(calendar, today, clock.due.on)), "".into()),
    };
    Some(LimitLine {
        name: clock.kind.name(),
        due: words::day(clock.due.on),
        provisional: clock.due.provisional,
        left,
        note,
        basis: clock.limit.basis.clone(),
        why: clock.due.why.clone(),
        over: !clock.runs(),
    })
}

/// Overdue on a rest day is overdue by no working day yet, but it is overdue.
pub(super) fn days_left(calendar: &Calendar, today: Date, due: Date) -> DaysLeft {
    let days = calendar.working_days_between(today, due);
    DaysLeft(if due < today { days.min(-1) } else { days })
}

/// Excluded times and the extension, of the statutory limit (许可法 42, 45).
fn pauses(case: &Case) -> Vec<String> {
    let Some(clock) = case.clock(ClockKind::Decision) else {
        return Vec::new();
    };
    let mut lines: Vec<String> = clock
        .suspensions
        .iter()
        .map(|pause| match pause.to {
            Some(to) => format!(
                "{}：{}至{}，不计入办理期限",
                pause.kind.name(),
                words::day(pause.from),
                words::day(to)
            ),
            None => format!(
                "{}：自{}起不计入办理期限，预计到{}",
                pause.kind.name(),
                words::day(pause.from),
                words::day(pause.expected_to)
            ),
        })
        .collect();
    if let Some(extension) = &clock.extension {
        lines.push(format!(
            "{}经批准延长{}个工作日",
            words::day(extension.on),
            extension.amount
        ));
    }
    lines
}

/// The acts of a case, oldest first. With `papers`, those that the party may read are linked.
pub(super) fn moments(events: &[RecordedEvent], case: &Case, papers: bool) -> Vec<Moment> {
    let shown = events.iter().filter(|event| !quiet(&event.envelope.kind));
    let known = shown.map(|event| match event.decode::<CaseEvent>() {
        Ok(Payload::Known(known)) => (event, Some(known)),
        _ => (event, None),
    });
    known
        .filter(|(_, known)| !matches!(known.as_deref(), Some(CaseEvent::StepTaken(event)) if event.taken.internal))
        .map(|(event, known)| {
            let orders = known
                .as_ref()
                .and_then(|known| known.effects())
                .map_or(&[][..], |effects| &effects.papers);
            let links = orders.iter().filter_map(|order| {
                let paper = case
                    .paper(&order.paper_id)
                    .filter(|paper| papers && readable(case, paper))?;
                paper.rendered.as_ref()?;
                let link = paper_file(&case.case_no, &order.paper_id).to_string();
                Some((order.name().into_owned(), link))
            });
            Moment {
                id: format!("e{}", event.envelope.version),
                title: title(known.as_deref(), &event.envelope.kind),
                by: match known.as_deref() {
                    Some(CaseEvent::StepTaken(event)) => crate::decide::role_name(&event.taken.role).to_owned(),
                    _ => by(&event.envelope.kind).to_owned(),
                },
                time: words::day(event.envelope.happened_on),
                machine_time: event.envelope.happened_on.to_string(),
                lines: match known.as_deref() {
                    Some(CaseEvent::FlowMoved(event)) if papers => migrations::lines(&event.moved),
                    _ => Vec::new(),
                },
                papers: links.collect(),
            }
        })
        .collect()
}

/// A step of the chart by its name there; no more of it is anybody's to see here.
fn title(event: Option<&CaseEvent>, kind: &str) -> String {
    match event {
        Some(CaseEvent::StepTaken(event)) => event.taken.name.clone(),
        Some(CaseEvent::OpinionReturned(event)) => format!("{}提出意见", event.answer.body_name),
        _ => act_name(kind).to_owned(),
    }
}

/// What is our own housekeeping, not an act in the matter.
fn quiet(kind: &str) -> bool {
    matches!(
        kind,
        "case.paper_numbered" | "case.paper_rendered" | "case.completed" | "case.released"
    ) || is_operation(kind)
}

fn by(kind: &str) -> &'static str {
    match kind {
        "case.submitted" | "case.supplement_supplied" | "case.withdrawn" => "申请人",
        "case.acceptance_deemed" => "依法视为",
        "case.site_checked" | "case.examined" => "承办人",
        "case.reviewed" => "审核人",
        "case.opinion_returned" => "协办机关",
        "case.decided" | "case.decision_extended" | "case.time_excluded" | "case.time_resumed" => "批准人",
        "case.flow_moved" => "法制机构",
        _ => "窗口受理员",
    }
}
