//! A check on site (许可法 34(3)): two officers or more, each with an enforcement certificate that counts on that
//! day; place, time and facts. The time it takes stays inside the decision limit.

use jiff::civil::{Date, Time};
use mingjing_chronicle::{Context, Refusal};

use crate::case::Case;
use crate::decide::{Act, AtStep, LegalAct, Setting, Verdict, at_step, done_on, past_date, text};
use crate::events::{CaseEvent, Effects, FileRef, SiteChecked, SiteOfficer};

const ACT: Act = Act::RecordSiteCheck;
const FEWEST: usize = 2;
const MOST: usize = 20;

#[derive(Debug, Clone)]
pub struct RecordSiteCheck {
    pub place: String,
    pub checked_on: Date,
    pub from: Time,
    pub to: Time,
    pub facts: String,
    pub conforms: bool,
    pub files: Vec<FileRef>,
}

/// An officer as the register has them on the day of the check; consulted in the same transaction, so that a
/// certificate revoked meanwhile refuses the act.
#[derive(Debug, Clone)]
pub struct Inspector {
    pub account: String,
    pub name: String,
    pub body: String,
    pub active: bool,
    /// Number of a certificate valid on the day of the check.
    pub certificate: Option<String>,
}

/// # Errors
/// `cases.record_site_check.*`
pub fn may(case: &Case, context: &Context) -> Result<AtStep, Refusal> {
    at_step(case, ACT, "site_check", context)
}

/// # Errors
/// `cases.record_site_check.*`
pub fn decide(
    state: &Case,
    command: &RecordSiteCheck,
    inspectors: &[Inspector],
    setting: &Setting<'_>,
) -> Result<Verdict, Refusal> {
    let at = may(state, setting.context)?;
    let officers = officers(state, inspectors, setting.context)?;
    let place = text(ACT, "place", "核查地点", &command.place)?;
    let facts = text(ACT, "facts", "核查情况", &command.facts)?;
    day_and_time(state, command, setting.context)?;
    let event = CaseEvent::SiteChecked(SiteChecked {
        officers,
        place,
        checked_on: command.checked_on,
        from_time: command.from.strftime("%H:%M").to_string(),
        to_time: command.to.strftime("%H:%M").to_string(),
        facts,
        conforms: command.conforms,
        files: command.files.clone(),
        effects: Effects {
            flow: setting.complete(state, &at.step.task, "done")?,
            ..Effects::default()
        },
    });
    Ok(done_on(state, event, command.checked_on, at.post.post, setting))
}

fn officers(state: &Case, inspectors: &[Inspector], context: &Context) -> Result<Vec<SiteOfficer>, Refusal> {
    let officers = certified(ACT, state.body(), inspectors, CHECKERS)?;
    let host = state.took("notify_hearing").and_then(|told| told.facts.host.as_ref());
    if let Some(host) = host.filter(|host| officers.iter().any(|officer| officer.account == host.account)) {
        return Err(Refusal::law(
            ACT.code("hosts_hearing"),
            format!("{}是本办件的听证主持人，不能参加核查。", host.name),
        )
        .article("行政许可法第四十八条第一款第（三）项"));
    }
    if !officers.iter().any(|officer| officer.account == context.actor.account) {
        return Err(ACT.forbids(
            "not_among_officers",
            "由参加核查的承办人登记核查情况，您不在核查人员之列。",
        ));
    }
    Ok(officers)
}

/// Who must act in twos with certificates, in the words of the procedure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CertifiedRule {
    pub(crate) two: &'static str,
    pub(crate) called: &'static str,
    /// Says that they are two and of this body.
    pub(crate) article: &'static str,
    pub(crate) certificate: &'static str,
}

/// The statute asks for two staff; that officers act with a valid certificate is the rule on certified officers.
const CHECKERS: CertifiedRule = CertifiedRule {
    two: "现场核查应当由两名以上工作人员进行。",
    called: "核查人员",
    article: "行政许可法第三十四条第三款",
    certificate: "行政许可法第三十四条第三款；行政执法人员持证上岗制度",
};

/// Two or more different officers of the body, each with a certificate that counts on the day asked about.
pub(crate) fn certified(
    act: impl LegalAct,
    body: &str,
    inspectors: &[Inspector],
    rule: CertifiedRule,
) -> Result<Vec<SiteOfficer>, Refusal> {
    let called = rule.called;
    let mut accounts: Vec<&str> = inspectors.iter().map(|inspector| inspector.account.as_str()).collect();
    accounts.sort_unstable();
    accounts.dedup();
    if accounts.len() < FEWEST || accounts.len() != inspectors.len() {
        return Err(act
            .forbids("two_officers", rule.two)
            .article(rule.article)
            .advice(format!("请选择至少两名不同的{called}。")));
    }
    if inspectors.len() > MOST {
        return Err(act.lacks("too_many", "officers", format!("{called}最多{MOST}名。")));
    }
    let officer = |inspector| certified_officer(act, body, inspector, rule);
    inspectors.iter().map(officer).collect()
}

pub(crate) fn certified_officer(
    act: impl LegalAct,
    body: &str,
    inspector: &Inspector,
    rule: CertifiedRule,
) -> Result<SiteOfficer, Refusal> {
    let (called, name) = (rule.called, &inspector.name);
    if !inspector.active || inspector.body != body {
        return Err(act
            .forbids("not_of_this_body", format!("{called}{name}不是本机关在岗人员。"))
            .article(rule.article));
    }
    let Some(certificate_no) = &inspector.certificate else {
        return Err(Refusal::law(
            act.code("no_valid_certificate"),
            format!("{called}{name}当日没有有效的行政执法证件。"),
        )
        .article(rule.certificate)
        .advice("请更换持有有效行政执法证件的人员。"));
    };
    Ok(SiteOfficer {
        account: inspector.account.clone(),
        name: inspector.name.clone(),
        certificate_no: certificate_no.clone(),
    })
}

fn day_and_time(state: &Case, command: &RecordSiteCheck, context: &Context) -> Result<(), Refusal> {
    let accepted = state.facts.accepted.map_or(context.today, |accepted| accepted.on);
    let window = context.parameters.number("cases.site_check_backdating_days", 7);
    past_date(ACT, "checked_on", command.checked_on, accepted, window, context)?;
    if command.to < command.from {
        return Err(ACT.lacks("time_reversed", "to_time", "结束时间不能早于开始时间。"));
    }
    Ok(())
}
