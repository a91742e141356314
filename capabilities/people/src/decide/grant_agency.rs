//! A party entrusts an agent with its applications: 许可法 29. The grant is the electronic power of attorney; it
//! says for which items, until when, and whether the agent may withdraw an application.

use jiff::civil::Date;
use mingjing_chronicle::{ActorKind, Context, Refusal};
use mingjing_codes::ItemCode;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::agency::{Agencies, Agency, AgencyScope, Authority};
use crate::checks::Checks;

/// Most items in one power of attorney, and most agencies of one principal that hold at once.
const MOST: usize = 50;
const LONGEST_YEARS: i16 = 3;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Principal {
    /// Account of a person.
    Person(String),
    /// USCC of an organisation.
    Organisation(String),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GrantAgency {
    pub principal: Principal,
    /// Account of the agent.
    pub agent: String,
    pub scope: AgencyScope,
    pub valid_from: Date,
    /// Last day, included.
    pub valid_to: Date,
}

/// `authority` is that of the acting account for the principal today, `agencies` are the principal's.
///
/// # Errors
/// Not the principal or its legal representative; the agent is no other active citizen; the input.
pub fn decide(
    agencies: &Agencies,
    command: &GrantAgency,
    context: &Context,
    authority: Option<&Authority>,
    agent: &Account,
) -> Result<Agency, Refusal> {
    let principal = matches!(authority, Some(Authority::Oneself | Authority::LegalRepresentative));
    if !principal && context.actor.kind != ActorKind::System {
        return Err(Refusal::forbidden(
            "people.agency.not_the_principal",
            "只有本人或者单位的法定代表人可以委托代办人。",
        )
        .article("行政许可法第二十九条")
        .advice("代办人不能再委托别人。"));
    }
    let mut checks = Checks::new();
    let fit = agent.is_citizen() && agent.is_active();
    checks.require(
        fit,
        "agent",
        "没有找到这个代办人：请填写对方的登录名，对方要先注册个人账号",
    );
    let oneself =
        command.agent == context.actor.account || command.principal == Principal::Person(command.agent.clone());
    checks.require(!oneself, "agent", "不用委托自己");
    checks.require(
        command.valid_from >= context.today,
        "valid_from",
        "开始日期不能早于今天",
    );
    checks.require(
        command.valid_from <= command.valid_to,
        "valid_to",
        "截止日期不能早于开始日期",
    );
    checks.require(
        command.valid_to.year() <= context.today.year().saturating_add(LONGEST_YEARS),
        "valid_to",
        "委托期限最长三年，到期可以再委托",
    );
    checks.require(
        command.scope.items.len() <= MOST,
        "items",
        "一次最多写 50 个事项；全部事项都委托时不用逐个写",
    );
    for item in &command.scope.items {
        if let Err(error) = ItemCode::parse(item) {
            checks.refuse("items", error.to_string());
            break;
        }
    }
    let held = agencies.iter().filter(|agency| agency.holds_on(context.today)).count();
    checks.require(held < MOST, "agent", "有效的委托太多，请先结束不用的委托");
    checks.done()?;
    Ok(Agency {
        id: format!("agency-{}", context.id("agency")),
        agent: command.agent.clone(),
        agent_name: agent.name().to_owned(),
        scope: command.scope.clone(),
        valid_from: command.valid_from,
        valid_to: command.valid_to,
        ended_on: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::given::{self, code};
    use crate::role::AccountRole;
    use jiff::civil::date;

    fn command() -> GrantAgency {
        GrantAgency {
            principal: Principal::Organisation("91330303MA2000000E".into()),
            agent: "acc-2".into(),
            scope: AgencyScope::default(),
            valid_from: date(2026, 3, 2),
            valid_to: date(2026, 12, 31),
        }
    }

    #[test]
    fn who_may_entrust_whom() {
        let check = |authority: Option<Authority>, agent: &Account, command: GrantAgency, expect: &str| {
            let context = given::by(AccountRole::Citizen);
            let result = decide(&Agencies::default(), &command, &context, authority.as_ref(), agent);
            assert_eq!(code(&result), expect, "{command:?}");
        };
        let agent = given::citizen("acc-2", "李四");
        let representative = Some(Authority::LegalRepresentative);
        check(representative.clone(), &agent, command(), "ok");
        check(Some(Authority::Oneself), &agent, command(), "ok");
        check(None, &agent, command(), "people.agency.not_the_principal");
        let agents_agent = Some(Authority::Agent {
            agency: "a".into(),
            scope: AgencyScope::default(),
            valid_to: date(2026, 12, 31),
        });
        check(agents_agent, &agent, command(), "people.agency.not_the_principal");
        check(representative.clone(), &Account::default(), command(), "people.input");
        let administrator = given::administrator("acc-2", AccountRole::AuditAdmin);
        check(representative.clone(), &administrator, command(), "people.input");
        check(
            representative,
            &agent,
            GrantAgency {
                agent: "acc-me".into(),
                ..command()
            },
            "people.input",
        );
    }

    #[test]
    fn validity_and_items_are_checked() {
        let check = |from: Date, to: Date, items: &[&str], expect: &str| {
            let command = GrantAgency {
                scope: AgencyScope {
                    items: items.iter().map(|item| (*item).to_owned()).collect(),
                    may_withdraw: false,
                },
                valid_from: from,
                valid_to: to,
                ..command()
            };
            let context = given::by(AccountRole::Citizen);
            let agent = given::citizen("acc-2", "李四");
            let result = decide(
                &Agencies::default(),
                &command,
                &context,
                Some(&Authority::Oneself),
                &agent,
            );
            assert_eq!(code(&result), expect, "{from} {to} {items:?}");
        };
        check(date(2026, 3, 2), date(2026, 3, 2), &["33030300SJ-XK-0001"], "ok");
        check(date(2026, 3, 1), date(2026, 4, 1), &[], "people.input");
        check(date(2026, 4, 2), date(2026, 4, 1), &[], "people.input");
        check(date(2026, 4, 2), date(2036, 4, 1), &[], "people.input");
        check(date(2026, 4, 2), date(2026, 5, 1), &["食品"], "people.input");
    }
}
