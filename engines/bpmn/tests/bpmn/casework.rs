//! Flows of cases: what is refused beyond the standard, what tables and public charts show, what a case is pinned to.

use mingjing_bpmn::casework::{self, hash, seen_by, table, table_for};
use mingjing_bpmn::draw::{Overlay, svg};
use mingjing_bpmn::model::{Bounds, Diagram, Model, Point, Visibility};

use crate::charts::*;

/// Charts as they were confirmed in 2026-10. They stay as they are, whatever the demo city runs on later.
const PERMIT: &str = include_str!("../fixtures/in-force/food-permit.bpmn");
const PENALTY: &str = include_str!("../fixtures/in-force/ordinary-penalty.bpmn");
const GENERAL: &str = include_str!("../fixtures/in-force/general-permit.bpmn");

fn permit() -> Model {
    casework::read(PERMIT).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn check(parts: &[String], expect: &[&str]) {
    let problems = casework::read(&file(&parts.concat())).expect_err("must be refused");
    assert_eq!(codes(&problems), expect, "{problems:#?}");
}

/// Start → task `a` → end, with `more` added.
fn line_and(more: &[String]) -> Vec<String> {
    let mut parts = vec![START.into(), task("a", &[]), END.into(), flow("s", "a"), flow("a", "e")];
    parts.extend_from_slice(more);
    parts
}

/// Start → task `a` with outcomes yes and no → gateway `g` → two ends, by the given flows out of `g`.
fn choice_by(flows: &[String]) -> Vec<String> {
    let mut parts = vec![
        START.into(),
        task("a", &["yes", "no"]),
        gateway("g"),
        END.into(),
        r#"<bpmn:endEvent id="f"/>"#.into(),
        flow("s", "a"),
        flow("a", "g"),
    ];
    parts.extend_from_slice(flows);
    parts
}

#[test]
fn charts_in_force_are_sound_without_remarks() {
    for xml in [PERMIT, PENALTY, GENERAL] {
        assert_eq!(casework::examine(xml).1, []);
    }
}

/// Items in force are pinned to these.
#[test]
fn hashes_of_charts_in_force_never_change() {
    for (xml, expect) in [
        (
            PERMIT,
            "2c984de21708d9cbb22d4f14def96a5880edc732ae3806e7413d2942eb21e214",
        ),
        (
            PENALTY,
            "6494336045d9312f9672346e39c5b2aa49ae86e07f093152574d87faee0c0d37",
        ),
        (
            GENERAL,
            "0e419d6a4099ce6492ecf2beb94bdd47d4c28211f2f8db415718999387e81a1a",
        ),
    ] {
        assert_eq!(hash(&casework::read(xml).unwrap()), expect);
    }
}

#[test]
fn the_hash_is_of_the_meaning() {
    let same = |xml: &str, other: &str| {
        assert_ne!(xml, other);
        hash(&casework::read(xml).unwrap()) == hash(&casework::read(other).unwrap())
    };
    let timed = timed();
    for xml in [PERMIT, &timed] {
        assert!(
            same(
                xml,
                &xml.replace("x=\"198\"", "x=\"199\"")
                    .replace("id=\"defs\"", "id=\"defs\" exporter=\"x\"")
            ) || xml == timed
        );
        assert!(!same(xml, &xml.replace("amount=\"5\"", "amount=\"6\"")));
    }
    assert!(!same(&timed, &timed.replace("P3D", "P4D")), "a timer is part of it");
    let foreign = r#"<other:thing xmlns:other="https://example.org/x" weight="3"/><zeebe:assignmentDefinition"#;
    assert!(same(&timed, &timed.replace("<zeebe:assignmentDefinition", foreign)));
}

/// A task with a timer on its border: no chart of the plain form.
fn timed() -> String {
    let timer = r#"<bpmn:boundaryEvent id="late" attachedToRef="a" cancelActivity="false"><bpmn:timerEventDefinition><bpmn:timeDuration>P3D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"#;
    let limit = r#"<mingjing:limit amount="5" unit="working_day"/>"#;
    let parts = [
        START.into(),
        task_with("a", &[], limit),
        timer.into(),
        task("remind", &[]),
        END.into(),
        flow("s", "a"),
        flow("a", "e"),
        flow("late", "remind"),
        flow("remind", "e"),
    ];
    file(&parts.concat())
}

#[test]
fn every_outcome_leads_somewhere_by_one_way() {
    let yes = || flow_if("g", "e", "=outcome = \"yes\"");
    let no = || flow_if("g", "f", "=outcome = \"no\"");
    assert!(casework::read(&file(&choice_by(&[yes(), no()]).concat())).is_ok());
    check(
        &choice_by(&[yes(), flow_if("g", "f", "=outcome = \"maybe\"")]),
        &[
            "condition_outcome_unknown@g_f",
            "flow_never_taken@g_f",
            "outcome_leads_nowhere@g",
        ],
    );
    check(
        &choice_by(&[flow_if("g", "e", "=outcome in (\"yes\",\"no\")"), no()]),
        &["conditions_overlap@g", "flow_never_taken@g_f"],
    );
    // Where data decides, both answers count.
    let with_data = choice_by(&[yes(), no(), flow_if("g", "a", "=form.area > 100")]);
    assert!(casework::read(&file(&with_data.concat())).is_ok());
}

#[test]
fn a_nowhere_outcome_names_task_and_outcome() {
    let parts = choice_by(&[
        flow_if("g", "e", "=outcome = \"yes\""),
        flow_if("g", "f", "=outcome = \"x\""),
    ]);
    let (model, problems) = casework::examine(&file(&parts.concat()));
    let problem = problems.iter().find(|p| p.code == "outcome_leads_nowhere").unwrap();
    assert!(problem.message.contains("“a”的办理结果“结果no”"), "{}", problem.message);
    assert!(model.is_some());
}

#[test]
fn what_law_hangs_on_is_spelt_right() {
    for (more, code) in [
        (r#"<mingjing:limt amount="3" unit="working_day"/>"#, "extension_unknown"),
        (r#"<mingjing:limit amount="3" unit="workday"/>"#, "limit_unit"),
        (r#"<mingjing:limit amount="0" unit="working_day"/>"#, "limit_amount"),
        (r#"<mingjing:limit unit="working_day"/>"#, "attribute_missing"),
        (r#"<mingjing:act/>"#, "attribute_missing"),
        (
            r#"<mingjing:act kind="a"/><mingjing:act kind="b"/>"#,
            "extension_repeated",
        ),
        (
            r#"<mingjing:paper template="t" when="never"/>"#,
            "paper_outcome_unknown",
        ),
        (r#"<mingjing:opinion required="yes"/>"#, "attribute_value"),
        (r#"<mingjing:visibility value="all"/>"#, "visibility_unknown"),
        (
            r#"<mingjing:outcomes><mingjing:outcome id="x"/></mingjing:outcomes>"#,
            "attribute_missing",
        ),
        (
            r#"<mingjing:outcomes><mingjing:outcom/></mingjing:outcomes>"#,
            "extension_unknown",
        ),
        (
            r#"<mingjing:outcomes><mingjing:outcome id="x" name="1"/><mingjing:outcome id="x" name="2"/></mingjing:outcomes>"#,
            "outcome_repeated",
        ),
    ] {
        let parts = [
            START.into(),
            task_with("a", &[], more),
            END.into(),
            flow("s", "a"),
            flow("a", "e"),
        ];
        check(&parts, &[&format!("{code}@a")]);
    }
    let misplaced = r#"<bpmn:manualTask id="b"/><bpmn:exclusiveGateway id="g"><bpmn:extensionElements><mingjing:act kind="x"/></bpmn:extensionElements></bpmn:exclusiveGateway>"#;
    let problems = casework::read(&file(&line_and(&[misplaced.into()]).concat())).unwrap_err();
    assert!(
        codes(&problems).contains(&"extension_misplaced@g".to_owned()),
        "{problems:#?}"
    );
}

#[test]
fn tasks_belong_to_posts_and_somebody_does_them() {
    let assigned = |definition: &str| {
        let task = format!(
            r#"<bpmn:userTask id="a" name="a"><bpmn:extensionElements>{definition}</bpmn:extensionElements></bpmn:userTask>"#
        );
        [START.into(), task, END.into(), flow("s", "a"), flow("a", "e")]
    };
    check(&assigned(""), &["post_missing@a"]);
    check(
        &assigned(r#"<zeebe:assignmentDefinition assignee="zhang" candidateGroups="h"/>"#),
        &["assigned_to_person@a"],
    );
    check(
        &assigned(r#"<zeebe:assignmentDefinition candidateGroups="=x"/>"#),
        &["post_missing@a", "posts_need_rules@a"],
    );
    let service = r#"<bpmn:serviceTask id="a"/>"#.to_owned();
    check(
        &[START.into(), service, END.into(), flow("s", "a"), flow("a", "e")],
        &["nobody_completes@a"],
    );
}

#[test]
fn lanes_are_remarked_not_refused() {
    let lanes = r#"<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="甲"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane>
 <bpmn:lane id="l2" name="乙"><bpmn:flowNodeRef>b</bpmn:flowNodeRef><bpmn:flowNodeRef>c</bpmn:flowNodeRef><bpmn:flowNodeRef>s</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"#;
    let other = task("c", &[]).replace("\"handler\"", "\"reviewer\"");
    let parts = [
        lanes.into(),
        START.into(),
        task("a", &[]),
        task("b", &[]),
        other,
        END.into(),
        flow("s", "a"),
        flow("a", "b"),
        flow("b", "c"),
        flow("c", "e"),
    ];
    let (_, problems) = casework::examine(&file(&parts.concat()));
    assert_eq!(codes(&problems), ["lane_posts_differ@l2", "post_in_two_lanes@l2"]);
}

#[test]
fn big_files_and_several_beginnings_are_refused() {
    let many = "<bpmn:documentation/>".repeat(20_001);
    assert_eq!(casework::read(&file(&many)).unwrap_err()[0].code, "too_many_nodes");
    let large = " ".repeat(1 << 20) + &file(&line_and(&[]).concat());
    assert_eq!(casework::read(&large).unwrap_err()[0].code, "too_large");
    let process = |id: &str| {
        let renamed = line_and(&[]).concat().replace("id=\"", &format!("id=\"{id}"));
        let refs = renamed.replace("Ref=\"", &format!("Ref=\"{id}"));
        format!(r#"<bpmn:process id="{id}">{refs}</bpmn:process>"#)
    };
    let problems = casework::read(&around(&(process("p") + &process("q")))).unwrap_err();
    assert_eq!(codes(&problems), ["several_processes@q"]);
    let lonely: Vec<String> = (0..900)
        .map(|i| task(&format!("t{i}"), &[]).replace("handler", ""))
        .collect();
    let (_, problems) = casework::examine(&file(&line_and(&lonely).concat()));
    assert_eq!(problems.len(), mingjing_bpmn::check::MAX_PROBLEMS);
}

#[test]
fn the_table_says_who_does_what_until_when() {
    let rows = table(&permit());
    let receive = rows.iter().find(|row| row.id == "receive").unwrap();
    assert_eq!(receive.order, 1);
    assert_eq!(receive.post, "窗口受理员");
    assert_eq!(receive.limit.as_deref(), Some("2个工作日"));
    assert_eq!(
        receive.outcomes,
        [
            "受理 → 现场核查",
            "补正（一次告知） → 等待补正",
            "不予受理（不属于本机关职权） → 送达不予受理决定",
            "不需要取得行政许可 → 送达不予受理决定",
        ]
    );
    assert_eq!(
        receive.papers,
        ["acceptance_notice", "supplement_notice", "acceptance_refusal_decision"]
    );
    let orders: Vec<usize> = rows.iter().map(|row| row.order).collect();
    assert_eq!(orders, (1..=12).collect::<Vec<_>>());
    let place = |id| rows.iter().position(|row| row.id == id).unwrap();
    assert!(place("receive") < place("site_check") && place("site_check") < place("examine"));
    assert!(place("issue") < place("serve") && place("complete") < place("release"));
}

#[test]
fn the_public_chart_leaves_out_what_is_internal() {
    let model = permit();
    let public = seen_by(&model, Visibility::Public).unwrap();
    let drawn = svg(&public, &Overlay::default());
    for hidden in ["review", "gw_review", "release", "complete_nonacceptance"] {
        assert!(!drawn.contains(&format!("data-element=\"{hidden}\"")), "{hidden}");
    }
    for word in ["审核", "公开审查", "退回", "报批"] {
        assert!(!drawn.contains(word), "{word}");
    }
    let rows = table_for(&model, Visibility::Public);
    let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "收件审查",
            "现场核查",
            "等待补正",
            "送达不予受理决定",
            "审查",
            "决定",
            "制证",
            "送达",
            "办结"
        ]
    );
    let of = |id: &str| rows.iter().find(|row| row.id == id).unwrap().outcomes.clone();
    assert_eq!(of("examine"), ["建议准予 → 决定", "建议不予 → 决定"]);
    assert_eq!(of("complete"), ["办结 → 结束"]);
    assert_eq!(of("decide"), ["准予许可 → 制证", "不予许可 → 送达"]);
    assert!(seen_by(&model, Visibility::Internal).is_none());
    assert_eq!(table_for(&model, Visibility::Internal), table(&model));
}

#[test]
fn what_is_hidden_takes_its_timers_with_it_and_scripts_are_nobodys() {
    let xml = timed().replace(
        r#"<bpmn:userTask id="remind""#,
        r#"<bpmn:scriptTask id="count"><bpmn:extensionElements><zeebe:script expression="=1" resultVariable="n"/></bpmn:extensionElements></bpmn:scriptTask><bpmn:userTask id="remind""#,
    );
    let xml = xml.replace(
        r#"sourceRef="remind" targetRef="e""#,
        r#"sourceRef="remind" targetRef="count""#,
    );
    let xml = xml.replace("</bpmn:process>", &(flow("count", "e") + "</bpmn:process>"));
    let visible = r#"<mingjing:visibility value="public"/></bpmn:extensionElements></bpmn:userTask><bpmn:endEvent"#;
    let xml = xml.replace("</bpmn:extensionElements></bpmn:userTask><bpmn:endEvent", visible);
    let model = casework::read(&xml).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let public = seen_by(&model, Visibility::Public).unwrap();
    let left: Vec<&str> = public.nodes().iter().map(|node| node.id.as_str()).collect();
    assert_eq!(left, ["p", "s", "remind", "e"]);
    assert!(svg(&public, &Overlay::default()).contains("remind"));
}

#[test]
fn the_derived_chart_keeps_shapes_apart_and_lines_clear() {
    for xml in [PERMIT, PENALTY, GENERAL] {
        let model = casework::read(xml).unwrap();
        let public = seen_by(&model, Visibility::Public).unwrap();
        let diagram = public.diagram().unwrap();
        let shapes: Vec<Bounds> = inside(&public).map(|id| diagram.shape(id).unwrap().bounds).collect();
        for (index, a) in shapes.iter().enumerate() {
            for b in &shapes[index + 1..] {
                let apart = a.right() <= b.x || b.right() <= a.x || a.bottom() <= b.y || b.bottom() <= a.y;
                assert!(apart, "{a:?} {b:?}");
            }
        }
        lines_keep_clear_of_shapes(&public, diagram);
    }
}

fn inside(model: &Model) -> impl Iterator<Item = &str> {
    let nodes = model.nodes().iter().filter(|node| node.parent.is_some());
    nodes.map(|node| node.id.as_str())
}

/// Lines are upright or level and run through no shape but the two they join.
fn lines_keep_clear_of_shapes(model: &Model, diagram: &Diagram) {
    for flow in model.flows() {
        let edge = diagram.edge(flow.id.as_str()).unwrap();
        for pair in edge.points.windows(2) {
            assert!(pair[0].x == pair[1].x || pair[0].y == pair[1].y, "{}", flow.id);
            let ends = [model.node(flow.source).id.as_str(), model.node(flow.target).id.as_str()];
            for id in inside(model).filter(|id| !ends.contains(id)) {
                let b = diagram.shape(id).unwrap().bounds;
                assert!(!crosses(pair[0], pair[1], b), "{} runs through {id}", flow.id);
            }
        }
    }
}

fn crosses(a: Point, b: Point, shape: Bounds) -> bool {
    let (left, right) = (a.x.min(b.x), a.x.max(b.x));
    let (top, bottom) = (a.y.min(b.y), a.y.max(b.y));
    left < shape.right() && right > shape.x && top < shape.bottom() && bottom > shape.y
}

/// Sizes at which anything quadratic would show: a long row, every task of which may also go straight to the end.
#[test]
fn the_largest_charts_are_derived_and_drawn() {
    let count = 400;
    let mut parts = vec![START.into(), END.into(), flow("s", "t0")];
    for i in 0..count {
        let (task_id, gate, next) = (format!("t{i}"), format!("g{i}"), format!("t{}", i + 1));
        let shown = if i % 2 == 0 {
            r#"<mingjing:visibility value="public"/>"#
        } else {
            ""
        };
        parts.extend([
            task_with(&task_id, &["on", "off"], shown),
            gateway(&gate),
            flow(&task_id, &gate),
        ]);
        parts.push(flow_if(&gate, "e", "=outcome = \"off\""));
        parts.push(flow_if(&gate, &next, "=outcome = \"on\""));
    }
    parts.extend([task(&format!("t{count}"), &[]), flow(&format!("t{count}"), "e")]);
    let model = casework::read(&file(&parts.concat())).unwrap();
    let public = seen_by(&model, Visibility::Public).unwrap();
    let drawn = svg(&public, &Overlay::default());
    assert!(drawn.contains("data-element=\"t2\"") && !drawn.contains("data-element=\"t1\""));
    assert_eq!(table_for(&model, Visibility::Public).len(), count / 2);
}
