//! What somebody reads off the case before acting: ids that the platform gave, and what is owed by now. A script cannot
//! know them, as a person does not before the page is open.

use jiff::civil::Date;
use mingjing_cases::money::Fen;
use mingjing_cases::penalty::PenaltyCase;
use mingjing_cases::penalty::commands::PenaltyCommand as Command;

/// Whether the act needs a look at the case first.
pub fn is_needed(command: &Command) -> bool {
    matches!(
        command,
        Command::EndInvestigation(_)
            | Command::HandOverEvidence(_)
            | Command::DecideRecusal(_)
            | Command::DisposePreserved(_)
            | Command::RecordPayment(_)
            | Command::GrantDeferral(_)
            | Command::RecordDispute(_)
    )
}

/// The command with what the case says.
pub fn fill(mut command: Command, case: &PenaltyCase, today: Date) -> Command {
    let owed = || case.owed_on(today);
    match &mut command {
        Command::EndInvestigation(report) => {
            let kept = case.facts.evidence.iter();
            report.evidence = kept.map(|kept| kept.evidence.evidence_id.clone()).collect();
        }
        Command::HandOverEvidence(handed) => {
            let kept = case.facts.evidence.first();
            handed.evidence_id = kept.map_or(String::new(), |kept| kept.evidence.evidence_id.clone());
        }
        Command::DecideRecusal(decided) => {
            let waiting = case.facts.recusals.iter().find(|recusal| recusal.decided.is_none());
            decided.request_id = waiting.map_or(String::new(), |recusal| recusal.request.request_id.clone());
        }
        Command::DisposePreserved(disposed) => {
            let waiting = case.facts.preservations.iter().find(|kept| kept.disposal.is_none());
            disposed.preservation_id = waiting.map_or(String::new(), |kept| kept.preservation.preservation_id.clone());
        }
        // All that is owed, where the script names no amount.
        Command::RecordPayment(payment) if payment.amount.is_zero() => {
            payment.amount = owed().map_or(Fen::ZERO, |owed| owed.left);
        }
        Command::GrantDeferral(deferral) => {
            let left = owed().map_or(Fen::ZERO, |owed| owed.fine_left);
            let half = Fen(left.0 / 2);
            if let [first, second] = deferral.instalments.as_mut_slice() {
                (first.amount, second.amount) = (half, left - half);
            }
        }
        Command::RecordDispute(dispute) if dispute.to.is_some() => {
            if let Some(begun) = case.facts.disputes.iter().find(|known| known.to.is_none()) {
                dispute.from = begun.from;
                dispute.document_no.clone_from(&begun.document_no);
            }
        }
        _ => {}
    }
    command
}
