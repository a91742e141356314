//! Charts that must not run, each with the code and the element that say why.

use mingjing_bpmn::read;

use crate::charts::*;

fn check(parts: &[String], expect: &[&str]) {
    let problems = read(&file(&parts.concat())).expect_err("must be refused");
    assert_eq!(codes(&problems), expect, "{problems:#?}");
}

#[test]
fn unsupported_elements_are_named() {
    let problems = read(&file(
        &[
            START.into(),
            r#"<bpmn:parallelGateway id="g" name="分头审查"/>"#.into(),
            task("a", &[]),
            END.into(),
            flow("s", "g"),
            flow("g", "a"),
            flow("a", "e"),
        ]
        .concat(),
    ))
    .unwrap_err();
    assert_eq!(codes(&problems), ["unsupported_element@g"]);
    assert!(
        problems[0].message.contains("并行网关“分头审查”"),
        "{}",
        problems[0].message
    );
}
