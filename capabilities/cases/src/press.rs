//! From an ordered paper to its bytes: number it, render it, keep it. Each step may run twice and does its work once.

mod later;

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;
use mingjing_chronicle::job::{Job, JobFuture};
use mingjing_chronicle::{
    About, Actor, Aggregate, Chronicle, Follower, JobError, JobHandler, NewJob, Payload, RecordedEvent, Request, Stop,
    Tx,
};
use mingjing_people::public::Body;
use serde_json::{Value as Json, json};

use crate::case::{Case, Paper};
use crate::events::{PaperNumbered, PaperOrder, PaperRendered};
use crate::matter::Matter;
use crate::number::Procedure;
use crate::paper::with_numbers;
use crate::paper_code;
use crate::penalty::PenaltyCase;
use crate::register::{PaperRegister, RegisterEvent};

pub use later::PapersLater;

pub const RENDER_PAPER: &str = "cases.render_paper";

/// Makes the bytes of a paper; the same bytes for the same input.
pub trait PaperPress: Send + Sync + 'static {
    /// # Errors
    /// What is missing or wrong, in words for the person who looks after the job. Never personal data.
    fn render(&self, template: &str, data: &Json, made_on: Date, ident: &str) -> Result<Vec<u8>, String>;
}

/// Orders of papers become jobs, in the transaction that moves the cursor.
pub struct PaperOrders;

impl Follower for PaperOrders {
    fn name(&self) -> &'static str {
        "cases.paper_orders"
    }

    fn wants(&self, stream_kind: &str) -> bool {
        matches!(stream_kind, "case" | "penalty")
    }

    fn handle(&self, tx: &mut Tx<'_>, event: &RecordedEvent) -> Result<(), Stop> {
        let orders = orders(event)?;
        let most = i64::try_from(orders.len()).unwrap_or(i64::MAX);
        for (before, order) in (0i64..).zip(orders) {
            // Jobs run by their time: the papers of one act are printed in the order of its orders, on every database.
            // Backwards from the act, so that none of them waits.
            let recorded_at = event.envelope.recorded_at;
            let run_at = recorded_at
                .checked_sub((most - before).microseconds())
                .unwrap_or(recorded_at);
            tx.enqueue(NewJob {
                id: format!("paper-{}", order.paper_id),
                kind: RENDER_PAPER,
                payload: json!({"case_no": event.envelope.stream_id(), "paper_id": order.paper_id}),
                run_at,
            })?;
        }
        Ok(())
    }
}

/// The papers an event orders, of whatever procedure.
fn orders(event: &RecordedEvent) -> Result<Vec<PaperOrder>, Stop> {
    match event.envelope.stream_kind() {
        PenaltyCase::STREAM => orders_of::<PenaltyCase>(event),
        _ => orders_of::<Case>(event),
    }
}

fn orders_of<M: Matter>(event: &RecordedEvent) -> Result<Vec<PaperOrder>, Stop> {
    let Payload::Known(known) = event.decode::<M::Event>()? else {
        return Ok(Vec::new());
    };
    Ok(M::effects(&known).map_or_else(Vec::new, |effects| effects.papers.clone()))
}

/// The job `cases.render_paper`.
pub struct RenderPaper {
    pub press: Arc<dyn PaperPress>,
}

impl JobHandler for RenderPaper {
    fn run(&self, chronicle: Arc<Chronicle>, job: Job) -> JobFuture {
        let press = Arc::clone(&self.press);
        Box::pin(async move {
            let named = Named::of(&job)?;
            // A crash after this step leaves a numbered paper without bytes; the job runs again and finds its number.
            named.number(&chronicle).await?;
            match named.paper(&chronicle).await? {
                Some(paper) => {
                    let printed = print(press, &paper, site_of(&chronicle)).await?;
                    named.record(&chronicle, &printed).await
                }
                None => Ok(()),
            }
        })
    }
}

/// The paper that a job is about, of whatever procedure.
#[derive(Clone)]
struct Named {
    case_no: String,
    paper_id: String,
}

impl Named {
    fn of(job: &Job) -> Result<Named, JobError> {
        let text = |key: &str| job.payload.get(key).and_then(Json::as_str).map(str::to_owned);
        match (text("case_no"), text("paper_id")) {
            (Some(case_no), Some(paper_id)) => Ok(Named { case_no, paper_id }),
            _ => Err(JobError::GiveUp("the job names no paper".into())),
        }
    }

    async fn number(&self, chronicle: &Chronicle) -> Result<(), JobError> {
        match Procedure::of(&self.case_no) {
            Some(Procedure::Penalty) => number_paper::<PenaltyCase>(chronicle, &self.case_no, &self.paper_id).await,
            _ => number_paper::<Case>(chronicle, &self.case_no, &self.paper_id).await,
        }
    }

    /// The paper if it is still to be made; `None` where it is there, or where its order was erased.
    async fn paper(&self, chronicle: &Chronicle) -> Result<Option<Paper>, JobError> {
        let Named { case_no, paper_id } = self.clone();
        let found = chronicle.read(move |reader| {
            Ok(match Procedure::of(&case_no) {
                Some(Procedure::Penalty) => to_be_set(&*reader.load::<PenaltyCase>(&case_no)?, &paper_id),
                _ => to_be_set(&*reader.load::<Case>(&case_no)?, &paper_id),
            })
        });
        found.await?
    }

    async fn record(&self, chronicle: &Chronicle, printed: &Printed) -> Result<(), JobError> {
        // A crash after this step leaves a blob that nobody names; it is not in any event, and the sweep of unnamed blobs
        // may take it. The next run stores another.
        let blob = chronicle.put_blob(&printed.bytes).await?;
        let rendered = PaperRendered {
            paper_id: self.paper_id.clone(),
            blob: blob.id,
            sha256: blob.sha256,
            bytes: printed.bytes.len() as u64,
            site: printed.site.clone(),
        };
        match Procedure::of(&self.case_no) {
            Some(Procedure::Penalty) => record_rendered_paper::<PenaltyCase>(chronicle, &self.case_no, rendered).await,
            _ => record_rendered_paper::<Case>(chronicle, &self.case_no, rendered).await,
        }
    }
}

/// The paper with the numbers of the papers it names.
fn to_be_set<M: Matter>(case: &M, paper_id: &str) -> Result<Option<Paper>, JobError> {
    let Some(paper) = case.paper_of(paper_id).filter(|paper| paper.rendered.is_none()) else {
        return Ok(None);
    };
    let number = |named: &str| match case.paper_of(named) {
        Some(paper) if paper.order.series().is_some() => paper.paper_no.clone(),
        _ => Some(String::new()),
    };
    let Some(data) = with_numbers(&paper.order.data, &number) else {
        return Err(JobError::Retry("a paper it names has no number yet".into()));
    };
    let mut order = PaperOrder::clone(&paper.order);
    order.data = data;
    Ok(Some(Paper {
        order: Arc::new(order),
        ..paper.clone()
    }))
}

/// A paper's bytes, and the site whose mark stands on it.
struct Printed {
    bytes: Vec<u8>,
    site: Option<String>,
}

/// Where the public reaches the site; a deployment that does not say so prints no marks.
fn site_of(chronicle: &Chronicle) -> Option<String> {
    chronicle.parameters().text("site.address").map(str::to_owned)
}

/// Typesetting is slow and blocks, so it has a thread of its own.
async fn print(press: Arc<dyn PaperPress>, paper: &Paper, site: Option<String>) -> Result<Printed, JobError> {
    let order: Arc<PaperOrder> = Arc::clone(&paper.order);
    let mut data = order.data.clone();
    if let Some(fields) = data.as_object_mut() {
        if let Some(number) = &paper.paper_no {
            fields.insert("paper_no".into(), json!(number));
        }
        if let Some(site) = &site {
            let code = paper_code::of(&order.paper_id);
            fields.insert("verify_url".into(), json!(paper_code::address(site, &code)));
            fields.insert("verify_code".into(), json!(code));
        }
    }
    tokio::task::spawn_blocking(move || press.render(order.template.key(), &data, order.made_on, &order.paper_id))
        .await
        .map_err(|error| JobError::Retry(error.to_string()))?
        .map(|bytes| Printed { bytes, site })
        .map_err(JobError::GiveUp)
}

/// Gives the paper the next number of its series, once.
///
/// # Errors
/// A fault or a lost race: try again.
async fn number_paper<M: Matter>(chronicle: &Chronicle, case_no: &str, paper_id: &str) -> Result<(), JobError> {
    let (case_no, paper_id) = (case_no.to_owned(), paper_id.to_owned());
    chronicle
        .perform(Request::by(Actor::system()), move |tx| {
            let mut case = tx.load::<M>(&case_no)?;
            let Some(paper) = case.paper_of(&paper_id) else {
                return Ok(());
            };
            let Some(series) = paper.order.series() else {
                return Ok(());
            };
            if paper.paper_no.is_some() {
                return Ok(());
            }
            let (body, year) = (case.handled_by().to_owned(), paper.order.made_on.year());
            let short_name = tx
                .consult::<Body>(&body)?
                .facts()
                .map_or(String::new(), |facts| facts.short_name.clone());
            let mut register = tx.load::<PaperRegister>(&format!("{body}-{series}-{year}"))?;
            let number = register.last + 1;
            let about = About {
                body,
                class: "register",
                ..About::new(tx.context())
            };
            let given = RegisterEvent::NumberGiven {
                number,
                case_no: case_no.clone(),
                paper_id: paper_id.clone(),
            };
            tx.append(&mut register, vec![given], &about)?;
            let numbered = M::numbered(PaperNumbered {
                paper_id: paper_id.clone(),
                paper_no: format!("{short_name}{series}〔{year}〕{number}号"),
            });
            let about = About {
                class: case.class(),
                ..about
            };
            tx.append(&mut case, vec![numbered], &about)?;
            Ok(())
        })
        .await?;
    Ok(())
}

async fn record_rendered_paper<M: Matter>(
    chronicle: &Chronicle,
    case_no: &str,
    rendered: PaperRendered,
) -> Result<(), JobError> {
    let case_no = case_no.to_owned();
    chronicle
        .perform(Request::by(Actor::system()), move |tx| {
            let mut case = tx.load::<M>(&case_no)?;
            if case
                .paper_of(&rendered.paper_id)
                .is_none_or(|paper| paper.rendered.is_some())
            {
                return Ok(());
            }
            let about = About {
                body: case.handled_by().to_owned(),
                class: case.class(),
                ..About::new(tx.context())
            };
            tx.append(&mut case, vec![M::rendered(rendered.clone())], &about)?;
            Ok(())
        })
        .await?;
    Ok(())
}
