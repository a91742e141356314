//! What the prover proves, refutes with a shortest way, and leaves undecided; rules on the order of acts.

use mingjing_bpmn::check::{Precedence, Soundness, precedence, verdict};
use mingjing_bpmn::model;

use crate::shorthand;

fn check(text: &str, expect: Soundness, codes: &[&str]) {
    let verdict = verdict(&shorthand::xml(text));
    let found: Vec<String> = (verdict.problems.iter())
        .filter(|problem| problem.severity == mingjing_bpmn::Severity::Error)
        .map(|problem| format!("{}@{}", problem.code, problem.element.as_deref().unwrap_or("")))
        .collect();
    assert_eq!(
        (verdict.soundness, found),
        (expect, codes.iter().map(|c| (*c).to_owned()).collect()),
        "{text}"
    );
}

#[test]
fn sound_charts_are_proven() {
    for text in [
        "start s > A\nuser A > e\nend e",
        "start s > g\nparallel g > A B\nuser A > j\nuser B > j\nparallel j > e\nend e",
        "start s > g\ninclusive g > A[= a] B[= b] C[default]\nuser A > j\nuser B > j\nuser C > j\ninclusive j > e\nend e",
        "start s > A\nuser A > e\nboundary b on=A timer=R/PT1H nonint > R\nuser R > x\nend x\nend e",
        "start s > A\nuser A multi='= n' count > e\nend e",
        "start s > sp\nsub sp > e {\nstart ss > A\nuser A > g\nexclusive g > se[= bad] ok[default]\nend ok\nend se error=E\n}\nboundary b on=sp error=E > x\nend x\nend e",
        "start s > g\neventgate g > a b\ncatch a message=M > e\ncatch b timer=PT1H > e\nend e",
        "start s message=M > A\nuser A > e\nend e",
        "start s > t\ntx t > e {\nstart ts > A\ntask A > g\nexclusive g > te[= bad] ok[default]\nend ok\nend te cancel\nboundary c on=A compensate handler=U\nuser U forcomp\n}\nboundary x on=t cancel > y\nend y\nend e",
        "start s > m\nexclusive m > A\nuser A > g\nexclusive g > m[= again] e[default]\nend e",
    ] {
        let verdict = verdict(&shorthand::xml(text));
        assert_eq!(verdict.soundness, Soundness::Proven, "{text}\n{:?}", verdict.problems);
    }
}

#[test]
fn unsound_charts_are_refuted() {
    check(
        "start s > g\nexclusive g > A[= x] B[default]\nuser A > j\nuser B > j\nparallel j > e\nend e",
        Soundness::Refuted,
        &["deadlock@j"],
    );
    check(
        "start s > m\nexclusive m > g\nparallel g > A B\nuser A > m\nuser B > e\nend e",
        Soundness::Refuted,
        &["tokens_pile_up@B"],
    );
    check(
        "start s > g\nparallel g > A B\nuser A > m\nuser B > t\nexclusive m > C\nuser C > e\nend t terminate\nend e",
        Soundness::Proven,
        &[],
    );
    check(
        "start s > A\nuser A > A2\nuser A2 > A\nend e",
        Soundness::NotAsked,
        &["no_incoming@e"],
    );
}

#[test]
fn a_counter_example_is_a_shortest_way() {
    let text = "start s > A\nuser A > g\nexclusive g > B[= x] C[default]\nuser B > D\nuser D > j\nuser C > j\nparallel j > e\nend e";
    let verdict = verdict(&shorthand::xml(text));
    let problem = verdict
        .problems
        .iter()
        .find(|problem| problem.code == "deadlock")
        .unwrap();
    assert_eq!(problem.path, ["A", "C"]);
}

fn penalty(notice: &str) -> String {
    let act = |id: &str, kind: &str, to: &str| {
        format!(
            "<userTask id=\"{id}\"><extensionElements><mingjing:act kind=\"{kind}\"/></extensionElements></userTask><sequenceFlow id=\"f{id}\" sourceRef=\"{id}\" targetRef=\"{to}\"/>"
        )
    };
    format!(
        "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" xmlns:mingjing=\"https://mingjing.dev/schema/bpmn/1\" id=\"d\" targetNamespace=\"urn:x\"><process id=\"p\" isExecutable=\"true\"><startEvent id=\"s\"/><sequenceFlow id=\"fs\" sourceRef=\"s\" targetRef=\"inspect\"/>{}<exclusiveGateway id=\"g\" default=\"g1\"/><sequenceFlow id=\"g1\" sourceRef=\"g\" targetRef=\"notify\"/><sequenceFlow id=\"g2\" sourceRef=\"g\" targetRef=\"{notice}\"><conditionExpression>= small</conditionExpression></sequenceFlow>{}{}<endEvent id=\"e\"/></process></definitions>",
        act("inspect", "inspect", "g"),
        act("notify", "notify", "decide"),
        act("decide", "decide", "e"),
    )
}

#[test]
fn acts_come_in_the_order_of_the_law() {
    let rule = Precedence {
        act: "decide".to_owned(),
        needs: vec!["notify".to_owned()],
        basis: Some("行政处罚法第四十四条".to_owned()),
    };
    let model = model::read(&penalty("notify")).unwrap();
    assert_eq!(precedence(&model, std::slice::from_ref(&rule)), []);
    let model = model::read(&penalty("decide")).unwrap();
    let problems = precedence(&model, &[rule]);
    assert_eq!(problems.len(), 1);
    assert_eq!(
        (problems[0].code, problems[0].path.clone()),
        ("precedence", vec!["inspect".to_owned()])
    );
    assert!(problems[0].message.contains("行政处罚法第四十四条"));
}
