//! What is kept of operations beside the flow: copies and who has read them; who holds a step without the post for it.

use jiff::civil::Date;

use super::Operation;
use crate::events::{Colleague, OpenStep, StepOperated};

/// 抄送: what was sent to whom, and who has read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopySent {
    /// From 1, in the order of sending.
    pub number: u32,
    pub task: String,
    pub step: String,
    pub by: Colleague,
    pub on: Date,
    pub reasons: String,
    pub officers: Vec<Colleague>,
    /// Roles of posts: who reads it first has read it for the post.
    pub roles: Vec<String>,
    /// With the roles held, by which it was read.
    pub noted: Vec<(Colleague, Date)>,
    roles_noted: bool,
}

impl CopySent {
    pub(crate) fn waits_for(&self, account: &str, roles: &[&str]) -> bool {
        if self.noted.iter().any(|(reader, _)| reader.account == account) {
            return false;
        }
        let by_name = self.officers.iter().any(|officer| officer.account == account);
        by_name || (!self.roles_noted && self.roles.iter().any(|role| roles.contains(&role.as_str())))
    }
}

/// Folds what an operation says about copies.
pub(crate) fn copies_kept(copies: &mut Vec<CopySent>, op: Operation, fact: &StepOperated, on: Date) {
    let who = Colleague {
        account: fact.account.clone(),
        name: fact.name.clone(),
    };
    match op {
        Operation::Copy => copies.push(CopySent {
            number: fact.copy.unwrap_or_default(),
            task: fact.task.clone(),
            step: fact.step.clone(),
            by: who,
            on,
            reasons: fact.reasons.clone(),
            officers: fact.officers.clone(),
            roles: fact.roles.clone(),
            noted: Vec::new(),
            roles_noted: false,
        }),
        Operation::NoteCopy => {
            let copy = copies.iter_mut().find(|copy| Some(copy.number) == fact.copy);
            if let Some(copy) = copy {
                copy.roles_noted |= !copy.officers.contains(&who);
                copy.noted.push((who, on));
            }
        }
        _ => {}
    }
}

/// Somebody who has a step and no longer the post for it, as the register says in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gone {
    pub(crate) account: String,
    pub(crate) role: String,
}

impl Gone {
    pub(super) fn holds(&self, step: &OpenStep) -> bool {
        step.holder.as_ref() == Some(&self.account) && step.role == self.role
    }
}
