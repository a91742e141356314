//! The handler's opinion on opening a case (行政处罚法 54(2)): cause, party, facts, reasons, and two certified
//! investigators (42(1)). What is out of time is not opened (36).

use jiff::ToSpan;
use jiff::civil::Date;
use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PartyAccount, PenaltyVerdict, Scene, Who, at_step, certificate, complete, done, signed, two_certified};
use crate::decide::{AtStep, LegalAct, text};
use crate::events::Stance;
use crate::party::{DocumentKind, Party};
use crate::penalty::events::{ActPeriod, Harm, Limitation, OpeningProposed, PenaltyEffects, PenaltyFact, PenaltyParty};
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::ProposeOpening;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeOpening {
    /// `false`: the handler proposes not to open a case.
    #[schemars(description = "false：建议不予立案")]
    pub open: bool,
    #[schemars(length(max = 200))]
    pub cause: String,
    /// Needed to open a case.
    #[serde(default)]
    pub party: Option<Party>,
    /// Account of a natural person, where it is known; an organisation's comes from the register.
    #[serde(default)]
    #[schemars(length(max = 100), description = "公民在平台的账号；单位的账号由平台登记确定")]
    pub party_account: Option<String>,
    pub acted_from: Date,
    /// The last day of a continuing or repeated act; `None` while it goes on.
    #[schemars(description = "一次完成的与开始同日；还在继续的不填")]
    pub acted_to: Option<Date>,
    /// When this or another competent organ discovered it.
    pub discovered_on: Date,
    #[serde(default = "no_harm")]
    pub harm: Harm,
    #[schemars(length(max = 5000))]
    pub facts: String,
    #[schemars(length(max = 5000))]
    pub reasons: String,
    /// Accounts of two or more investigators.
    #[serde(default)]
    #[schemars(length(max = 10), inner(length(max = 100)), description = "办案人员的账号，至少两名")]
    pub investigators: Vec<String>,
    #[schemars(length(max = 5000))]
    pub opinion: String,
}

fn no_harm() -> Harm {
    Harm::None
}

/// # Errors
/// `penalty.propose_opening.*`
pub fn may(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    let at = at_step(case, ACT, "propose_opening", who)?;
    certificate(ACT, who)?;
    Ok(at)
}

/// # Errors
/// `penalty.propose_opening.*`, `cases.party.incomplete`
pub fn decide(state: &PenaltyCase, command: &ProposeOpening, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let at = may(state, &scene.who)?;
    let acted = period(command, scene)?;
    let limitation = limitation(command, acted)?;
    let (party, investigators) = match command.open {
        true => (
            Some(party(command, scene)?),
            two_certified(state, ACT, &scene.known.officers)?,
        ),
        false => (None, Vec::new()),
    };
    let reasons = text(ACT, "reasons", "立案（不予立案）的理由", &command.reasons)?;
    let stance = if command.open {
        Stance::Positive
    } else {
        Stance::Negative
    };
    let fact = OpeningProposed {
        open: command.open,
        cause: text(ACT, "cause", "案由", &command.cause)?,
        party,
        acted,
        limitation,
        facts: text(ACT, "facts", "基本事实", &command.facts)?,
        signed: signed(ACT, &at, stance, &command.opinion, &reasons, scene)?,
        reasons,
        investigators,
    };
    let effects = PenaltyEffects {
        flow: complete(state, &at.step, "proposed", scene)?,
        ..PenaltyEffects::default()
    };
    Ok(done(
        state,
        PenaltyFact::OpeningProposed(Box::new(fact)),
        effects,
        &at.post.post,
        scene,
    ))
}

fn period(command: &ProposeOpening, scene: &Scene<'_>) -> Result<ActPeriod, Refusal> {
    let (from, to) = (command.acted_from, command.acted_to);
    if from > scene.today() || to.is_some_and(|to| to > scene.today()) {
        return Err(ACT.lacks("future_date", "acted_from", "违法行为的日期不能晚于今天。"));
    }
    if to.is_some_and(|to| to < from) {
        return Err(ACT.lacks("period_reversed", "acted_to", "违法行为终了之日不能早于发生之日。"));
    }
    if command.discovered_on < from || command.discovered_on > scene.today() {
        return Err(ACT.lacks(
            "discovery_out_of_order",
            "discovered_on",
            "发现违法行为的日期应在行为发生之后、今天以前。",
        ));
    }
    Ok(ActPeriod { from, to })
}

/// 36: two years, or five where life, health or financial safety was harmed; from the end of a continuing act.
fn limitation(command: &ProposeOpening, acted: ActPeriod) -> Result<Limitation, Refusal> {
    let years: u32 = if command.harm == Harm::None { 2 } else { 5 };
    let mut why = Vec::new();
    let last_day = match acted.to {
        None => {
            why.push("违法行为仍在连续或者继续，追究时效尚未起算（第三十六条第二款）。".to_owned());
            None
        }
        Some(end) => {
            // 民法典 202: the period ends on the corresponding day, which still is in time.
            let last = end.saturating_add(i64::from(years).years());
            let kind = if acted.from == end {
                "违法行为发生之日"
            } else {
                "违法行为终了之日"
            };
            why.push(format!("自{kind}（{end}）起算{years}年，至{last}届满（第三十六条）。"));
            Some(last)
        }
    };
    why.push(format!("违法行为于{}被发现。", command.discovered_on));
    if command.open && last_day.is_some_and(|last| command.discovered_on > last) {
        return Err(Refusal::law(
            ACT.code("time_barred"),
            format!("违法行为在{years}年内未被发现，不再给予行政处罚，不能立案。"),
        )
        .article("行政处罚法第三十六条第一款")
        .advice("请提出不予立案的意见；涉及公民生命健康安全、金融安全且有危害后果的，请据实选择，期限为五年。"));
    }
    Ok(Limitation {
        harm: command.harm,
        years,
        discovered_on: command.discovered_on,
        last_day,
        why,
    })
}

fn party(command: &ProposeOpening, scene: &Scene<'_>) -> Result<PenaltyParty, Refusal> {
    let Some(party) = &command.party else {
        return Err(ACT.lacks("needs_party", "party_name", "立案应当写明当事人。"));
    };
    party.check()?;
    let account = match &scene.known.account {
        Some(PartyAccount::Of(account)) => Some(account.clone()),
        Some(PartyAccount::Another) => {
            return Err(ACT
                .lacks(
                    "account_of_another",
                    "party_account",
                    "所填账户登记的证件号码与当事人不一致。",
                )
                .advice("请核对；当事人没有本平台账户的，请留空。"));
        }
        Some(PartyAccount::Nobody) | None => None,
    };
    Ok(PenaltyParty {
        born_on: born_on(party),
        party: party.clone(),
        account,
    })
}

/// The birth date stands in the citizen's number (GB 11643).
fn born_on(party: &Party) -> Option<Date> {
    match party {
        Party::Individual {
            document: DocumentKind::CitizenId,
            document_no,
            ..
        } => crate::codes::born_on(document_no),
        _ => None,
    }
}
