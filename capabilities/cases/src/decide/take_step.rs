//! Completing a task of the chart whose act has no command of its own: hearing, verification, countersigned opinions,
//! collection … The chart says whose turn it is and which outcomes there are; the table in `law` says what the law asks.
//! What neither knows is refused by name.

mod demands;
mod effects;
pub(crate) mod law;

pub(crate) use effects::limits;

use jiff::civil::Date;
use mingjing_bpmn::model::{Task, Visibility};
use mingjing_chronicle::{Context, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

use self::law::Lawful;
use crate::case::Case;
use crate::course::Course;
use crate::decide::site_check::Inspector;
use crate::decide::{
    Act, AtStep, ITEMS_OWN_LAW, Setting, Verdict, bounded, done_on, holds, living, not_at_step, own_step, past_date,
};
use crate::events::{CaseEvent, OpenStep, OutcomeNamed, StepFacts, StepTaken, TakenStep};
use crate::money::Fen;
use crate::penalty::fine_register::FineEntry;

const ACT: Act = Act::TakeStep;

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TakeStepBody")]
pub struct TakeStep {
    /// Id of the open task.
    #[schemars(length(min = 1, max = 100), description = "环节编号，见办件详情的 steps")]
    pub task: String,
    /// One of the outcomes that the chart declares; empty where it declares none.
    #[serde(default)]
    #[schemars(length(max = 100), description = "流程图为这一环节规定的结果")]
    pub outcome: String,
    #[serde(default)]
    #[schemars(length(max = 5000))]
    pub opinion: String,
    #[serde(default)]
    #[schemars(length(max = 5000), description = "结果是否定的，必须写明")]
    pub reasons: String,
    /// The legal date; none: today.
    #[schemars(description = "实际办理的日期；没有就是今天")]
    pub happened_on: Option<Date>,
    #[serde(default)]
    #[schemars(length(max = 5000), description = "法律要求记录的内容")]
    pub record: String,
    #[schemars(description = "告知当事人的日期：听证日、最后缴款日、预计恢复的日期")]
    pub told_day: Option<Date>,
    /// 强制法 44, 53.
    #[schemars(description = "对被执行的决定申请复议、提起诉讼的期限届满的日期")]
    pub remedy_over_on: Option<Date>,
    #[serde(default)]
    #[schemars(length(max = 300))]
    pub place: String,
    #[schemars(length(max = 64), description = "听证主持人的账号")]
    pub host: Option<String>,
    #[schemars(description = "金额，单位为分")]
    pub amount: Option<Fen>,
    #[serde(default)]
    #[schemars(length(max = 20), description = "参加的执法人员的账号，登记的人在内")]
    pub officers: Vec<String>,
    #[serde(default)]
    #[schemars(length(max = 300), description = "见证人，当事人不到场时填写")]
    pub witness: String,
    #[serde(default)]
    #[schemars(length(max = 5000), description = "查封、扣押的清单，每行一项：名称：数量")]
    pub goods: String,
    #[serde(default)]
    #[schemars(length(max = 5), description = "实施的时间，例如 09:30")]
    pub time: String,
    #[serde(default)]
    #[schemars(length(max = 5000), description = "履行或者执行的方式和时间")]
    pub manner: String,
    /// 强制法 43(2).
    #[serde(default)]
    #[schemars(description = "没有对居民生活采取停止供水、供电、供热、供燃气等方式")]
    pub utilities_kept: bool,
}

/// Whether a task of this kind can be completed at all, by its own act or by the table.
pub(crate) fn covers(course: Course, kind: &str) -> bool {
    has_own_act(course, kind) || law::lawful(course, kind).is_some()
}

/// What completing a task of this kind rests on.
pub(crate) fn article(course: Course, kind: &str) -> &'static str {
    law::lawful(course, kind).map_or(ITEMS_OWN_LAW, |lawful| lawful.article)
}

/// Colleagues whom the act names, as the register has them, consulted in the same transaction.
#[derive(Debug, Clone, Default)]
pub struct Colleagues {
    pub host: Option<Inspector>,
    pub officers: Vec<Inspector>,
    /// What the party was fined for at about the same time, of a penalty on the spot (处罚法 29).
    pub earlier_fines: Vec<FineEntry>,
}

/// Whether an act on this kind of task has its own command.
pub(crate) fn has_own_act(course: Course, kind: &str) -> bool {
    match kind {
        "serve" => course.is_applied_for(),
        "accept" | "complete" => course.is_applied_for() && course != Course::Disclosure,
        "supplement" => matches!(course, Course::Permit | Course::Confirmation),
        "site_check" | "examine" | "review" | "decide" | "issue" | "release_review" => course == Course::Permit,
        _ => false,
    }
}

/// The open tasks that are completed here, each once however many sign it.
pub(crate) fn open_tasks(case: &Case) -> Vec<&OpenStep> {
    let mut tasks: Vec<&OpenStep> = Vec::new();
    for step in case.steps.iter().filter(|step| !step.signer && step.asked.is_none()) {
        if !has_own_act(case.course(), &step.kind) && tasks.iter().all(|known| known.task != step.task) {
            tasks.push(step);
        }
    }
    tasks
}

/// The rule on case and person alone, for one open task.
///
/// # Errors
/// `cases.take_step.*`
pub fn may(case: &Case, task: &str, context: &Context) -> Result<AtStep, Refusal> {
    living(case, ACT)?;
    let at = at_task(case, task, context)?;
    let lawful = covered(case.course(), &at.step)?;
    demands::of_person(case, lawful, context)?;
    Ok(at)
}

fn at_task(case: &Case, task: &str, context: &Context) -> Result<AtStep, Refusal> {
    if let Some(asked) = case
        .steps
        .iter()
        .find(|step| step.task == task)
        .and_then(|step| step.asked.as_ref())
    {
        return Err(Refusal::law(
            ACT.code("of_another_body"),
            format!(
                "这一环节由{}在它自己的协办件中提出意见，别人不能代办。",
                asked.body_name
            ),
        )
        .article("行政许可法第二十六条第二款")
        .advice("需要尽快得到意见的，请催办。"));
    }
    let here: Vec<OpenStep> = open_tasks_of(case, task);
    let Some(kind) = here.first().map(|step| step.kind.clone()) else {
        return Err(not_at_step(ACT, &case.steps, case.state.name()));
    };
    let Some(step) = own_step(ACT, &here, &kind, &context.actor.account)? else {
        return Err(not_at_step(ACT, &case.steps, case.state.name()));
    };
    let role = step.role.as_str();
    // What the party brings to the counter is recorded by the clerk.
    let role = if matches!(role, "applicant" | "party") {
        "counter_clerk"
    } else {
        role
    };
    Ok(AtStep {
        post: holds(case, ACT, role, context)?,
        step: step.clone(),
    })
}

fn open_tasks_of(case: &Case, task: &str) -> Vec<OpenStep> {
    let course = case.course();
    let of_task = |step: &&OpenStep| step.task == task && !step.signer && !has_own_act(course, &step.kind);
    case.steps.iter().filter(of_task).cloned().collect()
}

fn covered(course: Course, step: &OpenStep) -> Result<&'static Lawful, Refusal> {
    law::lawful(course, &step.kind).ok_or_else(|| {
        Refusal::law(
            ACT.code("not_covered"),
            format!(
                "平台还没有“{}”（{}，{}）的法律规则，不能在平台上办理这一环节。",
                step.name,
                course.name(),
                step.kind
            ),
        )
        .advice("请在线下依法办理，并请法制机构核对该事项的流程图。")
    })
}

/// # Errors
/// `cases.take_step.*`
pub fn decide(
    state: &Case,
    command: &TakeStep,
    colleagues: &Colleagues,
    setting: &Setting<'_>,
) -> Result<Verdict, Refusal> {
    let at = may(state, &command.task, setting.context)?;
    let lawful = covered(state.course(), &at.step)?;
    let Some(task) = setting.flow.model().work(&at.step.task) else {
        return Err(not_at_step(ACT, &state.steps, state.state.name()));
    };
    let outcome = outcome(task, command)?;
    let on = command.happened_on.unwrap_or(setting.context.today);
    day(state, on, setting.context)?;
    let telling = demands::Telling {
        case: state,
        command,
        outcome: outcome.as_ref(),
        host: colleagues.host.as_ref(),
        officers: &colleagues.officers,
        since: at.step.since,
        on,
        setting,
    };
    let mut facts = demands::told(&telling, lawful).map_err(|refusal| of_this_law(state, lawful, refusal))?;
    if at.step.kind == "decide" {
        one_fine_for_one_act(command, &facts, colleagues)?;
    }
    facts.at = state.course().is_ex_officio().then_some(setting.context.at);
    let (opinion, reasons) = words(task, command, outcome.as_ref())?;
    let taken = TakenStep {
        task: at.step.task.clone(),
        name: at.step.name.clone(),
        kind: at.step.kind.clone(),
        internal: task.visibility == Visibility::Internal,
        late: state
            .course()
            .deciding()
            .contains(&at.step.kind.as_str())
            .then(|| effects::lateness(state, on)),
        outcome,
        role: at.post.role.clone(),
        account: setting.context.actor.account.clone(),
        on,
        opinion,
        reasons,
        facts,
    };
    let event = CaseEvent::StepTaken(Box::new(StepTaken {
        effects: effects::of(state, &at, &taken, setting)?,
        taken,
    }));
    Ok(done_on(state, event, on, at.post.post, setting))
}

/// 处罚法 29, as by ordinary procedure: no second fine for the same act. Whether it is the same is for a person to say.
fn one_fine_for_one_act(command: &TakeStep, facts: &StepFacts, known: &Colleagues) -> Result<(), Refusal> {
    let Some(earlier) = known.earlier_fines.first().filter(|_| facts.amount.is_some()) else {
        return Ok(());
    };
    if !command.reasons.trim().is_empty() {
        return Ok(());
    }
    Err(Refusal::law(
        ACT.code("fined_before"),
        format!(
            "当事人在同一时间的违法行为已被处以罚款（“{}”）。对同一个违法行为，不得给予两次以上罚款的行政处罚。",
            earlier.item_name
        ),
    )
    .article("行政处罚法第二十九条")
    .advice("确实不是同一个违法行为的，请在“理由”中写明；是同一个违法行为的，不能再次罚款，可以给予警告。")
    .field("reasons", "请写明为什么不是同一个违法行为。"))
}

/// What was not filled in is asked for by the article of the act, where the act has one.
fn of_this_law(state: &Case, lawful: &Lawful, mut refusal: Refusal) -> Refusal {
    let named = matches!(
        state.course(),
        Course::SummaryPenalty | Course::CoerciveMeasure | Course::Enforcement | Course::Disclosure
    );
    if named && refusal.article.as_deref() == Some(ITEMS_OWN_LAW) {
        refusal.article = Some(lawful.article.into());
    }
    refusal
}

fn outcome(task: &Task, command: &TakeStep) -> Result<Option<OutcomeNamed>, Refusal> {
    if task.outcomes.is_empty() {
        return Ok(None);
    }
    let Some(outcome) = task.outcome(&command.outcome) else {
        let known: Vec<&str> = task.outcomes.iter().map(|one| one.name.as_str()).collect();
        return Err(ACT.lacks(
            "no_such_outcome",
            "outcome",
            format!("这一环节的结果只能是：{}。", known.join("、")),
        ));
    };
    Ok(Some(OutcomeNamed {
        id: outcome.id.clone(),
        name: outcome.name.clone(),
        negative: outcome.negative,
    }))
}

/// No earlier than what the matter began with, and as far back as the place lets it be recorded.
fn day(state: &Case, on: Date, context: &Context) -> Result<(), Refusal> {
    let facts = &state.facts;
    let began = facts.accepted.map(|accepted| accepted.on).or(facts.received);
    let window = context.parameters.number("cases.step_backdating_days", 7);
    past_date(ACT, "happened_on", on, began.unwrap_or(context.today), window, context)
}

/// R69: what the chart asks for in words, and reasons for what is negative.
fn words(
    task: &Task,
    command: &TakeStep,
    outcome: Option<&OutcomeNamed>,
) -> Result<(Option<String>, Option<String>), Refusal> {
    let opinion = bounded(ACT, "opinion", "意见", &command.opinion)?;
    let reasons = bounded(ACT, "reasons", "理由", &command.reasons)?;
    if task.opinion.required && opinion.is_empty() {
        return Err(ACT.lacks("needs_opinion", "opinion", "请写明意见。"));
    }
    let negative = outcome.is_some_and(|outcome| outcome.negative);
    if negative && reasons.is_empty() {
        return Err(ACT.lacks("needs_reasons", "reasons", "否定的结果应当说明理由。"));
    }
    let given = |text: String| (!text.is_empty()).then_some(text);
    Ok((given(opinion), given(reasons)))
}
