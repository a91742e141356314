//! Service (许可法 38, 44; ways and proof after 民诉法 87–90): in person with signature, by post with receipt,
//! left in place with a witness, or electronically into the party's in-box if the party consented.

use jiff::civil::Date;
use mingjing_chronicle::{Context, Refusal};
use serde_json::{Value as Json, json};

use crate::case::Case;
use crate::clock::{CaseClock, ClockChange, ClockKind};
use crate::decide::{Act, AtStep, Setting, Verdict, at_step, done_on, past_date, text};
use crate::events::{CaseEvent, Effects, FileRef, Notice, Served, Service, Template};
use crate::paper::{Draft, online_channel};

const ACT: Act = Act::Serve;

#[derive(Debug, Clone)]
pub struct Serve {
    pub by: Way,
    /// The day the party received it; today for electronic service.
    pub served_on: Date,
    /// Name of the officer who serves.
    pub server: String,
}

#[derive(Debug, Clone)]
pub enum Way {
    Personal {
        recipient: String,
        relation: String,
        place: String,
        signed: bool,
        signature: Option<FileRef>,
    },
    Electronic,
    Postal {
        tracking_no: String,
        recipient: String,
        place: String,
    },
    LeftInPlace {
        place: String,
        reason: String,
        witness: String,
        evidence: Option<FileRef>,
    },
}

/// # Errors
/// `cases.serve.*`
pub fn may(case: &Case, context: &Context) -> Result<AtStep, Refusal> {
    at_step(case, ACT, "serve", context)
}

/// # Errors
/// `cases.serve.*`
pub fn decide(state: &Case, command: &Serve, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let at = may(state, setting.context)?;
    let served_on = day(state, command, setting.context)?;
    let service = service(state, command, setting)?;
    let papers = papers_to_serve(state);
    let proof = proof(state, command, &service, served_on, &papers, setting);
    let serving_runs = state.clock(ClockKind::Serving).is_some_and(CaseClock::runs);
    let event = CaseEvent::Served(Served {
        effects: Effects {
            flow: setting.flow.complete(&state.flow, &at.step.task, "served")?,
            clocks: serving_runs
                .then_some(ClockChange::Stopped {
                    kind: ClockKind::Serving,
                    on: served_on,
                })
                .into_iter()
                .collect(),
            notices: notices(state, &service, setting),
            papers: vec![proof],
            ..Effects::default()
        },
        service,
        served_on,
    });
    Ok(done_on(state, event, served_on, at.post.post, setting))
}

/// The day of the decision that is served, and not the future.
fn day(state: &Case, command: &Serve, context: &Context) -> Result<Date, Refusal> {
    if matches!(command.by, Way::Electronic) {
        return Ok(context.today);
    }
    let facts = &state.facts;
    let made = facts
        .decided
        .as_ref()
        .map(|decided| decided.on)
        .or(facts.acceptance_refused.as_ref().map(|(on, _)| *on))
        .or(facts.not_required)
        .unwrap_or(context.today);
    let window = context.parameters.number("cases.service_backdating_days", 15);
    past_date(ACT, "served_on", command.served_on, made, window, context)?;
    Ok(command.served_on)
}

fn service(state: &Case, command: &Serve, setting: &Setting<'_>) -> Result<Service, Refusal> {
    match &command.by {
        Way::Personal {
            recipient,
            relation,
            place,
            signed,
            signature,
        } => {
            if !signed && signature.is_none() {
                return Err(ACT
                    .lacks(
                        "needs_signature",
                        "signed",
                        "直接送达应当由受送达人在送达回证上签名或者盖章。",
                    )
                    .advice("受送达人拒绝签收的，请选择留置送达。"));
            }
            Ok(Service::Personal {
                recipient: text(ACT, "recipient", "签收人", recipient)?,
                relation: text(ACT, "relation", "签收人与申请人的关系", relation)?,
                place: text(ACT, "place", "送达地点", place)?,
                signed: *signed,
                signature: signature.clone(),
            })
        }
        Way::Electronic => electronic(state, setting),
        Way::Postal {
            tracking_no,
            recipient,
            place,
        } => Ok(Service::Postal {
            tracking_no: text(ACT, "tracking_no", "邮件号码", tracking_no)?,
            recipient: text(ACT, "recipient", "签收人", recipient)?,
            place: text(ACT, "place", "送达地址", place)?,
        }),
        Way::LeftInPlace {
            place,
            reason,
            witness,
            evidence,
        } => {
            if witness.trim().is_empty() && evidence.is_none() {
                return Err(Refusal::invalid(
                    ACT.code("needs_witness"),
                    "留置送达应当有见证人签名，或者以拍照、录像记录送达过程。",
                )
                .article("民事诉讼法第八十九条")
                .field("witness", "请填写见证人，或者上传拍照、录像。"));
            }
            Ok(Service::LeftInPlace {
                place: text(ACT, "place", "送达地点", place)?,
                reason: text(ACT, "reason", "拒收事由", reason)?,
                witness: witness.trim().to_owned(),
                evidence: evidence.clone(),
            })
        }
    }
}

/// Arrival is the moment the notice stands in the party's in-box, which this very act writes.
fn electronic(state: &Case, setting: &Setting<'_>) -> Result<Service, Refusal> {
    let applicant = state.applicant();
    if !applicant.is_some_and(|applicant| applicant.electronic_service) {
        return Err(
            Refusal::law(ACT.code("no_consent"), "申请人没有同意电子送达，不能以电子方式送达。")
                .article("民事诉讼法第九十条第一款")
                .advice("请改用直接送达、邮寄送达等方式。"),
        );
    }
    if applicant.is_some_and(|applicant| applicant.account.is_none()) {
        return Err(
            Refusal::law(ACT.code("no_inbox"), "申请人没有本平台账户，无法送入其电子信箱。")
                .article("民事诉讼法第九十条第二款")
                .advice("请改用直接送达、邮寄送达等方式。"),
        );
    }
    let granted = state
        .facts
        .decided
        .as_ref()
        .is_some_and(|decided| decided.decision.granted());
    if !granted && online_channel(setting).is_none() {
        return Err(Refusal::law(
            ACT.code("no_online_channel"),
            "通过互联网送达决定书的，应当同时提供提交行政复议申请书的互联网渠道，本地尚未设置。",
        )
        .article("行政复议法第二十二条第二款")
        .advice("请改用直接送达、邮寄送达等方式，或者请系统管理员设置复议申请渠道。"));
    }
    Ok(Service::Electronic {
        arrived_at: setting.context.at,
    })
}

/// What is handed over: the decision of this stage, and the certificate if there is one.
fn papers_to_serve(state: &Case) -> Vec<(String, String)> {
    let served = |template: Template| {
        matches!(
            template,
            Template::PermitGrant
                | Template::PermitDenial
                | Template::RefusalOfAcceptance
                | Template::NotRequired
                | Template::Certificate
        )
    };
    state
        .papers
        .iter()
        .filter(|paper| served(paper.order.template))
        .map(|paper| {
            let number = match paper.order.template {
                Template::Certificate => state.facts.certificate_no.clone(),
                _ => paper.paper_no.clone(),
            };
            (paper.order.template.name().to_owned(), number.unwrap_or_default())
        })
        .collect()
}

fn proof(
    state: &Case,
    command: &Serve,
    service: &Service,
    served_on: Date,
    papers: &[(String, String)],
    setting: &Setting<'_>,
) -> crate::events::PaperOrder {
    let rows: Vec<Json> = papers
        .iter()
        .map(|(title, paper_no)| json!({"title": title, "paper_no": paper_no}))
        .collect();
    let mut data = json!({"server": command.server, "arrived_at": served_on.to_string()});
    let fields = match service {
        Service::Personal {
            recipient,
            relation,
            place,
            ..
        } => json!({"method": "in_person", "place": place, "recipient": recipient, "relation": relation}),
        Service::Electronic { arrived_at } => json!({
            "method": "electronic",
            "place": "本平台“我的收件箱”",
            "consent": "申请时已同意电子送达",
            "arrived_at": arrived_at
                .to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)))
                .strftime("%Y-%m-%dT%H:%M")
                .to_string(),
        }),
        Service::Postal {
            tracking_no,
            recipient,
            place,
        } => {
            json!({"method": "post", "place": place, "recipient": recipient, "note": format!("邮件号码：{tracking_no}")})
        }
        Service::LeftInPlace {
            place, reason, witness, ..
        } => {
            let witness = if witness.is_empty() {
                "以拍照、录像记录送达过程"
            } else {
                witness.as_str()
            };
            json!({"method": "left", "place": place, "refusal_reason": reason, "witness": witness})
        }
    };
    if let (Some(data), Some(fields)) = (data.as_object_mut(), fields.as_object()) {
        data.extend(fields.clone());
    }
    Draft::of(Template::ProofOfService, state, setting)
        .with("served_papers", rows)
        .with("service", data)
        .order()
}

fn notices(state: &Case, service: &Service, setting: &Setting<'_>) -> Vec<Notice> {
    if !matches!(service, Service::Electronic { .. }) {
        return Vec::new();
    }
    let channel =
        online_channel(setting).map_or(String::new(), |channel| format!("行政复议申请可以通过{channel}提交。"));
    state
        .papers
        .iter()
        .filter(|paper| {
            matches!(
                paper.order.template,
                Template::PermitGrant
                    | Template::PermitDenial
                    | Template::RefusalOfAcceptance
                    | Template::NotRequired
                    | Template::Certificate
            )
        })
        .map(|paper| Notice {
            title: format!("电子送达：{}", paper.order.template.name()),
            text: format!("本件进入您的收件箱之时即为送达。{channel}"),
            action: false,
            paper: Some(paper.order.paper_id.clone()),
            service: true,
        })
        .collect()
}
