//! The one door to a penalty case: every act runs here, in one transaction that loads the case, consults what the
//! decision rests on, applies the expiries that are due, asks the pure rule, and appends.

use jiff::civil::Date;
use mingjing_catalogue::public::Item;
use mingjing_chronicle::{
    ActorKind, Aggregate, Chronicle, Done, Event, Fault, Loaded, Recorded, Refusal, Request, Stop, Tx,
};
use mingjing_people::public::{Citizen, Officer, Organisation};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::decide::{
    Known, PartyAccount, PenaltyVerdict, Scene, Who, check_defence, closing, confirm_service, decide, defer, dispute,
    end_investigation, evidence, extend_decision, impose_additional_fine, legal_review, make_defence, notify, opening,
    operate, preserve, propose_opening, record_payment, recusal, release, reversal, review_proposal, serve,
    waive_defence,
};
use super::discretion;
use super::events::PenaltyFact;
use super::fine_register::{self, FineEntry};
use super::{PenaltyAct, PenaltyCase, expiries};
use crate::clock::ClockKind;
use crate::commands::{Acted, Ground, append_to, fall_back, inspectors, named_in};
use crate::decide::LegalAct;
use crate::decide::site_check::Inspector;
use crate::events::SiteOfficer;
use crate::operate::StepCommand;
use crate::party::Party;
use crate::timer;

/// The fields of one act, as any door takes them.
pub trait PenaltyOrder: Into<PenaltyCommand> + DeserializeOwned + JsonSchema + Send + 'static {
    const ACT: PenaltyAct;
}

macro_rules! commands {
    ($($act:ident($command:ty) $may_rule:path;)*) => {
        /// An act on a penalty case that exists. As JSON it is tagged with the act's key.
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(tag = "act", rename_all = "snake_case")]
        pub enum PenaltyCommand {
            $($act($command),)*
            /// The timer: nothing but the expiries that are due.
            ApplyExpiries,
        }

        $(impl From<$command> for PenaltyCommand {
            fn from(command: $command) -> PenaltyCommand {
                PenaltyCommand::$act(command)
            }
        }

        impl PenaltyOrder for $command {
            const ACT: PenaltyAct = PenaltyAct::$act;
        })*

        impl PenaltyCommand {
            pub fn act(&self) -> Option<PenaltyAct> {
                match self {
                    $(PenaltyCommand::$act(_) => Some(PenaltyAct::$act),)*
                    PenaltyCommand::ApplyExpiries => None,
                }
            }
        }

        fn ask(case: &PenaltyCase, command: &PenaltyCommand, scene: &Scene<'_>) -> Result<Option<PenaltyVerdict>, Refusal> {
            match command {
                $(PenaltyCommand::$act(command) => $may_rule(case, command, scene).map(Some),)*
                PenaltyCommand::ApplyExpiries => Ok(None),
            }
        }
    };
}

commands! {
    ProposeOpening(propose_opening::ProposeOpening) propose_opening::decide;
    ReviewOpening(opening::ReviewOpening) opening::review;
    ApproveOpening(opening::ApproveOpening) opening::approve;
    RecordEvidence(evidence::RecordEvidence) evidence::decide;
    HandOverEvidence(evidence::HandOverEvidence) evidence::hand_over;
    EndInvestigation(end_investigation::EndInvestigation) end_investigation::decide;
    ReviewProposal(review_proposal::ReviewProposal) review_proposal::decide;
    Notify(notify::Notify) notify::decide;
    ServeNotice(serve::ServeNotice) serve::notice;
    MakeDefence(make_defence::MakeDefence) make_defence::decide;
    WaiveDefence(waive_defence::WaiveDefence) waive_defence::decide;
    CheckDefence(check_defence::CheckDefence) check_defence::decide;
    LegalReview(legal_review::LegalReview) legal_review::decide;
    Decide(decide::DecidePenalty) decide::decide;
    ServeDecision(serve::ServeDecision) serve::decision;
    RecordPayment(record_payment::RecordPayment) record_payment::decide;
    ProposeClosing(closing::ProposeClosing) closing::propose;
    ApproveClosing(closing::ApproveClosing) closing::approve;
    ReviewRelease(release::ReviewPenaltyRelease) release::decide;
    PreserveEvidence(preserve::PreserveEvidence) preserve::decide;
    DisposePreserved(preserve::DisposePreserved) preserve::dispose;
    ExtendDecision(extend_decision::ExtendPenaltyDecision) extend_decision::decide;
    ConfirmElectronicService(confirm_service::ConfirmElectronicService) confirm_service::decide;
    RequestRecusal(recusal::RequestRecusal) recusal::request;
    DecideRecusal(recusal::DecideRecusal) recusal::decide;
    GrantDeferral(defer::GrantDeferral) defer::decide;
    ImposeAdditionalFine(impose_additional_fine::ImposeAdditionalFine) impose_additional_fine::decide;
    RecordDispute(dispute::RecordDispute) dispute::decide;
    RecordReversal(reversal::RecordReversal) reversal::decide;
    WithdrawRelease(release::WithdrawRelease) release::withdraw;
    SignStep(operate::SignStep) operate::operated;
    ReturnStep(operate::ReturnStep) operate::operated;
    TakeBackStep(operate::TakeBackStep) operate::operated;
    TransferStep(operate::TransferStep) operate::operated;
    DelegateStep(operate::DelegateStep) operate::operated;
    HandBackStep(operate::HandBackStep) operate::operated;
    AddSigners(operate::AddSigners) operate::operated;
    RemoveSigners(operate::RemoveSigners) operate::operated;
    CopyStep(operate::CopyStep) operate::operated;
    NoteCopy(operate::NoteCopy) operate::operated;
    UrgeStep(operate::UrgeStep) operate::operated;
    SuspendStep(operate::SuspendStep) operate::operated;
    ResumeStep(operate::ResumeStep) operate::operated;
}

/// Performs an act. `seen` is the version of the case that the person looked at.
///
/// # Errors
/// The rule's refusal; a conflict where the case moved on; a fault.
pub async fn perform(
    chronicle: &Chronicle,
    request: Request,
    case_no: &str,
    seen: Option<i64>,
    command: PenaltyCommand,
) -> Result<Done<Acted>, Stop> {
    let no = case_no.to_owned();
    let done = chronicle.perform(request, move |tx| act(tx, &no, seen, &command)).await;
    if matches!(done, Err(Stop::Refusal(_))) {
        // The refusal took back with it an expiry that was due; the law holds all the same, so it is recorded now.
        // A crash or fault here leaves it to the next command or the timer.
        let no = case_no.to_owned();
        let expiry = chronicle
            .perform(Request::by(mingjing_chronicle::Actor::system()), move |tx| {
                act(tx, &no, None, &PenaltyCommand::ApplyExpiries)
            })
            .await;
        if let Err(Stop::Fault(fault)) = expiry {
            tracing::warn!(error = %fault, "an expiry could not be recorded; the timer will");
        }
    }
    done
}

/// One act inside a transaction.
///
/// # Errors
/// As [`perform`].
pub fn act(tx: &mut Tx<'_>, case_no: &str, seen: Option<i64>, command: &PenaltyCommand) -> Result<Acted, Stop> {
    let mut case = match seen {
        Some(seen) => tx.load_seen::<PenaltyCase>(case_no, seen)?,
        None => tx.load::<PenaltyCase>(case_no)?,
    };
    let Some(ground) = Ground::of(tx, &*case.state)? else {
        return match command.act() {
            // An erased case has no limits left to run out.
            None => Ok(acted(&case)),
            Some(act) => {
                super::decide::readable(&case, act)?;
                Err(Refusal::not_found(act.code("no_case"), "没有找到这个案件。").into())
            }
        };
    };
    while let Some(verdict) = expiries::due(&case, &ground.setting())? {
        append_to(tx, &mut case, verdict, &ground)?;
    }
    fall_back(tx, &mut case, &ground)?;
    let stage = Stage::of(tx, &case)?;
    let known = known(tx, &case, command, &ground)?;
    let asked = ask(&case, command, &stage.scene(&ground, &known));
    if let Some(verdict) = asked.map_err(|refusal| complete(refusal, command.act()))? {
        let fact = verdict.events.first().map(|event| event.fact.clone());
        append_to(tx, &mut case, verdict, &ground)?;
        if let Some(fact) = fact {
            follow_up(tx, &case, &fact, &ground)?;
        }
    }
    Ok(acted(&case))
}

/// No refusal leaves without an article and a way on.
pub(crate) fn complete(mut refusal: Refusal, act: Option<PenaltyAct>) -> Refusal {
    if refusal.article.is_none() {
        refusal.article = act.map(|act| act.article().to_owned());
    }
    if refusal.advice.is_none() {
        refusal.advice = Some(if refusal.fields.is_empty() {
            "请核对案件的最新情况；仍有疑问的，请咨询法制审核员。".into()
        } else {
            "请按提示改正后再提交。".into()
        });
    }
    refusal
}

fn acted(case: &Loaded<PenaltyCase>) -> Acted {
    Acted {
        case_no: case.id.clone(),
        version: case.version,
    }
}

/// Who acts, as the register has them in this transaction.
pub(crate) struct Stage {
    speaks_for_party: bool,
    certified: Option<SiteOfficer>,
    name: String,
}

impl Stage {
    pub(crate) fn of(tx: &mut Tx<'_>, case: &PenaltyCase) -> Result<Stage, Stop> {
        let (actor, today) = (tx.context().actor.clone(), tx.context().today);
        if actor.kind == ActorKind::Official {
            let me = inspectors(tx, std::slice::from_ref(&actor.account), today)?
                .into_iter()
                .next();
            return Ok(Stage {
                speaks_for_party: false,
                certified: me.as_ref().and_then(certified),
                name: me.map(|me| me.name).unwrap_or_default(),
            });
        }
        let speaks = actor.kind == ActorKind::Citizen && speaks_for(tx, case, &actor.account, today)?;
        Ok(Stage {
            speaks_for_party: speaks,
            certified: None,
            name: String::new(),
        })
    }

    pub(crate) fn scene<'a>(&'a self, ground: &'a Ground, known: &'a Known) -> Scene<'a> {
        Scene {
            setting: ground.setting(),
            who: Who {
                context: &ground.context,
                speaks_for_party: self.speaks_for_party,
                certified: self.certified.as_ref(),
                name: &self.name,
            },
            known,
        }
    }
}

fn certified(inspector: &Inspector) -> Option<SiteOfficer> {
    Some(SiteOfficer {
        account: inspector.account.clone(),
        name: inspector.name.clone(),
        certificate_no: inspector.certificate.clone().filter(|_| inspector.active)?,
    })
}

/// The party itself, an organisation's legal representative, or an agent whose authority covers this item.
fn speaks_for(tx: &mut Tx<'_>, case: &PenaltyCase, account: &str, today: Date) -> Result<bool, Fault> {
    // Before the opening nobody is the party of anything.
    let Some(party) = case.party().filter(|_| case.facts.opened.is_some()) else {
        return Ok(false);
    };
    if party.account.as_deref() == Some(account) {
        return Ok(true);
    }
    let item = case.item.as_ref().map_or("", |item| item.item_code.as_str());
    let right = match (&party.party, &party.account) {
        (Party::Organisation { uscc, .. }, _) => tx.consult::<Organisation>(uscc)?.authority_of(account, today),
        (Party::Individual { .. }, Some(principal)) => tx.consult::<Citizen>(principal)?.authority_of(account, today),
        (Party::Individual { .. }, None) => None,
    };
    Ok(right.is_some_and(|right| right.covers(item)))
}

fn known(tx: &mut Tx<'_>, case: &PenaltyCase, command: &PenaltyCommand, ground: &Ground) -> Result<Known, Stop> {
    let today = ground.context.today;
    let mut known = Known::default();
    if let Some(operation) = step_command(command) {
        (known.officers, known.posts) = named_in(tx, &operation, today)?;
        return Ok(known);
    }
    match command {
        PenaltyCommand::ProposeOpening(command) => {
            known.officers = inspectors(tx, &command.investigators, today)?;
            known.account = account_of(tx, command)?;
        }
        PenaltyCommand::RecordEvidence(command) => {
            known.officers = inspectors(tx, &command.takers, command.taken_on)?;
        }
        PenaltyCommand::PreserveEvidence(command) => known.officers = inspectors(tx, &command.officers, today)?,
        PenaltyCommand::HandOverEvidence(command) => {
            known.officers = inspectors(tx, std::slice::from_ref(&command.to), today)?;
        }
        PenaltyCommand::RequestRecusal(command) => {
            known.officers = inspectors(tx, std::slice::from_ref(&command.officer), today)?;
        }
        PenaltyCommand::DecideRecusal(command) => {
            known.officers = inspectors(tx, command.replacement.as_slice(), today)?;
        }
        PenaltyCommand::EndInvestigation(_) | PenaltyCommand::CheckDefence(_) => {
            laws(tx, case, ground, &mut known)?;
        }
        PenaltyCommand::Decide(_) => {
            laws(tx, case, ground, &mut known)?;
            known.earlier_fines = earlier_fines(tx, case)?;
        }
        PenaltyCommand::RecordPayment(command) => {
            let register = tx.consult::<BankReceipt>(&receipt_stream(&command.receipt_no))?;
            known.receipt_used = register.case_no.as_deref().is_some_and(|used| used != case.case_no);
        }
        _ => {}
    }
    Ok(known)
}

macro_rules! operations {
    ($($act:ident $op:ident;)*) => {
        fn step_command(command: &PenaltyCommand) -> Option<StepCommand> {
            Some(match command {
                $(PenaltyCommand::$act(command) => command.clone().into(),)*
                _ => return None,
            })
        }

        impl From<StepCommand> for PenaltyCommand {
            fn from(command: StepCommand) -> PenaltyCommand {
                match command { $(StepCommand::$op(command) => PenaltyCommand::$act(command),)* }
            }
        }
    };
}

operations! {
    SignStep Sign;
    ReturnStep Return;
    TakeBackStep TakeBack;
    TransferStep Transfer;
    DelegateStep Delegate;
    HandBackStep HandBack;
    AddSigners AddSigners;
    RemoveSigners RemoveSigners;
    CopyStep Copy;
    NoteCopy NoteCopy;
    UrgeStep Urge;
    SuspendStep Suspend;
    ResumeStep Resume;
}

/// An organisation's account is its legal representative's; a person's is checked against the register.
fn account_of(tx: &mut Tx<'_>, command: &propose_opening::ProposeOpening) -> Result<Option<PartyAccount>, Stop> {
    Ok(match (&command.party, &command.party_account) {
        (Some(Party::Organisation { uscc, .. }), _) => {
            let facts = tx.consult::<Organisation>(uscc)?.facts();
            Some(facts.map_or(PartyAccount::Nobody, |facts| PartyAccount::Of(facts.account)))
        }
        (Some(Party::Individual { document_no, .. }), Some(account)) if !account.is_empty() => {
            let facts = tx.consult::<Citizen>(account)?.facts();
            let same = facts.is_some_and(|facts| facts.id_no.trim().eq_ignore_ascii_case(document_no.trim()));
            Some(match same {
                true => PartyAccount::Of(account.clone()),
                false => PartyAccount::Another,
            })
        }
        _ => None,
    })
}

fn laws(tx: &mut Tx<'_>, case: &PenaltyCase, ground: &Ground, known: &mut Known) -> Result<(), Stop> {
    let item = tx.consult::<Item>(&ground.item.item_code)?;
    let today = ground.context.today;
    let acted = case
        .facts
        .opening
        .as_ref()
        .map(|opening| opening.acted.decisive_day(today));
    let current = item.current(today);
    known.current_version = current.map_or(ground.item.version, |current| current.version);
    known.benchmarks = discretion::texts(&item, &ground.item, acted, today);
    Ok(())
}

fn earlier_fines(tx: &mut Tx<'_>, case: &PenaltyCase) -> Result<Vec<FineEntry>, Stop> {
    let (Some(party), Some(opening)) = (case.party(), case.facts.opening.as_ref()) else {
        return Ok(Vec::new());
    };
    Ok(fine_register::earlier(tx, &party.party, &opening.acted, &case.case_no)?)
}

/// What a fact changes in other streams and in the timer, in the same transaction.
fn follow_up(tx: &mut Tx<'_>, case: &PenaltyCase, fact: &PenaltyFact, ground: &Ground) -> Result<(), Stop> {
    match fact {
        PenaltyFact::NoticeServed(_) => {
            if let Some(clock) = case.clock(ClockKind::Defence) {
                timer::wake_after(tx, &case.case_no, clock.due.on)?;
            }
        }
        PenaltyFact::Decided(decided) if decided.outcome.fine().is_some() => record_fine(tx, case, ground)?,
        PenaltyFact::PaymentRecorded(payment) => {
            let mut receipt = tx.load::<BankReceipt>(&receipt_stream(&payment.receipt_no))?;
            let used = BankReceiptEvent::Used {
                case_no: case.case_no.clone(),
            };
            tx.append(&mut receipt, vec![used], &ground.register_about())?;
        }
        _ => {}
    }
    Ok(())
}

fn record_fine(tx: &mut Tx<'_>, case: &PenaltyCase, ground: &Ground) -> Result<(), Stop> {
    let (Some(party), Some(opening)) = (case.party(), case.facts.opening.as_ref()) else {
        return Ok(());
    };
    fine_register::record(tx, &party.party, opening.acted, &case.case_no, ground)
}

/// A receipt of a bank, so that one payment is not counted in two cases: `bank_receipt/<digest of its number>`.
#[derive(Debug, Clone, Default)]
pub struct BankReceipt {
    pub case_no: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum BankReceiptEvent {
    Used { case_no: String },
}

impl Event for BankReceiptEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        "bank_receipt.used"
    }
}

impl Aggregate for BankReceipt {
    type Event = BankReceiptEvent;
    const STREAM: &'static str = "bank_receipt";

    fn evolve(&mut self, recorded: &Recorded<'_, BankReceiptEvent>) {
        let used = recorded.payload.known();
        self.case_no = used.map(|BankReceiptEvent::Used { case_no }| case_no.clone());
    }
}

fn receipt_stream(receipt_no: &str) -> String {
    hex::encode(&Sha256::digest(receipt_no.trim().as_bytes())[..16])
}

/// For a page: whether an officer of this account has a certificate valid today.
pub(crate) fn certified_today(officer: &Officer, today: Date) -> Option<SiteOfficer> {
    let facts = officer.facts();
    let valid = facts.active && officer.certificate_valid_on(today);
    let certificate = facts.certificate.filter(|_| valid)?;
    Some(SiteOfficer {
        account: facts.account,
        name: facts.name,
        certificate_no: certificate.no,
    })
}
