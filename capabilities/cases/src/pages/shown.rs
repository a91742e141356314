//! How a case is shown: dates with their reasons, stages, timeline, papers. Words only; no rule lives here.

use jiff::civil::Date;
use mingjing_calendar::Calendar;
use mingjing_chronicle::{Envelope, Payload, RecordedEvent, shanghai_date};
use mingjing_web::parts::{DaysLeft, Moment, Stage, StageState};

use super::links::{material_file, paper_file};
use super::milestones::milestones;
use super::operations;
use crate::case::{Case, Paper};
use crate::clock::{CaseClock, ClockKind};
use crate::course::Course;
use crate::decide::role_name;
use crate::events::{
    Answer, AssistanceTold, CaseEvent, CaseState, Decision, PaperOrder, RefusalGround, Release, StepOperation,
    TakenStep, Told, act_name,
};
use crate::party::Party;

/// A limit as people read it.
#[derive(Debug, Clone)]
pub struct ClockShown {
    pub name: &'static str,
    pub limit: String,
    pub basis: String,
    pub due: String,
    /// Working days left, while it runs and is not suspended.
    pub left: Option<DaysLeft>,
    pub state: String,
    pub provisional: bool,
    pub why: Vec<String>,
}

pub fn clocks(clocks: &[CaseClock], calendar: &Calendar, today: Date) -> Vec<ClockShown> {
    ClockKind::ALL
        .into_iter()
        .filter_map(|kind| clocks.iter().find(|clock| clock.kind == kind))
        .map(|clock| clock_shown(clock, calendar, today))
        .collect()
}

fn clock_shown(clock: &CaseClock, calendar: &Calendar, today: Date) -> ClockShown {
    let mut state = match clock.stopped_on {
        Some(on) if on > clock.due.on => format!("{on} 结束，已超期"),
        Some(on) => format!("{on} 结束，在期限内"),
        None if clock.suspended() => "暂停计时".to_owned(),
        None => String::new(),
    };
    if let Some(extension) = &clock.extension {
        state.push_str(&format!(
            "（{} 延长{}：{}）",
            extension.on,
            extension.period(),
            extension.reasons
        ));
    }
    ClockShown {
        name: clock.kind.name(),
        limit: clock.limit.period().to_string(),
        basis: clock.limit.basis.clone(),
        due: clock.due.on.to_string(),
        left: (clock.runs() && !clock.suspended()).then(|| days_left(calendar, today, clock.due.on)),
        state,
        provisional: clock.due.provisional,
        why: clock.due.why.clone(),
    }
}

pub fn days_left(calendar: &Calendar, today: Date, due: Date) -> DaysLeft {
    DaysLeft(if due >= today {
        calendar.working_days_between(today, due)
    } else {
        // Overdue on a rest day is overdue by no working day yet, but it is overdue.
        -calendar.working_days_between(due, today).max(1)
    })
}

/// 申请 → 受理 → 审查 → 决定 → 送达, with real dates.
pub fn stages(case: &Case) -> Vec<Stage> {
    let facts = &case.facts;
    let decided = case.decided_on();
    let turned_down = facts.acceptance_refused.is_some() || facts.not_required.is_some();
    let served = facts.served.as_ref().map(|(on, _)| *on);
    let accepted = facts.accepted.map(|accepted| accepted.on);
    let examined = decided.or(match case.state {
        CaseState::Approving => case.opinions.last().map(|opinion| opinion.on),
        _ => None,
    });
    let of_applications = || {
        vec![
            ("申请", facts.received),
            ("受理", accepted),
            ("审查", examined),
            ("决定", decided),
            ("送达", served),
        ]
    };
    let dates = milestones(case).unwrap_or_else(of_applications);
    // What a matter did not need on its way is passed over once something after it was done.
    let last = dates.iter().rposition(|(_, on)| on.is_some()).unwrap_or(0);
    let over = case.state == CaseState::Completed;
    let mut now_given = false;
    dates
        .into_iter()
        .enumerate()
        .map(|(place, (label, on))| {
            let passed = on.is_none() && (over || place < last) && case.course() != Course::Permit;
            let ended = passed || facts.withdrawn.is_some() || (turned_down && label != "送达");
            let (state, note) = match on {
                Some(on) => (StageState::Done, on.to_string()),
                None if ended => (StageState::Skipped, "不再进行".to_owned()),
                None if now_given => (StageState::Ahead, String::new()),
                None => {
                    now_given = true;
                    let paused = case.suspended() || case.state == CaseState::Supplementing;
                    if paused {
                        (StageState::Paused, case.state.name().to_owned())
                    } else {
                        (StageState::Now, case.state.name().to_owned())
                    }
                }
            };
            Stage {
                label: label.to_owned(),
                note,
                state,
            }
        })
        .collect()
}

pub fn timeline(case: &Case, events: &[RecordedEvent]) -> Vec<Moment> {
    events
        .iter()
        .filter(|event| !event.envelope.kind.starts_with("case.paper_"))
        .map(|event| moment(case, event))
        .collect()
}

fn moment(case: &Case, event: &RecordedEvent) -> Moment {
    let envelope = &event.envelope;
    let known = match event.decode::<CaseEvent>() {
        Ok(Payload::Known(known)) => Some(known),
        _ => None,
    };
    let papers = known
        .as_ref()
        .and_then(|known| known.effects())
        .map_or(&[][..], |effects| &effects.papers);
    dated(
        envelope,
        |order| paper_file(&case.case_no, &order.paper_id).to_string(),
        papers,
        Moment {
            title: match known.as_deref() {
                Some(CaseEvent::StepTaken(event)) => event.taken.name.clone(),
                Some(CaseEvent::Submitted(event)) if event.opening.is_some() => "依职权启动".to_owned(),
                _ => act_name(&envelope.kind).to_owned(),
            },
            by: by(known.as_deref(), &envelope.post),
            lines: match &known {
                Some(known) => lines(known),
                None => vec!["内容已依法删除。".to_owned()],
            },
            ..Moment::default()
        },
    )
}

/// The moment with its place on the page, its times and the papers it made.
pub fn dated(
    envelope: &Envelope,
    link: impl Fn(&PaperOrder) -> String,
    papers: &[PaperOrder],
    moment: Moment,
) -> Moment {
    let recorded = envelope
        .recorded_at
        .to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)));
    let mut time = recorded.strftime("%Y-%m-%d %H:%M").to_string();
    if envelope.happened_on != shanghai_date(envelope.recorded_at) {
        time.push_str(&format!("（法定日期 {}）", envelope.happened_on));
    }
    Moment {
        id: format!("e{}", envelope.version),
        time,
        machine_time: recorded.strftime("%Y-%m-%dT%H:%M:%S+08:00").to_string(),
        papers: papers
            .iter()
            .map(|order| (order.name().into_owned(), link(order)))
            .collect(),
        ..moment
    }
}

/// The post or the party; persons' names are with the opinions.
fn by(event: Option<&CaseEvent>, post: &str) -> String {
    let role = match event {
        Some(CaseEvent::AcceptanceDeemed(_)) => return "依法律规定".to_owned(),
        Some(CaseEvent::Examined(_) | CaseEvent::SiteChecked(_)) => "handler",
        Some(CaseEvent::Reviewed(_)) => "reviewer",
        Some(
            CaseEvent::Decided(_)
            | CaseEvent::DecisionExtended(_)
            | CaseEvent::TimeExcluded(_)
            | CaseEvent::TimeResumed(_),
        ) => "approver",
        Some(CaseEvent::Released(_)) => "release_reviewer",
        Some(CaseEvent::StepTaken(event)) => event.taken.role.as_str(),
        Some(CaseEvent::Submitted(event)) if event.opening.is_some() => "handler",
        Some(CaseEvent::AssistanceAsked(_) | CaseEvent::AssistanceEnded(_)) => return "主办机关".to_owned(),
        Some(CaseEvent::AssistanceTold(event)) if event.what == Told::Overdue => return "自动".to_owned(),
        Some(CaseEvent::AssistanceTold(_)) => return "主办机关".to_owned(),
        Some(CaseEvent::OpinionReturned(_)) => return "协办机关".to_owned(),
        Some(CaseEvent::TimerFired(_)) => return "按流程定时".to_owned(),
        Some(CaseEvent::FlowMoved(_)) => return "法制机构".to_owned(),
        Some(CaseEvent::StepOperated(_)) if post.is_empty() => return "自动".to_owned(),
        Some(CaseEvent::StepOperated(_)) => return "承办机关".to_owned(),
        _ if post.is_empty() => "applicant",
        _ => "counter_clerk",
    };
    role_name(role).to_owned()
}

fn lines(event: &CaseEvent) -> Vec<String> {
    match event {
        CaseEvent::Submitted(event) => match &event.opening {
            Some(opening) => vec![
                format!("发现日期：{}", event.received_on),
                format!("地点：{}", opening.place),
                format!("情况：{}", opening.facts),
            ],
            None => vec![
                event.channel.name().to_owned(),
                format!("收到日期：{}", event.received_on),
            ],
        },
        CaseEvent::CorrectedOnTheSpot(event) => vec![format!("更正{}处", event.corrections.len())],
        CaseEvent::SupplementAsked(event) => event
            .items
            .iter()
            .map(|item| format!("{}：{}", item.name, item.requirement))
            .collect(),
        CaseEvent::SupplementSupplied(event) => event.materials.iter().map(|material| material.name.clone()).collect(),
        CaseEvent::Accepted(event) => vec![format!("受理日期：{}", event.accepted_on)],
        CaseEvent::AcceptanceDeemed(event) => vec![
            format!("受理日期：{}（收到申请材料之日）", event.accepted_on),
            format!("{}前没有一次告知需要补正的内容。", event.expired_on),
        ],
        CaseEvent::AcceptanceRefused(event) => {
            let ground = match &event.ground {
                RefusalGround::NotThisBody { competent_body } => format!("应当向{competent_body}申请"),
                RefusalGround::StillIncomplete { missing } => format!("仍缺少：{}", missing.join("、")),
            };
            vec![format!("理由：{}", event.reasons), ground]
        }
        CaseEvent::PermitNotRequired(event) => vec![format!("理由：{}", event.reasons)],
        CaseEvent::SiteChecked(event) => vec![
            format!("地点：{}", event.place),
            format!("时间：{} {}—{}", event.checked_on, event.from_time, event.to_time),
            format!(
                "人员：{}",
                event
                    .officers
                    .iter()
                    .map(|officer| format!("{}（{}）", officer.name, officer.certificate_no))
                    .collect::<Vec<_>>()
                    .join("、")
            ),
            format!("情况：{}", event.facts),
            format!("结论：{}", if event.conforms { "符合" } else { "不符合" }),
        ],
        CaseEvent::Examined(event) | CaseEvent::Reviewed(event) => {
            let mut lines = vec![format!("{}：{}", event.opinion.stance.name(), event.opinion.text)];
            lines.extend(event.opinion.reasons.iter().map(|reasons| format!("理由：{reasons}")));
            lines
        }
        CaseEvent::Decided(event) => {
            let mut lines = match &event.decision {
                Decision::Grant { conditions, .. } => {
                    let mut lines = vec!["准予许可".to_owned()];
                    lines.extend(conditions.iter().map(|condition| format!("要求：{condition}")));
                    lines
                }
                Decision::Deny { reasons, .. } => vec!["不予许可".to_owned(), format!("理由：{reasons}")],
            };
            if event.late.statutory {
                lines.push("超过法定办理期限".to_owned());
            } else if event.late.promised {
                lines.push("超过承诺办理期限，未超过法定期限".to_owned());
            }
            lines
        }
        CaseEvent::StepOperated(event) => operated(event),
        CaseEvent::Issued(event) => vec![format!("证件编号：{}", event.certificate_no)],
        CaseEvent::Served(event) => vec![format!("{}，送达日期：{}", event.service.name(), event.served_on)],
        CaseEvent::Completed(event) => vec![event.case_summary.clone(), event.completion_status.clone()],
        CaseEvent::Released(event) => match &event.release {
            Release::Publish { .. } => vec!["已公开".to_owned()],
            Release::Withhold { ground, reasons } => vec![format!("不予公开：{}", ground.name()), reasons.clone()],
        },
        CaseEvent::Withdrawn(event) if event.reasons.is_empty() => Vec::new(),
        CaseEvent::Withdrawn(event) => vec![format!("理由：{}", event.reasons)],
        CaseEvent::DecisionExtended(event) => vec![
            format!("延长{}个工作日", event.working_days),
            format!("理由：{}", event.reasons),
        ],
        CaseEvent::TimeExcluded(event) => vec![
            format!("{}，预计到{}", event.kind.name(), event.expected_to),
            event.reason.clone(),
        ],
        CaseEvent::TimeResumed(event) => vec![format!("扣除到{}为止", event.to), event.result.clone()],
        CaseEvent::StepTaken(event) => step_lines(&event.taken),
        CaseEvent::FlowMoved(event) => super::migrations::lines(&event.moved),
        CaseEvent::AssistanceAsked(event) => vec![
            format!("主办机关：{}（办件 {}）", event.lead.body_name, event.lead.case_no),
            format!("需要的意见：{}", event.lead.name),
        ],
        CaseEvent::AssistanceEnded(event) => vec![event.why.clone()],
        CaseEvent::AssistanceTold(event) => vec![told(event)],
        CaseEvent::OpinionReturned(event) => answer_lines(&event.answer),
        CaseEvent::TimerFired(_) | CaseEvent::PaperNumbered(_) | CaseEvent::PaperRendered(_) => Vec::new(),
    }
}

fn told(event: &AssistanceTold) -> String {
    match event.what {
        Told::Urged => format!("主办机关催办：{}", event.words),
        Told::TimeExcluded | Told::TimeResumed | Told::Overdue => event.words.clone(),
    }
}

fn answer_lines(answer: &Answer) -> Vec<String> {
    let late = if answer.late { "（逾期提出）" } else { "" };
    let mut lines = vec![format!("{}：{}{late}", answer.body_name, answer.outcome.name)];
    if !answer.opinion.is_empty() {
        lines.push(format!("意见：{}", answer.opinion));
    }
    lines.extend(answer.reasons.iter().map(|reasons| format!("理由、条件：{reasons}")));
    lines
}

/// What a step of the chart recorded, line by line.
fn step_lines(taken: &TakenStep) -> Vec<String> {
    let facts = &taken.facts;
    let mut lines: Vec<String> = taken.outcome.iter().map(|outcome| outcome.name.clone()).collect();
    let mut put = |label: &str, value: Option<String>| {
        lines.extend(value.map(|value| format!("{label}：{value}")));
    };
    put("意见", taken.opinion.clone());
    put("理由", taken.reasons.clone());
    put("记录", facts.record.clone());
    put("告知的日期", facts.told_day.map(|day| day.to_string()));
    put("复议、诉讼期限届满", facts.remedy_over_on.map(|day| day.to_string()));
    put("地点", facts.place.clone());
    put("方式", facts.manner.clone());
    put("时间", facts.time.clone());
    put("见证人", facts.witness.clone());
    let officers: Vec<String> = facts
        .officers
        .iter()
        .map(|officer| format!("{}（{}）", officer.name, officer.certificate_no))
        .collect();
    put("执法人员", (!officers.is_empty()).then(|| officers.join("、")));
    let goods: Vec<String> = facts
        .goods
        .iter()
        .map(|piece| format!("{} {}", piece.name, piece.amount))
        .collect();
    put("清单", (!goods.is_empty()).then(|| goods.join("；")));
    put("主持人", facts.host.as_ref().map(|host| host.name.clone()));
    put("金额", facts.amount.map(|amount| format!("{amount}元")));
    match taken.late {
        Some(late) if late.statutory => lines.push("超过法定办理期限".to_owned()),
        Some(late) if late.promised => lines.push("超过承诺办理期限，未超过法定期限".to_owned()),
        _ => {}
    }
    lines
}

/// A paper in a list.
#[derive(Debug, Clone)]
pub struct PaperShown {
    pub name: String,
    pub number: String,
    /// Empty while the bytes are being made.
    pub link: String,
}

pub fn papers(case_no: &str, papers: &[Paper]) -> Vec<PaperShown> {
    papers
        .iter()
        .map(|paper| PaperShown {
            name: paper.order.name().into_owned(),
            number: paper.paper_no.clone().unwrap_or_default(),
            link: paper
                .rendered
                .as_ref()
                .map(|_| paper_file(case_no, &paper.order.paper_id).to_string())
                .unwrap_or_default(),
        })
        .collect()
}

#[derive(Debug, Clone)]
pub struct MaterialShown {
    pub name: String,
    pub amount: String,
    /// File name and address.
    pub files: Vec<(String, String)>,
}

pub fn materials(case: &Case) -> Vec<MaterialShown> {
    case.materials
        .iter()
        .map(|material| MaterialShown {
            name: material.name.clone(),
            amount: match (material.originals, material.copies) {
                (0, 0) => "电子件".to_owned(),
                (originals, copies) => format!("原件{originals}份，复印件{copies}份"),
            },
            files: material
                .files
                .iter()
                .map(|file| (file.name.clone(), material_file(&case.case_no, &file.blob).to_string()))
                .collect(),
        })
        .collect()
}

/// Label and answer of each question that was asked.
pub fn answers(case: &Case, item: &mingjing_catalogue::public::ItemVersion) -> Vec<(String, Vec<(String, String)>)> {
    let Some(asked) = case.asked(item) else {
        return Vec::new();
    };
    let questions = asked.questions().iter();
    let told = |question: &&mingjing_catalogue::public::SituationQuestion| {
        (question.label.clone(), or_not_filled(question.words(&case.form)))
    };
    let situation: Vec<(String, String)> = questions.map(told).collect();
    let situation = (!situation.is_empty()).then(|| ("情形".to_owned(), situation));
    let sections = item.form.iter().flat_map(|form| &form.sections);
    let sections = sections
        .map(|section| {
            let rows = section
                .fields
                .iter()
                .filter(|field| asked.asks_for(&field.id))
                .map(|field| {
                    let values = case.form.get(&field.id).into_iter().flatten();
                    let words: Vec<&str> = values.map(|value| field.words(value)).collect();
                    (field.label.clone(), or_not_filled(words.join("、")))
                })
                .collect();
            (section.title.clone(), rows)
        })
        // A part that nobody was asked for is not there.
        .filter(|(_, rows): &(String, Vec<(String, String)>)| !rows.is_empty());
    situation.into_iter().chain(sections).collect()
}

fn or_not_filled(words: String) -> String {
    if words.is_empty() {
        "未填写".to_owned()
    } else {
        words
    }
}

/// Who it is about, row by row.
pub fn party(called: &'static str, party: &Party) -> Vec<(&'static str, String)> {
    match party {
        Party::Individual {
            name,
            document,
            document_no,
            phone,
            address,
        } => vec![
            (called, name.clone()),
            (document.name(), document_no.clone()),
            ("联系电话", phone.clone()),
            ("联系地址", address.clone()),
        ],
        Party::Organisation {
            name,
            uscc,
            legal_representative,
            contact,
            phone,
            address,
        } => vec![
            (called, name.clone()),
            ("统一社会信用代码", uscc.clone()),
            ("法定代表人（负责人）", legal_representative.clone()),
            ("联系人", contact.clone()),
            ("联系电话", phone.clone()),
            ("联系地址", address.clone()),
        ],
    }
}

fn operated(event: &StepOperation) -> Vec<String> {
    let Some(signed) = &event.signed else {
        return operations::lines(&event.fact);
    };
    let opinion = &signed.opinion;
    let mut lines = vec![format!("{}：{}：{}", signed.name, opinion.stance.name(), opinion.text)];
    lines.extend(opinion.reasons.iter().map(|reasons| format!("理由：{reasons}")));
    lines
}
