//! A body opens an office (科室). Its id is the body's and up to eight capitals or digits: `33030300SJ-ZCK`.

use mingjing_chronicle::{Context, Refusal};
use serde::{Deserialize, Serialize};

use crate::body::Body;
use crate::checks::{Checks, SHORT};
use crate::events::BodyEvent;
use crate::permissions::{BODIES_MANAGE, require};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OpenOffice {
    pub body: String,
    pub office: String,
    pub name: String,
}

/// # Errors
/// Not permitted; no such body; the id is taken or not of the body.
pub fn decide(body: &Body, command: &OpenOffice, context: &Context) -> Result<Vec<BodyEvent>, Refusal> {
    require(&context.actor, BODIES_MANAGE)?;
    if !body.is_registered() {
        return Err(super::unknown_body());
    }
    let mut checks = Checks::new();
    let of_body = command
        .office
        .strip_prefix(&command.body)
        .and_then(|rest| rest.strip_prefix('-'))
        .is_some_and(|rest| {
            (1..=8).contains(&rest.len())
                && rest
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        });
    checks.require(
        of_body,
        "office",
        "科室编码为单位编码、横线和 1 到 8 位大写字母或数字，例如 33030300SJ-ZCK",
    );
    checks.require(body.office(&command.office).is_none(), "office", "这个科室编码已经用过");
    let name = checks.text("name", "科室名称", &command.name, SHORT);
    checks.done()?;
    Ok(vec![BodyEvent::OfficeOpened {
        office: command.office.clone(),
        name,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::given::{self, code};

    #[test]
    fn an_office_belongs_to_its_body_and_is_opened_once() {
        let check = |body: &Body, office: &str, expect: &str| {
            let command = OpenOffice {
                body: given::BODY.into(),
                office: office.into(),
                name: "食品科".into(),
            };
            assert_eq!(code(&decide(body, &command, &given::system())), expect, "{office}");
        };
        check(&given::body(), "33030300SJ-SPK", "ok");
        check(&given::body(), "33030300SJ-ZCK", "people.input");
        check(&given::body(), "33030300WH-SPK", "people.input");
        check(&given::body(), "33030300SJ-食品", "people.input");
        check(&Body::default(), "33030300SJ-SPK", "people.body.unknown");
    }
}
