//! Drawings and tables.

use mingjing_bpmn::{
    Diagram, DrawOptions, Model, Point, State, Stimulus, Visibility, layout, read, step, svg, table, table_for,
};

use crate::charts::*;

fn permit() -> Model {
    read(FOOD_PERMIT).unwrap()
}

fn without_drawing() -> Model {
    let start = FOOD_PERMIT.find("<bpmndi:BPMNDiagram").unwrap();
    let end = FOOD_PERMIT.find("</bpmn:definitions>").unwrap();
    read(&[&FOOD_PERMIT[..start], &FOOD_PERMIT[end..]].concat()).unwrap()
}

#[test]
fn svg_is_well_formed_named_and_without_scripts() {
    for model in [permit(), without_drawing()] {
        let drawn = svg(&model, &DrawOptions::default());
        let xml = roxmltree::Document::parse(&drawn).unwrap();
        let root = xml.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        let first = root.first_element_child().unwrap();
        assert_eq!(
            (first.tag_name().name(), first.text()),
            ("title", Some("食品经营许可办理流程"))
        );
        for task in model.tasks() {
            let group = xml
                .descendants()
                .filter(|n| n.attribute("data-element") == Some(&task.id));
            assert_eq!(group.count(), 1, "{}", task.id);
        }
        assert!(
            xml.descendants()
                .all(|n| !matches!(n.tag_name().name(), "script" | "style" | "foreignObject"))
        );
    }
}

#[test]
fn names_are_text_never_markup() {
    let evil = "&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&quot;x";
    let xml = FOOD_PERMIT.replace("name=\"收件审查\"", &format!("name=\"{evil}\""));
    let drawn = svg(
        &read(&xml).unwrap(),
        &DrawOptions {
            title: Some("<b>".into()),
            ..DrawOptions::default()
        },
    );
    let document = roxmltree::Document::parse(&drawn).unwrap();
    assert!(
        document
            .descendants()
            .all(|n| !matches!(n.tag_name().name(), "script" | "b"))
    );
    assert!(document.descendants().all(|n| n.attribute("onload").is_none()));
}

#[test]
fn where_a_case_stands_is_shown() {
    let model = permit();
    let mut state = State::default();
    for event in step(&model, &state.clone(), &Stimulus::Start).unwrap() {
        state.apply(&event);
    }
    let drawn = svg(&model, &DrawOptions::of_state(&state));
    assert!(drawn.contains(r#"class="flow-task is-current is-visited" data-element="receive""#));
    assert!(drawn.contains(r#"class="flow-event flow-start is-visited" data-element="start""#));
    assert!(drawn.contains(r#"class="flow-task" data-element="examine""#));
    assert_eq!(drawn.matches(">当前</text>").count(), 1);
}

#[test]
fn the_own_layout_keeps_shapes_apart_and_lines_upright_or_level() {
    let model = without_drawing();
    let diagram = layout(&model);
    let shapes: Vec<_> = model.nodes().iter().map(|n| diagram.shape(&n.id).unwrap()).collect();
    for (index, a) in shapes.iter().enumerate() {
        for b in &shapes[index + 1..] {
            let (a, b) = (a.bounds, b.bounds);
            let apart = a.right() <= b.x || b.right() <= a.x || a.bottom() <= b.y || b.bottom() <= a.y;
            assert!(apart, "{a:?} {b:?}");
        }
    }
    for node in model.nodes() {
        let lane = diagram.shape(&model.lane_of(&node.id).unwrap().id).unwrap().bounds;
        let own = diagram.shape(&node.id).unwrap().bounds;
        assert!(own.y >= lane.y && own.bottom() <= lane.bottom(), "{}", node.id);
    }
    lines_keep_clear_of_shapes(&model, &diagram);
}

/// Lines are upright or level and run through no shape but the two they join.
pub fn lines_keep_clear_of_shapes(model: &Model, diagram: &Diagram) {
    for flow in model.flows() {
        let edge = diagram.edge(&flow.id).unwrap();
        for pair in edge.points.windows(2) {
            assert!(pair[0].x == pair[1].x || pair[0].y == pair[1].y, "{}", flow.id);
            let ends = [model.node(flow.source), model.node(flow.target)];
            for node in model.nodes().iter().filter(|n| !ends.iter().any(|e| e.id == n.id)) {
                let b = diagram.shape(&node.id).unwrap().bounds;
                assert!(!crosses(pair[0], pair[1], b), "{} runs through {}", flow.id, node.id);
            }
        }
    }
}

fn crosses(a: Point, b: Point, shape: mingjing_bpmn::Bounds) -> bool {
    let (left, right) = (a.x.min(b.x), a.x.max(b.x));
    let (top, bottom) = (a.y.min(b.y), a.y.max(b.y));
    left < shape.right() && right > shape.x && top < shape.bottom() && bottom > shape.y
}

#[test]
fn the_table_says_the_same() {
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
}

#[test]
fn the_public_chart_leaves_out_what_is_internal() {
    let model = permit();
    let public = DrawOptions {
        audience: Some(Visibility::Public),
        ..DrawOptions::default()
    };
    let drawn = svg(&model, &public);
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
    let examine = rows.iter().find(|row| row.id == "examine").unwrap();
    assert_eq!(examine.outcomes, ["建议准予 → 决定", "建议不予 → 决定"]);
    let complete = rows.iter().find(|row| row.id == "complete").unwrap();
    assert_eq!(complete.outcomes, ["办结 → 结束"]);
    assert_eq!(
        rows.iter().find(|row| row.id == "decide").unwrap().outcomes,
        ["准予许可 → 制证", "不予许可 → 送达"]
    );
}

#[test]
fn who_may_see_all_sees_the_chart_as_drawn() {
    let model = permit();
    let internal = DrawOptions {
        audience: Some(Visibility::Internal),
        ..DrawOptions::default()
    };
    assert_eq!(svg(&model, &internal), svg(&model, &DrawOptions::default()));
    assert_eq!(table_for(&model, Visibility::Internal), table(&model));
}

/// Sizes at which anything quadratic would show: a long row, every task of which may also go straight to the end.
#[test]
fn the_largest_charts_are_read_and_drawn() {
    let count = 900;
    let mut parts = vec![START.into(), END.into(), flow("s", "t0")];
    for i in 0..count {
        let (task_id, gate, next) = (format!("t{i}"), format!("g{i}"), format!("t{}", i + 1));
        let hidden = if i % 2 == 0 {
            r#"<mingjing:visibility value="public"/>"#
        } else {
            ""
        };
        parts.extend([
            task_with(&task_id, &["on", "off"], hidden),
            gateway(&gate),
            flow(&task_id, &gate),
        ]);
        parts.push(flow_if(&gate, "e", "=outcome = \"off\""));
        parts.push(flow_if(&gate, &next, "=outcome = \"on\""));
    }
    parts.extend([task(&format!("t{count}"), &[]), flow(&format!("t{count}"), "e")]);
    let model = model(&parts);
    assert_eq!(model.nodes().len(), 2 * count + 3);
    let all = svg(&model, &DrawOptions::default());
    let public = svg(
        &model,
        &DrawOptions {
            audience: Some(Visibility::Public),
            ..DrawOptions::default()
        },
    );
    assert!(all.contains("data-element=\"t1\"") && !public.contains("data-element=\"t1\""));
    assert_eq!(table_for(&model, Visibility::Public).len(), count / 2);
}
