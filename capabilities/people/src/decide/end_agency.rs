//! An agency ends before its last day: the principal takes it back, or the agent gives it up. It ends with the commit.

use mingjing_chronicle::{ActorKind, Context, Refusal};
use serde::{Deserialize, Serialize};

use super::grant_agency::Principal;
use crate::agency::{Agencies, Authority};
use crate::checks::{Checks, LONG};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EndAgency {
    pub principal: Principal,
    pub agency: String,
    pub reason: String,
}

/// What the record says: the first day without it is today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub agency: String,
    pub on: jiff::civil::Date,
    pub reason: String,
}

/// # Errors
/// No such agency for this person; it is over already; no reason.
pub fn decide(
    agencies: &Agencies,
    command: &EndAgency,
    context: &Context,
    authority: Option<&Authority>,
) -> Result<Ended, Refusal> {
    let unknown = || Refusal::not_found("people.agency.unknown", "没有这份委托。");
    let agency = agencies.get(&command.agency).ok_or_else(unknown)?;
    let principal = matches!(authority, Some(Authority::Oneself | Authority::LegalRepresentative));
    let may = principal || agency.agent == context.actor.account || context.actor.kind == ActorKind::System;
    if !may {
        return Err(unknown());
    }
    if agency.ended_on.is_some() || agency.valid_to < context.today {
        return Err(Refusal::law("people.agency.over", "这份委托已经结束。"));
    }
    let mut checks = Checks::new();
    let reason = checks.text("reason", "结束委托的原因", &command.reason, LONG);
    checks.done()?;
    Ok(Ended {
        agency: command.agency.clone(),
        on: context.today,
        reason,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agency::{Agency, AgencyScope};
    use crate::decide::given::{self, code};
    use crate::role::AccountRole;
    use jiff::civil::date;

    #[test]
    fn principal_and_agent_may_end_it_and_nobody_else() {
        let mut agencies = Agencies::default();
        let agency = |id: &str, agent: &str, valid_to: jiff::civil::Date| Agency {
            id: id.into(),
            agent: agent.into(),
            agent_name: "乙".into(),
            scope: AgencyScope::default(),
            valid_from: date(2026, 1, 1),
            valid_to,
            ended_on: None,
        };
        agencies.grant(&agency("a1", "acc-me", date(2026, 12, 31)));
        agencies.grant(&agency("a2", "acc-2", date(2026, 12, 31)));
        agencies.grant(&agency("a3", "acc-2", date(2026, 2, 1)));
        let check = |id: &str, authority: Option<Authority>, reason: &str, expect: &str| {
            let command = EndAgency {
                principal: Principal::Person("acc-1".into()),
                agency: id.into(),
                reason: reason.into(),
            };
            let context = given::by(AccountRole::Citizen);
            assert_eq!(
                code(&decide(&agencies, &command, &context, authority.as_ref())),
                expect,
                "{id}"
            );
        };
        check("a1", None, "不再代办", "ok");
        check("a2", None, "不再代办", "people.agency.unknown");
        check("a2", Some(Authority::LegalRepresentative), "换人", "ok");
        check("a2", Some(Authority::Oneself), "", "people.input");
        check("a3", Some(Authority::Oneself), "换人", "people.agency.over");
        check("a9", Some(Authority::Oneself), "换人", "people.agency.unknown");
    }
}
