//! A payment to the bank or through the electronic system (行政处罚法 67): recorded with its receipt number, once, by
//! somebody who neither investigated nor decided. Cash taken by officers has no place here (67(2)).

use jiff::civil::Date;
use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PenaltyVerdict, Scene, Who, at_step, complete, done_on, not_investigator};
use crate::clock::{CaseClock, ClockChange, ClockKind};
use crate::decide::{AtStep, LegalAct, past_date, text};
use crate::events::Notice;
use crate::money::Fen;
use crate::penalty::events::{Payment, PaymentChannel, PenaltyEffects, PenaltyFact};
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::RecordPayment;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordPayment {
    /// Number of the bank's or the payment system's receipt.
    #[schemars(length(max = 100), description = "银行或者电子支付系统的凭证号，同一号码只登记一次")]
    pub receipt_no: String,
    pub amount: Fen,
    pub paid_on: Date,
    pub channel: PaymentChannel,
}

/// # Errors
/// `penalty.record_payment.*`
pub fn may(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    let at = at_step(case, ACT, "collect", who)?;
    not_investigator(case, ACT, who, "行政处罚法第六十七条第一款")?;
    let decided_by = case
        .facts
        .decided
        .as_ref()
        .map(|decided| decided.signed.opinion.account.as_str());
    if decided_by == Some(who.context.actor.account.as_str()) {
        return Err(Refusal::law(
            ACT.code("decided_it"),
            "您是本案的决定人员，作出罚款决定与收缴罚款应当分离。",
        )
        .article("行政处罚法第六十七条第一款")
        .advice("请由财务或者窗口人员根据银行回单登记。"));
    }
    Ok(at)
}

/// # Errors
/// `penalty.record_payment.*`
pub fn decide(state: &PenaltyCase, command: &RecordPayment, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let receipt_no = text(ACT, "receipt_no", "银行（电子支付）回单编号", &command.receipt_no)?;
    // Before the step: whoever sends it twice should hear that it is recorded, not that the case moved on.
    not_recorded_before(state, &receipt_no, scene)?;
    let at = may(state, &scene.who)?;
    let decided_on = state
        .facts
        .decided
        .as_ref()
        .map_or(Date::MIN, |decided| decided.decided_on);
    past_date(ACT, "paid_on", command.paid_on, decided_on, 90, scene.setting.context)?;
    let Some(before) = state.owed_on(command.paid_on) else {
        return Err(ACT.forbids("nothing_owed", "本案没有需要缴纳的罚款。"));
    };
    if command.amount <= Fen::ZERO {
        return Err(ACT.lacks("no_amount", "amount", "请填写缴款数额。"));
    }
    if command.amount > before.left {
        return Err(ACT
            .lacks(
                "too_much",
                "amount",
                format!("应缴{}元，登记的数额超出应缴数额。", before.left),
            )
            .advice("请核对回单；确实多缴的，请按照国库退付的规定办理退还。"));
    }
    let fact = Payment {
        receipt_no,
        amount: command.amount,
        paid_on: command.paid_on,
        channel: command.channel,
        recorded_by: scene.account().to_owned(),
    };
    let left = before.left - command.amount;
    let fine_left = before.fine_left.saturating_sub(command.amount);
    let effects = PenaltyEffects {
        flow: if left.is_zero() {
            complete(state, &at.step, "paid", scene)?
        } else {
            Vec::new()
        },
        clocks: stopped(state, fine_left, command.paid_on),
        notices: vec![Notice {
            title: "已收到缴款".into(),
            text: if left.is_zero() {
                format!("已收到罚款{}元，罚款已经缴清。", command.amount)
            } else {
                format!("已收到罚款{}元，尚欠{left}元。", command.amount)
            },
            action: !left.is_zero(),
            paper: None,
            service: false,
        }],
        ..PenaltyEffects::default()
    };
    let fact = PenaltyFact::PaymentRecorded(Box::new(fact));
    Ok(done_on(
        state,
        fact,
        effects,
        command.paid_on,
        &at.post.post,
        &scene.setting,
    ))
}

/// The same receipt is the same money, in this case or another.
fn not_recorded_before(state: &PenaltyCase, receipt_no: &str, scene: &Scene<'_>) -> Result<(), Refusal> {
    let here = state
        .facts
        .payments
        .iter()
        .any(|payment| payment.receipt_no == receipt_no);
    if here || scene.known.receipt_used {
        let place = if here { "本案" } else { "另一案件" };
        return Err(ACT
            .forbids(
                "recorded_before",
                format!("这份回单已经在{place}登记过，同一笔缴款不能登记两次。"),
            )
            .advice("请核对回单编号；重复提交的，不需要再登记。"));
    }
    Ok(())
}

/// The limit to pay ends when the fine itself is paid; an additional fine has no limit of its own.
fn stopped(state: &PenaltyCase, fine_left: Fen, on: Date) -> Vec<ClockChange> {
    let runs = fine_left.is_zero() && state.clock(ClockKind::Payment).is_some_and(CaseClock::runs);
    runs.then_some(ClockChange::Stopped {
        kind: ClockKind::Payment,
        on,
    })
    .into_iter()
    .collect()
}
