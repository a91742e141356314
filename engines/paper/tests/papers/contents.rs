//! What papers contain, and that none with a gap is made.

use mingjing_paper::{Field, PaperError, TEMPLATES, When, required_fields};
use serde_json::{Value, json};

use crate::{assert_says, fixture, print, text_of, with};

#[test]
fn every_kind_prints_from_complete_data_as_an_archive_and_accessible_pdf() {
    for kind in TEMPLATES {
        let pdf = print(kind.name, &fixture(kind.name)).unwrap_or_else(|error| panic!("{}: {error}", kind.name));
        assert!(pdf.bytes.starts_with(b"%PDF-1.7"), "{}", kind.name);
        assert!((1..=3).contains(&pdf.pages), "{}", kind.name);
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
fn papers_of_a_penalty_say_what_the_law_wants_said() {
    fn check(template: &str, lines: &[&str]) {
        let pdf = print(template, &fixture(template)).unwrap();
        assert_says(&pdf, lines);
        assert_says(&pdf, &["龙泉驿区市场监督管理局", "510112-CF20260318-7K3M92QD"]);
    }
    check(
        "case_opening_form",
        &[
            "行政处罚立案审批表",
            "监督检查，2026年3月16日",
            "李玥（演示）（执法证号：川A-演示-0002）",
            "同意立案，由陈昇、李玥承办。",
            "2026年3月18日",
        ],
    );
    check(
        "advance_notice",
        &[
            "罚款12000元。",
            "第六十七条第一款第一项",
            "陈述、申辩的期限为自收到本告知书之日起5个工作日",
            "不会因陈述、申辩而给予更重的处罚",
            "不属于应当告知听证权利的情形",
            "本告知书不是行政处罚决定",
        ],
    );
    check(
        "penalty_decision",
        &[
            "成都市龙泉驿区演示路8号附12号",
            "以上事实有下列证据证明",
            "（一）书证：",
            "该意见部分采纳",
            "罚款8000元（大写：捌仟元整）。",
            "自收到本决定书之日起十五日内",
            "每日按罚款数额的百分之三加处罚款",
            "60日内向龙泉驿区人民政府申请行政复议",
            "个月内向成都铁路运输第一法院提起行政诉讼",
            "行政处罚不停止执行",
            "改正违法行为",
        ],
    );
    check(
        "no_penalty_decision",
        &[
            "初次违法且危害后果轻微并及时改正",
            "决定对你不予行政处罚",
            "第三十三条第三款的规定，本机关对你进行教育",
            "提起行政诉讼",
        ],
    );
    check(
        "payment_notice",
        &[
            "龙市监处罚〔2026〕12号",
            "人民币8000元（大写：捌仟元整）",
            "2026年5月15日前（含当日）",
            "不收取罚款现金",
        ],
    );
    check(
        "case_closing_form",
        &["罚款8000元已于2026年5月12日缴清", "同意结案。", "川A-演示-0001"],
    );
}

#[test]
fn the_decision_on_a_matter_names_facts_basis_decision_and_remedies() {
    let pdf = print("matter_decision", &fixture("matter_decision")).unwrap();
    assert_says(
        &pdf,
        &[
            "认定工伤决定书",
            "二、决定",
            "《工伤保险条例》第十四条第（一）项",
            "提起行政诉讼",
        ],
    );
    assert_says(&pdf, &["龙泉驿区人力资源和社会保障局", "LQY-2026-000321"]);
}

#[test]
fn a_decision_without_a_fine_speaks_of_no_sum() {
    let mut data = with("penalty_decision", "penalty", "警告。");
    for name in ["fine", "fine_words", "additional_fine"] {
        remove(&mut data, name);
    }
    let pdf = print("penalty_decision", &data).unwrap();
    assert_says(&pdf, &["警告。"]);
    if let Some(text) = text_of(&pdf) {
        assert!(!text.contains("加处罚款"), "{text}");
    }
}

/// The papers of applications are worded for permits; of another power they say its name and no article of the permit law.
#[test]
fn an_application_of_another_power_is_not_called_a_permit() {
    for kind in [
        "receipt",
        "supplement_notice",
        "refusal_of_acceptance",
        "withdrawal_notice",
    ] {
        let data = with(kind, "matter_word", "行政确认");
        let Some(text) = text_of(&print(kind, &data).unwrap()) else {
            return;
        };
        assert!(text.contains("行政确认申请"), "{kind}: {text}");
        assert!(
            !text.contains("行政许可申请") && !text.contains("第三十二条第一款第四项"),
            "{kind}: {text}"
        );
    }
}

#[test]
fn an_order_to_correct_and_teaching_stand_only_where_given() {
    let mut data = fixture("no_penalty_decision");
    remove(&mut data, "correction");
    remove(&mut data, "education");
    let Some(text) = text_of(&print("no_penalty_decision", &data).unwrap()) else {
        return;
    };
    assert!(!text.contains("改正违法行为（") && !text.contains("进行教育"), "{text}");
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
        When::With(name) => (name, json!("5000")),
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
    let fields: Vec<&Field> = TEMPLATES.iter().flat_map(|kind| kind.fields()).collect();
    let whole = |field: &&Field| !field.label.is_empty() && !field.article.is_empty();
    assert!(fields.len() > 80 && fields.iter().all(whole));
    assert!(required_fields("no_such_paper").is_none());
}
