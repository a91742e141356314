//! Charts that must not run, each with the code and the element that say why.

use mingjing_bpmn::{check, read};

use crate::charts::*;

fn check(parts: &[String], expect: &[&str]) {
    let problems = read(&file(&parts.concat())).expect_err("must be refused");
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
fn unsupported_elements_are_named() {
    for (element, chinese) in [
        ("eventBasedGateway", "事件网关"),
        ("complexGateway", "复杂网关"),
        ("subProcess", "子流程"),
        ("callActivity", "调用活动"),
        ("serviceTask", "服务任务"),
        ("task", "未分类任务"),
        ("intermediateCatchEvent", "中间捕获事件"),
        ("boundaryEvent", "边界事件"),
        ("dataObjectReference", "数据对象"),
        ("somethingNew", "somethingNew"),
    ] {
        let odd = format!(r#"<bpmn:{element} id="x" name="某处"/>"#);
        let problems = read(&file(&line_and(&[odd]).concat())).unwrap_err();
        assert_eq!(codes(&problems), ["unsupported_element@x"]);
        assert!(
            problems[0].message.starts_with(&format!("{chinese}“某处”")),
            "{}",
            problems[0].message
        );
    }
}

#[test]
fn flows_of_an_unsupported_element_are_not_a_second_problem() {
    let odd = r#"<bpmn:serviceTask id="x"/>"#.to_owned();
    check(
        &[START.into(), odd, END.into(), flow("s", "x"), flow("x", "e")],
        &["unsupported_element@x"],
    );
}

#[test]
fn markers_and_event_definitions_that_would_change_the_run_are_refused() {
    let marked = |inner: &str| {
        format!(
            r#"<bpmn:userTask id="a" name="a">{inner}<bpmn:extensionElements><zeebe:assignmentDefinition candidateGroups="h"/></bpmn:extensionElements></bpmn:userTask>"#
        )
    };
    let around_task = |t: String| vec![START.into(), t, END.into(), flow("s", "a"), flow("a", "e")];
    check(
        &around_task(marked("<bpmn:multiInstanceLoopCharacteristics/>")),
        &["unsupported_element@a"],
    );
    check(
        &around_task(marked("<bpmn:standardLoopCharacteristics/>")),
        &["unsupported_element@a"],
    );
    check(
        &around_task(marked("<bpmn:ioSpecification/>")),
        &["unsupported_element@a"],
    );
    let timer = r#"<bpmn:startEvent id="s"><bpmn:timerEventDefinition/></bpmn:startEvent>"#;
    check(
        &[timer.into(), task("a", &[]), END.into(), flow("s", "a"), flow("a", "e")],
        &["unsupported_element@s"],
    );
    let error = r#"<bpmn:endEvent id="e"><bpmn:errorEventDefinition/></bpmn:endEvent>"#;
    check(
        &[
            START.into(),
            task("a", &[]),
            error.into(),
            flow("s", "a"),
            flow("a", "e"),
        ],
        &["unsupported_element@e"],
    );
}

#[test]
fn structure() {
    check(
        &[task("a", &[]), END.into(), flow("a", "e")],
        &["no_incoming@a", "no_start@p"],
    );
    check(
        &[START.into(), task("a", &[]), flow("s", "a")],
        &["no_end@p", "no_outgoing@a"],
    );
    check(
        &line_and(&[r#"<bpmn:startEvent id="s2"/>"#.into(), flow("s2", "a")]),
        &["several_starts@s2"],
    );
    check(
        &line_and(&[flow("a", "s")]),
        &["implicit_split@a", "start_has_incoming@s"],
    );
    check(&line_and(&[flow("e", "a")]), &["end_has_outgoing@e"]);
    check(&line_and(&[task("b", &[]), flow("b", "e")]), &["no_incoming@b"]);
    check(
        &line_and(&[task("b", &[]), task("c", &[]), flow("b", "c"), flow("c", "b")]),
        &["unreachable@b", "unreachable@c"],
    );
    check(&line_and(&[flow("a", "nowhere")]), &["dangling_reference@a_nowhere"]);
    check(&line_and(&[task("a", &[])]), &["duplicate_id@a"]);
    check(&line_and(&[r#"<bpmn:endEvent id="a b"/>"#.into()]), &["bad_id@a b"]);
    check(&line_and(&[r#"<bpmn:endEvent/>"#.into()]), &["bad_id@"]);
}

#[test]
fn a_dead_end_comes_with_the_way_to_it() {
    let parts = [
        START.into(),
        task("a", &["on", "off"]),
        gateway("g"),
        task("b", &[]),
        task("c", &[]),
        END.into(),
        flow("s", "a"),
        flow("a", "g"),
        flow_if("g", "e", "=outcome = \"off\""),
        flow_if("g", "b", "=outcome = \"on\""),
        flow("b", "c"),
        flow("c", "b"),
    ];
    let problems = read(&file(&parts.concat())).unwrap_err();
    assert_eq!(codes(&problems), ["cannot_end@b", "cannot_end@c"]);
    assert_eq!(problems[1].path, ["s", "a", "g", "b", "c"]);
}

#[test]
fn circles_without_a_task() {
    let parts = [
        START.into(),
        task("a", &["x", "y"]),
        gateway_default("g", "g_h"),
        gateway_default("h", "h_g"),
        END.into(),
        flow("s", "a"),
        flow("a", "g"),
        flow("g", "h"),
        flow_if("g", "e", "=outcome = \"x\""),
        flow("h", "g"),
        flow_if("h", "a", "=outcome = \"x\""),
    ];
    let problems = read(&file(&parts.concat())).unwrap_err();
    assert_eq!(codes(&problems), ["loop_without_task@g"]);
    assert_eq!(problems[0].path, ["g", "h"]);
}

#[test]
fn every_outcome_leads_somewhere_by_one_way() {
    let yes = || flow_if("g", "e", "=outcome = \"yes\"");
    let no = || flow_if("g", "f", "=outcome = \"no\"");
    assert!(read(&file(&choice_by(&[yes(), no()]).concat())).is_ok());
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
    check(&choice_by(&[yes(), flow("g", "f")]), &["condition_missing@g_f"]);
    check(
        &choice_by(&[yes(), flow_if("g", "f", "=amount > 100")]),
        &["condition_needs_rules@g_f"],
    );
}

#[test]
fn a_nowhere_outcome_names_task_outcome_and_way() {
    let parts = choice_by(&[
        flow_if("g", "e", "=outcome = \"yes\""),
        flow_if("g", "f", "=outcome = \"x\""),
    ]);
    let report = check::report(&file(&parts.concat()));
    let problem = report.errors().find(|p| p.code == "outcome_leads_nowhere").unwrap();
    assert!(problem.message.contains("“a”的办理结果“结果no”"), "{}", problem.message);
    assert_eq!(problem.path, ["s", "a", "g"]);
    assert!(!report.is_sound() && report.model.is_some());
}

#[test]
fn conditions_stand_only_at_gateways() {
    let parts = [
        START.into(),
        task("a", &["x"]),
        END.into(),
        flow("s", "a"),
        flow_if("a", "e", "=outcome = \"x\""),
    ];
    check(&parts, &["condition_off_gateway@a_e"]);
    let conditional_default = [
        START.into(),
        task("a", &["x", "y"]),
        gateway_default("g", "g_e"),
        END.into(),
        flow("s", "a"),
        flow("a", "g"),
        flow_if("g", "e", "=outcome = \"x\""),
        flow_if("g", "a", "=outcome = \"y\""),
    ];
    check(&conditional_default, &["default_has_condition@g_e"]);
    check(
        &line_and(&[gateway_default("g", "s_a"), flow("g", "e")]),
        &["dangling_reference@g"],
    );
}

#[test]
fn what_law_hangs_on_is_spelt_right() {
    for (more, code) in [
        (r#"<mingjing:limt amount="3" unit="working_day"/>"#, "extension_unknown"),
        (r#"<mingjing:limit amount="3" unit="workday"/>"#, "limit_unit"),
        (r#"<mingjing:limit amount="0" unit="working_day"/>"#, "limit_amount"),
        (r#"<mingjing:limit amount="-3" unit="working_day"/>"#, "limit_amount"),
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
        (r#"<zeebe:ioMapping/>"#, "extension_unsupported"),
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
    let misplaced = r#"<bpmn:exclusiveGateway id="g"><bpmn:extensionElements><mingjing:act kind="x"/></bpmn:extensionElements></bpmn:exclusiveGateway>"#;
    check(&line_and(&[misplaced.into()]), &["extension_misplaced@g"]);
}

#[test]
fn tasks_belong_to_posts() {
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
        &["posts_need_rules@a"],
    );
    let nameless = task("a", &[]).replace("name=\"a\"", "");
    check(
        &[START.into(), nameless, END.into(), flow("s", "a"), flow("a", "e")],
        &["name_missing@a"],
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
    let report = check::report(&file(&parts.concat()));
    assert_eq!(
        codes(&report.problems),
        ["lane_posts_differ@l2", "outside_lanes@e", "post_in_two_lanes@l2"]
    );
    assert!(report.is_sound());
}

#[test]
fn lane_references() {
    let lane = |inner: &str| {
        format!(r#"<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="甲">{inner}</bpmn:lane></bpmn:laneSet>"#)
    };
    let refers = |id: &str| format!("<bpmn:flowNodeRef>{id}</bpmn:flowNodeRef>");
    check(&line_and(&[lane(&refers("zz"))]), &["dangling_reference@l1"]);
    check(
        &line_and(&[lane(&format!("{}{}", refers("a"), refers("a")))]),
        &["two_lanes@a"],
    );
    check(
        &line_and(&[lane(r#"<bpmn:childLaneSet id="cs"/>"#)]),
        &["unsupported_element@cs"],
    );
}

#[test]
fn the_drawing_must_fit_the_chart() {
    let with_plane = |plane: &str| {
        around(&format!(
            r#"<bpmn:process id="p">{}</bpmn:process><bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="p">{plane}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"#,
            line_and(&[]).concat()
        ))
    };
    let shape = |of: &str, x: &str| {
        format!(
            r#"<bpmndi:BPMNShape id="{of}_di" bpmnElement="{of}"><dc:Bounds x="{x}" y="0" width="9" height="9"/></bpmndi:BPMNShape>"#
        )
    };
    for (plane, expect) in [
        (shape("zz", "0"), "dangling_reference@zz_di"),
        (shape("a", "NaN"), "bad_coordinates@a"),
        (shape("a", "1e300"), "bad_coordinates@a"),
        (
            shape("a", "1") + &shape("a", "2").replace("a_di", "b_di"),
            "drawn_twice@a",
        ),
        (
            r#"<bpmndi:BPMNEdge id="x" bpmnElement="s_a"><di:waypoint x="1" y="2"/></bpmndi:BPMNEdge>"#.into(),
            "bad_coordinates@s_a",
        ),
    ] {
        assert_eq!(codes(&read(&with_plane(&plane)).unwrap_err()), [expect]);
    }
    // A drawing of only some elements is set aside for the own layout.
    assert!(read(&with_plane(&shape("a", "0"))).unwrap().diagram().is_none());
}

#[test]
fn whole_files() {
    let deep = format!("{}{}", "<a>".repeat(70), "</a>".repeat(70));
    let many = "<a/>".repeat(20_001);
    let attributes: String = (0..256).map(|i| format!(" a{i}=\"\"")).collect();
    let namespaces: String = (0..65).map(|i| format!(" xmlns:n{i}=\"u\"")).collect();
    let bomb = r#"<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><d>&b;</d>"#;
    for (xml, code) in [
        (String::new(), "xml_malformed"),
        ("not xml".into(), "xml_malformed"),
        ("<a><b></a>".into(), "xml_malformed"),
        ("<a".into(), "xml_malformed"),
        ("<a/><b/>".into(), "xml_malformed"),
        ("<a x='1' x='2'/>".into(), "xml_malformed"),
        ("<a>&unknown;</a>".into(), "xml_malformed"),
        ("<p:a/>".into(), "xml_malformed"),
        (bomb.into(), "doctype"),
        (format!("<a>{deep}</a>"), "too_deep"),
        (format!("<a>{many}</a>"), "too_many_nodes"),
        (format!("<a{attributes}/>"), "too_many_attributes"),
        (format!("<a{namespaces}/>"), "too_many_namespaces"),
        (" ".repeat(1 << 20) + "<a/>", "too_large"),
        ("<html/>".into(), "not_bpmn"),
        (around(""), "no_process"),
        (around(r#"<bpmn:choreography id="c"/>"#), "unsupported_element"),
    ] {
        let problems = read(&xml).unwrap_err();
        assert_eq!(problems[0].code, code, "{:.60}", xml);
    }
    let cut = FOOD_PERMIT.len() / 2;
    let cut = (cut..).find(|i| FOOD_PERMIT.is_char_boundary(*i)).unwrap();
    assert_eq!(read(&FOOD_PERMIT[..cut]).unwrap_err()[0].code, "xml_malformed");
}

#[test]
fn one_process_only() {
    let process = |id: &str| {
        let renamed = line_and(&[]).concat().replace("id=\"", &format!("id=\"{id}"));
        let refs = renamed.replace("Ref=\"", &format!("Ref=\"{id}"));
        format!(r#"<bpmn:process id="{id}">{refs}</bpmn:process>"#)
    };
    let problems = read(&around(&(process("p") + &process("q")))).unwrap_err();
    assert_eq!(codes(&problems), ["several_processes@q"]);
    let pools = r#"<bpmn:collaboration id="c"><bpmn:participant id="x"/><bpmn:participant id="y"/><bpmn:messageFlow id="m"/></bpmn:collaboration>"#;
    let problems = read(&around(&(pools.to_owned() + &process("p")))).unwrap_err();
    assert_eq!(codes(&problems), ["several_participants@y", "unsupported_element@m"]);
}

#[test]
fn other_vendors_extensions_are_ignored() {
    let foreign = r#"<other:thing xmlns:other="https://example.org/x" weight="3"><other:inner/></other:thing>"#;
    let parts = [
        START.into(),
        task_with("a", &[], foreign),
        END.into(),
        flow("s", "a"),
        flow("a", "e"),
    ];
    assert!(read(&file(&parts.concat())).is_ok());
}

#[test]
fn more_outcomes_than_anyone_can_choose_from() {
    let ids: Vec<String> = (0..65).map(|i| format!("o{i}")).collect();
    let outcomes: Vec<&str> = ids.iter().map(String::as_str).collect();
    check(
        &[
            START.into(),
            task("a", &outcomes),
            END.into(),
            flow("s", "a"),
            flow("a", "e"),
        ],
        &["too_many_outcomes@a"],
    );
}

#[test]
fn findings_are_cut_where_nobody_reads_on() {
    let lonely: Vec<String> = (0..900).map(|i| task(&format!("t{i}"), &[])).collect();
    let report = check::report(&file(&line_and(&lonely).concat()));
    assert_eq!(report.problems.len(), check::MAX_PROBLEMS);
}
