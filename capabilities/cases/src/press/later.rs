//! Papers of a city that is being built: numbered at once, because later acts name their numbers, and set many at a time
//! on all cores, because typesetting takes most of the time. They are recorded in the order of their numbers, so that
//! what is on record does not depend on which was ready first.

use std::sync::{Arc, Mutex, PoisonError};

use mingjing_chronicle::job::{Job, JobFuture};
use mingjing_chronicle::{Chronicle, JobError, JobHandler, Stop};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::{Named, PaperPress, Printed, print, site_of};

/// In the place of [`super::RenderPaper`]. Whoever uses it calls [`PapersLater::set`] and [`PapersLater::record`].
#[derive(Clone)]
pub struct PapersLater {
    press: Arc<dyn PaperPress>,
    numbered: Arc<Mutex<Vec<Named>>>,
    setting: Arc<Mutex<Vec<Setting>>>,
    cores: Arc<Semaphore>,
}

struct Setting {
    named: Named,
    printed: JoinHandle<Result<Printed, JobError>>,
}

impl PapersLater {
    pub fn new(press: Arc<dyn PaperPress>) -> PapersLater {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        PapersLater {
            press,
            numbered: Arc::default(),
            setting: Arc::default(),
            cores: Arc::new(Semaphore::new(cores)),
        }
    }

    /// Begins to set what has got its number; returns at once.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn set(&self, chronicle: &Chronicle) -> Result<(), Stop> {
        for named in take(&self.numbered) {
            let Some(paper) = named.paper(chronicle).await.map_err(in_words)? else {
                continue;
            };
            let (press, cores) = (Arc::clone(&self.press), Arc::clone(&self.cores));
            let site = site_of(chronicle);
            let printed = tokio::spawn(async move {
                let _core = cores.acquire().await;
                print(press, &paper, site).await
            });
            let mut setting = self.setting.lock().unwrap_or_else(PoisonError::into_inner);
            setting.push(Setting { named, printed });
        }
        Ok(())
    }

    /// Waits for everything that is being set and records it. A paper that cannot be made is left out with a warning, as
    /// its job would be.
    ///
    /// # Errors
    /// A fault of the database or of the store of blobs.
    pub async fn record(&self, chronicle: &Chronicle) -> Result<(), Stop> {
        for Setting { named, printed } in take(&self.setting) {
            let set = printed
                .await
                .unwrap_or_else(|error| Err(JobError::Retry(error.to_string())));
            match set {
                Ok(bytes) => named.record(chronicle, &bytes).await.map_err(in_words)?,
                Err(error) => tracing::warn!(paper = %named.paper_id, error = ?error, "a paper could not be made"),
            }
        }
        Ok(())
    }
}

fn take<T>(list: &Mutex<Vec<T>>) -> Vec<T> {
    std::mem::take(&mut *list.lock().unwrap_or_else(PoisonError::into_inner))
}

fn in_words(error: JobError) -> Stop {
    let (JobError::Retry(why) | JobError::GiveUp(why)) = error;
    Stop::Fault(mingjing_chronicle::Fault::Internal(why))
}

impl JobHandler for PapersLater {
    fn run(&self, chronicle: Arc<Chronicle>, job: Job) -> JobFuture {
        let numbered = Arc::clone(&self.numbered);
        Box::pin(async move {
            let named = Named::of(&job)?;
            named.number(&chronicle).await?;
            numbered.lock().unwrap_or_else(PoisonError::into_inner).push(named);
            Ok(())
        })
    }
}
