//! Recusal (行政处罚法 43): an officer with an interest keeps away, of his own or at the party's request; the head
//! decides. Until then the investigation goes on (43(3)).

use mingjing_chronicle::{ActorKind, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CERTIFIED, PenaltyVerdict, Scene, Who, certificate, done, living, standing};
use crate::decide::site_check::certified_officer;
use crate::decide::{LegalAct, text};
use crate::events::Notice;
use crate::penalty::events::{PenaltyEffects, PenaltyFact, RecusalDecided, RecusalRequested};
use crate::penalty::{PenaltyAct, PenaltyCase};

const MOST_REQUESTS: usize = 20;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestRecusal {
    /// Account of the officer who should keep away.
    #[schemars(length(max = 100), description = "应当回避的人员的账号")]
    pub officer: String,
    #[schemars(length(max = 5000))]
    pub reasons: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideRecusal {
    #[schemars(length(max = 64))]
    pub request_id: String,
    pub granted: bool,
    #[schemars(length(max = 5000))]
    pub reasons: String,
    /// Account of who investigates instead; needed where too few would remain.
    #[serde(default)]
    #[schemars(length(max = 100), description = "接替的办案人员的账号")]
    pub replacement: Option<String>,
}

/// The party, or any officer of the body for themselves or on the party's behalf.
///
/// # Errors
/// `penalty.request_recusal.*`
pub fn may_request(case: &PenaltyCase, who: &Who<'_>) -> Result<bool, Refusal> {
    living(case, PenaltyAct::RequestRecusal)?;
    if case.facts.opened.is_none() {
        return Err(PenaltyAct::RequestRecusal.forbids("not_opened", "本案尚未立案。"));
    }
    if case.facts.decided.is_some() {
        return Err(PenaltyAct::RequestRecusal
            .forbids("after_decision", "已经作出决定，不能再申请回避。")
            .advice("不服决定的，可以依法申请行政复议或者提起行政诉讼。"));
    }
    if case.facts.recusals.len() >= MOST_REQUESTS {
        return Err(PenaltyAct::RequestRecusal.forbids("too_many", "本案的回避申请过多，请直接向行政机关负责人提出。"));
    }
    if who.speaks_for_party {
        return Ok(true);
    }
    let actor = &who.context.actor;
    let of_body = actor.kind == ActorKind::Official && actor.posts.iter().any(|held| held.body == case.body());
    if of_body {
        return Ok(false);
    }
    Err(Refusal::forbidden(
        PenaltyAct::RequestRecusal.code("not_your_case"),
        "只有当事人或者本机关的人员可以提出。",
    ))
}

/// # Errors
/// `penalty.request_recusal.*`
pub fn request(state: &PenaltyCase, command: &RequestRecusal, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let by_party = may_request(state, &scene.who)?;
    let known = scene
        .known
        .officers
        .iter()
        .find(|officer| officer.account == command.officer);
    if known.is_none_or(|officer| officer.body != state.body()) {
        return Err(PenaltyAct::RequestRecusal.lacks(
            "not_of_this_body",
            "officer",
            "被申请回避的人员不是本机关的人员。",
        ));
    }
    let waits = |officer: &str| {
        let same = state
            .facts
            .recusals
            .iter()
            .filter(|recusal| recusal.request.officer == officer);
        same.into_iter().any(|recusal| recusal.decided.is_none())
    };
    if waits(&command.officer) {
        return Err(PenaltyAct::RequestRecusal.forbids("asked_before", "对该人员的回避申请正在等待决定。"));
    }
    let fact = RecusalRequested {
        request_id: scene.setting.context.id("recusal"),
        officer: command.officer.clone(),
        reasons: text(
            PenaltyAct::RequestRecusal,
            "reasons",
            "申请回避的理由",
            &command.reasons,
        )?,
        by_party,
        asked_by: scene.account().to_owned(),
    };
    let fact = PenaltyFact::RecusalRequested(Box::new(fact));
    Ok(done(state, fact, PenaltyEffects::default(), "", scene))
}

/// # Errors
/// `penalty.decide_recusal.*`
pub fn may_decide(case: &PenaltyCase, who: &Who<'_>) -> Result<String, Refusal> {
    let post = standing(case, PenaltyAct::DecideRecusal, who)?;
    certificate(PenaltyAct::DecideRecusal, who)?;
    if case.facts.recusals.iter().all(|recusal| recusal.decided.is_some()) {
        return Err(PenaltyAct::DecideRecusal.forbids("nothing_asked", "没有等待决定的回避申请。"));
    }
    Ok(post)
}

/// # Errors
/// `penalty.decide_recusal.*`
pub fn decide(state: &PenaltyCase, command: &DecideRecusal, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let post = may_decide(state, &scene.who)?;
    let waiting = state.facts.recusals.iter().filter(|recusal| recusal.decided.is_none());
    let Some(asked) = waiting
        .into_iter()
        .find(|recusal| recusal.request.request_id == command.request_id)
    else {
        return Err(PenaltyAct::DecideRecusal.lacks("no_such_request", "request_id", "没有这份等待决定的回避申请。"));
    };
    let officer = asked.request.officer.clone();
    if officer == scene.account() {
        return Err(PenaltyAct::DecideRecusal
            .forbids("own_recusal", "不能由被申请回避的人员决定自己是否回避。")
            .advice("请由行政机关的其他负责人决定。"));
    }
    let replacement = replacement(state, &officer, command, scene)?;
    let words = if command.granted { "准予" } else { "不予" };
    let fact = RecusalDecided {
        request_id: command.request_id.clone(),
        officer,
        granted: command.granted,
        reasons: text(PenaltyAct::DecideRecusal, "reasons", "决定的理由", &command.reasons)?,
        replacement,
        decided_by: scene.account().to_owned(),
    };
    let notices = asked.request.by_party.then(|| Notice {
        title: "回避申请已有决定".into(),
        text: format!("您提出的回避申请，决定{words}回避。"),
        action: false,
        paper: None,
        service: false,
    });
    let effects = PenaltyEffects {
        notices: notices.into_iter().collect(),
        ..PenaltyEffects::default()
    };
    Ok(done(
        state,
        PenaltyFact::RecusalDecided(Box::new(fact)),
        effects,
        &post,
        scene,
    ))
}

/// Two must remain (42(1)): who leaves the investigation is replaced in the same decision.
fn replacement(
    state: &PenaltyCase,
    officer: &str,
    command: &DecideRecusal,
    scene: &Scene<'_>,
) -> Result<Option<crate::events::SiteOfficer>, Refusal> {
    if !command.granted {
        return Ok(None);
    }
    let remaining = state
        .facts
        .investigators
        .iter()
        .filter(|known| known.account != officer)
        .count();
    let Some(account) = &command.replacement else {
        if state.investigates(officer) && remaining < 2 && state.facts.decided.is_none() {
            return Err(Refusal::law(
                PenaltyAct::DecideRecusal.code("needs_replacement"),
                "回避以后办案人员少于两人，请同时确定接替的人员。",
            )
            .article("行政处罚法第四十二条第一款")
            .field("replacement", "请选择接替的办案人员。"));
        }
        return Ok(None);
    };
    let known = scene.known.officers.iter().find(|known| known.account == *account);
    let Some(known) = known else {
        return Err(PenaltyAct::DecideRecusal.lacks("not_of_this_body", "replacement", "接替的人员不是本机关的人员。"));
    };
    if account == officer || state.recused(account) {
        return Err(PenaltyAct::DecideRecusal.lacks("officer_recused", "replacement", "接替的人员应当回避，请另选。"));
    }
    certified_officer(PenaltyAct::DecideRecusal, state.body(), known, CERTIFIED).map(Some)
}
