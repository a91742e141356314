//! A person opens an account with real-name facts. For ID cards form and check digit are checked (GB 11643); whether
//! the number is this person's is for the counter or a national service to say, not for us.

use mingjing_chronicle::{ActorKind, Context, Refusal};
use mingjing_codes::CitizenId;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::checks::{Checks, LONG, SHORT};
use crate::events::{AccountEvent, DocumentKind};
use crate::officer::Officer;

#[derive(Clone, Serialize, Deserialize)]
pub struct RegisterCitizen {
    /// Id of the account to open.
    pub account: String,
    pub login_name: String,
    pub name: String,
    pub document: DocumentKind,
    pub document_no: String,
    pub phone: String,
    /// May stay empty until a matter needs it (PIPL 6: no more than needed).
    pub address: String,
}

/// What the register says about the wanted names.
#[derive(Debug, Clone, Copy, Default)]
pub struct Taken {
    pub login_name: bool,
    pub document: bool,
}

/// # Errors
/// Signed in already; the account is somebody's; the input; a login name or document in use.
pub fn decide(
    account: &Account,
    command: &RegisterCitizen,
    context: &Context,
    officer: &Officer,
    taken: Taken,
) -> Result<Vec<AccountEvent>, Refusal> {
    if !matches!(context.actor.kind, ActorKind::Public | ActorKind::System) {
        return Err(
            Refusal::law("people.account.signed_in", "您已经登录，不能再注册新账号。").advice("请先退出登录。"),
        );
    }
    if account.is_registered() || officer.is_registered() {
        return Err(super::account_is_taken());
    }
    let mut checks = Checks::new();
    let document_no = document_no(&mut checks, command, context);
    let event = AccountEvent::CitizenRegistered {
        login_name: checks.login_name("login_name", &command.login_name),
        name: checks.text("name", "姓名", &command.name, SHORT),
        document: command.document,
        document_no,
        phone: checks.phone("phone", &command.phone),
        address: checks.optional("address", "联系地址", &command.address, LONG),
    };
    checks.require(!taken.login_name, "login_name", "这个登录名已经有人使用，请换一个");
    checks.require(
        !taken.document,
        "document_no",
        "这个证件号码不能用来注册。如果您注册过，请直接登录；忘记登录名或密码，请带证件到窗口办理",
    );
    checks.done()?;
    Ok(vec![event])
}

fn document_no(checks: &mut Checks, command: &RegisterCitizen, context: &Context) -> String {
    let no = command.document_no.trim().to_ascii_uppercase();
    match command.document {
        DocumentKind::IdCard => {
            if let Err(error) = CitizenId::parse(&no, context.today) {
                checks.refuse("document_no", error.to_string());
            }
        }
        // No public rule for these numbers: length and characters only.
        _ => {
            let form = (5..=20).contains(&no.chars().count())
                && no
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || ('\u{4E00}'..='\u{9FFF}').contains(&c) || c == '-');
            checks.require(form, "document_no", "请照证件填写号码");
        }
    }
    no
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::given::{self, code};
    use crate::role::AccountRole;
    use mingjing_chronicle::Actor;

    fn command(document: DocumentKind, document_no: &str) -> RegisterCitizen {
        RegisterCitizen {
            account: "acc-1".into(),
            login_name: "13800138000".into(),
            name: "张三".into(),
            document,
            document_no: document_no.into(),
            phone: "13800138000".into(),
            address: String::new(),
        }
    }

    fn register(command: &RegisterCitizen, taken: Taken) -> Result<Vec<AccountEvent>, Refusal> {
        decide(
            &Account::default(),
            command,
            &given::context(Actor::public()),
            &Officer::default(),
            taken,
        )
    }

    #[test]
    fn documents_are_checked_as_far_as_there_is_a_rule() {
        let check = |document: DocumentKind, no: &str, expect: &str| {
            assert_eq!(
                code(&register(&command(document, no), Taken::default())),
                expect,
                "{no}"
            );
        };
        check(DocumentKind::IdCard, "33030319900101001X", "ok");
        check(DocumentKind::IdCard, "33030319900101001x", "ok");
        check(DocumentKind::IdCard, "330303199001010011", "people.input");
        check(DocumentKind::IdCard, "33030319901301001X", "people.input");
        check(DocumentKind::Passport, "E12345678", "ok");
        check(DocumentKind::OfficerCard, "南字第123456号", "ok");
        check(DocumentKind::Passport, "E1", "people.input");
        check(DocumentKind::Passport, "E123'; --", "people.input");
    }

    #[test]
    fn names_and_documents_are_used_once() {
        let good = command(DocumentKind::IdCard, "33030319900101001X");
        let check = |login_name: bool, document: bool, expect: &str| {
            assert_eq!(code(&register(&good, Taken { login_name, document })), expect);
        };
        check(false, false, "ok");
        check(true, false, "people.input");
        check(false, true, "people.input");
        let context = given::context(Actor::public());
        let officer = given::officer(vec![]);
        assert_eq!(
            code(&decide(
                &Account::default(),
                &good,
                &context,
                &officer,
                Taken::default()
            )),
            "people.account.taken"
        );
        let signed_in = given::by(AccountRole::Citizen);
        let result = decide(
            &Account::default(),
            &good,
            &signed_in,
            &Officer::default(),
            Taken::default(),
        );
        assert_eq!(code(&result), "people.account.signed_in");
    }
}
