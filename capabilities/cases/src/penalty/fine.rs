//! What is owed on a day: the fine, its instalments, and the additional fine of three per cent a day
//! (行政处罚法 66, 67, 72(1)(一), 73(3); 行政强制法 45).
//!
//! Our readings, all in favour of the party: the three per cent are taken of what is due and unpaid on that day; a day
//! counts when it has passed unpaid, so the day of the payment does not; days on which a reconsideration or an action was pending do not count; a payment
//! goes to the fine first; fractions of a fen are cut off.

use jiff::civil::Date;

use super::events::{DisputeRecorded, Instalment, Payment};
use crate::money::Fen;

/// Everything that decides what is owed.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    pub fine: Fen,
    /// What falls due when; they sum up to the fine.
    pub schedule: &'a [Instalment],
    pub payments: &'a [Payment],
    pub disputes: &'a [DisputeRecorded],
    /// What had been added before the present schedule began.
    pub added_before: Fen,
    /// The first day of the additional fine, where one was imposed.
    pub adding_from: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    pub paid: Fen,
    /// Of the fine itself.
    pub fine_left: Fen,
    /// The additional fine so far, whether paid or not.
    pub additional: Fen,
    pub days: u32,
    /// The additional fine has reached the fine and grows no more (72(1)(一)).
    pub capped: bool,
    /// Still to be paid on that day, in all.
    pub left: Fen,
}

/// Longest time looked at: beyond it nothing can grow any more.
const MOST_DAYS: usize = 36_600;

impl Account<'_> {
    pub fn owed_on(&self, day: Date) -> Owed {
        let (additional, days) = self.additional_by(day);
        let paid = self.paid_by(day);
        let fine_left = self.fine.saturating_sub(paid);
        Owed {
            paid,
            fine_left,
            additional,
            days,
            capped: additional >= self.fine,
            left: (self.fine + additional).saturating_sub(paid),
        }
    }

    fn paid_by(&self, day: Date) -> Fen {
        let counted = self.payments.iter().filter(|payment| payment.paid_on <= day);
        counted.map(|payment| payment.amount).sum()
    }

    fn additional_by(&self, day: Date) -> (Fen, u32) {
        let Some(from) = self.adding_from else {
            return (self.added_before, 0);
        };
        let (mut sum, mut days) = (self.added_before, 0);
        for counted in from.series(jiff::Span::new().days(1)).take(MOST_DAYS) {
            if counted >= day || sum >= self.fine {
                break;
            }
            let unpaid = self.due_before(counted).saturating_sub(self.paid_by(counted));
            if unpaid.is_zero() || self.disputed(counted) {
                continue;
            }
            days += 1;
            // Three per cent of what is unpaid, never more than the fine in all.
            sum = Fen((sum.0 + unpaid.0 * 3 / 100).min(self.fine.0));
        }
        (sum, days)
    }

    /// What has fallen due before this day: the due day itself is in time (民法典 203).
    fn due_before(&self, day: Date) -> Fen {
        let due = self.schedule.iter().filter(|instalment| instalment.due < day);
        due.map(|instalment| instalment.amount).sum()
    }

    fn disputed(&self, day: Date) -> bool {
        self.disputes
            .iter()
            .any(|dispute| dispute.from <= day && dispute.to.is_none_or(|to| day <= to))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::events::{DisputeKind, PaymentChannel};
    use super::*;

    fn paid(amount: i64, paid_on: Date) -> Payment {
        Payment {
            receipt_no: format!("r-{paid_on}"),
            amount: Fen::yuan(amount),
            paid_on,
            channel: PaymentChannel::Bank,
            recorded_by: "acc".into(),
        }
    }

    fn dispute(from: Date, to: Option<Date>) -> DisputeRecorded {
        DisputeRecorded {
            kind: DisputeKind::Reconsideration,
            organ: "区政府".into(),
            document_no: "1号".into(),
            from,
            to,
        }
    }

    /// 10 000 yuan, due on 2026-04-10; the additional fine from the 11th.
    fn check(payments: &[Payment], disputes: &[DisputeRecorded], day: Date, expect: (i64, u32, bool)) {
        let schedule = [Instalment {
            due: date(2026, 4, 10),
            amount: Fen::yuan(10_000),
        }];
        let account = Account {
            fine: Fen::yuan(10_000),
            schedule: &schedule,
            payments,
            disputes,
            added_before: Fen::ZERO,
            adding_from: Some(date(2026, 4, 11)),
        };
        let owed = account.owed_on(day);
        let (yuan, days, capped) = expect;
        assert_eq!(
            (owed.additional, owed.days, owed.capped),
            (Fen::yuan(yuan), days, capped),
            "{day}"
        );
    }

    #[test]
    fn three_per_cent_a_day_and_never_more_than_the_fine() {
        check(&[], &[], date(2026, 4, 11), (0, 0, false));
        check(&[], &[], date(2026, 4, 12), (300, 1, false));
        check(&[], &[], date(2026, 4, 21), (3_000, 10, false));
        check(&[], &[], date(2026, 5, 14), (9_900, 33, false));
        check(&[], &[], date(2026, 5, 15), (10_000, 34, true));
        check(&[], &[], date(2027, 5, 14), (10_000, 34, true));
    }

    #[test]
    fn what_is_paid_no_longer_grows() {
        let half = [paid(5_000, date(2026, 4, 13))];
        // Two days of all, then of the half; the day of the payment counts for what is left only.
        check(&half, &[], date(2026, 4, 15), (900, 4, false));
        let all = [paid(10_000, date(2026, 4, 13))];
        check(&all, &[], date(2026, 6, 1), (600, 2, false));
    }

    #[test]
    fn a_pending_reconsideration_stops_it() {
        let over = [dispute(date(2026, 4, 12), Some(date(2026, 4, 30)))];
        check(&[], &over, date(2026, 5, 3), (900, 3, false));
        let pending = [dispute(date(2026, 4, 1), None)];
        check(&[], &pending, date(2026, 8, 1), (0, 0, false));
    }

    #[test]
    fn instalments_fall_due_one_by_one() {
        let schedule = [date(2026, 4, 10), date(2026, 5, 10)].map(|due| Instalment {
            due,
            amount: Fen::yuan(5_000),
        });
        let account = Account {
            fine: Fen::yuan(10_000),
            schedule: &schedule,
            payments: &[paid(5_000, date(2026, 4, 10))],
            disputes: &[],
            added_before: Fen::ZERO,
            adding_from: Some(date(2026, 4, 11)),
        };
        assert_eq!(account.owed_on(date(2026, 5, 11)).additional, Fen::ZERO);
        assert_eq!(account.owed_on(date(2026, 5, 12)).additional, Fen::yuan(150));
        assert_eq!(account.owed_on(date(2026, 5, 12)).left, Fen::yuan(5_150));
    }
}
