//! How a penalty case will go: drawn once, when its lead comes in, from the habits of the people whose hands it passes
//! through. Whether each act is allowed is asked of the real rules when its moment comes.

use super::super::cast::Squad;
use super::super::dice::Dice;
use super::super::plan::{Habit, Step};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    RegisterLead,
    /// One investigator: the rule wants two (42(1)).
    ProposeAlone,
    Propose,
    ProposeNotToOpen,
    ReviewOpening,
    ReturnOpening,
    Open,
    NotOpen,
    ConfirmElectronicService,
    RequestRecusal,
    DenyRecusal,
    Preserve,
    DisposePreserved,
    /// Without showing certificates: the rule refuses what was so obtained (55(1)).
    EvidenceUnshown,
    Evidence,
    /// From who took it to the other investigator (47).
    HandOver,
    EndWithFine,
    /// Complex: reviewed for that reason (58(1)), and discussed by the heads (57(2)).
    EndComplex,
    EndSlight,
    EndNotEstablished,
    EndTransfer,
    /// Before the ninety days are over (60).
    Extend,
    ReviewProposal,
    ReturnProposal,
    Notify,
    ServeNotice,
    /// Into the party's in-box: it has agreed to that (61(2)).
    ServeNoticeOnline,
    Waive,
    Defend,
    CheckDefence,
    /// Heeds a point and lowers the fine.
    CheckDefenceHeeding,
    LegalReview,
    /// No certificate of the legal profession given (58(2)).
    LegalReviewUnqualified,
    LegalReviewNotPassed,
    /// More than was told: the rule refuses it (44, 45(2)).
    DecideHeavier,
    DecideFine,
    /// The fine as it stands after a defence was heeded.
    DecideLowered,
    /// Discussed by the heads together (57(2)), each of the two amounts.
    DecideTogether,
    DecideTogetherLowered,
    DecideSlight,
    DecideNotEstablished,
    DecideTransfer,
    ServeDecision,
    ServeDecisionOnline,
    PayHalf,
    /// Everything that is still owed.
    Pay,
    /// The receipt of the payment before, once more.
    PayAgain,
    ImposeAdditionalFine,
    Defer,
    PayInstalment,
    DisputeBegins,
    DisputeEnds,
    /// Reconsideration halves the fine, or revokes it.
    Change,
    Revoke,
    /// What was published no longer stands (48(2)).
    WithdrawRelease,
    ProposeClosing,
    ReturnClosing,
    Close,
    Publish,
    Withhold,
}

/// Draws the way of a case from its lead on. `speaks`: the party is here and may act online.
pub fn draw(dice: &mut Dice, squad: &Squad, speaks: bool) -> Vec<Step<Act>> {
    let mut plan = Plan {
        steps: Vec::with_capacity(20),
        speaks,
        online: false,
        told: false,
        waits: 0,
    };
    plan.then(0, Act::RegisterLead);
    if plan.opening(dice, squad) {
        plan.investigation(dice, squad);
    }
    plan.steps
}

struct Plan {
    steps: Vec<Step<Act>>,
    speaks: bool,
    online: bool,
    /// The party was told what is proposed.
    told: bool,
    /// Working days that pass before the next step can begin.
    waits: u32,
}

impl Plan {
    fn then(&mut self, working_days: u32, act: Act) {
        let working_days = working_days + std::mem::take(&mut self.waits);
        self.steps.push(Step { working_days, act });
    }

    /// `true` where a case is opened. Of the leads a good fifth comes to nothing.
    fn opening(&mut self, dice: &mut Dice, squad: &Squad) -> bool {
        let (handler, reviewer, approver) = (squad.handler.habit, squad.reviewer.habit, squad.approver.habit);
        let opens = !dice.chance(22);
        let mut soon = handler.days(dice);
        if !opens {
            self.then(soon, Act::ProposeNotToOpen);
            self.then(reviewer.days(dice), Act::ReviewOpening);
            self.then(approver.days(dice), Act::NotOpen);
            return false;
        }
        if handler == Habit::Careless && dice.chance(30) {
            self.then(soon, Act::ProposeAlone);
            soon = 0;
        }
        self.then(soon, Act::Propose);
        if dice.chance(4) {
            self.then(reviewer.days(dice), Act::ReturnOpening);
            self.then(handler.days(dice), Act::Propose);
        }
        self.then(reviewer.days(dice), Act::ReviewOpening);
        self.then(approver.days(dice), Act::Open);
        true
    }

    fn investigation(&mut self, dice: &mut Dice, squad: &Squad) {
        if self.speaks && dice.chance(50) {
            self.then(dice.between(0, 2), Act::ConfirmElectronicService);
            self.online = true;
        }
        if self.speaks && dice.chance(3) {
            self.then(0, Act::RequestRecusal);
            self.then(squad.approver.habit.days(dice), Act::DenyRecusal);
        }
        if dice.chance(7) {
            self.then(0, Act::Preserve);
            // Seven working days (56): the slow are late, which is recorded.
            let days = match squad.approver.habit {
                Habit::Slow => dice.between(6, 9),
                _ => dice.between(1, 5),
            };
            self.then(days, Act::DisposePreserved);
        }
        self.evidence(dice, squad);
        let (end, decide) = match dice.below(100) {
            0..=2 => (Act::EndComplex, Act::DecideTogether),
            3..=75 => (Act::EndWithFine, Act::DecideFine),
            76..=90 => (Act::EndSlight, Act::DecideSlight),
            91..=96 => (Act::EndNotEstablished, Act::DecideNotEstablished),
            _ => (Act::EndTransfer, Act::DecideTransfer),
        };
        self.report(dice, squad, end);
        if matches!(end, Act::EndWithFine | Act::EndComplex) {
            self.fine(dice, squad, end);
        } else {
            self.then(squad.approver.habit.days(dice), decide);
            let days = squad.handler.habit.days(dice);
            self.serve_decision(days);
            self.closing(dice, squad);
        }
    }

    fn evidence(&mut self, dice: &mut Dice, squad: &Squad) {
        let handler = squad.handler.habit;
        if handler == Habit::Careless && dice.chance(30) {
            self.then(handler.days(dice), Act::EvidenceUnshown);
        }
        for _ in 0..dice.between(1, 2) {
            self.then(handler.days(dice), Act::Evidence);
        }
        if dice.chance(4) {
            self.then(0, Act::HandOver);
        }
    }

    fn report(&mut self, dice: &mut Dice, squad: &Squad, end: Act) {
        // Laid aside: these end past their ninety days (60).
        let laid_aside = dice.chance(if squad.handler.habit == Habit::Slow { 12 } else { 4 });
        // Evidence from elsewhere: these are extended in time.
        let extended = !laid_aside && !self.told && dice.chance(4);
        if extended {
            self.then(dice.between(15, 25), Act::Extend);
        }
        let days = match squad.handler.habit {
            _ if extended => dice.between(20, 45),
            _ if laid_aside => dice.between(60, 70),
            Habit::Prompt => dice.between(1, 6),
            Habit::Slow => dice.between(5, 20),
            Habit::Careless => dice.between(2, 8),
        };
        self.then(days, end);
        if dice.chance(4) {
            self.then(squad.reviewer.habit.days(dice), Act::ReturnProposal);
            self.then(squad.handler.habit.days(dice), end);
        }
        self.then(squad.reviewer.habit.days(dice), Act::ReviewProposal);
    }

    fn fine(&mut self, dice: &mut Dice, squad: &Squad, end: Act) {
        let together = end == Act::EndComplex;
        let mut lowered = self.told_and_heard(dice, squad);
        if dice.chance(5) {
            self.then(squad.legal.habit.days(dice), Act::LegalReviewNotPassed);
            self.report(dice, squad, end);
            lowered = self.told_and_heard(dice, squad);
        }
        let mut days = squad.legal.habit.days(dice);
        if squad.legal.habit == Habit::Careless && dice.chance(30) {
            self.then(days, Act::LegalReviewUnqualified);
            days = 0;
        }
        self.then(days, Act::LegalReview);
        let mut days = squad.approver.habit.days(dice);
        if squad.approver.habit == Habit::Careless && !together && dice.chance(25) {
            self.then(days, Act::DecideHeavier);
            days = 0;
        }
        let decide = match (together, lowered) {
            (true, true) => Act::DecideTogetherLowered,
            (true, false) => Act::DecideTogether,
            (false, true) => Act::DecideLowered,
            (false, false) => Act::DecideFine,
        };
        self.then(days, decide);
        // Seven working days (61).
        let late = squad.handler.habit == Habit::Slow && dice.chance(10);
        let days = if late {
            dice.between(8, 11)
        } else {
            squad.handler.habit.days(dice)
        };
        self.serve_decision(days);
        let release = if dice.chance(9) { Act::Withhold } else { Act::Publish };
        self.then(squad.release.habit.days(dice), release);
        if self.payment(dice, squad, release == Act::Publish) {
            self.closing(dice, squad);
        }
    }

    fn serve_decision(&mut self, working_days: u32) {
        let serve = if self.online {
            Act::ServeDecisionOnline
        } else {
            Act::ServeDecision
        };
        self.then(working_days, serve);
    }

    /// `true` where a defence led to less.
    fn told_and_heard(&mut self, dice: &mut Dice, squad: &Squad) -> bool {
        self.told = true;
        self.then(squad.handler.habit.days(dice), Act::Notify);
        let serve = if self.online {
            Act::ServeNoticeOnline
        } else {
            Act::ServeNotice
        };
        self.then(squad.handler.habit.days(dice), serve);
        match dice.below(100) {
            0..=27 => self.then(dice.between(0, 2), Act::Waive),
            28..=54 => {
                self.then(dice.between(0, 4), Act::Defend);
                let heeded = dice.chance(35);
                let check = if heeded {
                    Act::CheckDefenceHeeding
                } else {
                    Act::CheckDefence
                };
                self.then(squad.reviewer.habit.days(dice), check);
                return heeded;
            }
            // Too late: the law has ended the time by itself, and the rule says so.
            55..=59 => self.then(dice.between(6, 8), Act::Defend),
            // Nobody answers: whoever comes next comes after the five working days of the notice.
            _ => self.waits = 6,
        }
        false
    }

    /// `true` where nothing is owed in the end.
    fn payment(&mut self, dice: &mut Dice, squad: &Squad, published: bool) -> bool {
        match dice.below(100) {
            0..=69 => self.then(dice.between(0, 9), Act::Pay),
            70..=75 => {
                self.then(dice.between(1, 4), Act::PayHalf);
                self.then(dice.between(1, 5), Act::Pay);
            }
            76..=79 => {
                self.then(dice.between(3, 8), Act::Defer);
                self.then(dice.between(15, 19), Act::PayInstalment);
                self.then(dice.between(15, 20), Act::Pay);
            }
            80..=83 => {
                self.then(dice.between(2, 8), Act::DisputeBegins);
                self.then(dice.between(10, 25), Act::DisputeEnds);
                if self.reversal(dice, squad, published) {
                    return true;
                }
                self.then(dice.between(0, 3), Act::Pay);
            }
            // Past its fifteen days: three per cent a day (72).
            84..=93 => {
                self.then(dice.between(12, 16), Act::ImposeAdditionalFine);
                self.then(dice.between(1, 10), Act::Pay);
            }
            // Never.
            _ => {
                self.then(dice.between(12, 18), Act::ImposeAdditionalFine);
                return false;
            }
        }
        if squad.cashier.habit == Habit::Careless && dice.chance(20) {
            self.then(0, Act::PayAgain);
        }
        true
    }

    /// Four of ten disputes reverse the decision. `true` where nothing is owed after that.
    fn reversal(&mut self, dice: &mut Dice, squad: &Squad, published: bool) -> bool {
        let reverse = match dice.below(100) {
            0..=19 => Act::Revoke,
            20..=39 => Act::Change,
            _ => return false,
        };
        self.then(squad.legal.habit.days(dice), reverse);
        if published {
            // Three working days (48(2)): the slow are late, which is recorded.
            self.then(squad.release.habit.days(dice), Act::WithdrawRelease);
        }
        reverse == Act::Revoke
    }

    fn closing(&mut self, dice: &mut Dice, squad: &Squad) {
        self.then(squad.handler.habit.days(dice), Act::ProposeClosing);
        if dice.chance(3) {
            self.then(squad.approver.habit.days(dice), Act::ReturnClosing);
            self.then(squad.handler.habit.days(dice), Act::ProposeClosing);
        }
        self.then(squad.approver.habit.days(dice), Act::Close);
    }
}
