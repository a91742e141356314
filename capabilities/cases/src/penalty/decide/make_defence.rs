//! Statement and defence (行政处罚法 45(1)): by the party online, or taken in by the handler in writing or orally with a
//! record. Each point stands alone, because each is answered.

use jiff::civil::Date;
use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PenaltyVerdict, Scene, Voice, Who, done_on, lines, voice};
use crate::attached::Attached;
use crate::clock::{CaseClock, ClockChange, ClockKind};
use crate::decide::{LegalAct, past_date};
use crate::events::{FileRef, Notice, OpenStep};
use crate::penalty::events::{Defence, DefenceChannel, PenaltyEffects, PenaltyFact};
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::MakeDefence;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeDefence {
    #[schemars(length(max = 50), inner(length(max = 5000)), description = "逐点复核")]
    pub points: Vec<String>,
    #[serde(default)]
    #[schemars(
        with = "Vec<Attached>",
        length(max = 10),
        description = "当事人的书面意见或者经其签名的笔录"
    )]
    pub files: Vec<FileRef>,
    /// The day the party spoke or its letter came; today for what is made online.
    pub made_on: Date,
    /// Taken in by the handler: written or oral. Online for the party itself.
    pub channel: DefenceChannel,
}

/// # Errors
/// `penalty.make_defence.*`
pub fn may(case: &PenaltyCase, who: &Who<'_>) -> Result<(OpenStep, Voice), Refusal> {
    let step = open_defence(case, ACT, who)?;
    Ok((step.0, step.1))
}

/// The time to answer is open: the notice was served, nothing is decided.
pub(super) fn open_defence(case: &PenaltyCase, act: PenaltyAct, who: &Who<'_>) -> Result<(OpenStep, Voice), Refusal> {
    let voice = voice(case, act, who)?;
    if let Some(decided) = &case.facts.decided {
        return Err(Refusal::law(
            act.code("after_decision"),
            format!("行政机关已于{}作出决定，不能再登记陈述申辩。", decided.decided_on),
        )
        .article("行政处罚法第六十二条")
        .advice("不服决定的，可以依法申请行政复议或者提起行政诉讼。"));
    }
    let Some(step) = case.step_of("defence") else {
        if case.facts.defence_ended.is_some() {
            return Err(act
                .forbids("too_late", "告知书所定的陈述申辩期限已经届满，案件已进入下一环节。")
                .advice("有新的事实、理由和证据的，请向办案人员提出；不服决定的，可以申请行政复议或者提起行政诉讼。"));
        }
        if !case.facts.defences.is_empty() || case.facts.waived.is_some() {
            return Err(act.forbids("already_answered", "本次告知的陈述申辩已经登记。"));
        }
        return Err(act
            .forbids("not_noticed", "事先告知书还没有送达，陈述申辩的期限尚未开始。")
            .advice("收到告知书后可以陈述、申辩。"));
    };
    Ok((step.clone(), voice))
}

/// # Errors
/// `penalty.make_defence.*`
pub fn decide(state: &PenaltyCase, command: &MakeDefence, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let (step, voice) = may(state, &scene.who)?;
    let points = lines(ACT, "points", "陈述申辩的意见", &command.points)?;
    let (channel, made_on) = match voice {
        Voice::Party => (DefenceChannel::Online, scene.today()),
        Voice::TakenInBy(_) if command.channel == DefenceChannel::Online => {
            return Err(ACT.lacks(
                "channel",
                "channel",
                "工作人员代为登记的，应当选择书面或者口头（制作笔录）。",
            ));
        }
        Voice::TakenInBy(_) => {
            if command.files.is_empty() {
                return Err(ACT
                    .lacks(
                        "needs_record",
                        "files",
                        "请上传当事人的书面意见，或者经其签名的陈述申辩笔录。",
                    )
                    .article("行政处罚法第四十七条"));
            }
            (command.channel, command.made_on)
        }
    };
    within_time(state, ACT, made_on, scene)?;
    let fact = Defence {
        channel,
        made_on,
        points,
        files: command.files.clone(),
        taken_by: scene.account().to_owned(),
    };
    let effects = PenaltyEffects {
        flow: super::complete(state, &step, "defended", scene)?,
        clocks: stopped(state, made_on),
        notices: vec![Notice {
            title: "已收到您的陈述申辩".into(),
            text: "您提出的每一点意见都会由没有参加调查的人员复核并答复；不会因陈述、申辩而受到更重的处罚。".into(),
            action: false,
            paper: None,
            service: false,
        }],
        ..PenaltyEffects::default()
    };
    let fact = PenaltyFact::DefenceMade(Box::new(fact));
    Ok(done_on(state, fact, effects, made_on, voice.post(), &scene.setting))
}

/// Not before the notice was served; what came in time on paper may be recorded later.
pub(super) fn within_time(
    state: &PenaltyCase,
    act: PenaltyAct,
    made_on: Date,
    scene: &Scene<'_>,
) -> Result<(), Refusal> {
    let served = state
        .facts
        .notice_served
        .as_ref()
        .map_or(Date::MIN, |served| served.served_on);
    past_date(act, "made_on", made_on, served, 15, scene.setting.context)
}

pub(super) fn stopped(state: &PenaltyCase, on: Date) -> Vec<ClockChange> {
    let runs = state.clock(ClockKind::Defence).is_some_and(CaseClock::runs);
    runs.then_some(ClockChange::Stopped {
        kind: ClockKind::Defence,
        on,
    })
    .into_iter()
    .collect()
}
