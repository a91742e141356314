//! What papers contain, and that none with a gap is made.

use mingjing_paper::{Field, PaperError, TEMPLATES, When, required_fields};
use serde_json::{Value, json};

use crate::{assert_says, fixture, print, text_of, with};

#[test]
fn every_kind_prints_from_complete_data_as_an_archive_and_accessible_pdf() {
    for kind in TEMPLATES {
        let pdf = print(kind.name, &fixture(kind.name)).unwrap_or_else(|error| panic!("{}: {error}", kind.name));
        assert!(pdf.bytes.starts_with(b"%PDF-1.7"), "{}", kind.name);
        assert!((1..=2).contains(&pdf.pages), "{}", kind.name);
        // The metadata are XML in the clear, as PDF/A demands.
        let text = String::from_utf8_lossy(&pdf.bytes);
        for mark in ["<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"] {
            assert!(text.contains(mark), "{} lacks {mark}", kind.name);
        }
    }
}

#[test]
fn papers_say_what_the_law_wants_said() {
    fn check(template: &str, lines: &[&str]) {
        let pdf = print(template, &fixture(template)).unwrap();
        assert_says(&pdf, lines);
        assert_says(&pdf, &["龙泉驿区市场监督管理局"]);
    }
    check(
        "acceptance_notice",
        &[
            "行政许可申请受理通知书",
            "龙市监许受〔2026〕12号",
            "成都喆堃餐饮管理有限公司：",
            "决定予以受理",
            "2026年6月4日",
            "2026年5月19日",
        ],
    );
    check(
        "supplement_notice",
        &[
            "一次告知",
            "食品安全管理人员身份证明",
            "授权委托书",
            "2026年5月22日前补正",
        ],
    );
    check(
        "refusal_of_acceptance",
        &[
            "不予受理",
            "由成都市市场监督管理局办理",
            "60日内向龙泉驿区人民政府申请行政复议",
            "6个月内向成都铁路运输第一法院",
            "四川省行政复议服务平台（演示）在线提交",
        ],
    );
    check("not_required", &["依法不需要取得行政许可", "只销售预包装食品"]);
    check("permit_grant", &["决定准予行政许可", "2026年5月18日至2031年5月17日"]);
    check(
        "permit_denial",
        &[
            "决定不予行政许可",
            "（二）清洗消毒设备未安装",
            "GB31654—2021",
            "提起行政诉讼",
        ],
    );
    check(
        "proof_of_service",
        &["送达回证", "■直接送达", "□电子送达", "龙市监许准〔2026〕21号"],
    );
    check(
        "certificate",
        &["食品经营许可证", "热食类食品制售", "91510112********4X"],
    );
    check(
        "extension_notice",
        &["2026年6月18日", "现场核查需要在工程完工后再次进行"],
    );
    check("excluded_time_notice", &["专家评审", "15个工作日"]);
    check("receipt", &["营业执照", "2026年5月13日前"]);
    check("withdrawal_notice", &["同意撤回", "2026年5月11日起终止办理"]);
}

#[test]
fn each_mandatory_content_is_missed_by_name() {
    for kind in TEMPLATES {
        for field in required_fields(kind.name).unwrap() {
            let mut data = fixture(kind.name);
            demand(&mut data, field.when);
            remove(&mut data, field.name);
            let Err(PaperError::Missing { fields, .. }) = print(kind.name, &data) else {
                panic!("{} was made without {}", kind.name, field.name);
            };
            let expect = field.name.replace("[]", "[1]");
            let gap = fields.iter().find(|gap| gap.name == expect);
            let gap = gap.unwrap_or_else(|| panic!("{}: {expect} not in {fields:?}", kind.name));
            assert_eq!((gap.label, gap.article), (field.label, field.article));
        }
    }
}

/// Makes the condition hold.
fn demand(data: &mut Value, when: When) {
    let (name, value) = match when {
        When::Always => return,
        When::Is(name, "true") => (name, json!(true)),
        When::Is(name, text) => (name, json!(text)),
        When::OneOf(name, texts) => (name, json!(texts[0])),
        When::Without(name) => return remove(data, name),
    };
    match name.split_once('.') {
        Some((group, key)) => data[group][key] = value,
        None => data[name] = value,
    }
}

fn remove(data: &mut Value, name: &str) {
    let (holder, key) = match (name.split_once("[]."), name.split_once('.')) {
        (Some((list, key)), _) => (&mut data[list][0], key),
        (None, Some((group, key))) => (&mut data[group], key),
        (None, None) => (data, name),
    };
    holder.as_object_mut().unwrap().remove(key);
}

#[test]
fn spaces_and_empty_lists_fill_no_gap() {
    for (name, blank) in [
        ("reasons", json!(" \u{3000}\n")),
        ("reasons", json!([])),
        ("basis", json!(["", " "])),
        ("court", json!(null)),
    ] {
        let refused = print("permit_denial", &with("permit_denial", name, blank.clone()));
        let Err(PaperError::Missing { fields, .. }) = refused else {
            panic!("{name} = {blank} was accepted");
        };
        assert_eq!(fields.len(), 1, "{fields:?}");
        assert_eq!(fields[0].name, name);
    }
}

#[test]
fn own_words_on_remedies_replace_organ_and_court() {
    let mut data = with("permit_denial", "remedies", "救济途径见所附告知单。");
    remove(&mut data, "court");
    remove(&mut data, "reconsideration_organ");
    let pdf = print("permit_denial", &data).unwrap();
    assert_says(&pdf, &["救济途径见所附告知单。"]);
}

#[test]
fn a_refusal_reads_as_a_clerk_would_say_it() {
    let mut data = fixture("permit_denial");
    remove(&mut data, "reasons");
    let said = print("permit_denial", &data).unwrap_err().to_string();
    assert_eq!(
        said,
        "不予行政许可决定书缺少必备内容：不予许可的理由（reasons，依据：《行政许可法》第三十八条第二款）"
    );
}

#[test]
fn an_electronic_service_needs_and_shows_its_arrival() {
    let service = json!({"method": "electronic", "place": "本平台收件箱"});
    let mut data = with("proof_of_service", "service", service);
    let Err(PaperError::Missing { fields, .. }) = print("proof_of_service", &data) else {
        panic!("made without the arrival");
    };
    assert_eq!(fields[0].name, "service.arrived_at");
    data["service"]["arrived_at"] = json!("2026-05-19T09:05:30");
    let pdf = print("proof_of_service", &data).unwrap();
    assert_says(&pdf, &["■电子送达", "2026年5月19日9时05分", "系统记录的到达时间"]);
}

#[test]
fn demo_marks_stand_only_where_asked_for() {
    fn marks(demo: bool, seal: bool) -> Option<(bool, bool)> {
        let mut data = with("permit_grant", "demo", demo);
        data["demo_seal"] = json!(seal);
        let text = text_of(&print("permit_grant", &data).unwrap())?;
        Some((text.contains("演示数据·不具有法律效力"), text.contains("无法律效力")))
    }
    for (demo, seal) in [(true, true), (true, false), (false, true), (false, false)] {
        if let Some(found) = marks(demo, seal) {
            assert_eq!(found, (demo, seal), "demo {demo}, seal {seal}");
        }
    }
}

#[test]
fn names_are_unique_and_every_content_has_label_and_article() {
    let mut names: Vec<_> = TEMPLATES.iter().map(|kind| kind.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), TEMPLATES.len());
    let fields = TEMPLATES.iter().flat_map(|kind| kind.fields);
    let whole = |field: &Field| !field.label.is_empty() && !field.article.is_empty();
    assert!(fields.clone().count() > 80 && fields.clone().all(whole));
    assert!(required_fields("no_such_paper").is_none());
}
