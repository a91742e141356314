//! Where tests listen and make statements fail. Production opens without a probe.

use super::Fault;

/// How an injected failure looks from above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The statement is not executed.
    Failed,
    /// The statement is executed, but its success is not told.
    FailedButDone,
}

pub trait Probe: Send + Sync + 'static {
    /// A portable text is about to be prepared.
    fn statement(&self, portable: &str);
    /// A statement is about to run; `Some` makes it fail.
    fn failure(&self, text: &str) -> Option<Failure>;
}

/// What a caller sees of an injected failure: of a commit nobody knows the outcome.
pub(crate) fn injected(text: &str) -> Fault {
    if text.starts_with("COMMIT") {
        Fault::Stopped("a commit failed by order of a test".into())
    } else {
        Fault::Database("a statement failed by order of a test".into())
    }
}

/// Runs a statement under the probe, if there is one.
pub(crate) fn probed<T>(
    probe: Option<&dyn Probe>,
    text: &str,
    run: impl FnOnce() -> Result<T, Fault>,
) -> Result<T, Fault> {
    match probe.and_then(|probe| probe.failure(text)) {
        None => run(),
        Some(Failure::Failed) => Err(injected(text)),
        Some(Failure::FailedButDone) => {
            run()?;
            Err(injected(text))
        }
    }
}
