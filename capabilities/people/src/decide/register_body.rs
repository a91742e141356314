//! A body enters the register. Its id is the first ten characters of its item codes (division, then two letters).

use mingjing_chronicle::{Context, Refusal};
use mingjing_codes::Uscc;
use serde::{Deserialize, Serialize};

use crate::body::Body;
use crate::checks::{Checks, LONG, SHORT};
use crate::division::Divisions;
use crate::events::{BodyEvent, BodyNature};
use crate::permissions::{BODIES_MANAGE, require};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RegisterBody {
    pub body: String,
    pub name: String,
    pub short_name: String,
    pub nature: BodyNature,
    /// Division code without padding, of the scheme of `divisions`.
    pub division: String,
    pub uscc: Option<String>,
    pub reconsideration_organ: String,
    pub court: String,
    pub seal_word: String,
}

/// `entrusting` is the body that entrusts, where the nature names one.
///
/// An entrusted organisation acts in the name of the entrusting body and may not entrust others: 许可法 24,
/// 处罚法 20.
///
/// # Errors
/// Not permitted; registered already; the input; an entrusting body that does not exist or may not entrust.
pub fn decide(
    body: &Body,
    command: &RegisterBody,
    context: &Context,
    divisions: &Divisions,
    entrusting: Option<&Body>,
) -> Result<Vec<BodyEvent>, Refusal> {
    require(&context.actor, BODIES_MANAGE)?;
    if body.is_registered() {
        return Err(
            Refusal::law("people.body.registered_already", "这个单位编码已经登记过。")
                .advice("请核对编码；编码一经使用不再给别的单位。"),
        );
    }
    let mut checks = Checks::new();
    checks.require(
        is_body_id(&command.body),
        "body",
        "单位编码为 8 位区划数字加 2 位大写字母，例如 33030300SJ",
    );
    let known = divisions.get(&command.division).is_some();
    checks.require(known, "division", "行政区划代码不在区划表里");
    checks.require(
        lies_in(&command.body, &command.division),
        "body",
        "单位编码的前几位应和行政区划代码一致",
    );
    if let Some(uscc) = &command.uscc
        && let Err(error) = Uscc::parse(uscc)
    {
        checks.refuse("uscc", error.to_string());
    }
    let event = BodyEvent::Registered {
        name: checks.text("name", "单位名称", &command.name, SHORT),
        short_name: checks.text("short_name", "发文字号中的简称", &command.short_name, 12),
        nature: command.nature.clone(),
        scheme: divisions.scheme.clone(),
        division: command.division.clone(),
        uscc: command.uscc.clone(),
        reconsideration_organ: checks.text(
            "reconsideration_organ",
            "行政复议机关",
            &command.reconsideration_organ,
            SHORT,
        ),
        court: checks.text("court", "管辖法院", &command.court, SHORT),
        seal_word: checks.text("seal_word", "印章文字", &command.seal_word, LONG),
    };
    checks.done()?;
    check_entrustment(&command.nature, entrusting)?;
    Ok(vec![event])
}

fn check_entrustment(nature: &BodyNature, entrusting: Option<&Body>) -> Result<(), Refusal> {
    if !matches!(nature, BodyNature::EntrustedOrg { .. }) {
        return Ok(());
    }
    let Some(entrusting) = entrusting.filter(|body| body.is_registered()) else {
        return Err(
            Refusal::invalid("people.body.no_entrusting_body", "受委托组织要写明委托它的行政机关。")
                .field("entrusting_body", "请选择已经登记的委托机关"),
        );
    };
    if entrusting.may_entrust() {
        return Ok(());
    }
    Err(Refusal::law(
        "people.body.entrusted_may_not_entrust",
        "受委托的组织不能再委托其他组织。",
    )
    .article("行政许可法第二十四条第三款；行政处罚法第二十条第四款")
    .field("entrusting_body", "请选择有权委托的行政机关"))
}

fn is_body_id(id: &str) -> bool {
    let (digits, letters) = id.split_at_checked(8).unwrap_or(("", ""));
    digits.len() == 8
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && letters.len() == 2
        && letters.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Towns have nine digits, of which a body's code keeps the county's six and a slot of its own.
fn lies_in(body: &str, division: &str) -> bool {
    let county = division.get(..division.len().min(6)).unwrap_or_default();
    !county.is_empty() && body.starts_with(county)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::given::{self, code};
    use crate::division::DEMO;
    use crate::role::AccountRole;

    fn command() -> RegisterBody {
        RegisterBody {
            body: "33030300SJ".into(),
            name: "龙湾区市场监督管理局".into(),
            short_name: "龙市监".into(),
            nature: BodyNature::StatutoryOrgan,
            division: "330303".into(),
            uscc: Some("11330303002500009C".into()),
            reconsideration_organ: "龙湾区人民政府".into(),
            court: "龙湾区人民法院".into(),
            seal_word: "行政许可专用章".into(),
        }
    }

    #[test]
    fn a_body_is_registered_once_and_in_its_division() {
        let new = Body::default();
        let check = |body: &Body, command: RegisterBody, expect: &str| {
            assert_eq!(
                code(&decide(
                    body,
                    &command,
                    &given::by(AccountRole::SystemAdmin),
                    &DEMO,
                    None
                )),
                expect,
                "{command:?}"
            );
        };
        check(&new, command(), "ok");
        check(&given::body(), command(), "people.body.registered_already");
        check(
            &new,
            RegisterBody {
                body: "33030200SJ".into(),
                ..command()
            },
            "people.input",
        );
        check(
            &new,
            RegisterBody {
                body: "330303SJ".into(),
                ..command()
            },
            "people.input",
        );
        check(
            &new,
            RegisterBody {
                division: "999999".into(),
                ..command()
            },
            "people.input",
        );
        check(
            &new,
            RegisterBody {
                uscc: Some("11330303002500009A".into()),
                ..command()
            },
            "people.input",
        );
        check(
            &new,
            RegisterBody {
                name: "  ".into(),
                ..command()
            },
            "people.input",
        );
    }

    #[test]
    fn only_the_system_administrator_registers() {
        for role in [
            AccountRole::SecurityAdmin,
            AccountRole::AuditAdmin,
            AccountRole::Citizen,
            AccountRole::Officer,
        ] {
            assert_eq!(
                code(&decide(&Body::default(), &command(), &given::by(role), &DEMO, None)),
                "people.not_permitted"
            );
        }
    }

    #[test]
    fn an_entrusted_organisation_may_not_entrust_further() {
        let nature = BodyNature::EntrustedOrg {
            entrusting_body: given::BODY.into(),
        };
        let entrusted = RegisterBody {
            nature: nature.clone(),
            body: "33030300ZX".into(),
            ..command()
        };
        let check = |entrusting: Option<&Body>, expect: &str| {
            assert_eq!(
                code(&decide(
                    &Body::default(),
                    &entrusted,
                    &given::system(),
                    &DEMO,
                    entrusting
                )),
                expect
            );
        };
        check(Some(&given::body()), "ok");
        check(None, "people.body.no_entrusting_body");
        check(Some(&Body::default()), "people.body.no_entrusting_body");
        let entrusted_itself = given::state::<Body>("33030300ZY", vec![given::registered(nature)]);
        check(Some(&entrusted_itself), "people.body.entrusted_may_not_entrust");
    }
}
