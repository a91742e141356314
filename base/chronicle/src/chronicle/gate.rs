//! How many read at once, and how many may wait for it. Without a bound a crowd would open a connection each, and all
//! would be answered late; beyond the bound the house is too busy and says so at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::db::Fault;

/// Readers at once. More than the machine has cores, because some wait for the disk; each holds a page cache of 16 MiB.
pub(super) const AT_ONCE: usize = 16;
/// Readers that may wait: about half a second of work on two cores.
pub(super) const MOST_WAITING: usize = 256;

pub(super) struct ReadGate {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl Default for ReadGate {
    fn default() -> Self {
        ReadGate {
            places: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: AtomicUsize::new(0),
        }
    }
}

impl ReadGate {
    /// A place, held until it is dropped. It goes along to the thread that reads: who asked may be gone before.
    ///
    /// # Errors
    /// [`Fault::Busy`] where too many wait already.
    pub(super) async fn enter(&self) -> Result<OwnedSemaphorePermit, Fault> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place);
        }
        let _waiting = Waiting::begin(&self.waiting)?;
        Arc::clone(&self.places)
            .acquire_owned()
            .await
            .map_err(|_| Fault::Stopped("nobody reads any more".into()))
    }
}

/// Counted while it exists, also when the asker goes away.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn begin(count: &'a AtomicUsize) -> Result<Waiting<'a>, Fault> {
        let counted = Waiting(count);
        if count.fetch_add(1, Ordering::Relaxed) < MOST_WAITING {
            Ok(counted)
        } else {
            Err(Fault::Busy)
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
