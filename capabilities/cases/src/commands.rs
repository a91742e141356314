//! The one door to a case: every act runs here, in one transaction that loads the case, consults what the decision
//! rests on, applies the expiries that are due, asks the pure rule, and appends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::civil::Date;
use mingjing_catalogue::public::{Item, ItemVersion};
use mingjing_chronicle::{
    About, ActorKind, Chronicle, Context, Done, Fault, HeldPost, Loaded, Refusal, Request, Stop, Tx,
};
use mingjing_people::public::{ApiToken, Body, BodyFacts, Citizen, Officer, Organisation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::course::Course;
use crate::decide::{
    self, Act, Setting, Verdict, accept, ask_supplement, complete, correct, examine, exclude_time, extend, issue,
    release, resume_time, review, serve, site_check, supply_supplement, take_step, turn_down, withdraw,
};
use crate::expiries;
use crate::flow::Flow;
use crate::joint;
use crate::matter::Matter;
use crate::operate::{self, Around, Gone, Operated, StepCommand};
use crate::party::Party;
use crate::penalty::events::ActPeriod;
use crate::penalty::fine_register::{self, FineEntry};
use crate::timer;

/// An act on a case that exists.
#[derive(Debug, Clone)]
pub enum Command {
    CorrectOnTheSpot(correct::CorrectOnTheSpot),
    AskSupplement(ask_supplement::AskSupplement),
    SupplySupplement(supply_supplement::SupplySupplement),
    Accept(accept::Accept),
    RefuseAcceptance(turn_down::RefuseAcceptance),
    NotRequired(turn_down::NotRequired),
    /// With the accounts of the officers who checked.
    RecordSiteCheck(site_check::RecordSiteCheck, Vec<String>),
    Examine(examine::Examine),
    Review(review::Review),
    Decide(decide::decide::Decide),
    Issue(issue::Issue),
    Serve(serve::Serve),
    Complete(complete::Complete),
    ReleaseReview(release::ReviewRelease),
    Withdraw(withdraw::Withdraw),
    Extend(extend::Extend),
    Suspend(exclude_time::ExcludeTime),
    Resume(resume_time::ResumeTime),
    TakeStep(take_step::TakeStep),
    /// Whose turn it is changes, or somebody is told.
    Operate(StepCommand),
    /// The timer: nothing but the expiries that are due.
    ApplyExpiries,
}

impl Command {
    pub fn act(&self) -> Option<Act> {
        Some(match self {
            Command::CorrectOnTheSpot(_) => Act::CorrectOnTheSpot,
            Command::AskSupplement(_) => Act::AskSupplement,
            Command::SupplySupplement(_) => Act::SupplySupplement,
            Command::Accept(_) => Act::Accept,
            Command::RefuseAcceptance(_) => Act::RefuseAcceptance,
            Command::NotRequired(_) => Act::NotRequired,
            Command::RecordSiteCheck(..) => Act::RecordSiteCheck,
            Command::Examine(_) => Act::Examine,
            Command::Review(_) => Act::Review,
            Command::Decide(_) => Act::Decide,
            Command::Issue(_) => Act::Issue,
            Command::Serve(_) => Act::Serve,
            Command::Complete(_) => Act::Complete,
            Command::ReleaseReview(_) => Act::ReleaseReview,
            Command::Withdraw(_) => Act::Withdraw,
            Command::Extend(_) => Act::Extend,
            Command::Suspend(_) => Act::Suspend,
            Command::Resume(_) => Act::Resume,
            Command::TakeStep(_) => Act::TakeStep,
            Command::Operate(command) => Act::Operate(command.operation()),
            Command::ApplyExpiries => return None,
        })
    }
}

/// What an act answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Acted {
    pub case_no: String,
    pub version: i64,
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
    command: Command,
) -> Result<Done<Acted>, Stop> {
    let no = case_no.to_owned();
    let done = chronicle.perform(request, move |tx| act(tx, &no, seen, &command)).await;
    if matches!(done, Err(Stop::Refusal(_))) {
        // The refusal took back with it an expiry that was due; the law holds all the same, so it is recorded now.
        // A crash or fault here leaves it to the next command or the timer.
        let no = case_no.to_owned();
        let expiry = chronicle
            .perform(Request::by(mingjing_chronicle::Actor::system()), move |tx| {
                act(tx, &no, None, &Command::ApplyExpiries)
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
pub fn act(tx: &mut Tx<'_>, case_no: &str, seen: Option<i64>, command: &Command) -> Result<Acted, Stop> {
    let mut case = match seen {
        Some(seen) => tx.load_seen::<Case>(case_no, seen)?,
        None => tx.load::<Case>(case_no)?,
    };
    let Some(ground) = Ground::of(tx, &*case.state)? else {
        return match command {
            // An erased case has no limits left to run out.
            Command::ApplyExpiries => Ok(acted(&case)),
            _ => {
                decide::living(&case, command.act().unwrap_or(Act::Accept))?;
                Err(Refusal::not_found("cases.no_case", "没有找到这个办件。").into())
            }
        };
    };
    let before = Arc::clone(&case.state);
    apply_expiries(tx, &mut case, &ground)?;
    let verdict = match command {
        Command::ApplyExpiries => None,
        Command::RecordSiteCheck(check, accounts) => {
            let inspectors = inspectors(tx, accounts, check.checked_on)?;
            Some(site_check::decide(&case, check, &inspectors, &ground.setting())?)
        }
        Command::Decide(decision) => {
            let today = item_today(tx, &case, &ground)?;
            Some(decide::decide::decide(&case, decision, today, &ground.setting())?)
        }
        Command::Withdraw(withdrawal) => {
            let may_give_up = may_give_up(tx, &case)?;
            Some(withdraw::decide(&case, withdrawal, may_give_up, &ground.setting()).map_err(|no| own_law(&case, no))?)
        }
        Command::TakeStep(step) => {
            let today = ground.context.today;
            let colleagues = take_step::Colleagues {
                host: inspectors(tx, step.host.as_slice(), today)?.pop(),
                officers: inspectors(tx, named(&step.officers), step.happened_on.unwrap_or(today))?,
                earlier_fines: earlier_fines(tx, &case, step)?,
            };
            Some(take_step::decide(&case, step, &colleagues, &ground.setting()).map_err(|no| own_law(&case, no))?)
        }
        Command::Operate(command) => {
            let verdict = operated(tx, &case, command, &ground)?;
            Some(verdict.map_err(|no| own_law(&case, no))?)
        }
        command => Some(ask(&case, command, &ground.setting()).map_err(|no| own_law(&case, no))?),
    };
    if let Some(verdict) = verdict {
        append_to(tx, &mut case, verdict, &ground)?;
    }
    record_fine(tx, &before, &case, &ground)?;
    joint::follow(tx, &before, &case, &ground)?;
    Ok(acted(&case))
}

/// 处罚法 29: read where a fine on the spot is about to be decided, in the transaction that decides it.
fn earlier_fines(tx: &mut Tx<'_>, case: &Case, step: &take_step::TakeStep) -> Result<Vec<FineEntry>, Stop> {
    let fines = case.course() == Course::SummaryPenalty && step.amount.is_some();
    match (case.applicant().filter(|_| fines), acted_on(case)) {
        (Some(party), Some(acted)) => Ok(fine_register::earlier(tx, &party.party, &acted, &case.case_no)?),
        _ => Ok(Vec::new()),
    }
}

/// What is fined on the spot was done on the day on which it was found.
fn acted_on(case: &Case) -> Option<ActPeriod> {
    let found_on = case.facts.received?;
    Some(ActPeriod {
        from: found_on,
        to: Some(found_on),
    })
}

fn record_fine(tx: &mut Tx<'_>, before: &Case, after: &Case, ground: &Ground) -> Result<(), Stop> {
    let fined = |case: &Case| {
        let decided = case
            .took("decide:penalty")
            .filter(|_| case.course() == Course::SummaryPenalty);
        decided.is_some_and(|decided| decided.facts.amount.is_some())
    };
    match (after.applicant(), acted_on(after)) {
        (Some(party), Some(acted)) if fined(after) && !fined(before) => {
            fine_register::record(tx, &party.party, acted, &after.case_no, ground)
        }
        _ => Ok(()),
    }
}

/// More are refused by the rule; no more than it needs for that are looked up.
fn named(officers: &[String]) -> &[String] {
    const MOST: usize = 21;
    officers.get(..MOST).unwrap_or(officers)
}

fn ask(case: &Case, command: &Command, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    match command {
        Command::CorrectOnTheSpot(command) => correct::decide(case, command, setting),
        Command::AskSupplement(command) => ask_supplement::decide(case, command, setting),
        Command::SupplySupplement(command) => supply_supplement::decide(case, command, setting),
        Command::Accept(command) => accept::decide(case, command, setting),
        Command::RefuseAcceptance(command) => turn_down::refuse(case, command, setting),
        Command::NotRequired(command) => turn_down::not_required(case, command, setting),
        Command::Examine(command) => examine::decide(case, command, setting),
        Command::Review(command) => review::decide(case, command, setting),
        Command::Issue(command) => issue::decide(case, command, setting),
        Command::Serve(command) => serve::decide(case, command, setting),
        Command::Complete(command) => complete::decide(case, command, setting),
        Command::ReleaseReview(command) => release::decide(case, command, setting),
        Command::Extend(command) => extend::decide(case, command, setting),
        Command::Suspend(command) => exclude_time::decide(case, command, setting),
        Command::Resume(command) => resume_time::decide(case, command, setting),
        // These need facts of other streams and are asked where those are consulted.
        Command::RecordSiteCheck(..)
        | Command::Decide(_)
        | Command::Withdraw(_)
        | Command::TakeStep(_)
        | Command::Operate(_)
        | Command::ApplyExpiries => Err(Refusal::law("cases.no_such_act", "没有这个操作。")),
    }
}

/// The acts that are the same for all applications name the permit law; in a matter of another power the item's own law
/// says the same.
pub(crate) fn own_law(case: &Case, mut refusal: Refusal) -> Refusal {
    let of_permits = |article: &String| article.starts_with("行政许可法");
    // A body that is asked in a joint approval works by the permit law, too.
    let own = !matches!(case.course(), Course::Permit | Course::Assistance);
    if own && refusal.article.as_ref().is_some_and(of_permits) {
        let act = refusal.code.split('.').nth(1).and_then(Act::from_key);
        let own = act.map_or(decide::ITEMS_OWN_LAW, |act| act.article_for(case.course()));
        refusal.article = Some(own.into());
    }
    refusal
}

fn acted(case: &Loaded<Case>) -> Acted {
    Acted {
        case_no: case.id.clone(),
        version: case.version,
    }
}

pub(crate) fn apply_expiries(tx: &mut Tx<'_>, case: &mut Loaded<Case>, ground: &Ground) -> Result<(), Stop> {
    while let Some(verdict) = expiries::due(case, &ground.setting())? {
        append_to(tx, case, verdict, ground)?;
    }
    fall_back(tx, case, ground)
}

/// Steps whose delegation is over, or whose holder lost the post, come back before anything else is asked of the case.
pub(crate) fn fall_back<M: Operated>(tx: &mut Tx<'_>, case: &mut Loaded<M>, ground: &Ground) -> Result<(), Stop> {
    loop {
        let gone = gone(&*case.state, |account| {
            Ok(Arc::clone(&tx.consult::<Officer>(account)?.state))
        })?;
        let Some(verdict) = operate::fall_back(&*case.state, &gone, &ground.setting())? else {
            return Ok(());
        };
        append_to(tx, case, verdict, ground)?;
    }
}

/// Holders of open steps that may not do them any more.
pub(crate) fn gone<M: Operated>(
    case: &M,
    mut officer: impl FnMut(&str) -> Result<Arc<Officer>, Fault>,
) -> Result<Vec<Gone>, Fault> {
    let mut gone = Vec::new();
    for step in case.steps().iter().filter(|step| !step.signer) {
        let Some(holder) = &step.holder else { continue };
        let known = officer(holder)?;
        let mut posts = known.held_posts().into_iter();
        let here = posts.any(|post| post.role == step.role && post.body == case.handled_by());
        if !known.is_active() || !here {
            gone.push(Gone {
                account: holder.clone(),
                role: step.role.clone(),
            });
        }
    }
    Ok(gone)
}

/// The officers an operation names, and the posts of the first.
pub(crate) fn named_in(
    tx: &mut Tx<'_>,
    command: &StepCommand,
    today: Date,
) -> Result<(Vec<site_check::Inspector>, Vec<HeldPost>), Stop> {
    let posts = match command.named().first() {
        Some(first) => tx.consult::<Officer>(first)?.held_posts(),
        None => Vec::new(),
    };
    Ok((inspectors(tx, command.named(), today)?, posts))
}

fn operated(
    tx: &mut Tx<'_>,
    case: &Case,
    command: &StepCommand,
    ground: &Ground,
) -> Result<Result<Verdict, Refusal>, Stop> {
    let today = ground.context.today;
    let (officers, posts) = named_in(tx, command, today)?;
    let me = inspectors(tx, std::slice::from_ref(&ground.context.actor.account), today)?.pop();
    let around = Around {
        setting: ground.setting(),
        name: me.as_ref().map_or("", |me| me.name.as_str()),
        certificate_no: me.as_ref().and_then(|me| me.certificate.as_deref()),
        officers: &officers,
        posts: &posts,
    };
    Ok(operate::decide(case, command, &around))
}

pub(crate) fn append_to<M: Matter>(
    tx: &mut Tx<'_>,
    case: &mut Loaded<M>,
    verdict: Verdict<M::Event>,
    ground: &Ground,
) -> Result<(), Stop> {
    let about = About {
        happened_on: verdict.happened_on,
        class: case.class(),
        body: ground.body.body.clone(),
        post: verdict.post,
        item: Some(format!("{}@{}", ground.item.item_code, ground.item.version)),
        flow: Some(ground.flow.hash().to_owned()),
        cause: None,
    };
    tx.append(case, verdict.events, &about)?;
    timer::wake_flow(tx, &case.id, &*case.state)?;
    Ok(())
}

/// What every act of a case stands on, consulted in the same transaction.
pub(crate) struct Ground {
    pub(crate) context: Context,
    pub(crate) flow: Flow,
    pub(crate) body: Arc<BodyFacts>,
    pub(crate) item: Arc<ItemVersion>,
    /// Whose chart the case runs on, with the decisions that chart asks: the same, unless the case was migrated.
    pub(crate) charted: Arc<ItemVersion>,
    pub(crate) assisting: Vec<Arc<BodyFacts>>,
}

impl Ground {
    /// `None` where the application was erased: nothing can be done any more.
    pub(crate) fn of<M: Matter>(tx: &mut Tx<'_>, case: &M) -> Result<Option<Ground>, Stop> {
        let Some(pinned) = case.item() else {
            return Ok(None);
        };
        let (code, version, body) = (pinned.item_code.clone(), pinned.version, pinned.body.clone());
        let item = tx.consult::<Item>(&code)?;
        let there = |version: i32| {
            let missing = || format!("case rests on version {version} of {code}, which is not there");
            item.shared_version(version)
                .ok_or_else(|| Fault::Inconsistent(missing()))
        };
        let charted = there(case.flow_version().unwrap_or(version))?;
        Ground::charted(tx, there(version)?, charted, &body).map(Some)
    }

    /// Of what begins.
    pub(crate) fn on(tx: &mut Tx<'_>, item: Arc<ItemVersion>, body: &str) -> Result<Ground, Stop> {
        Ground::charted(tx, Arc::clone(&item), item, body)
    }

    pub(crate) fn charted(
        tx: &mut Tx<'_>,
        item: Arc<ItemVersion>,
        charted: Arc<ItemVersion>,
        body: &str,
    ) -> Result<Ground, Stop> {
        let Some(flow) = &charted.flow else {
            return Err(
                Refusal::law("cases.flow.none", "该事项还没有登记内部办理流程，不能在平台上办理。")
                    .advice("请联系法制机构补全事项目录。")
                    .into(),
            );
        };
        let flow = flow_of(&flow.hash, &flow.bpmn_xml)?;
        let Some(body) = tx.consult::<Body>(body)?.shared_facts() else {
            return Err(Fault::Inconsistent(format!("body {body} is not registered")).into());
        };
        let mut assisting = Vec::new();
        for body in flow.asks() {
            assisting.extend(tx.consult::<Body>(&body)?.shared_facts());
        }
        Ok(Ground {
            context: acting(tx)?,
            flow,
            body,
            item,
            charted,
            assisting,
        })
    }

    /// For streams beside the case that the same act writes.
    pub(crate) fn register_about(&self) -> About {
        About {
            body: self.body.body.clone(),
            class: "register",
            ..About::new(&self.context)
        }
    }

    pub(crate) fn setting(&self) -> Setting<'_> {
        Setting {
            context: &self.context,
            flow: &self.flow,
            body: &self.body,
            item: &self.item,
            decisions: &self.charted.decisions,
            assisting: &self.assisting,
        }
    }
}

/// The acting person with the posts of the register, not those of a session: who lost a post meanwhile is refused.
fn acting(tx: &mut Tx<'_>) -> Result<Context, Stop> {
    let mut context = tx.context().clone();
    if context.actor.kind == ActorKind::Official {
        let officer = tx.consult::<Officer>(&context.actor.account.clone())?;
        if !officer.is_active() {
            return Err(Refusal::forbidden("cases.officer_inactive", "您的账户已停用，不能办理。").into());
        }
        context.actor.posts = officer.held_posts();
    }
    if context.actor.kind == ActorKind::Department {
        let token = tx.consult::<ApiToken>(&context.actor.account.clone())?;
        context.actor.posts = token.posts_on(context.today).to_vec();
        if context.actor.posts.is_empty() {
            return Err(
                Refusal::forbidden("cases.token_over", "接口凭证已经撤销或者到期，不能办理。")
                    .advice("需要继续使用的，请联系安全管理员发放新的凭证。")
                    .into(),
            );
        }
    }
    Ok(context)
}

pub(crate) fn inspectors(tx: &mut Tx<'_>, accounts: &[String], on: Date) -> Result<Vec<site_check::Inspector>, Stop> {
    accounts
        .iter()
        .map(|account| {
            let officer = tx.consult::<Officer>(account)?;
            let facts = officer.facts();
            let certificate = officer
                .certificate_valid_on(on)
                .then(|| facts.certificate.as_ref().map(|certificate| certificate.no.clone()))
                .flatten();
            Ok(site_check::Inspector {
                account: account.clone(),
                name: facts.name,
                body: facts.body,
                active: facts.active,
                certificate,
            })
        })
        .collect()
}

/// Whether the actor may give up the application for the party (行政许可法 29): asked of the register in the act's own
/// transaction, so that no door can answer it.
fn may_give_up(tx: &mut Tx<'_>, case: &Case) -> Result<bool, Stop> {
    let (actor, today) = (tx.context().actor.account.clone(), tx.context().today);
    let Some(applicant) = case.applicant() else {
        return Ok(false);
    };
    let right = match (&applicant.party, &applicant.account) {
        (Party::Organisation { uscc, .. }, _) => tx.consult::<Organisation>(uscc)?.authority_of(&actor, today),
        (Party::Individual { .. }, Some(principal)) => tx.consult::<Citizen>(principal)?.authority_of(&actor, today),
        (Party::Individual { .. }, None) => None,
    };
    Ok(right.is_some_and(|right| right.may_withdraw()))
}

fn item_today(tx: &mut Tx<'_>, case: &Case, ground: &Ground) -> Result<decide::decide::ItemToday, Stop> {
    let code = case.item().map_or("", |item| item.item_code.as_str()).to_owned();
    let item = tx.consult::<Item>(&code)?;
    // Where no version is in force today the pinned one stays the only basis there is.
    let version = item
        .current(ground.context.today)
        .map_or(ground.item.version, |current| current.version);
    Ok(decide::decide::ItemToday { version })
}

/// Flows by the hash of their meaning: read once per process. A bound keeps a long-lived process small.
pub(crate) fn flow_of(hash: &str, xml: &str) -> Result<Flow, Refusal> {
    static FLOWS: OnceLock<Mutex<HashMap<String, Flow>>> = OnceLock::new();
    const MOST: usize = 1_000;
    let flows = FLOWS.get_or_init(Mutex::default);
    if let Some(known) = flows.lock().unwrap_or_else(PoisonError::into_inner).get(hash) {
        return Ok(known.clone());
    }
    let flow = Flow::read(hash, xml)?;
    let mut flows = flows.lock().unwrap_or_else(PoisonError::into_inner);
    if flows.len() >= MOST {
        flows.clear();
    }
    flows.insert(hash.to_owned(), flow.clone());
    Ok(flow)
}
