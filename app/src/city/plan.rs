//! How a case will go: drawn once, when it comes in, from the habits of the people whose hands it passes through.
//! Whether each act is allowed is asked of the real rules when its moment comes.

use sha2::{Digest, Sha256};

use super::cast::Team;
use super::dice::Dice;

/// How somebody works. It stays the same through the whole simulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// Today or tomorrow.
    Prompt,
    /// Within the week, and sometimes it is laid aside.
    Slow,
    /// Soon, but something is forgotten.
    Careless,
}

impl Habit {
    pub fn of(seed: u64, account: &str) -> Habit {
        let digest = Sha256::new()
            .chain_update(seed.to_be_bytes())
            .chain_update(account.as_bytes())
            .finalize();
        match digest[0] % 10 {
            0..=4 => Habit::Prompt,
            5..=7 => Habit::Slow,
            _ => Habit::Careless,
        }
    }

    /// Working days until somebody of this habit gets to it.
    pub fn days(self, dice: &mut Dice) -> u32 {
        match self {
            Habit::Prompt => dice.between(0, 1),
            Habit::Slow => dice.between(1, 4),
            Habit::Careless => dice.between(0, 2),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<A> {
    /// After the step before it.
    pub working_days: u32,
    pub act: A,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Online, by the party or its agent.
    Submit,
    /// On paper, taken in at the counter.
    TakeIn,
    Correct,
    AskSupplement,
    Supply,
    Accept,
    RefuseAcceptance,
    NotRequired,
    /// One inspector is not enough: the rule refuses it.
    SiteCheckAlone,
    SiteCheck,
    Examine,
    /// A negative opinion without reasons: the rule refuses it.
    ExamineWithoutReasons,
    ExamineAgainst,
    Return,
    Review,
    Decide,
    Deny,
    /// The denial rests on testing, so it names the technical standards (许可法 55(3)).
    DenyAfterTesting,
    Issue,
    Serve,
    ServeInPerson,
    Complete,
    Publish,
    Withhold,
    Withdraw,
    ExcludeTesting,
    Resume,
    Extend,
}

/// Draws the way of a case.
pub fn draw(dice: &mut Dice, team: &Team) -> Vec<Step<Act>> {
    let mut plan = Plan {
        steps: Vec::with_capacity(12),
        on_paper: dice.chance(12),
        since_acceptance: 0,
        tested: false,
    };
    let first = if plan.on_paper { Act::TakeIn } else { Act::Submit };
    plan.then(0, first);
    if plan.intake(dice, team) {
        plan.examination(dice, team);
    }
    plan.steps
}

struct Plan {
    steps: Vec<Step<Act>>,
    on_paper: bool,
    since_acceptance: u32,
    tested: bool,
}

impl Plan {
    fn then(&mut self, working_days: u32, act: Act) {
        self.since_acceptance += working_days;
        self.steps.push(Step { working_days, act });
    }

    /// `true` where it goes on to be examined.
    fn intake(&mut self, dice: &mut Dice, team: &Team) -> bool {
        let clerk = team.clerk.habit;
        let soon = clerk.days(dice);
        match dice.below(100) {
            // Forgotten: after five working days the law has accepted it, and the clerk's own acceptance is refused.
            0..=3 => self.then(dice.between(6, 9), Act::Accept),
            4..=7 => {
                self.then(soon, Act::RefuseAcceptance);
                return self.turned_away(dice);
            }
            8..=9 => {
                self.then(soon, Act::NotRequired);
                return self.turned_away(dice);
            }
            10..=27 if !self.on_paper => {
                self.then(soon, Act::AskSupplement);
                match dice.below(100) {
                    0..=79 => self.then(dice.between(1, 10), Act::Supply),
                    80..=89 => {
                        self.then(dice.between(2, 8), Act::Withdraw);
                        return false;
                    }
                    // Never heard of again.
                    _ => return false,
                }
                self.then(clerk.days(dice), Act::Accept);
            }
            28..=35 => {
                self.then(soon, Act::Correct);
                self.then(0, Act::Accept);
            }
            _ => self.then(soon, Act::Accept),
        }
        self.since_acceptance = 0;
        true
    }

    fn turned_away(&mut self, dice: &mut Dice) -> bool {
        self.serve(dice.between(0, 2));
        self.then(dice.between(0, 1), Act::Complete);
        false
    }

    fn serve(&mut self, working_days: u32) {
        let way = if self.on_paper { Act::ServeInPerson } else { Act::Serve };
        self.then(working_days, way);
    }

    fn examination(&mut self, dice: &mut Dice, team: &Team) {
        if !self.on_paper && dice.chance(5) {
            return self.then(dice.between(1, 6), Act::Withdraw);
        }
        if dice.chance(6) {
            self.then(1, Act::ExcludeTesting);
            self.then(dice.between(4, 12), Act::Resume);
            self.tested = true;
        }
        self.site_check(dice, team);
        let against = dice.chance(11);
        self.opinion(dice, team, against);
        if dice.chance(4) {
            self.then(team.reviewer.habit.days(dice), Act::Return);
            self.opinion(dice, team, against);
        }
        if self.since_acceptance >= 12 && self.since_acceptance <= 17 && dice.chance(50) {
            self.then(0, Act::Extend);
            self.then(dice.between(2, 8), Act::Review);
        } else {
            self.then(team.reviewer.habit.days(dice), Act::Review);
        }
        self.decision(dice, team, against);
    }

    fn site_check(&mut self, dice: &mut Dice, team: &Team) {
        let days = team.handler.habit.days(dice);
        match team.handler.habit {
            Habit::Careless if dice.chance(30) => {
                self.then(days, Act::SiteCheckAlone);
                self.then(1, Act::SiteCheck);
            }
            // Laid aside: some of these end past their limits.
            Habit::Slow if dice.chance(14) => self.then(dice.between(10, 24), Act::SiteCheck),
            _ => self.then(days, Act::SiteCheck),
        }
    }

    fn opinion(&mut self, dice: &mut Dice, team: &Team, against: bool) {
        let days = team.handler.habit.days(dice);
        if !against {
            return self.then(days, Act::Examine);
        }
        if team.handler.habit == Habit::Careless {
            self.then(days, Act::ExamineWithoutReasons);
            return self.then(0, Act::ExamineAgainst);
        }
        self.then(days, Act::ExamineAgainst);
    }

    fn decision(&mut self, dice: &mut Dice, team: &Team, against: bool) {
        let days = team.approver.habit.days(dice);
        if against {
            let denial = if self.tested { Act::DenyAfterTesting } else { Act::Deny };
            self.then(days, denial);
        } else {
            self.then(days, Act::Decide);
            self.then(team.clerk.habit.days(dice), Act::Issue);
        }
        self.serve(team.clerk.habit.days(dice));
        self.then(dice.between(0, 1), Act::Complete);
        let release = if dice.chance(2) { Act::Withhold } else { Act::Publish };
        self.then(team.release.habit.days(dice), release);
    }
}
