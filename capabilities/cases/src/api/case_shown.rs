//! A case as JSON: for officers within their scope whole, for who looks up without anything that names a person.

use jiff::Timestamp;
use jiff::civil::Date;
use mingjing_catalogue::public::ItemVersion;
use mingjing_chronicle::{ActorKind, Context, Envelope};
use mingjing_people::public::BodyFacts;
use schemars::JsonSchema;
use serde::Serialize;

use super::migrations::MovedShown;
use super::ruled::RuledShown;
use crate::case::{Case, Paper};
use crate::clock::CaseClock;
use crate::events::{CaseState, Channel, FileRef, OpenStep, Opinion, Stance, act_name};
use crate::joint::Assisting;
use crate::operate::{CopySent, is_operation};
use crate::pages::citizen::readable;
use crate::party::Party;
use crate::reading::CaseSeen;
use crate::standing::next_steps;

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Case")]
pub(super) struct CaseShown {
    case_no: String,
    /// 办理操作时在 Seen-Version 中送回
    version: i64,
    item: ItemRef,
    body: BodyRef,
    state: CaseState,
    state_name: String,
    suspended: bool,
    channel: Option<Channel>,
    received_on: Option<Date>,
    party: Option<Party>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<AgentShown>,
    electronic_service: bool,
    steps: Vec<Step>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    copies: Vec<CopyShown>,
    /// 迁移到其他版本的流程图的经过
    #[serde(skip_serializing_if = "Vec::is_empty")]
    moved: Vec<MovedShown>,
    /// 流程中的规则怎样得出结果
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ruled: Vec<RuledShown>,
    clocks: Vec<Clock>,
    /// 现在可以做的，和不能做的原因
    acts: Vec<NextAct>,
    answers: std::collections::BTreeMap<String, Vec<String>>,
    materials: Vec<MaterialShown>,
    papers: Vec<PaperShown>,
    opinions: Vec<OpinionShown>,
    /// 联合办理：转告了哪些协办机关，各自提出了什么意见
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assistance: Vec<AssistanceShown>,
    /// 本件是协办件时：主办机关和它的办件
    #[serde(skip_serializing_if = "Option::is_none")]
    lead: Option<LeadShown>,
    timeline: Vec<Moment>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct ItemRef {
    item_code: String,
    version: i32,
    name: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct BodyRef {
    body: String,
    name: String,
}

#[derive(Serialize, JsonSchema)]
struct AgentShown {
    name: String,
    phone: String,
    authority: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Step {
    task: String,
    name: String,
    kind: String,
    role: String,
    since: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Date>,
    /// 专门由谁办理（账号），转办、委托、加签时有
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<String>,
    /// 加签：只签署意见
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    signer: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    suspended: bool,
    /// 委托到哪一天
    #[serde(skip_serializing_if = "Option::is_none")]
    delegated_until: Option<Date>,
    /// 催办的次数
    #[serde(skip_serializing_if = "Option::is_none")]
    urged: Option<u32>,
}

/// 抄送
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StepCopy")]
pub(super) struct CopyShown {
    number: u32,
    task: String,
    step: String,
    by: String,
    on: Date,
    reasons: String,
    officers: Vec<String>,
    roles: Vec<String>,
    /// 已经阅悉的人员
    noted: Vec<String>,
}

impl CopyShown {
    pub(super) fn of(copy: &CopySent) -> CopyShown {
        CopyShown {
            number: copy.number,
            task: copy.task.clone(),
            step: copy.step.clone(),
            by: copy.by.account.clone(),
            on: copy.on,
            reasons: copy.reasons.clone(),
            officers: copy.officers.iter().map(|one| one.account.clone()).collect(),
            roles: copy.roles.clone(),
            noted: copy.noted.iter().map(|(who, _)| who.account.clone()).collect(),
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Assistance")]
struct AssistanceShown {
    task: String,
    name: String,
    body: String,
    body_name: String,
    /// 协办机关办理这件事的编号
    case_no: String,
    asked_on: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Date>,
    /// 逾期没有提出意见；逾期不视为同意
    overdue: bool,
    urged: u32,
    /// 提出意见的日期
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_on: Option<Date>,
    /// 意见的内容；申请人看到的是决定书中的理由
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<AnswerShown>,
    /// 从哪一天起不再需要意见
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_on: Option<Date>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AssistanceAnswer")]
struct AnswerShown {
    outcome: String,
    outcome_name: String,
    negative: bool,
    opinion: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<String>,
    given_on: Date,
    late: bool,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AssistanceLead")]
struct LeadShown {
    case_no: String,
    body: String,
    body_name: String,
    name: String,
}

impl AssistanceShown {
    fn of(one: &Assisting, today: Date, party: bool) -> AssistanceShown {
        AssistanceShown {
            task: one.task.clone(),
            name: one.name.clone(),
            body: one.body.clone(),
            body_name: one.body_name.clone(),
            case_no: one.case_no.clone(),
            asked_on: one.asked_on,
            due: one.due,
            overdue: one.overdue_on(today),
            urged: one.urged,
            answered_on: one.answer.as_ref().map(|answer| answer.given_on),
            // What the bodies wrote to each other reaches the party with the decision.
            answer: one.answer.as_ref().filter(|_| !party).map(|answer| AnswerShown {
                outcome: answer.outcome.id.clone(),
                outcome_name: answer.outcome.name.clone(),
                negative: answer.outcome.negative,
                opinion: answer.opinion.clone(),
                reasons: answer.reasons.clone(),
                given_on: answer.given_on,
                late: answer.late,
            }),
            ended_on: one.ended_on,
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Clock {
    kind: crate::clock::ClockKind,
    name: String,
    limit: String,
    basis: String,
    from: Date,
    due: Date,
    /// 假日安排公布后可能改变
    provisional: bool,
    /// 期限怎样算出来
    why: Vec<String>,
    suspended: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_on: Option<Date>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct NextAct {
    pub(super) act: String,
    pub(super) name: String,
    /// 办理流程环节（take_step）时的环节编号
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) task: Option<String>,
    pub(super) allowed: bool,
    pub(super) article: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) why_not: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) advice: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct MaterialShown {
    id: String,
    name: String,
    originals: u32,
    copies: u32,
    files: Vec<FileShown>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct FileShown {
    file: String,
    name: String,
    media_type: String,
    bytes: u64,
    sha256: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct PaperShown {
    paper_id: String,
    kind: String,
    name: String,
    made_on: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    /// 可以下载
    ready: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct OpinionShown {
    step: String,
    role: String,
    stance: Stance,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<String>,
    on: Date,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Moment {
    version: i64,
    kind: String,
    name: String,
    happened_on: Date,
    recorded_at: Timestamp,
}

impl CaseShown {
    pub(super) fn of(seen: &CaseSeen, context: &Context) -> CaseShown {
        let case = &seen.case;
        let applicant = case.applicant();
        let party = context.actor.kind == ActorKind::Citizen;
        CaseShown {
            case_no: case.case_no.clone(),
            version: seen.version,
            item: ItemRef::of(&seen.item),
            body: BodyRef::of(&seen.body),
            state: case.state,
            state_name: case.state.name().to_owned(),
            suspended: case.suspended(),
            channel: case.application.as_ref().map(|application| application.channel),
            received_on: case.facts.received,
            party: applicant.map(|applicant| applicant.party.clone()),
            agent: applicant
                .and_then(|applicant| applicant.agent.as_ref())
                .map(|agent| AgentShown {
                    name: agent.name.clone(),
                    phone: agent.phone.clone(),
                    authority: agent.authority.name().to_owned(),
                }),
            electronic_service: applicant.is_some_and(|applicant| applicant.electronic_service),
            steps: case.steps.iter().map(|step| Step::of(step, party)).collect(),
            copies: case.copies.iter().filter(|_| !party).map(CopyShown::of).collect(),
            // Where it stood inside the house is no part of what a party is shown; the timeline says that it moved.
            moved: if party { Vec::new() } else { MovedShown::of(&case.moves) },
            ruled: RuledShown::of::<Case>(&seen.events, seen.flow()),
            clocks: case.clocks.iter().map(Clock::of).collect(),
            acts: acts(case, context),
            answers: case.form.as_ref().clone(),
            materials: materials(case),
            papers: papers(case, party),
            // What officers wrote to each other is no part of what a party is shown, on the page neither.
            opinions: case
                .opinions
                .iter()
                .filter(|_| !party)
                .map(|opinion| OpinionShown::of(opinion))
                .collect(),
            assistance: case
                .assistance
                .iter()
                .map(|one| AssistanceShown::of(one, context.today, party))
                .collect(),
            lead: case
                .application
                .as_ref()
                .and_then(|application| application.lead.as_ref())
                .map(|lead| LeadShown {
                    case_no: lead.case_no.clone(),
                    body: lead.body.clone(),
                    body_name: lead.body_name.clone(),
                    name: lead.name.clone(),
                }),
            timeline: moments(seen, party),
        }
    }
}

impl ItemRef {
    pub(super) fn of(item: &ItemVersion) -> ItemRef {
        ItemRef {
            item_code: item.item_code.clone(),
            version: item.version,
            name: item.name.clone(),
        }
    }
}

impl BodyRef {
    pub(super) fn of(body: &BodyFacts) -> BodyRef {
        BodyRef {
            body: body.body.clone(),
            name: body.name.clone(),
        }
    }
}

impl FileShown {
    pub(super) fn of(file: &FileRef) -> FileShown {
        FileShown {
            file: file.blob.clone(),
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            bytes: file.bytes,
            sha256: file.sha256.clone(),
        }
    }
}

impl PaperShown {
    /// `may`: who asks may have the file itself.
    pub(super) fn of(paper: &Paper, may: bool) -> PaperShown {
        let rendered = paper.rendered.as_ref().filter(|_| may);
        PaperShown {
            paper_id: paper.order.paper_id.clone(),
            kind: paper.order.template.key().to_owned(),
            name: paper.order.name().into_owned(),
            made_on: paper.order.made_on,
            number: paper.paper_no.clone(),
            ready: rendered.is_some(),
            sha256: rendered.map(|rendered| rendered.sha256.clone()),
        }
    }
}

impl Step {
    /// Who holds it inside the house is not the party's to see.
    pub(super) fn of(step: &OpenStep, party: bool) -> Step {
        let inside = !party;
        Step {
            holder: step.holder.clone().filter(|_| inside),
            signer: inside && step.signer,
            suspended: inside && step.suspended,
            delegated_until: step.lent.as_ref().filter(|_| inside).map(|lent| lent.until),
            urged: step.urged.as_ref().filter(|_| inside).map(|urged| urged.times),
            task: step.task.clone(),
            name: step.name.clone(),
            kind: step.kind.clone(),
            role: step.role.clone(),
            since: step.since,
            due: step.due,
        }
    }
}

impl OpinionShown {
    pub(super) fn of(opinion: &Opinion) -> OpinionShown {
        OpinionShown {
            step: opinion.step.clone(),
            role: opinion.role.clone(),
            stance: opinion.stance,
            text: opinion.text.clone(),
            reasons: opinion.reasons.clone(),
            on: opinion.on,
        }
    }
}

impl Moment {
    pub(super) fn of(envelope: &Envelope, name: &str) -> Moment {
        Moment {
            version: envelope.version,
            kind: envelope.kind.clone(),
            name: name.to_owned(),
            happened_on: envelope.happened_on,
            recorded_at: envelope.recorded_at,
        }
    }
}

impl Clock {
    pub(super) fn of(clock: &CaseClock) -> Clock {
        Clock {
            kind: clock.kind,
            name: clock.kind.name().to_owned(),
            limit: clock.limit.period().to_string(),
            basis: clock.limit.basis.clone(),
            from: clock.from,
            due: clock.due.on,
            provisional: clock.due.provisional,
            why: clock.due.why.clone(),
            suspended: clock.suspended(),
            stopped_on: clock.stopped_on,
        }
    }
}

fn acts(case: &Case, context: &Context) -> Vec<NextAct> {
    next_steps(case, context)
        .into_iter()
        .map(|step| NextAct {
            act: step.act.key().to_owned(),
            name: step.name(),
            task: step.step.as_ref().map(|step| step.task.clone()),
            allowed: step.allowed,
            article: step.article,
            why_not: step.why_not,
            advice: step.advice,
        })
        .collect()
}

fn materials(case: &Case) -> Vec<MaterialShown> {
    case.materials
        .iter()
        .map(|material| MaterialShown {
            id: material.id.clone(),
            name: material.name.clone(),
            originals: material.originals,
            copies: material.copies,
            files: material.files.iter().map(FileShown::of).collect(),
        })
        .collect()
}

fn papers(case: &Case, party: bool) -> Vec<PaperShown> {
    case.papers
        .iter()
        .filter(|paper| !party || paper.order.template.for_party())
        .map(|paper| PaperShown::of(paper, !party || readable(case, paper)))
        .collect()
}

fn moments(seen: &CaseSeen, outside: bool) -> Vec<Moment> {
    seen.events
        .iter()
        .map(|event| &event.envelope)
        .filter(|envelope| !envelope.kind.starts_with("case.paper_"))
        // The house's own work after the decision: pages for the party leave it out, too.
        .filter(|envelope| !outside || !matches!(envelope.kind.as_str(), "case.completed" | "case.released"))
        .filter(|envelope| !outside || !is_operation(&envelope.kind))
        .map(|envelope| Moment::of(envelope, act_name(&envelope.kind)))
        .collect()
}

/// What number and secret open: state, limits and acts, nobody's name.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Progress")]
pub(super) struct ProgressShown {
    case_no: String,
    item: ItemRef,
    body: BodyRef,
    state: CaseState,
    state_name: String,
    suspended: bool,
    clocks: Vec<Clock>,
    timeline: Vec<Moment>,
}

impl ProgressShown {
    pub(super) fn of(seen: &CaseSeen) -> ProgressShown {
        let shown = |clock: &&CaseClock| clock.kind != crate::clock::ClockKind::Publication;
        ProgressShown {
            case_no: seen.case.case_no.clone(),
            item: ItemRef::of(&seen.item),
            body: BodyRef::of(&seen.body),
            state: seen.case.state,
            state_name: seen.case.state.name().to_owned(),
            suspended: seen.case.suspended(),
            clocks: seen.case.clocks.iter().filter(shown).map(Clock::of).collect(),
            timeline: moments(seen, true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_lookup_shows_has_no_place_for_a_person() {
        let schema = schemars::schema_for!(ProgressShown).to_value().to_string();
        for word in ["party", "phone", "agent", "opinion", "answers", "officers"] {
            assert!(!schema.contains(&format!("\"{word}\"")), "{word}");
        }
    }
}
