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
                    let bytes = bytes_of(press, &paper).await?;
                    named.record(&chronicle, &bytes).await
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

    async fn record(&self, chronicle: &Chronicle, bytes: &[u8]) -> Result<(), JobError> {
        // A crash after this step leaves a blob that nobody names; it is not in any event, and the sweep of unnamed blobs
        // may take it. The next run stores another.
        let blob = chronicle.put_blob(bytes).await?;
        let (case_no, paper_id, size) = (&self.case_no, &self.paper_id, bytes.len() as u64);
        match Procedure::of(case_no) {
            Some(Procedure::Penalty) => {
                record_rendered_paper::<PenaltyCase>(chronicle, case_no, paper_id, blob.id, blob.sha256, size).await
            }
            _ => record_rendered_paper::<Case>(chronicle, case_no, paper_id, blob.id, blob.sha256, size).await,
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

/// Typesetting is slow and blocks, so it has a thread of its own.
async fn bytes_of(press: Arc<dyn PaperPress>, paper: &Paper) -> Result<Vec<u8>, JobError> {
    let order: Arc<PaperOrder> = Arc::clone(&paper.order);
    let mut data = order.data.clone();
    if let (Some(fields), Some(number)) = (data.as_object_mut(), &paper.paper_no) {
        fields.insert("paper_no".into(), json!(number));
    }
    tokio::task::spawn_blocking(move || press.render(order.template.key(), &data, order.made_on, &order.paper_id))
        .await
        .map_err(|error| JobError::Retry(error.to_string()))?
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
    paper_id: &str,
    blob: String,
    sha256: String,
    bytes: u64,
) -> Result<(), JobError> {
    let (case_no, paper_id) = (case_no.to_owned(), paper_id.to_owned());
    chronicle
        .perform(Request::by(Actor::system()), move |tx| {
            let mut case = tx.load::<M>(&case_no)?;
            if case.paper_of(&paper_id).is_none_or(|paper| paper.rendered.is_some()) {
                return Ok(());
            }
            let about = About {
                body: case.handled_by().to_owned(),
                class: case.class(),
                ..About::new(tx.context())
            };
            let rendered = M::rendered(PaperRendered {
                paper_id: paper_id.clone(),
                blob: blob.clone(),
                sha256: sha256.clone(),
                bytes,
            });
            tx.append(&mut case, vec![rendered], &about)?;
            Ok(())
        })
        .await?;
    Ok(())
}
