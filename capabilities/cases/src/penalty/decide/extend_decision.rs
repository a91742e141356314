//! The decision limit is extended once (行政处罚法 60, second sentence): the law itself knows no extension, only other
//! laws, regulations and rules do; how many days they allow is the place's parameter, and without it there is none.

use mingjing_calendar::LimitUnit;
use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PenaltyVerdict, Scene, Who, certificate, done, standing};
use crate::clock::{self, CaseClock, ClockKind, Extension};
use crate::decide::{LegalAct, text};
use crate::penalty::events::{DecisionExtended, PenaltyEffects, PenaltyFact};
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::ExtendDecision;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtendPenaltyDecision {
    /// In the unit of the limit.
    #[schemars(range(min = 1, max = 365))]
    pub days: u32,
    #[schemars(length(max = 5000))]
    pub reasons: String,
}

/// # Errors
/// `penalty.extend_decision.*`
pub fn may<'a>(case: &'a PenaltyCase, who: &Who<'_>) -> Result<(&'a CaseClock, String), Refusal> {
    let post = standing(case, ACT, who)?;
    certificate(ACT, who)?;
    let Some(clock) = case.clock(ClockKind::Decision).filter(|clock| clock.runs()) else {
        return Err(ACT.forbids("no_running_limit", "办案期限没有开始或者已经结束，不能延长。"));
    };
    if most(who) == 0 {
        return Err(ACT
            .forbids(
                "no_rule",
                "行政处罚法没有规定可以延长；本地也没有登记法律、法规、规章关于延长的规定。",
            )
            .advice("有规定的，请由系统管理员登记参数“penalty.extension_days”及其依据。"));
    }
    if let Some(extension) = &clock.extension {
        return Err(ACT.forbids(
            "only_once",
            format!("办案期限已于{}延长过一次，不能再次延长。", extension.on),
        ));
    }
    if clock.overdue_on(who.context.today) {
        return Err(ACT.forbids("too_late", format!("办案期限已于{}届满，不能再延长。", clock.due.on)));
    }
    if clock.limit.unit == LimitUnit::Month {
        return Err(ACT.forbids("other_unit", "该事项的办案期限不以日计算，其延长由有关规定另行确定。"));
    }
    Ok((clock, post))
}

fn most(who: &Who<'_>) -> i64 {
    who.context.parameters.number("penalty.extension_days", 0)
}

/// # Errors
/// `penalty.extend_decision.*`
pub fn decide(
    state: &PenaltyCase,
    command: &ExtendPenaltyDecision,
    scene: &Scene<'_>,
) -> Result<PenaltyVerdict, Refusal> {
    let (clock, post) = may(state, &scene.who)?;
    let most = most(&scene.who);
    if command.days == 0 || i64::from(command.days) > most {
        return Err(ACT.lacks("too_long", "days", format!("延长的时间应为1至{most}日。")));
    }
    let reasons = text(ACT, "reasons", "延长的理由", &command.reasons)?;
    let extension = Extension {
        amount: command.days,
        unit: clock.limit.unit,
        reasons: reasons.clone(),
        approver: scene.account().to_owned(),
        on: scene.today(),
    };
    let effects = PenaltyEffects {
        clocks: vec![clock::extend(&scene.setting.context.calendar, clock, extension)?],
        ..PenaltyEffects::default()
    };
    let fact = DecisionExtended {
        days: command.days,
        reasons,
    };
    Ok(done(
        state,
        PenaltyFact::DecisionExtended(Box::new(fact)),
        effects,
        &post,
        scene,
    ))
}
