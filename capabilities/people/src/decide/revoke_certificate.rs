//! A certificate stops counting before its end (withdrawn, lost, left the post). From the commit on, acts that need
//! a certificate are refused, those half done included: cases consults the officer in the same transaction.

use jiff::civil::Date;
use mingjing_chronicle::{Context, Refusal};
use serde::{Deserialize, Serialize};

use crate::checks::{Checks, LONG};
use crate::events::OfficerEvent;
use crate::officer::Officer;
use crate::permissions::{OFFICERS_MANAGE, require};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RevokeCertificate {
    pub account: String,
    pub no: String,
    pub authority: String,
    /// The first day on which it no longer counts; not in the future, so that the record is never ahead of the fact.
    pub revoked_on: Date,
    pub reason: String,
}

/// # Errors
/// Not permitted; no such certificate; revoked already; a date in the future or before its validity; no reason.
pub fn decide(officer: &Officer, command: &RevokeCertificate, context: &Context) -> Result<Vec<OfficerEvent>, Refusal> {
    require(&context.actor, OFFICERS_MANAGE)?;
    let Some(certificate) = officer.certificate(&command.no, &command.authority) else {
        return Err(Refusal::not_found(
            "people.certificate.unknown",
            "这个人没有登记这本执法证。",
        ));
    };
    if certificate.revoked_on.is_some() {
        return Err(Refusal::law(
            "people.certificate.revoked_already",
            "这本执法证已经注销。",
        ));
    }
    let mut checks = Checks::new();
    checks.require(
        command.revoked_on <= context.today,
        "revoked_on",
        "注销日期不能晚于今天",
    );
    checks.require(
        certificate.valid_from <= command.revoked_on,
        "revoked_on",
        "注销日期不能早于有效期的起始日",
    );
    let reason = checks.text("reason", "注销原因", &command.reason, LONG);
    checks.done()?;
    Ok(vec![OfficerEvent::CertificateRevoked {
        no: command.no.clone(),
        authority: command.authority.clone(),
        revoked_on: command.revoked_on,
        reason,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::given::{self, code};
    use jiff::civil::date;

    #[test]
    fn a_certificate_is_revoked_once_and_not_ahead_of_time() {
        let recorded = OfficerEvent::CertificateRecorded {
            no: "1".into(),
            authority: "省".into(),
            valid_from: date(2026, 1, 1),
            valid_to: date(2026, 12, 31),
        };
        let revoked = OfficerEvent::CertificateRevoked {
            no: "1".into(),
            authority: "省".into(),
            revoked_on: date(2026, 2, 1),
            reason: "遗失".into(),
        };
        let check = |events: Vec<OfficerEvent>, no: &str, on: Date, reason: &str, expect: &str| {
            let command = RevokeCertificate {
                account: "acc-7".into(),
                no: no.into(),
                authority: "省".into(),
                revoked_on: on,
                reason: reason.into(),
            };
            assert_eq!(
                code(&decide(&given::officer(events), &command, &given::system())),
                expect
            );
        };
        let today = date(2026, 3, 2);
        check(vec![recorded.clone()], "1", today, "遗失", "ok");
        check(vec![recorded.clone()], "2", today, "遗失", "people.certificate.unknown");
        check(vec![recorded.clone()], "1", date(2026, 3, 3), "遗失", "people.input");
        check(vec![recorded.clone()], "1", date(2025, 12, 31), "遗失", "people.input");
        check(vec![recorded.clone()], "1", today, "", "people.input");
        check(
            vec![recorded, revoked],
            "1",
            today,
            "遗失",
            "people.certificate.revoked_already",
        );
    }
}
