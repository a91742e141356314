//! The proof that a flow may run (engine: [`mingjing_bpmn::check::prove`]), against what its body has: posts and who holds
//! them, the papers the program writes, the item's form and limits. Asked for wherever a version with a flow is confirmed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use jiff::ToSpan;
use mingjing_bpmn::check::{self, Answer, Conditions, Inventory, Judgement, Post, Proof, Purpose, Soundness, Span};
use mingjing_bpmn::model::Model;
use mingjing_bpmn::{Severity, model};
use mingjing_calendar::Calendar;
use mingjing_chronicle::{Fault, Reader, Sql};
use mingjing_codes::PowerType;
use mingjing_people::public::{Body, queries};
use mingjing_rules::check::Verdict;
use mingjing_rules::{json, value};

use crate::entry::{Problem, decisions};
use crate::version::{ItemStatus, ItemVersion, Limit, LimitUnit};

/// More than anyone acts on at once.
const MOST_FINDINGS: usize = 20;
/// No limit of a flow is longer; longer ones are counted as this.
const MOST_DAYS: u32 = 3_660;

/// Posts of a body by role, with how many hold each.
pub type Posts = BTreeMap<String, Post>;

/// Papers that the program writes; a chart may speak of no others. The cases' own list is compared with it by a test.
pub const PAPERS: [&str; 22] = [
    "acceptance_notice",
    "advance_notice",
    "case_closing_form",
    "case_opening_form",
    "certificate",
    "coercion_paper",
    "disclosure_answer",
    "excluded_time_notice",
    "extension_notice",
    "matter_decision",
    "no_penalty_decision",
    "not_required",
    "payment_notice",
    "penalty_decision",
    "permit_denial",
    "permit_grant",
    "proof_of_service",
    "receipt",
    "refusal_of_acceptance",
    "summary_penalty_decision",
    "supplement_notice",
    "withdrawal_notice",
];

/// Proofs made for one order. A flow that many bodies use is proved once for all that are equally staffed.
#[derive(Debug, Default)]
pub struct Proofs {
    made: Mutex<Vec<Made>>,
}

#[derive(Debug)]
struct Made {
    xml: String,
    inventory: Inventory,
    findings: Vec<Problem>,
}

impl Proofs {
    /// Why the flow of this version may not be confirmed; nothing where it may, and where there is none to run.
    pub fn findings(
        &self,
        version: &ItemVersion,
        posts: Option<&Posts>,
        assisting: &BTreeMap<String, Posts>,
        calendar: &Calendar,
    ) -> Vec<Problem> {
        let Some(flow) = version.flow.as_ref().filter(|_| version.status == ItemStatus::Active) else {
            return Vec::new();
        };
        // Reading charts costs: where no chart of the order asks anybody, none is read for it.
        let asked = match assisting.is_empty() {
            true => BTreeSet::new(),
            false => bodies_asked(version),
        };
        let inventory = Inventory {
            // Named only where it is asked, so that bodies with the same chart share its proof.
            lead: asked.get(&version.body).cloned(),
            assisting: Some(assisting_of(&asked, assisting)),
            ..inventory(version, posts, calendar)
        };
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let known = made
            .iter()
            .find(|made| made.xml == flow.bpmn_xml && made.inventory == inventory);
        if let Some(known) = known {
            return known.findings.clone();
        }
        let findings = said(&check::prove(&flow.bpmn_xml, &inventory, &ByRules));
        made.push(Made {
            xml: flow.bpmn_xml.clone(),
            inventory,
            findings: findings.clone(),
        });
        findings
    }
}

/// Element, rule and sentence of each finding; that nothing was decided is one, too.
fn said(proof: &Proof) -> Vec<Problem> {
    let errors = proof.problems.iter();
    let mut said: Vec<Problem> = errors
        .filter(|problem| problem.severity == Severity::Error)
        .take(MOST_FINDINGS)
        .map(|problem| {
            let element = problem.element.as_deref().unwrap_or("整个流程");
            let way = match problem.path.is_empty() {
                true => String::new(),
                false => format!("例如这样办理：{}。", problem.path.join(" → ")),
            };
            let reason = format!(
                "流程图没有通过证明。{element}（{}）：{}{way}",
                problem.code, problem.message
            );
            Problem::new("flow", "flow_not_proved", reason)
        })
        .collect();
    if said.is_empty() && !proof.holds() {
        let undecided = [proof.soundness, proof.operations]
            .into_iter()
            .find(|sound| *sound != Soundness::Proven);
        let words = undecided.map_or("", Soundness::in_words);
        said.push(Problem::new(
            "flow",
            "flow_not_proved",
            format!("流程图没有通过证明：{words}请把流程图改得简单一些。"),
        ));
    }
    said
}

/// Ids of the bodies that the chart of a version asks for their opinion.
pub fn bodies_asked(version: &ItemVersion) -> BTreeSet<String> {
    let chart = version.flow.as_ref().and_then(|flow| model::read(&flow.bpmn_xml).ok());
    let calls = chart.iter().flat_map(Model::assisted_calls);
    calls.map(|(_, assistance, _)| assistance.body.clone()).collect()
}

fn assisting_of(asked: &BTreeSet<String>, known: &BTreeMap<String, Posts>) -> BTreeMap<String, Posts> {
    known
        .iter()
        .filter(|(body, _)| asked.contains(*body))
        .map(|(body, posts)| (body.clone(), posts.clone()))
        .collect()
}

fn inventory(version: &ItemVersion, posts: Option<&Posts>, calendar: &Calendar) -> Inventory {
    let purpose = Purpose {
        power: power(version).to_owned(),
        promised: version.promised_limit.as_ref().map(span),
        statutory: version.statutory_limit.as_ref().map(span),
    };
    let spans = [&purpose.promised, &purpose.statutory];
    let days = spans.into_iter().flatten().filter_map(calendar_days);
    Inventory {
        posts: Some(posts.cloned().unwrap_or_default()),
        // An item has one form, without a name of its own: a chart that asks for one means it.
        forms: version.form.is_none().then(BTreeSet::new),
        papers: Some(PAPERS.into_iter().map(str::to_owned).collect()),
        decisions: Some(decisions::known(&version.decisions).collect()),
        fewest_working_days: days
            .filter_map(|days| Some((days, fewest_working_days(days, calendar)?)))
            .collect(),
        flows: BTreeMap::from([("*".to_owned(), purpose)]),
        ..Inventory::default()
    }
}

/// The kind of power by whose rules the chart is judged.
fn power(version: &ItemVersion) -> &'static str {
    let chart = version.flow.as_ref().and_then(|flow| model::read(&flow.bpmn_xml).ok());
    procedure_of(version.power_type, chart.as_ref())
}

/// The procedure that a chart follows, as the law's rules name it (`XK`, `CF/summary` …): the type of power, with the
/// procedure where the law knows several. What does not show that it is the simpler one is taken for the ordinary one.
pub fn procedure_of(power: PowerType, chart: Option<&Model>) -> &'static str {
    let has = |act: &str| {
        let nodes = chart.into_iter().flat_map(|model| model.nodes());
        let mut acts = nodes.filter_map(|node| node.activity.as_ref()?.work.as_ref()?.act.as_deref());
        acts.any(|found| found == act)
    };
    match power {
        // Only a penalty on the spot is put on file with the body afterwards (行政处罚法 52), and none is opened.
        PowerType::Penalty if has("file_decision") && !has("approve_opening") => "CF/summary",
        PowerType::Penalty => "CF/ordinary",
        PowerType::Coercion if ["seal", "detain", "freeze"].into_iter().any(has) => "QZ/measure",
        PowerType::Coercion => "QZ/enforcement",
        // No type of power: any body answers requests, as an item among the others (公开条例 27).
        PowerType::Other if has("answer") => "disclosure",
        other => other.code(),
    }
}

fn span(limit: &Limit) -> Span {
    let unit = match limit.unit {
        LimitUnit::WorkingDay => "working_day",
        LimitUnit::Day => "calendar_day",
        LimitUnit::Month => "month",
    };
    Span {
        amount: limit.amount,
        unit: unit.to_owned(),
    }
}

fn calendar_days(span: &Span) -> Option<u32> {
    match span.unit.as_str() {
        "calendar_day" => Some(span.amount),
        "month" => Some(span.amount.saturating_mul(28)),
        _ => None,
    }
}

/// Over all beginnings in the years whose days are known; the day of the beginning does not count (民法典 201).
fn fewest_working_days(days: u32, calendar: &Calendar) -> Option<u32> {
    let length = i64::from(days.min(MOST_DAYS));
    let beginnings = calendar.first_covered().series(1.day());
    beginnings
        .map_while(|from| Some((from, from.checked_add(length.days()).ok()?)))
        .take_while(|(_, last)| *last <= calendar.last_covered())
        .map(|(from, last)| calendar.working_days_between(from, last))
        .min()
        .and_then(|fewest| u32::try_from(fewest).ok())
}

/// Posts of a chart that nobody holds now, as the body whose cases run on it and the bodies it asks are staffed.
///
/// # Errors
/// [`Fault`] from the database.
pub fn unstaffed(sql: &mut dyn Sql, chart: &Model, body: &str) -> Result<Vec<mingjing_bpmn::Problem>, Fault> {
    let mut assisting = BTreeMap::new();
    for (_, assistance, _) in chart.assisted_calls() {
        assisting.insert(assistance.body.clone(), posts_of(sql, &assistance.body)?);
    }
    let inventory = Inventory {
        posts: Some(posts_of(sql, body)?),
        assisting: Some(assisting),
        lead: Some(body.to_owned()),
        ..Inventory::default()
    };
    Ok(check::unstaffed(chart, &inventory))
}

/// Adds the posts of the bodies that the version's flow asks, of those that are registered.
pub(crate) fn learn_assisting(
    reader: &mut Reader<'_>,
    version: &ItemVersion,
    known: &mut BTreeMap<String, Posts>,
) -> Result<(), Fault> {
    for body in bodies_asked(version) {
        let registered = reader.load::<Body>(&body)?.facts().is_some();
        if registered && !known.contains_key(&body) {
            let posts = posts_of(reader.sql(), &body)?;
            known.insert(body, posts);
        }
    }
    Ok(())
}

/// What the posts of a body are, and how many persons hold them. One holder is as good as ten for the proof, so that
/// bodies of different sizes share it. Applicants and parties hold none.
pub(crate) fn posts_of(sql: &mut dyn Sql, body: &str) -> Result<Posts, Fault> {
    let held = queries::roles_held(sql, body)?.into_iter();
    let mut posts: Posts = held
        .map(|(role, holders)| (role.key().to_owned(), post(role.label(), Some(u32::from(holders > 0)))))
        .collect();
    posts.insert("applicant".to_owned(), post("申请人", None));
    posts.insert("party".to_owned(), post("当事人", None));
    Ok(posts)
}

fn post(name: &str, holders: Option<u32>) -> Post {
    Post {
        name: name.to_owned(),
        holders,
    }
}

/// Conditions of gateways, judged by the rules engine.
struct ByRules;

impl Conditions for ByRules {
    fn judge(&self, conditions: &[&str]) -> Judgement {
        match mingjing_rules::check::gateway(conditions, &[]) {
            Ok(report) => Judgement {
                exclusive: answer(&report.exclusive),
                complete: answer(&report.complete),
            },
            Err(error) => Judgement {
                exclusive: Answer::Unknown(error.to_string()),
                complete: Answer::Unknown(error.to_string()),
            },
        }
    }
}

fn answer(verdict: &Verdict) -> Answer {
    match verdict {
        Verdict::Proven => Answer::Proven,
        Verdict::Refuted(example) => Answer::Refuted(json::write(&value::Value::context(example.clone()))),
        Verdict::Unknown(why) => Answer::Unknown(why.clone()),
    }
}
