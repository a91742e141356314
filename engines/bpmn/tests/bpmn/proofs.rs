//! What the prover proves, refutes with a shortest way, and leaves undecided.

use mingjing_bpmn::check::{Soundness, verdict};

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
        "start s > A\ntask A loop='= again' > e\nend e",
        "start s > A\nuser A loop='= again' before > e\nend e",
        "start s > m\nexclusive m > A\ntask A > B\nscript B do='= 1' result=x > g\nexclusive g > m[= again] e[default]\nend e",
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
    // A circle that never waits.
    check(
        "start s > m\nexclusive m > g\nexclusive g > m[= again] e[default]\nend e",
        Soundness::Refuted,
        &["too_many_moves@g"],
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
