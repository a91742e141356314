#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::civil::date;

use super::*;
use crate::version::tests::bare;

/// An item whose situation decides: a rented place needs its contract, a chain one of two papers, and organisations a
/// field of their own.
fn item() -> ItemVersion {
    let mut json = serde_json::to_value(bare("33030300SJ-XK-0001")).unwrap();
    json["situations"] = serde_json::json!([
        {"id": "place", "label": "场所怎样取得", "options": [
            {"value": "owned", "label": "自有"}, {"value": "rented", "label": "租用"}]},
        {"id": "shop", "label": "属于连锁吗", "asked_when": "party.kind = \"organisation\"", "options": [
            {"value": "yes", "label": "是"}, {"value": "no", "label": "否"}]},
        {"id": "extras", "label": "还做什么", "several": true, "options": [
            {"value": "raw", "label": "生食"}, {"value": "cold", "label": "冷食"}]}
    ]);
    json["form"] = serde_json::json!({"title": "表", "sections": [
        {"id": "first", "title": "基本", "fields": [
            {"id": "area", "type": "number", "label": "面积", "required": true,
             "valid": [{"when": "form.area >= 8", "message": "经营面积不能小于8平方米"}]},
            {"id": "plan", "type": "text", "label": "布局", "required_when": "form.area > 300"},
            {"id": "landlord", "type": "text", "label": "出租人", "required": true, "visible": "situation.place = \"rented\""}]},
        {"id": "raw", "title": "生食", "visible": "list contains(situation.extras, \"raw\")", "fields": [
            {"id": "room", "type": "text", "label": "专间", "required": true}]}
    ]});
    json["materials"] = serde_json::json!([
        {"id": "deed", "name": "产权证明", "asked_when": "situation.place = \"owned\""},
        {"id": "lease", "name": "租赁合同", "asked_when": "situation.place = \"rented\"", "one_of": "场所"},
        {"id": "letter", "name": "出租人同意书", "asked_when": "situation.place = \"rented\"", "one_of": "场所"},
        {"id": "licence", "name": "营业执照", "source": "shared"},
        {"id": "brand", "name": "总部授权书", "asked_when": "situation.shop = \"yes\""},
        {"id": "fire", "name": "消防说明", "asked_when": "form.area > 300"},
        {"id": "photo", "name": "照片", "required": false}
    ]);
    serde_json::from_value(json).unwrap()
}

fn answers(given: &[(&str, &str)]) -> Answers {
    let several = |text: &str| {
        text.split(',')
            .filter(|one| !one.is_empty())
            .map(str::to_owned)
            .collect()
    };
    given
        .iter()
        .map(|(key, text)| ((*key).to_owned(), several(text)))
        .collect()
}

fn told(answers: &Answers, audience: Audience) -> Told<'_> {
    Told {
        answers,
        audience: Some(audience),
        today: date(2026, 3, 2),
    }
}

#[test]
fn an_item_in_order_is_proved() {
    assert_eq!(problems(&item()), []);
    assert_eq!(problems(&bare("33030300SJ-XK-0001")), []);
}

#[test]
fn the_situation_decides_what_is_asked() {
    let item = item();
    let check = |given: &[(&str, &str)], audience, expect: &str| {
        let given = answers(given);
        let asked = item.asked(told(&given, audience));
        let lacking: Vec<String> = asked.lacking(|_| false).into_iter().map(|one| one.name).collect();
        assert_eq!(lacking.join("、"), expect, "{given:?}");
    };
    let (one, many) = (Audience::Individual, Audience::Organisation);
    check(&[("situation.place", "owned")], one, "产权证明");
    check(&[("situation.place", "rented")], one, "租赁合同或者出租人同意书");
    // A person is not asked whether it is a chain; what is sent nevertheless decides nothing.
    check(
        &[("situation.place", "owned"), ("situation.shop", "yes")],
        one,
        "产权证明",
    );
    check(
        &[("situation.place", "owned"), ("situation.shop", "yes")],
        many,
        "产权证明、总部授权书",
    );
    check(
        &[("situation.place", "owned"), ("area", "300.5")],
        one,
        "产权证明、消防说明",
    );
    check(&[("situation.place", "owned"), ("area", "300")], one, "产权证明");
    check(&[], one, "");
}

#[test]
fn one_of_several_is_enough_and_what_is_shared_is_not_handed_in() {
    let item = item();
    let given = answers(&[("situation.place", "rented")]);
    let asked = item.asked(told(&given, Audience::Individual));
    let lacks = |there: &[&str]| asked.lacking(|id| there.contains(&id)).len();
    assert_eq!(
        (lacks(&[]), lacks(&["lease"]), lacks(&["letter"]), lacks(&["deed"])),
        (1, 0, 0, 1)
    );
    let ids: Vec<&str> = asked.handed_in().map(|material| material.id.as_str()).collect();
    assert_eq!(ids, ["lease", "letter", "photo"]);
    assert!(asked.materials().iter().any(|material| material.id == "licence"));
    assert_eq!(asked.lacking(|_| false)[0].ids, ["lease", "letter"]);
}

#[test]
fn what_is_hidden_is_neither_asked_nor_kept() {
    let item = item();
    let check = |given: &[(&str, &str)], errors: &[&str], kept: &[&str]| {
        let given = answers(given);
        let asked = item.asked(told(&given, Audience::Individual));
        let found: Vec<String> = asked
            .form_errors(None)
            .into_iter()
            .map(|error| error.field.into_owned())
            .collect();
        assert_eq!(found, errors, "{given:?}");
        let kept_now: Vec<String> = asked.kept().into_keys().collect();
        assert_eq!(kept_now, kept, "{given:?}");
    };
    let place = ("situation.place", "owned");
    check(&[place, ("area", "20")], &[], &["area", "situation.place"]);
    check(
        &[place, ("area", "20"), ("landlord", "某")],
        &[],
        &["area", "situation.place"],
    );
    check(&[place, ("area", "5")], &["area"], &["area", "situation.place"]);
    check(&[place, ("area", "400")], &["plan"], &["area", "situation.place"]);
    check(&[place], &["area"], &["situation.place"]);
    check(
        &[
            ("situation.place", "rented"),
            ("area", "20"),
            ("situation.extras", "raw,cold"),
        ],
        &["landlord", "room"],
        &["area", "situation.extras", "situation.place"],
    );
    let short = answers(&[place, ("area", "5")]);
    let errors = item
        .asked(told(&short, Audience::Individual))
        .form_errors(Some("first"));
    assert_eq!(errors[0].message, "经营面积不能小于8平方米");
}

#[test]
fn questions_are_answered_with_their_options() {
    let item = item();
    let check = |given: &[(&str, &str)], audience, expect: &[&str]| {
        let given = answers(given);
        let errors = item.asked(told(&given, audience)).question_errors();
        let fields: Vec<&str> = errors.iter().map(|error| &*error.field).collect();
        assert_eq!(fields, expect, "{given:?}");
    };
    check(&[("situation.place", "owned")], Audience::Individual, &[]);
    check(&[], Audience::Individual, &["situation.place"]);
    check(
        &[("situation.place", "stolen")],
        Audience::Individual,
        &["situation.place"],
    );
    check(
        &[("situation.place", "owned")],
        Audience::Organisation,
        &["situation.shop"],
    );
    let both = [("situation.place", "owned"), ("situation.extras", "raw,other")];
    check(&both, Audience::Individual, &["situation.extras"]);
}

#[test]
fn what_is_not_in_order_is_refused_on_entry() {
    let check = |change: fn(&mut ItemVersion), column: &str, words: &str| {
        let mut item = item();
        change(&mut item);
        let found = problems(&item);
        let told = found.iter().any(|(at, reason)| *at == column && reason.contains(words));
        assert!(told, "{words}: {found:?}");
    };
    check(
        |item| item.materials[0].asked_when = Some("situation.plaec = 1".into()),
        "materials",
        "没有的",
    );
    check(
        |item| item.materials[0].asked_when = Some("situation.place = \"lent\"".into()),
        "materials",
        "不是“场所怎样取得”的选项",
    );
    check(
        |item| {
            item.materials[0].asked_when = Some("situation.place = \"owned\" and situation.place = \"rented\"".into());
        },
        "materials",
        "任何情形下都不会要求提交",
    );
    check(
        |item| item.materials[5].asked_when = Some("form.area > 300 and form.area < 200".into()),
        "materials",
        "任何情形下都不会要求提交",
    );
    // A list compared as if it were a text decides nothing.
    check(
        |item| item.materials[0].asked_when = Some("situation.extras > 3".into()),
        "materials",
        "材料“产权证明”",
    );
    check(
        |item| {
            item.situations[1].asked_when = Some("party.kind = \"individual\" and party.kind = \"organisation\"".into())
        },
        "situations",
        "任何情形下都不会问到",
    );
    check(
        |item| item.materials[4].asked_when = None,
        "situations",
        "不决定任何材料或者栏目",
    );
    check(|item| item.materials[2].one_of = None, "materials", "没有别的材料");
    check(|item| item.materials[2].required = false, "materials", "应当一致");
    check(
        |item| item.situations[0].options.truncate(1),
        "situations",
        "2到12个选项",
    );
    check(|item| item.situations[0].id = "Place".into(), "situations", "小写字母");
    check(
        |item| item.situations[0].asked_when = Some("situation.extras = \"raw\"".into()),
        "situations",
        "没有的",
    );
    check(
        |item| {
            let form = item.form.as_mut().unwrap();
            form.sections[0].fields[0].visible = Some("form.plan = \"x\"".into());
        },
        "form",
        "没有的",
    );
    check(
        |item| {
            let form = item.form.as_mut().unwrap();
            form.sections[0].fields[0].tests[0].message.clear();
        },
        "form",
        "没有写提示的话",
    );
}

#[test]
fn too_many_combinations_are_refused_and_not_tried() {
    let mut item = item();
    let question = |n: usize| {
        let option = |m: usize| Choice {
            value: format!("v{m}"),
            label: format!("值{m}"),
            hint: None,
        };
        SituationQuestion {
            id: format!("q{n}"),
            label: format!("问题{n}"),
            hint: None,
            several: true,
            options: (0..MOST_OPTIONS).map(option).collect(),
            asked_when: None,
        }
    };
    item.situations.extend((0..4).map(question));
    let found = problems(&item);
    assert!(found.iter().any(|(_, reason)| reason.contains("组合超过")), "{found:?}");
}
