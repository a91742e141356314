//! The two ways of not accepting, both with a written proof (许可法 32(2)): no permit is needed at all (32(1)(一)),
//! or this body does not accept (32(1)(二), naming the competent one; or what was told once did not all come).

use mingjing_chronicle::{Context, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::case::Case;
use crate::clock::{CaseClock, ClockChange, ClockKind};
use crate::decide::{Act, AtStep, Setting, Verdict, accept, at_step, done, text};
use crate::events::{AcceptanceRefused, CaseEvent, Effects, Notice, PermitNotRequired, RefusalGround, Template};
use crate::paper::{Draft, remedies_in_words};

#[derive(Debug, Clone)]
pub struct RefuseAcceptance {
    pub ground: RefusalGround,
    pub reasons: String,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NotRequiredBody")]
pub struct NotRequired {
    #[schemars(length(min = 1, max = 5000))]
    pub reasons: String,
}

/// # Errors
/// `cases.refuse_acceptance.*`
pub fn may_refuse(case: &Case, context: &Context) -> Result<AtStep, Refusal> {
    may(case, Act::RefuseAcceptance, context)
}

/// # Errors
/// `cases.not_required.*`
pub fn may_not_require(case: &Case, context: &Context) -> Result<AtStep, Refusal> {
    may(case, Act::NotRequired, context)
}

fn may(case: &Case, act: Act, context: &Context) -> Result<AtStep, Refusal> {
    accept::not_accepted_yet(case, act)?;
    at_step(case, act, "accept", context)
}

/// # Errors
/// `cases.refuse_acceptance.*`
pub fn refuse(state: &Case, command: &RefuseAcceptance, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    const ACT: Act = Act::RefuseAcceptance;
    let at = may_refuse(state, setting.context)?;
    let reasons = text(ACT, "reasons", "不予受理的理由", &command.reasons)?;
    let ground = ground(state, &command.ground)?;
    let (Some(item), Some(applicant)) = (state.item(), state.applicant()) else {
        return Err(Refusal::not_found(ACT.code("no_case"), "没有找到这个办件。"));
    };
    let article = match &ground {
        RefusalGround::NotThisBody { .. } => ACT.article(),
        RefusalGround::StillIncomplete { .. } => "行政许可法第三十二条第一款第（五）项",
    };
    let draft = Draft::of(Template::RefusalOfAcceptance, state, setting)
        .with("reasons", reasons.clone())
        .basis_of(state, article, item)
        .remedies(applicant.electronic_service);
    let paper = match &ground {
        RefusalGround::NotThisBody { competent_body } => draft
            .with("ground", "not_this_body")
            .with("competent_body", competent_body.clone()),
        RefusalGround::StillIncomplete { .. } => draft.with("ground", "still_incomplete"),
    }
    .order();
    let sent_to = match &ground {
        RefusalGround::NotThisBody { competent_body } => format!("请向{competent_body}提出申请。"),
        RefusalGround::StillIncomplete { missing } => format!("仍缺少：{}。", missing.join("、")),
    };
    let words = format!("理由：{reasons}。{sent_to}{}", remedies_in_words(setting).concat());
    let event = CaseEvent::AcceptanceRefused(AcceptanceRefused {
        effects: effects(state, &at, "refuse", ("申请不予受理", words), paper, setting)?,
        ground,
        reasons,
    });
    Ok(done(state, event, &at, setting))
}

/// # Errors
/// `cases.not_required.*`
pub fn not_required(state: &Case, command: &NotRequired, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    const ACT: Act = Act::NotRequired;
    let at = may_not_require(state, setting.context)?;
    let reasons = text(ACT, "reasons", "不需要取得许可的理由", &command.reasons)?;
    let paper = Draft::of(Template::NotRequired, state, setting)
        .with("reasons", reasons.clone())
        .order();
    let words = format!("您申请的事项依法不需要取得行政许可。理由：{reasons}");
    let event = CaseEvent::PermitNotRequired(PermitNotRequired {
        effects: effects(
            state,
            &at,
            "not_required",
            ("不需要取得行政许可", words),
            paper,
            setting,
        )?,
        reasons,
    });
    Ok(done(state, event, &at, setting))
}

fn ground(state: &Case, ground: &RefusalGround) -> Result<RefusalGround, Refusal> {
    const ACT: Act = Act::RefuseAcceptance;
    match ground {
        RefusalGround::NotThisBody { competent_body } => Ok(RefusalGround::NotThisBody {
            competent_body: text(ACT, "competent_body", "有权受理的行政机关", competent_body)?,
        }),
        RefusalGround::StillIncomplete { missing } => {
            if state.facts.supplied.is_none() {
                return Err(Refusal::law(
                    ACT.code("supplement_first"),
                    "材料不齐全或者不符合法定形式的，应当先一次告知需要补正的全部内容，不能直接不予受理。",
                )
                .article("行政许可法第三十二条第一款第（四）项")
                .advice("请选择“一次告知补正”。"));
            }
            let missing: Vec<String> = missing
                .iter()
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty())
                .collect();
            if missing.is_empty() {
                return Err(ACT.lacks("missing", "missing", "请写明仍然缺少的材料。"));
            }
            let asked = state.facts.supplement_asked.as_ref();
            let told = |name: &String| asked.is_some_and(|asked| asked.items.iter().any(|item| item.name == *name));
            if let Some(new) = missing.iter().find(|name| !told(name)) {
                return Err(Refusal::law(
                    ACT.code("not_told"),
                    format!("“{new}”没有列入补正通知，不能因此不予受理。"),
                )
                .article("行政许可法第三十二条第一款第（四）项")
                .advice("只能以补正通知中列明而未补正的内容为由。"));
            }
            Ok(RefusalGround::StillIncomplete { missing })
        }
    }
}

fn effects(
    state: &Case,
    at: &AtStep,
    outcome: &str,
    (title, words): (&str, String),
    paper: crate::events::PaperOrder,
    setting: &Setting<'_>,
) -> Result<Effects, Refusal> {
    let telling_runs = state.clock(ClockKind::Telling).is_some_and(CaseClock::runs);
    let stopped = telling_runs.then_some(ClockChange::Stopped {
        kind: ClockKind::Telling,
        on: setting.context.today,
    });
    let ordered = setting.orders(state, &at.step.task, outcome, paper.template);
    Ok(Effects {
        flow: setting.complete(state, &at.step.task, outcome)?,
        clocks: stopped.into_iter().collect(),
        notices: vec![Notice {
            title: title.into(),
            text: words,
            action: false,
            paper: ordered.then(|| paper.paper_id.clone()),
            service: false,
        }],
        papers: if ordered { vec![paper] } else { Vec::new() },
        ..Effects::default()
    })
}
