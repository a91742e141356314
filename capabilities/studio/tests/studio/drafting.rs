//! What a body's clerk drafts of an item: form, situations, materials, benchmark. Tested here because the studio's town has
//! people at desks.

use axum::http::StatusCode;

use crate::town::{CLERK, OFFICE, STRANGER, Town};
use crate::world::ITEM;

fn at(part: &str, at: &str) -> String {
    format!("/desk/drafting/{ITEM}/{part}?at={at}")
}

const FIELD: [(&str, &str); 5] = [
    ("label", "档口编号"),
    ("id", "stall"),
    ("kind", "text"),
    ("required", "yes"),
    ("visible", "list contains(situation.circumstances, \"shared\")"),
];

#[tokio::test]
async fn a_field_is_drafted_previewed_and_filed() {
    let town = Town::new().await;
    let page = town.sees(CLERK, &at("form", "n.premises")).await;
    page.says("条件怎么写");
    page.says("situation.circumstances");
    // A condition that cannot be is told at its field, and nothing is saved.
    let mut wrong = FIELD;
    wrong[4].1 = "list contains(situation.circumstances, \"shard\")";
    let refused = town
        .post(CLERK, &at("form", "n.premises"), "key-of-the-field-0001", &wrong)
        .await;
    assert_eq!(refused.status, StatusCode::OK);
    refused.says("不是“您有下面这些情形吗”的选项");
    town.sees(CLERK, "/desk/drafting").await.says("还没有草稿");
    let saved = town
        .post(CLERK, &at("form", "n.premises"), "key-of-the-field-0002", &FIELD)
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    // Asked only in its situation: the preview shows it with the answer and not without.
    let path = at("form", "f.stall");
    town.sees(CLERK, &path).await.keeps_silent_on("name=\"p.stall\"");
    let shared = format!("{path}&p.situation.circumstances=shared&p.tried=yes");
    let preview = town.sees(CLERK, &shared).await;
    preview.says("name=\"p.stall\"");
    preview.says("请填写档口编号");
    preview.says("共用场所的协议或者场所管理方的同意书");
    // The draft is its author's alone, and in force for nobody.
    town.sees(CLERK, &format!("/desk/drafting/{ITEM}"))
        .await
        .says("档口编号");
    assert_eq!(town.get(STRANGER, &path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(town.get(OFFICE, "/desk/drafting").await.status, StatusCode::FORBIDDEN);
    // A save over another save than the page has seen writes nothing.
    let crossing = town
        .post(
            CLERK,
            &path,
            "key-of-the-field-0003",
            &[("label", "别的"), ("id", "stall"), ("kind", "text")],
        )
        .await;
    crossing.says("在别的窗口保存过");
    // Filed with the rest of the form as it stands.
    let file = format!("/desk/changes/new?kind=change&item={ITEM}&draft=yes");
    let form = town.sees(CLERK, &file).await;
    form.says("连同您的草稿一起申报");
    let fields = [
        ("kind", "change"),
        ("item_code", ITEM),
        ("draft", "1"),
        ("trigger", "clean_up"),
        ("document", "清理通知"),
        ("trigger_on", "2026-02-02"),
        ("effective_on", "2026-02-02"),
        ("reasons", "共用场所的要写明档口"),
    ];
    let typed = form.texts();
    let typed = typed.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let all: Vec<(&str, &str)> = fields.into_iter().chain(typed).collect();
    let filed = town
        .post(CLERK, "/desk/changes/new", "key-of-the-filing-001", &all)
        .await;
    assert_eq!(filed.status, StatusCode::SEE_OTHER, "{}", filed.body);
    let change = filed.headers["location"].to_str().unwrap().to_owned();
    let review = town.sees(OFFICE, &change).await;
    review.says("档口编号");
    review.says("新增");
    review.keeps_silent_on("<th scope=\"row\" class=\"govuk-table__header\">申报资料");
}

#[tokio::test]
async fn a_question_and_a_material_of_the_library_are_drafted() {
    let town = Town::new().await;
    let define = [
        ("key", "fire_note"),
        ("name", "消防安全说明"),
        ("basis", "消防法15"),
        ("source", "applicant"),
        ("form", "either"),
        ("copies", "1"),
    ];
    let path = "/desk/materials/new-definition";
    assert_eq!(town.get(CLERK, path).await.status, StatusCode::OK);
    let refused = town.post_parts(CLERK, path, "key-of-the-material-01", &define).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let mut baseless = define;
    baseless[2].1 = "";
    town.post_parts(OFFICE, path, "key-of-the-material-02", &baseless)
        .await
        .says("没有依据的材料不得要求提交");
    let defined = town.post_parts(OFFICE, path, "key-of-the-material-03", &define).await;
    assert_eq!(defined.status, StatusCode::SEE_OTHER, "{}", defined.body);
    town.sees(CLERK, "/desk/materials").await.says("消防安全说明");
    let taken = [("act", "take"), ("definition", "fire_note")];
    let taken = town
        .post(CLERK, &at("situation", "m"), "key-of-the-taking-001", &taken)
        .await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let one = town.sees(CLERK, &at("situation", "m.fire_note")).await;
    one.says("取自材料库：消防安全说明（第1版）");
    // A question that decides nothing is found, with the draft kept.
    let question = [
        ("id", "big"),
        ("label", "面积大吗"),
        ("options", "yes 大\nno 小"),
        ("_seen", "1"),
    ];
    town.post(CLERK, &at("situation", "q"), "key-of-the-question-1", &question)
        .await;
    let found = town.sees(CLERK, &at("situation", "q.big")).await;
    found.says("不决定任何材料或者栏目");
    let when = [
        ("id", "fire_note"),
        ("label", "消防安全说明"),
        ("basis", "消防法15"),
        ("source", "applicant"),
        ("form", "either"),
        ("copies", "1"),
        ("required", "yes"),
        ("asked_when", "situation.big = \"yes\""),
        ("_seen", "2"),
    ];
    town.post(CLERK, &at("situation", "m.fire_note"), "key-of-the-material-04", &when)
        .await;
    let sound = town.sees(CLERK, &at("situation", "m.fire_note")).await;
    sound.keeps_silent_on("不决定任何材料或者栏目");
    sound.says("取自材料库");
    town.sees(
        CLERK,
        &format!("{}&p.situation.big=yes&p.tried=yes", at("situation", "")),
    )
    .await
    .says("消防安全说明");
}

#[tokio::test]
async fn fields_of_the_place_are_set_by_the_legal_office() {
    let town = Town::new().await;
    let path = "/desk/field-sets/GF";
    let fields = [
        ("name1", "给付标准"),
        ("key1", "standard"),
        ("kind1", "text"),
        ("required1", "yes"),
        ("basis1", "演示规定第三条"),
        ("_seen", "0"),
    ];
    let refused = town.post(CLERK, path, "key-of-the-fields-001", &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let set = town.post(OFFICE, path, "key-of-the-fields-002", &fields).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.body);
    town.sees(CLERK, path).await.says("给付标准");
    let late = town.post(OFFICE, path, "key-of-the-fields-003", &fields).await;
    late.says("核对后再保存一次");
}
