//! From the start page to the confirmation, and everything that must not happen on the way.

use axum::http::StatusCode;

use crate::asking::{Answer, Person, Town, hidden};
use crate::world::{ITEM, RESTAURANT, answers};

pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";

/// Begins a draft for the restaurant; its address.
pub async fn begun(person: Person<'_>) -> String {
    let path = format!("/apply/{ITEM}");
    let page = person.sees(&path).await;
    let whom = format!("organisation:{RESTAURANT}");
    person.post(&path, &page, &[("behalf", &whom)]).await.location()
}

pub async fn fill_sections(person: Person<'_>, draft: &str) {
    for section in ["operator", "premises", "business", "safety"] {
        let path = format!("{draft}/form/{section}");
        let page = person.sees(&path).await;
        let all = answers();
        let fields: Vec<(&str, &str)> = all
            .iter()
            .flat_map(|(name, values)| values.iter().map(move |value| (name.as_str(), value.as_str())))
            .collect();
        person.post(&path, &page, &fields).await.location();
    }
}

pub async fn upload_all(person: Person<'_>, draft: &str) {
    for material in ["premises", "equipment", "management", "process"] {
        let page = person.sees(&format!("{draft}/materials")).await;
        let field = format!("file_{material}");
        let path = format!("{draft}/materials/{material}");
        person
            .upload(&path, &page, &[], &[(&field, "说明.pdf", PDF)])
            .await
            .location();
    }
}

/// A draft with everything in it.
pub async fn ready(person: Person<'_>) -> String {
    let draft = begun(person).await;
    let path = format!("{draft}/party");
    let page = person.sees(&path).await;
    let fields = [("contact", "李琴"), ("phone", "13800000002"), ("address", "演示路8号")];
    person.post(&path, &page, &fields).await.location();
    fill_sections(person, &draft).await;
    upload_all(person, &draft).await;
    let path = format!("{draft}/delivery");
    let page = person.sees(&path).await;
    person
        .post(&path, &page, &[("delivery", "electronic")])
        .await
        .location();
    draft
}

/// Submits a ready draft; number and secret as the page shows them.
pub async fn submitted(person: Person<'_>) -> (String, String) {
    let draft = ready(person).await;
    let path = format!("{draft}/check");
    let page = person.sees(&path).await;
    let done = person.post(&path, &page, &[("promise", "yes")]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    numbers(&done)
}

fn numbers(done: &Answer) -> (String, String) {
    let after = |mark: &str| {
        let start = done
            .body
            .find(mark)
            .unwrap_or_else(|| panic!("no {mark} in {}", done.body));
        let strong = done.body[start..].find("<strong>").unwrap() + start + "<strong>".len();
        done.body[strong..].split('<').next().unwrap().to_owned()
    };
    (after("办件编号"), after("查询密码"))
}

#[tokio::test]
async fn an_application_goes_from_start_to_confirmation() {
    let town = Town::new().await;
    let owner = town.person("李琴");
    let start = owner.sees(&format!("/apply/{ITEM}")).await;
    start.says("食品经营许可");
    start.says("您是登记的法定代表人");
    let draft = ready(owner).await;
    let tasks = owner.sees(&draft).await;
    tasks.says("已完成 8 项，共 8 项");
    tasks.says("可以提交");
    let path = format!("{draft}/check");
    let page = owner.sees(&path).await;
    page.says("86 平方米");
    page.says("热食");
    page.keeps_silent_on("网店名称");
    let unpromised = owner.post(&path, &page, &[]).await;
    unpromised.says("请阅读承诺并勾选后再提交");
    let done = owner.post(&path, &page, &[("promise", "yes")]).await;
    done.says("申请已提交");
    done.says("收件凭证");
    // 5 working days from Monday 2 February 2026.
    done.says("2026年2月9日");
    let (number, _) = numbers(&done);
    owner.sees("/my").await.says(&number);
    // Back, and a stranger's reload: the draft is gone and the page says where to go.
    let back = owner.get(&path).await;
    assert_eq!(back.status, StatusCode::NOT_FOUND);
    back.says("已经提交");
    town.world.chronicle.settle().await.unwrap();
    let case = owner.sees(&format!("/my/cases/{number}")).await;
    case.says("收件凭证（PDF）");
}

#[tokio::test]
async fn what_is_typed_wrongly_is_said_at_its_field_and_kept() {
    let town = Town::new().await;
    let owner = town.person("李琴");
    let draft = begun(owner).await;
    let path = format!("{draft}/form/premises");
    let page = owner.sees(&path).await;
    page.says("演示路8号");
    page.says("已从账户登记信息带入，请核对");
    let hostile = "<script>alert(1)</script>";
    let fields = [
        ("premises_address", hostile),
        ("premises_area", "-1"),
        ("premises_right", "stolen"),
    ];
    let again = owner.post(&path, &page, &fields).await;
    assert_eq!(again.status, StatusCode::OK);
    again.says("经营面积应为数字");
    again.says("场所怎样取得没有这个选项");
    again.says("请填写周边环境和污染源的说明");
    again.says("href=\"#premises_area\"");
    again.keeps_silent_on(hostile);
    again.says("&#60;script&#62;");
    let later = owner.sees(&path).await;
    later.says("&#60;script&#62;");
    owner.sees(&draft).await.says("待完善");
    let check = owner.sees(&format!("{draft}/check")).await;
    check.says("还有这些没有完成");
    check.keeps_silent_on("name=\"promise\"");
}

#[tokio::test]
async fn pressing_twice_submits_once_and_gives_the_same_answer() {
    let town = Town::new().await;
    let owner = town.person("李琴");
    let draft = ready(owner).await;
    let path = format!("{draft}/check");
    let (one, other) = (owner.sees(&path).await, owner.sees(&path).await);
    let first = owner.post(&path, &one, &[("promise", "yes")]).await;
    let again = owner.post(&path, &one, &[("promise", "yes")]).await;
    assert_eq!(numbers(&first), numbers(&again));
    let crossing = owner.post(&path, &other, &[("promise", "yes")]).await;
    assert_eq!(crossing.status, StatusCode::NOT_FOUND);
    crossing.says("已经提交");
    owner.sees("/my?tab=open").await.says("办理中（1）");
}

#[tokio::test]
async fn answers_changed_in_another_window_are_read_again_before_submitting() {
    let town = Town::new().await;
    let owner = town.person("李琴");
    let draft = ready(owner).await;
    let path = format!("{draft}/check");
    let stale = owner.sees(&path).await;
    town.world.clock.advance_hours(1);
    let page = owner.sees(&format!("{draft}/delivery")).await;
    owner
        .post(&format!("{draft}/delivery?from=check"), &page, &[("delivery", "paper")])
        .await
        .location();
    let answer = owner.post(&path, &stale, &[("promise", "yes")]).await;
    answer.says("请重新核对");
    owner.sees("/my?tab=open").await.says("办理中（0）");
}

#[tokio::test]
async fn a_wrong_token_changes_nothing() {
    let town = Town::new().await;
    let owner = town.person("李琴");
    let draft = ready(owner).await;
    let path = format!("{draft}/check");
    let page = owner.sees(&path).await;
    let mut fields = hidden(&page);
    fields[0].1 = "form-token-of-acc-demo-citizen-0123456789abcdef".into();
    let answer = owner.send(&path, &fields, &[("promise", "yes")]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    owner.sees("/my?tab=drafts").await.says("草稿（1）");
}

#[tokio::test]
async fn a_draft_is_its_owners_alone() {
    let town = Town::new().await;
    let (owner, other) = (town.person("李琴"), town.person("王明"));
    let draft = ready(owner).await;
    let materials = owner.sees(&format!("{draft}/materials")).await;
    let file = materials
        .body
        .split(&format!("href=\"{draft}/files/"))
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let file = format!("{draft}/files/{file}");
    assert_eq!(owner.sees(&file).await.bytes, PDF);
    let paths = [
        "",
        "/party",
        "/form/premises",
        "/materials",
        "/delivery",
        "/check",
        "/discard",
    ];
    for path in paths.map(|path| format!("{draft}{path}")).iter().chain([&file]) {
        let answer = other.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        answer.keeps_silent_on("好滋味");
        let visitor = town.visitor().get(path).await;
        assert_ne!(visitor.status, StatusCode::OK, "{path}");
    }
    let own_form = other.sees(&format!("/apply/{ITEM}")).await;
    own_form.keeps_silent_on("好滋味");
    for (path, fields) in [
        ("/delivery", ("delivery", "paper")),
        ("/check", ("promise", "yes")),
        ("/discard", ("x", "y")),
    ] {
        other.post(&format!("{draft}{path}"), &own_form, &[fields]).await;
    }
    let remove = format!("{draft}/materials/premises/remove");
    other
        .post(&remove, &own_form, &[("blob", file.rsplit('/').next().unwrap())])
        .await;
    owner.sees(&draft).await.says("已完成 8 项，共 8 项");
    other.sees("/my?tab=drafts").await.says("草稿（0）");
}

#[tokio::test]
async fn nobody_applies_for_somebody_else_without_authority() {
    let town = Town::new().await;
    let other = town.person("王明");
    let path = format!("/apply/{ITEM}");
    let page = other.sees(&path).await;
    let whom = format!("organisation:{RESTAURANT}");
    let answer = other.post(&path, &page, &[("behalf", &whom)]).await;
    answer.says("您没有代其申请该事项的权限");
    other.sees("/my?tab=drafts").await.says("草稿（0）");
    let clerk = town.person("林晓岚").get(&path).await;
    assert_eq!(clerk.status, StatusCode::FORBIDDEN);
    assert_eq!(
        other.get("/apply/33030300SJ-XK-9999").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn files_that_are_not_taken_say_why_beside_their_material() {
    let town = Town::new().await;
    let owner = town.person("李琴");
    let draft = begun(owner).await;
    let page = owner.sees(&format!("{draft}/materials")).await;
    page.says("不用上传");
    page.says("每个文件不超过 10 MB");
    let path = format!("{draft}/materials/premises");
    let check = async |name: &str, content: &[u8], words: &str| {
        let answer = owner
            .upload(&path, &page, &[], &[("file_premises", name, content)])
            .await;
        answer.says(words);
        answer.says("id=\"file_premises-error\"");
    };
    check("木马.exe", b"MZ", "只能上传 PDF、JPG 或 PNG 文件").await;
    check("空.pdf", b"", "文件是空的").await;
    check("图.png", PDF, "后缀与内容不一致").await;
    check("坏.pdf", b"%PDF-1.7 BROKEN %%EOF", "已损坏").await;
    owner.upload(&path, &page, &[], &[]).await.says("请选择要上传的文件");
    let other = owner
        .upload(
            &format!("{draft}/materials/unknown"),
            &page,
            &[],
            &[("file_unknown", "x.pdf", PDF)],
        )
        .await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    owner
        .sees(&format!("{draft}/materials"))
        .await
        .keeps_silent_on("已上传");
}

#[tokio::test]
async fn a_file_is_replaced_and_removed() {
    let town = Town::new().await;
    let owner = town.person("李琴");
    let draft = begun(owner).await;
    let (materials, path) = (format!("{draft}/materials"), format!("{draft}/materials/premises"));
    for (name, replace) in [("一.pdf", false), ("二.pdf", false), ("三.pdf", true)] {
        let page = owner.sees(&materials).await;
        let fields: &[(&str, &str)] = if replace { &[("replace", "yes")] } else { &[] };
        owner
            .upload(&path, &page, fields, &[("file_premises", name, PDF)])
            .await
            .location();
    }
    let page = owner.sees(&materials).await;
    page.says("三.pdf");
    page.keeps_silent_on("二.pdf");
    let blob = page.hidden("blob");
    owner
        .post(&format!("{path}/remove"), &page, &[("blob", &blob)])
        .await
        .location();
    owner.sees(&materials).await.keeps_silent_on("三.pdf");
}
