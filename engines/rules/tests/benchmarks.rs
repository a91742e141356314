//! Real benchmarks (D1–D3), as text and as DMN.
#![allow(clippy::unwrap_used, reason = "tests")]

use mingjing_rules::benchmark::{
    Benchmark, Ground, GroundKind, Judgement, Shape, choose, phrase_tests, read_benchmark,
};
use mingjing_rules::dmn::{Model, Request, read, write};
use mingjing_rules::number::Number;
use mingjing_rules::time::Date;
use mingjing_rules::value::{Context, Value};
use proptest::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;

const ALL: [&str; 7] = ["D1", "D2a", "D2b", "D2c", "D2d", "D3a", "D3b"];

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/benchmarks")
        .join(name)
}

fn benchmark(code: &str) -> Benchmark {
    let text = std::fs::read_to_string(path(&format!("{code}.txt"))).unwrap();
    read_benchmark(&text).unwrap_or_else(|error| panic!("{code}: {error}"))
}

fn facts(json: &str) -> Context {
    match mingjing_rules::json::read(json).unwrap() {
        Value::Context(context) => (*context).clone(),
        other => panic!("{other:?}"),
    }
}

fn ground(kind: GroundKind) -> Vec<Ground> {
    vec![Ground {
        kind,
        article: "行政处罚法".into(),
        reason: "已记录的理由".into(),
    }]
}

fn yuan(amount: i64) -> Option<Number> {
    Some(Number::from(amount))
}

/// `code`, facts, ground → low, high, default.
fn check(code: &str, given: &str, kind: Option<GroundKind>, wanted: (Option<Number>, Option<Number>, Option<Number>)) {
    let grounds = kind.map(ground).unwrap_or_default();
    let found = benchmark(code).weigh(&facts(given), &grounds).unwrap();
    assert_eq!(
        (found.low, found.high, found.default),
        wanted,
        "{code} {given}\n{:#?}",
        found.lines
    );
}

const D2A: &str = r#"{"超标因子数目":1,"排污情况":"二类污染物","排放口所在区域":"一般区域",
    "废水日排放量":120,"超标情况":"3倍至8倍或30%至50%","两年内同类违法次数":1}"#;

#[test]
fn worked_examples() {
    use GroundKind::{Apology, Heavier, Lighter, Mitigated};
    check("D1", r#"{"情形":"10052"}"#, None, (yuan(200), yuan(2000), yuan(1500)));
    check(
        "D1",
        r#"{"情形":10052}"#,
        Some(Lighter),
        (yuan(200), yuan(1500), yuan(1500)),
    );
    check(
        "D1",
        r#"{"情形":"1334"}"#,
        Some(Heavier),
        (yuan(180), yuan(200), yuan(180)),
    );
    check("D2a", D2A, None, (yuan(180_000), yuan(180_000), yuan(180_000)));
    check("D2a", D2A, Some(Apology), (yuan(100_000), yuan(126_000), yuan(126_000)));
    // All lowest: 7 % is 70 000, raised to the statutory minimum.
    check("D2a", "{}", None, (yuan(100_000), yuan(100_000), yuan(100_000)));
    check("D2a", "{}", Some(Mitigated), (None, yuan(100_000), None));
    let d2b = r#"{"总投资额":10000000,"环评文件类别":"报告表","建设地点":"一般区域",
        "建设进度":"设备安装","违法持续月数":4,"两年内同类违法次数":1,"配合调查":"是"}"#;
    check("D2b", d2b, None, (yuan(140_000), yuan(140_000), yuan(140_000)));
    let d2c = r#"{"区域":"一般区域","期限内备案":"是"}"#;
    check("D2c", d2c, None, (None, yuan(10_000), yuan(5_000)));
    check("D2c", d2c, Some(Lighter), (None, yuan(10_000), yuan(2_000)));
    let d2d = r#"{"两年内同类违法次数":1}"#;
    check("D2d", d2d, None, (yuan(10_000), yuan(50_000), yuan(30_000)));
    check("D2d", d2d, Some(Lighter), (yuan(10_000), yuan(30_000), None));
    check(
        "D2d",
        r#"{"两年内同类违法次数":3}"#,
        None,
        (yuan(100_000), yuan(100_000), yuan(100_000)),
    );
    check("D3a", "{}", Some(Lighter), (yuan(50_000), yuan(65_000), None));
    check("D3a", "{}", None, (yuan(65_000), yuan(85_000), None));
    check("D3a", "{}", Some(Heavier), (yuan(85_000), yuan(100_000), None));
    let d3b = r#"{"货值金额":20000}"#;
    check("D3b", d3b, Some(Lighter), (yuan(200_000), yuan(260_000), None));
    check("D3b", d3b, None, (yuan(260_000), yuan(340_000), None));
    check("D3b", d3b, Some(Heavier), (yuan(340_000), yuan(400_000), None));
}

#[test]
fn the_highest_levels_of_d2a_make_exactly_one_hundred_per_cent() {
    let Shape::WeightSum { start, factors, .. } = benchmark("D2a").shape else {
        panic!()
    };
    let top = factors.iter().map(|f| f.levels.iter().map(|l| l.weight).max().unwrap());
    let sum = top.fold(start, |sum, weight| sum.add(weight).unwrap());
    assert_eq!(sum, Number::from(100));
}

#[test]
fn an_amount_outside_the_statutory_range_is_unlawful() {
    let d1 = benchmark("D1").weigh(&facts(r#"{"情形":"10052"}"#), &[]).unwrap();
    assert_eq!(d1.besides[0], ("拘留".into(), "5日".into()));
    assert_eq!(d1.judge(Number::from(1500)), Judgement::Within);
    assert!(matches!(d1.judge(Number::from(2001)), Judgement::Unlawful(_)));
    assert!(matches!(d1.judge(Number::from(199)), Judgement::Unlawful(_)));
    let d2a = benchmark("D2a").weigh(&facts(D2A), &[]).unwrap();
    assert!(matches!(d2a.judge(Number::from(200_000)), Judgement::Departs(_)));
    let mitigated = benchmark("D2a")
        .weigh(&facts(D2A), &ground(GroundKind::Mitigated))
        .unwrap();
    assert_eq!(mitigated.judge(Number::from(60_000)), Judgement::Within);
    let first = benchmark("D2a")
        .weigh(&facts(D2A), &ground(GroundKind::FirstOffence))
        .unwrap();
    assert!(matches!(first.judge(Number::from(1)), Judgement::Unlawful(_)));
}

#[test]
fn the_later_version_applies_only_if_it_is_lighter() {
    let old = benchmark("D2d");
    let day = |text| Date::parse(text).unwrap();
    let mut lighter = old.clone();
    lighter.in_force = day("2027-01-01");
    lighter.until = None;
    lighter.document = "新号".into();
    let Shape::Range { rows, .. } = &mut lighter.shape else {
        panic!()
    };
    rows[0].high = yuan(40_000);
    let given = facts(r#"{"两年内同类违法次数":1}"#);
    let versions = [old.clone(), lighter];
    let chosen = |acted, decided| {
        choose(&versions, day(acted), day(decided), &given, &[])
            .unwrap()
            .map(|c| c.version)
    };
    assert_eq!(chosen("2026-05-01", "2027-02-01"), Some(1));
    assert_eq!(chosen("2026-05-01", "2026-06-01"), Some(0));
    assert_eq!(chosen("2021-05-01", "2027-02-01"), None);
    let mut heavier = versions[1].clone();
    let Shape::Range { rows, .. } = &mut heavier.shape else {
        panic!()
    };
    rows[0].high = yuan(90_000);
    let kept = choose(&[old, heavier], day("2026-05-01"), day("2027-02-01"), &given, &[]).unwrap();
    assert_eq!(kept.unwrap().version, 0);
}

#[test]
fn bounds_follow_the_issuer() {
    use mingjing_rules::benchmark::Bounds;
    let guangdong = Bounds {
        above_includes: true,
        below_includes: false,
    };
    let wanted = Some("? >= 50 and ? < 200".to_owned());
    assert_eq!(phrase_tests("50吨以上200吨以下", guangdong), wanted);
    let civil_code = Some("? >= 50 and ? <= 200".to_owned());
    assert_eq!(phrase_tests("50吨以上200吨以下", Bounds::default()), civil_code);
    assert_eq!(phrase_tests("超过3倍", Bounds::default()), Some("? > 3".to_owned()));
    assert_eq!(phrase_tests("不满50", guangdong), Some("? < 50".to_owned()));
    assert_eq!(phrase_tests("一般区域", guangdong), None);
}

/// The DMN files are written from the texts; `UPDATE_FIXTURES=1` writes them anew.
#[test]
fn dmn_files_are_those_of_the_texts() {
    for code in ALL {
        let written = write(&benchmark(code).to_dmn());
        let file = path(&format!("{code}.dmn"));
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            std::fs::write(&file, &written).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&file).unwrap(), written, "{code}");
        let findings = mingjing_rules::api::check_files(&[&written], &Default::default()).unwrap();
        let errors: Vec<_> = findings.iter().filter(|f| f.kind.is_error()).collect();
        assert!(errors.is_empty(), "{code}: {errors:#?}");
    }
}

fn dmn_value(code: &str, given: &Context) -> Value {
    let xml = std::fs::read_to_string(path(&format!("{code}.dmn"))).unwrap();
    let model = Arc::new(Model::new(vec![read(&xml).unwrap()]).unwrap());
    let request = Request {
        inputs: given.clone(),
        ..Request::default()
    };
    model.evaluate("罚款", &request).unwrap().value
}

#[test]
fn the_model_explains_itself_in_sentences() {
    let xml = std::fs::read_to_string(path("D2a.dmn")).unwrap();
    let outcome = mingjing_rules::api::eval(&[&xml], "罚款", D2A, true, &Default::default()).unwrap();
    assert_eq!(outcome.value, Value::from(180_000));
    let text = outcome.sentences();
    assert!(text.contains("“罚款”的结果是 180000。"), "{text}");
    assert!(text.contains("第 2 条规则成立：结果为 3。\n"), "{text}");
    assert!(text.contains("程度：50吨以上200吨以下"), "{text}");
    let again = mingjing_rules::api::eval(&[&xml], "罚款", D2A, true, &Default::default()).unwrap();
    assert_eq!(outcome.record(), again.record());
}

/// The same inputs give the same explanation for ever; a change of these files is a new form.
#[test]
fn explanations_are_pinned() {
    let xml = std::fs::read_to_string(path("D2a.dmn")).unwrap();
    let outcome = mingjing_rules::api::eval(&[&xml], "罚款", D2A, true, &Default::default()).unwrap();
    let pinned = [
        ("D2a.explanation.txt", outcome.sentences() + "\n"),
        ("D2a.explanation.json", outcome.record() + "\n"),
    ];
    for (name, text) in pinned {
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            std::fs::write(path(name), &text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path(name)).unwrap(), text, "{name}");
    }
}

fn level_fact(level: &str) -> Value {
    match level {
        "3个以上" => Value::from(5),
        "不满50吨" | "不满50" => Value::from(49),
        "50吨以上200吨以下" => Value::from(50),
        "200吨以上" => Value::from(200),
        "4次以上" => Value::from(9),
        number if number.parse::<Number>().is_ok() => Value::Number(number.parse().unwrap()),
        name => Value::from(name),
    }
}

proptest! {
    /// The typed benchmark and its DMN agree on every combination of levels.
    #[test]
    fn d2a_and_its_dmn_agree(picks in proptest::collection::vec(0usize..7, 6)) {
        let benchmark = benchmark("D2a");
        let Shape::WeightSum { factors, .. } = &benchmark.shape else { panic!() };
        let mut given = Context::new();
        for (factor, pick) in factors.iter().zip(&picks) {
            let fact = factor.levels.get(*pick).map_or(Value::Null, |level| level_fact(&level.text));
            given.set(factor.name.clone(), fact);
        }
        let typed = benchmark.weigh(&given, &[]).unwrap();
        let raw = dmn_value("D2a", &given).as_number().unwrap();
        prop_assert_eq!(typed.default.unwrap(), raw.max(Number::from(100_000)));
    }

    #[test]
    fn reading_any_text_is_total(text in "[基准发布施行依据幅度定额因素0-9=%*|至 \n-]{0,200}") {
        let _ = read_benchmark(&text);
    }
}
