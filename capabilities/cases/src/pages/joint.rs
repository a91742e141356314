//! Joint approval in words: for the lead body its assisting bodies with their limits, for an assisting body who asked, for
//! the party where each stands.

use jiff::civil::Date;
use mingjing_calendar::Calendar;
use mingjing_web::Link;
use mingjing_web::parts::DaysLeft;

use super::links::act_page;
use super::shown::days_left;
use crate::case::Case;
use crate::decide::Act;
use crate::joint::Assisting;
use crate::operate::Operation;

/// A body that was asked, on the lead's page.
pub(in crate::pages) struct AssistingShown {
    pub(in crate::pages) body: String,
    /// The step of the chart.
    pub(in crate::pages) name: String,
    pub(in crate::pages) case_no: String,
    pub(in crate::pages) asked_on: String,
    pub(in crate::pages) due: String,
    /// Working days left, while an opinion is awaited and time runs.
    pub(in crate::pages) left: Option<DaysLeft>,
    pub(in crate::pages) state: String,
    /// Opinion, reasons or conditions.
    pub(in crate::pages) words: Vec<String>,
    /// A colour of the tag.
    pub(in crate::pages) colour: &'static str,
    pub(in crate::pages) urge: Option<Link>,
    /// Nothing came back yet, and something still should.
    waits: bool,
    answered: bool,
}

/// What the lead has to know of all together: while an opinion is awaited, and when all are there. Where calls closed
/// without one there is nothing to say.
pub(in crate::pages) fn together(asked: &[AssistingShown]) -> &'static str {
    if asked.iter().any(|one| one.waits) {
        return "意见到齐以后才能继续办理；逾期没有提出的，不视为同意。（行政许可法第二十六条）";
    }
    match asked.iter().any(|one| one.answered) {
        true => "意见已经到齐。",
        false => "",
    }
}

pub(in crate::pages) fn assisting(
    case: &Case,
    calendar: &Calendar,
    today: Date,
    may_urge: bool,
) -> Vec<AssistingShown> {
    let one = |one: &Assisting| {
        let waits = one.open() && !case.suspended();
        AssistingShown {
            body: one.body_name.clone(),
            name: one.name.clone(),
            case_no: one.case_no.clone(),
            asked_on: one.asked_on.to_string(),
            due: one.due.map_or_else(|| "没有规定".to_owned(), |due| due.to_string()),
            left: one.due.filter(|_| waits).map(|due| days_left(calendar, today, due)),
            state: state(case, one, today),
            words: words(one),
            colour: colour(one, today),
            waits: one.open(),
            answered: one.answer.is_some(),
            urge: (one.open() && may_urge).then(|| act_page(&case.case_no, Act::Operate(Operation::Urge).key())),
        }
    };
    case.assistance.iter().map(one).collect()
}

fn state(case: &Case, one: &Assisting, today: Date) -> String {
    let mut state = match (&one.answer, one.ended_on) {
        (Some(answer), _) if answer.late => format!("{}（{}提出，已逾期）", answer.outcome.name, answer.given_on),
        (Some(answer), _) => format!("{}（{}提出）", answer.outcome.name, answer.given_on),
        (None, Some(on)) => format!("{on}起不再需要意见"),
        (None, None) if case.suspended() => "等待意见，暂停计时".to_owned(),
        (None, None) if one.overdue_on(today) => "逾期没有提出意见（不视为同意）".to_owned(),
        (None, None) => "等待意见".to_owned(),
    };
    if one.urged > 0 && one.open() {
        state.push_str(&format!("，已催办{}次", one.urged));
    }
    state
}

fn colour(one: &Assisting, today: Date) -> &'static str {
    match &one.answer {
        Some(answer) if answer.outcome.negative => "red",
        Some(_) => "green",
        None if one.overdue_on(today) => "red",
        None if one.open() => "blue",
        None => "grey",
    }
}

fn words(one: &Assisting) -> Vec<String> {
    let Some(answer) = &one.answer else {
        return Vec::new();
    };
    let label = if answer.outcome.negative {
        "理由"
    } else {
        "条件、说明"
    };
    let reasons = answer.reasons.iter().map(|reasons| format!("{label}：{reasons}"));
    [answer.opinion.clone()]
        .into_iter()
        .filter(|text| !text.is_empty())
        .chain(reasons)
        .collect()
}

/// What the bodies that were asked said, for who decides.
pub(in crate::pages) fn opinions_in_words(case: &Case) -> Option<String> {
    let answers = case.assistance.iter().filter_map(|one| one.answer.as_ref());
    let said: Vec<String> = answers
        .map(|answer| {
            let reasons = answer.reasons.as_ref();
            let reasons = reasons.map_or(String::new(), |reasons| {
                format!("（{}）", reasons.trim_end_matches('。'))
            });
            format!("{}{}{reasons}", answer.body_name, answer.outcome.name)
        })
        .collect();
    (!said.is_empty()).then(|| format!("协办意见：{}。", said.join("；")))
}

/// Who asked this body, and for what.
pub(in crate::pages) fn lead(case: &Case) -> Vec<(&'static str, String)> {
    let Some(lead) = case
        .application
        .as_ref()
        .and_then(|application| application.lead.as_ref())
    else {
        return Vec::new();
    };
    let mut rows = vec![
        ("主办机关", lead.body_name.clone()),
        ("主办办件", lead.case_no.clone()),
        ("需要的意见", lead.name.clone()),
    ];
    if let Some((on, why)) = &case.facts.ended {
        rows.push(("协办终止", format!("{on}　{why}")));
    } else if let Some(on) = case.facts.reminded.filter(|_| !case.flow_ended()) {
        rows.push((
            "逾期提示",
            format!("{on}起逾期没有提出意见；逾期不视为同意，请尽快提出。"),
        ));
    }
    rows
}

/// For the party and for who looks up: which body is at it, and until when. What it says is told with the decision.
pub(in crate::pages) fn in_plain_words(case: &Case, today: Date, day: impl Fn(Date) -> String) -> Vec<String> {
    let shown = case
        .assistance
        .iter()
        .filter(|one| one.ended_on.is_none() || one.answer.is_some());
    shown
        .map(|one| match (&one.answer, one.due) {
            (Some(answer), _) => format!("{}已于{}提出意见。", one.body_name, day(answer.given_on)),
            (None, Some(_)) if case.suspended() => format!("{}正在出具意见，现在依法暂停计时。", one.body_name),
            (None, Some(due)) if due < today => format!(
                "{}应在{}前出具意见，已经逾期；逾期不当作同意，主办机关会催办。",
                one.body_name,
                day(due)
            ),
            (None, Some(due)) => format!("{}正在出具意见，应在{}前提出。", one.body_name, day(due)),
            (None, None) => format!("{}正在出具意见。", one.body_name),
        })
        .collect()
}
