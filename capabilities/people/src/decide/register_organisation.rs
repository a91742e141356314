//! A legal representative registers the organisation for which to act (许可法 29 asks who applies). Form and check digit
//! of the code are checked (GB 32100); that this person is its legal representative is declared here and checked at
//! the counter or by a register when a matter needs it.

use mingjing_chronicle::{ActorKind, Context, Refusal};
use mingjing_codes::Uscc;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::checks::{Checks, LONG, SHORT};
use crate::events::OrganisationEvent;
use crate::organisation::Organisation;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RegisterOrganisation {
    pub uscc: String,
    pub name: String,
    pub address: String,
    pub phone: String,
    /// Account of the legal representative, who registers.
    pub legal_representative: String,
}

/// `representative` is the account named in the command.
///
/// # Errors
/// Somebody else registers; the account is no active citizen's; registered already; the input.
pub fn decide(
    organisation: &Organisation,
    command: &RegisterOrganisation,
    context: &Context,
    representative: &Account,
) -> Result<Vec<OrganisationEvent>, Refusal> {
    let oneself = context.actor.account == command.legal_representative || context.actor.kind == ActorKind::System;
    if !oneself || !representative.is_citizen() || !representative.is_active() {
        return Err(Refusal::forbidden(
            "people.organisation.not_the_representative",
            "单位由法定代表人（负责人）用本人的个人账号登记。",
        )
        .advice("请法定代表人登录本人账号后登记，再把代办人加进来。"));
    }
    if organisation.is_registered() {
        return Err(Refusal::law(
            "people.organisation.registered_already",
            "这个统一社会信用代码已经登记。",
        )
        .field("uscc", "请核对代码")
        .advice("如果不是您本人登记的，请带营业执照和身份证到窗口核实。"));
    }
    let mut checks = Checks::new();
    if let Err(error) = Uscc::parse(command.uscc.trim()) {
        checks.refuse("uscc", error.to_string());
    }
    let event = OrganisationEvent::Registered {
        name: checks.text("name", "单位名称", &command.name, SHORT),
        address: checks.text("address", "住所", &command.address, LONG),
        phone: checks.phone("phone", &command.phone),
        legal_representative: command.legal_representative.clone(),
        legal_representative_name: representative.name().to_owned(),
    };
    checks.done()?;
    Ok(vec![event])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::given::{self, code};
    use crate::role::AccountRole;

    #[test]
    fn the_legal_representative_registers_the_organisation() {
        let check = |organisation: &Organisation, uscc: &str, account: &str, representative: &Account, expect: &str| {
            let command = RegisterOrganisation {
                uscc: uscc.into(),
                name: "龙湾某某餐饮有限公司".into(),
                address: "龙湾区永中街道".into(),
                phone: "0577-86968888".into(),
                legal_representative: account.into(),
            };
            let context = given::by(AccountRole::Citizen);
            assert_eq!(code(&decide(organisation, &command, &context, representative)), expect);
        };
        let new = Organisation::default();
        let me = given::citizen("acc-me", "张三");
        check(&new, "91330303MA2000000E", "acc-me", &me, "ok");
        check(&new, "91330303MA2000000F", "acc-me", &me, "people.input");
        check(
            &new,
            "91330303MA2000000E",
            "acc-2",
            &given::citizen("acc-2", "李四"),
            "people.organisation.not_the_representative",
        );
        check(
            &new,
            "91330303MA2000000E",
            "acc-me",
            &Account::default(),
            "people.organisation.not_the_representative",
        );
        let administrator = given::administrator("acc-me", AccountRole::SystemAdmin);
        check(
            &new,
            "91330303MA2000000E",
            "acc-me",
            &administrator,
            "people.organisation.not_the_representative",
        );
        check(
            &given::organisation("acc-me"),
            "91330303MA2000000E",
            "acc-me",
            &me,
            "people.organisation.registered_already",
        );
    }
}
