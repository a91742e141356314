//! Two versions of an item, field by field in words: what the review of a change and the history of an item show. Pure.

use crate::condition::{self, Word};
use crate::entry::COLUMNS;
use crate::form::FormField;
use crate::version::{ItemStatus, ItemVersion, Limit, Material, MaterialSource};

/// A field that is not the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub key: &'static str,
    /// As the annex heads it.
    pub field: &'static str,
    /// Empty where there was, or is, nothing.
    pub old: String,
    pub new: String,
    pub effect: Effect,
}

/// A line of a field that is a list, in the comparison of two versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    Kept(String),
    Gone(String),
    Come(String),
}

impl Difference {
    /// Lists line by line, so that among forty lines the one that changed is seen; nothing for what is no list, or new.
    pub fn lines(&self) -> Vec<Line> {
        let listed = matches!(
            self.key,
            "materials" | "form" | "situations" | "conditions" | "flow_steps" | "own_fields"
        );
        if !listed || self.old.is_empty() || self.new.is_empty() {
            return Vec::new();
        }
        let (old, new): (Vec<&str>, Vec<&str>) = (self.old.lines().collect(), self.new.lines().collect());
        if old.len().max(new.len()) > MOST_LINES {
            return Vec::new();
        }
        aligned(&old, &new)
    }
}

/// Longer lists are told whole.
const MOST_LINES: usize = 400;

/// The longest common part stays; the rest is gone or has come.
fn aligned(old: &[&str], new: &[&str]) -> Vec<Line> {
    let width = new.len() + 1;
    let mut common = vec![0_usize; (old.len() + 1) * width];
    for (at, left) in old.iter().enumerate().rev() {
        for (to, right) in new.iter().enumerate().rev() {
            common[at * width + to] = match left == right {
                true => common[(at + 1) * width + to + 1] + 1,
                false => common[(at + 1) * width + to].max(common[at * width + to + 1]),
            };
        }
    }
    let (mut at, mut to, mut lines) = (0, 0, Vec::new());
    while at < old.len() || to < new.len() {
        let both = at < old.len() && to < new.len();
        if both && old[at] == new[to] {
            lines.push(Line::Kept(old[at].to_owned()));
            (at, to) = (at + 1, to + 1);
        } else if to >= new.len() || both && common[(at + 1) * width + to] >= common[at * width + to + 1] {
            lines.push(Line::Gone(old[at].to_owned()));
            at += 1;
        } else {
            lines.push(Line::Come(new[to].to_owned()));
            to += 1;
        }
    }
    lines
}

/// What a difference means for people, where a number says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    None,
    Fewer,
    More,
}

impl Effect {
    pub fn name(self) -> &'static str {
        match self {
            Effect::None => "",
            Effect::Fewer => "减少",
            Effect::More => "增加",
        }
    }
}

/// In the order of the annex. `old` is `None` for a new item: then everything it says.
pub fn differences(old: Option<&ItemVersion>, new: &ItemVersion) -> Vec<Difference> {
    let compared = COLUMNS.iter().filter_map(|column| {
        let before = old.map(|old| said(old, column.key)).unwrap_or_default();
        let after = said(new, column.key);
        (before != after).then(|| Difference {
            key: column.key,
            field: heading(column.key, column.heading),
            old: before,
            new: after,
            effect: old.map_or(Effect::None, |old| effect(old, new, column.key)),
        })
    });
    compared.collect()
}

/// A limit's parts stand in one row.
fn heading(key: &str, heading: &'static str) -> &'static str {
    match key {
        "fee" => "收费及依据标准",
        _ => heading,
    }
}

fn effect(old: &ItemVersion, new: &ItemVersion, key: &str) -> Effect {
    let size = |version: &ItemVersion| -> Option<u64> {
        match key {
            "statutory_limit" => version.statutory_limit.as_ref().map(days),
            "promised_limit" => version.promised_limit.as_ref().map(days),
            "materials" => Some(version.materials.len() as u64),
            "conditions" => Some(version.conditions.len() as u64),
            "flow_steps" => Some(version.flow_steps.len() as u64),
            "visits" => version.visits.and_then(|visits| u64::try_from(visits).ok()),
            _ => None,
        }
    };
    match size(old).zip(size(new)) {
        Some((before, after)) if after < before => Effect::Fewer,
        Some((before, after)) if after > before => Effect::More,
        _ => Effect::None,
    }
}

fn days(limit: &Limit) -> u64 {
    u64::from(limit.calendar_days().0)
}

/// What a version says in one column, in words; lists have a line each.
pub fn said(version: &ItemVersion, key: &str) -> String {
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    let flag = |flag: bool| if flag { "是" } else { "否" }.to_owned();
    match key {
        "item_code" => version.item_code.clone(),
        "name" => version.name.clone(),
        "keywords" => version.keywords.join("\n"),
        "entrusting_body" => optional(&version.entrusting_body),
        "legal_bases" => lines(version.legal_bases.iter().map(|basis| basis.citation())),
        "conditions" => version.conditions.join("\n"),
        "materials" => lines(version.materials.iter().map(|one| material(version, one))),
        "situations" => situations(version),
        "own_fields" => lines(
            version
                .own_fields
                .iter()
                .map(|own| format!("{}：{}", own.name, own.value.replace('\n', "；"))),
        ),
        "statutory_limit" => limit(version.statutory_limit.as_ref()),
        "promised_limit" => limit(version.promised_limit.as_ref()),
        "excluded_time" => optional(&version.excluded_time),
        "fee" => fee(version),
        "handling_office" => version.handling_office.clone(),
        "place" => version.place.clone(),
        "hours" => optional(&version.hours),
        "phone" => version.phone.clone(),
        "supervision_phone" => version.supervision_phone.clone(),
        "result_documents" => version.result_documents.join("\n"),
        "validity" => optional(&version.validity),
        "penalty_kinds" => version.penalty_kinds.join("\n"),
        "penalty_range" => optional(&version.penalty_range),
        "discretion_benchmark" => optional(&version.discretion_benchmark),
        "result_public" => version.result_public.map(flag).unwrap_or_default(),
        "flow_steps" => version.flow_steps.join("\n"),
        "flow" => version
            .flow
            .as_ref()
            .map(|flow| flow_words(&flow.hash))
            .unwrap_or_default(),
        "decisions" => lines(version.decisions.iter().map(|file| flow_words(&file.hash))),
        "form" => form(version),
        "papers" => version.papers.join("\n"),
        "audiences" => lines(version.audiences.iter().map(|audience| audience.name().to_owned())),
        "themes" => version.themes.join("\n"),
        "visits" => version.visits.map(|visits| visits.to_string()).unwrap_or_default(),
        "online" => flag(version.online),
        "valid_to" => version.valid_to.map(|day| day.to_string()).unwrap_or_default(),
        "status" => status(version.status).to_owned(),
        "note" => optional(&version.note),
        // The code says the type and the body; the day, the doubts and the demonstration's marks are not the power's.
        _ => String::new(),
    }
}

pub fn status(status: ItemStatus) -> &'static str {
    match status {
        ItemStatus::Active => "在用",
        ItemStatus::Suspended => "暂停",
        ItemStatus::Cancelled => "已取消",
    }
}

fn lines(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("\n")
}

fn material(version: &ItemVersion, material: &Material) -> String {
    let need = if material.required { "必要" } else { "非必要" };
    let mut about = vec![need.to_owned(), material.form.name().to_owned()];
    about.extend(material.kind.map(|kind| kind.name().to_owned()));
    if material.copies != 1 {
        about.push(format!("{}份", material.copies));
    }
    if material.source != MaterialSource::Applicant {
        about.push(material.source.name().to_owned());
    }
    let named = |what: &str, text: &Option<String>| text.as_ref().map(|text| format!("{what}{text}"));
    about.extend(named("出具：", &material.issuer));
    about.extend(named("有效期：", &material.validity));
    about.extend(named("择一：", &material.one_of));
    about.extend(named("依据：", &material.basis));
    about.extend(named("说明：", &material.note));
    let condition = version.material_condition(material);
    if !condition.is_empty() {
        about.push(format!("只在{condition}时要"));
    }
    format!("{}（{}）", material.name, about.join("，"))
}

fn situations(version: &ItemVersion) -> String {
    let words = version.words();
    lines(version.situations.iter().map(|question| {
        let options: Vec<&str> = question.options.iter().map(|choice| choice.label.as_str()).collect();
        let several = if question.several { "，可以多选" } else { "" };
        let condition = question.asked_when.as_ref().map_or_else(String::new, |text| {
            format!("，只在{}时问", condition::in_words(text, &words))
        });
        format!("{}（{}{several}{condition}）", question.label, options.join("／"))
    }))
}

fn limit(limit: Option<&Limit>) -> String {
    limit.map_or_else(String::new, |limit| {
        let basis = match limit.basis.is_empty() {
            true => String::new(),
            false => format!("，{}", limit.basis),
        };
        format!("{}（{}{basis}）", limit.words(), limit.start.name())
    })
}

fn fee(version: &ItemVersion) -> String {
    if !version.fee.charged {
        return "不收费".to_owned();
    }
    let parts = [
        Some("收费".to_owned()),
        version.fee.basis.clone(),
        version.fee.standard.clone(),
    ];
    lines(parts.into_iter().flatten())
}

/// The first characters of the hash tell two charts apart for people.
fn flow_words(hash: &str) -> String {
    format!("流程图 {}", hash.get(..12).unwrap_or(hash))
}

/// A line for each part and each field, with all that its definition says.
fn form(version: &ItemVersion) -> String {
    let Some(form) = &version.form else {
        return String::new();
    };
    let words = version.words();
    let sections = form.sections.iter().flat_map(|section| {
        let shown = section.visible.as_ref().map_or_else(String::new, |text| {
            format!("（只在{}时填）", condition::in_words(text, &words))
        });
        let heading = format!("〔{}〕{shown}", section.title);
        let fields = section.fields.iter().map(|one| field(version, one, &words));
        std::iter::once(heading).chain(fields)
    });
    lines(std::iter::once(format!("《{}》", form.title)).chain(sections))
}

fn field(version: &ItemVersion, field: &FormField, words: &[Word]) -> String {
    let mut about = vec![field.kind.name().to_owned()];
    if field.required {
        about.push("必填".to_owned());
    }
    let condition = version.field_condition(field);
    if !condition.is_empty() {
        about.push(format!("只在{condition}时填"));
    }
    about.extend(
        field
            .required_when
            .iter()
            .map(|text| format!("{}时必填", condition::in_words(text, words))),
    );
    if !field.options.is_empty() {
        let options: Vec<&str> = field.options.iter().map(|choice| choice.label.as_str()).collect();
        about.push(options.join("／"));
    }
    let number = |what: &str, number: Option<i64>| number.map(|number| format!("{what}{number}"));
    about.extend(number("不小于", field.min));
    about.extend(number("不大于", field.max));
    about.extend(field.decimals.map(|digits| format!("{digits}位小数")));
    about.extend(field.max_length.map(|most| format!("最多{most}字")));
    about.extend(field.unit.iter().cloned());
    about.extend(
        field
            .tests
            .iter()
            .map(|test| format!("要求{}", condition::in_words(&test.when, words))),
    );
    about.extend(field.hint.iter().map(|hint| format!("提示：{hint}")));
    format!("{}（{}）", field.label, about.join("，"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::version::tests::bare;
    use crate::version::{LimitStart, LimitUnit};

    fn promise(amount: u32) -> Option<Limit> {
        Some(Limit {
            amount,
            unit: LimitUnit::WorkingDay,
            start: LimitStart::Acceptance,
            basis: String::new(),
        })
    }

    #[test]
    fn only_what_is_not_the_same_is_told() {
        let mut old = bare("33030300SJ-XK-0001");
        old.promised_limit = promise(15);
        old.conditions = vec!["甲".into(), "乙".into()];
        let mut new = old.clone();
        assert_eq!(differences(Some(&old), &new), []);
        // Neither the number nor the confirmation of a version says anything about the power.
        new.version = 2;
        new.confirmation.document_no = "另一号".into();
        assert_eq!(differences(Some(&old), &new), []);

        new.promised_limit = promise(10);
        new.conditions.push("丙".into());
        new.phone = "0577-1".into();
        let told: Vec<(&str, String, String, Effect)> = differences(Some(&old), &new)
            .into_iter()
            .map(|one| (one.key, one.old, one.new, one.effect))
            .collect();
        let limit = |days| format!("{days}个工作日（自受理之日起）");
        assert_eq!(
            told,
            [
                ("conditions", "甲\n乙".into(), "甲\n乙\n丙".into(), Effect::More),
                ("promised_limit", limit(15), limit(10), Effect::Fewer),
                ("phone", String::new(), "0577-1".into(), Effect::None),
            ]
        );
    }

    #[test]
    fn a_list_is_compared_line_by_line() {
        let told = |old: &str, new: &str| {
            let difference = Difference {
                key: "materials",
                field: "申报资料",
                old: old.to_owned(),
                new: new.to_owned(),
                effect: Effect::None,
            };
            let shown = difference.lines().into_iter().map(|line| match line {
                Line::Kept(text) => format!(" {text}"),
                Line::Gone(text) => format!("-{text}"),
                Line::Come(text) => format!("+{text}"),
            });
            shown.collect::<Vec<_>>().join("")
        };
        assert_eq!(told("甲\n乙\n丙", "甲\n丁\n丙"), " 甲-乙+丁 丙");
        assert_eq!(told("甲", "甲\n乙"), " 甲+乙");
        assert_eq!(told("甲\n乙", "乙\n甲"), "-甲 乙+甲");
        assert_eq!(told("", "甲"), "");
    }

    #[test]
    fn whatever_a_material_or_a_field_says_otherwise_is_told() {
        let json = |materials: serde_json::Value, field: serde_json::Value| {
            let mut json = serde_json::to_value(bare("33030300SJ-XK-0001")).unwrap();
            json["materials"] = serde_json::json!([materials]);
            json["form"] =
                serde_json::json!({"title": "表", "sections": [{"id": "s", "title": "节", "fields": [field]}]});
            serde_json::from_value::<ItemVersion>(json).unwrap()
        };
        let (material, field) = (
            serde_json::json!({"id": "m1", "name": "材料"}),
            serde_json::json!({"id": "f", "type": "number", "label": "栏"}),
        );
        let old = json(material.clone(), field.clone());
        let check = |key: &str, part: &str, value: serde_json::Value| {
            let (mut material, mut field) = (material.clone(), field.clone());
            let changed = if key == "materials" { &mut material } else { &mut field };
            changed[part] = value;
            let new = json(material, field);
            let told: Vec<&str> = differences(Some(&old), &new).iter().map(|one| one.key).collect();
            assert_eq!(told, [key], "{part}");
        };
        for (part, value) in [
            ("name", "别的".into()),
            ("required", false.into()),
            ("form", "paper".into()),
            ("copies", 2.into()),
            ("source", "shared".into()),
            ("basis", "依据".into()),
            ("note", "说明".into()),
            ("kind", "original".into()),
            ("issuer", "某局".into()),
            ("validity", "一年".into()),
            ("asked_when", "party.kind = \"individual\"".into()),
            ("one_of", "组".into()),
        ] {
            check("materials", part, value);
        }
        for (part, value) in [
            ("label", "别的".into()),
            ("type", "text".into()),
            ("hint", "提示".into()),
            ("required", true.into()),
            ("max_length", 5.into()),
            ("min", 5.into()),
            ("max", 5.into()),
            ("decimals", 2.into()),
            ("unit", "米".into()),
            ("visible", "party.kind = \"individual\"".into()),
            ("required_when", "party.kind = \"individual\"".into()),
            ("valid", serde_json::json!([{"when": "form.f > 1", "message": "要大"}])),
            ("options", serde_json::json!([{"value": "a", "label": "甲"}])),
        ] {
            check("form", part, value);
        }
    }

    #[test]
    fn whatever_two_versions_say_otherwise_is_told() {
        // A field that the comparison forgot would let a change pass unseen.
        let mut old = bare("33030300SJ-XK-0001");
        old.result_public = Some(true);
        let full = serde_json::json!({
            "name": "别名", "keywords": ["说法"], "entrusting_body": "委托机关", "conditions": ["条件"],
            "legal_bases": [{"law": "演示法", "article": 4, "rank": "law"}],
            "materials": [{"id": "m1", "name": "材料"}],
            "statutory_limit": {"amount": 20, "unit": "working_day", "start": "acceptance"},
            "promised_limit": {"amount": 9, "unit": "working_day", "start": "acceptance"},
            "excluded_time": "听证", "fee": {"charged": true, "basis": "依据", "standard": "标准"},
            "handling_office": "科", "place": "地点", "hours": "时间", "phone": "1", "supervision_phone": "2",
            "result_documents": ["证"], "validity": "五年", "penalty_kinds": ["罚款"], "penalty_range": "一万元",
            "discretion_benchmark": "基准", "result_public": false, "flow_steps": ["步骤"],
            "flow": {"bpmn_xml": "", "hash": "0123456789abcdef"},
            "form": {"title": "表", "sections": [{"id": "s", "title": "节", "fields": [
                {"id": "f", "type": "text", "label": "栏"}]}]},
            "papers": ["permit_grant"], "audiences": ["individual"], "themes": ["主题"], "visits": 1,
            "online": true, "valid_to": "2030-01-01", "status": "suspended", "note": "备注"
        });
        let beside = serde_json::json!({
            "own_fields": [{"key": "k", "name": "自设", "value": "值"}],
            "situations": [{"id": "q", "label": "问", "options": [{"value": "a", "label": "甲"}]}]
        });
        for (key, value) in full.as_object().unwrap().iter().chain(beside.as_object().unwrap()) {
            let mut json = serde_json::to_value(&old).unwrap();
            json[key] = value.clone();
            let new: ItemVersion = serde_json::from_value(json).unwrap();
            let told: Vec<&str> = differences(Some(&old), &new).iter().map(|one| one.key).collect();
            assert_eq!(told, [key.as_str()]);
        }
    }
}
