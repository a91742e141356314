//! An officer's enforcement certificate (行政执法证) is put on record. No numbering rule is known: the number is free
//! text, unique with the issuing authority. Acts that need certificates ask for it: 处罚法 42, 强制法 18.

use jiff::civil::Date;
use mingjing_chronicle::{Context, Refusal};
use serde::{Deserialize, Serialize};

use crate::checks::{Checks, SHORT};
use crate::events::OfficerEvent;
use crate::officer::Officer;
use crate::permissions::{OFFICERS_MANAGE, require};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordCertificate {
    pub account: String,
    pub no: String,
    /// Who issued it, e.g. 浙江省人民政府.
    pub authority: String,
    pub valid_from: Date,
    /// Last day, included.
    pub valid_to: Date,
}

/// `taken` = this number of this authority is on record, whoever has it.
///
/// # Errors
/// Not permitted; nobody there; the number is on record; validity ends before it begins or is over.
pub fn decide(
    officer: &Officer,
    command: &RecordCertificate,
    context: &Context,
    taken: bool,
) -> Result<Vec<OfficerEvent>, Refusal> {
    require(&context.actor, OFFICERS_MANAGE)?;
    if !officer.is_registered() {
        return Err(super::unknown_officer());
    }
    let mut checks = Checks::new();
    let no = checks.text("no", "执法证号", &command.no, 40);
    let authority = checks.text("authority", "发证机关", &command.authority, SHORT);
    checks.require(
        command.valid_from <= command.valid_to,
        "valid_to",
        "有效期的截止日不能早于起始日",
    );
    checks.require(context.today <= command.valid_to, "valid_to", "这本执法证已经过期");
    checks.done()?;
    if taken || officer.certificate(&no, &authority).is_some() {
        return Err(
            Refusal::law("people.certificate.taken", "这个发证机关的这个证号已经登记过。")
                .field("no", "请核对证号和发证机关"),
        );
    }
    Ok(vec![OfficerEvent::CertificateRecorded {
        no,
        authority,
        valid_from: command.valid_from,
        valid_to: command.valid_to,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::given::{self, code};
    use jiff::civil::date;

    #[test]
    fn a_certificate_is_recorded_once_and_while_it_can_count() {
        let check = |no: &str, from: Date, to: Date, taken: bool, expect: &str| {
            let command = RecordCertificate {
                account: "acc-7".into(),
                no: no.into(),
                authority: "浙江省人民政府".into(),
                valid_from: from,
                valid_to: to,
            };
            assert_eq!(
                code(&decide(&given::officer(vec![]), &command, &given::system(), taken)),
                expect
            );
        };
        check("11330303001", date(2024, 1, 1), date(2028, 12, 31), false, "ok");
        check("11330303001", date(2024, 1, 1), date(2026, 3, 2), false, "ok");
        check("11330303001", date(2024, 1, 1), date(2026, 3, 1), false, "people.input");
        check(
            "11330303001",
            date(2029, 1, 1),
            date(2028, 12, 31),
            false,
            "people.input",
        );
        check(" ", date(2024, 1, 1), date(2028, 12, 31), false, "people.input");
        check(
            "11330303001",
            date(2024, 1, 1),
            date(2028, 12, 31),
            true,
            "people.certificate.taken",
        );
    }

    #[test]
    fn it_counts_from_its_first_to_its_last_day_and_until_its_revocation() {
        let recorded = OfficerEvent::CertificateRecorded {
            no: "1".into(),
            authority: "省".into(),
            valid_from: date(2026, 1, 1),
            valid_to: date(2026, 12, 31),
        };
        let revoked = OfficerEvent::CertificateRevoked {
            no: "1".into(),
            authority: "省".into(),
            revoked_on: date(2026, 6, 1),
            reason: "调离执法岗位".into(),
        };
        let check = |events: Vec<OfficerEvent>, on: Date, expect: bool| {
            assert_eq!(given::officer(events).certificate_valid_on(on), expect, "{on}");
        };
        check(vec![], date(2026, 2, 1), false);
        check(vec![recorded.clone()], date(2025, 12, 31), false);
        check(vec![recorded.clone()], date(2026, 1, 1), true);
        check(vec![recorded.clone()], date(2026, 12, 31), true);
        check(vec![recorded.clone()], date(2027, 1, 1), false);
        check(vec![recorded.clone(), revoked.clone()], date(2026, 5, 31), true);
        check(vec![recorded, revoked], date(2026, 6, 1), false);
    }
}
