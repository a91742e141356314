//! Proving and rehearsing on behalf of a page: off the threads that serve, few at a time, with limits.

use std::sync::Arc;
use std::time::Duration;

use mingjing_bpmn::casework;
use mingjing_bpmn::check::{self, Conditions, Inventory, Proof};
use mingjing_bpmn::model::{self, Model};
use mingjing_bpmn::run::{self, Act, Deed, Report, Setting};
use mingjing_bpmn::step::Rules;
use mingjing_bpmn::{Problem as Finding, Severity};
use mingjing_web::Problem;
use tokio::sync::Semaphore;

/// Answers what the flow engine asks: FEEL, decisions, working days.
pub trait Answering: Rules + Conditions {}

impl<T: Rules + Conditions> Answering for T {}

/// Makes one for each proof, with the decision tables (DMN) it may be asked: they remember nothing.
pub type Answers = fn(&[String]) -> Box<dyn Answering>;

/// Proofs at a time. One takes up to a second of a core, and people who draw ask for one with every stroke.
const AT_A_TIME: usize = 2;
/// Then the page says that it is busy and asks again.
const PATIENCE: Duration = Duration::from_secs(8);
/// Of a person who steps through by hand.
pub const MOST_ACTS: usize = 500;

#[derive(Clone)]
pub struct Bench {
    answers: Answers,
    room: Arc<Semaphore>,
}

impl Bench {
    pub fn new(answers: Answers) -> Bench {
        Bench {
            answers,
            room: Arc::new(Semaphore::new(AT_A_TIME)),
        }
    }

    /// # Errors
    /// [`Problem::Busy`] when others fill all room; a fault.
    pub async fn prove(&self, xml: String, inventory: Inventory) -> Result<Proof, Problem> {
        let answers = self.answers;
        self.run(move || check::prove(&xml, &inventory, answers(&[]).as_ref()))
            .await
    }

    /// What flows of cases need beyond the standard.
    ///
    /// # Errors
    /// As [`Bench::prove`].
    pub async fn examine(&self, xml: String) -> Result<Vec<Finding>, Problem> {
        self.run(move || casework::examine(&xml).1).await
    }

    /// Rehearses up to where the acts lead; timers go off only where an act advances the clock.
    ///
    /// # Errors
    /// As [`Bench::prove`].
    pub async fn rehearse(&self, xml: String, script: Vec<Act>, decisions: Vec<String>) -> Result<Report, Problem> {
        let answers = self.answers;
        self.run(move || match model::read(&xml) {
            Ok(model) => rehearse(&model, script, answers(&decisions).as_ref()),
            Err(findings) => unfit(&findings),
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let room = tokio::time::timeout(PATIENCE, Arc::clone(&self.room).acquire_owned()).await;
        let permit = room.map_err(|_| Problem::Busy)?.map_err(Problem::fault)?;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.map_err(Problem::fault)
    }
}

/// 2026-01-05 09:00 in China, a working Monday.
const BEGIN: &str = "2026-01-05T09:00:00+08:00";

fn rehearse(model: &Model, script: Vec<Act>, rules: &dyn Rules) -> Report {
    let start = run::moment(BEGIN).unwrap_or_default();
    let advanced = script.iter().filter_map(|act| match &act.deed {
        Deed::Advance(duration) => run::span(start, duration),
        _ => None,
    });
    let until = advanced.fold(0i64, i64::saturating_add);
    let setting = Setting {
        script,
        start,
        until: Some(until),
        ..Setting::default()
    };
    run::run(model, &setting, rules)
}

fn unfit(findings: &[Finding]) -> Report {
    let error = findings.iter().find(|finding| finding.severity == Severity::Error);
    let words = error.map_or("流程图读不出来。", |error| error.message.as_str());
    let code = error.map_or("unreadable", |error| error.code);
    let element = error.and_then(|error| error.element.clone());
    Report::refused(code, element, format!("流程图还不能运行：{words}"))
}
