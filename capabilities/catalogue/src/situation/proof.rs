//! What is proved of an item's situations, form and materials before it may be entered.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{MOST_OPTIONS, MOST_QUESTIONS, SituationQuestion};
use crate::condition::{self, Seen, Word, asks_the_form, asks_the_party, names_in, value_of};
use crate::version::{Audience, ItemVersion};

/// Combinations of answers that are tried; a guide that has more is not understood by anyone.
const MOST_COMBINATIONS: usize = 4_096;
/// More than anyone corrects at once.
const MOST_TOLD: usize = 40;

/// Column and sentence of everything that stands against the questions, the form's conditions and the materials.
pub fn problems(version: &ItemVersion) -> Vec<(&'static str, String)> {
    let mut found = Found(Vec::new());
    questions(version, &mut found);
    form(version, &mut found);
    materials(version, &mut found);
    // What cannot be read cannot be proved either.
    if found.0.is_empty() {
        every_combination(version, &mut found);
        used(version, &mut found);
    }
    found.0.truncate(MOST_TOLD);
    found.0
}

struct Found(Vec<(&'static str, String)>);

impl Found {
    fn tell(&mut self, column: &'static str, reason: impl Into<String>) {
        self.0.push((column, reason.into()));
    }

    fn condition(&mut self, column: &'static str, of: &str, condition: Option<&String>, words: &[Word]) {
        for problem in condition.iter().flat_map(|text| condition::problems(text, words)) {
            self.tell(column, format!("{of}：{problem}"));
        }
    }
}

fn is_plain(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    !id.is_empty() && id.len() <= 64 && id.bytes().all(plain)
}

fn questions(version: &ItemVersion, found: &mut Found) {
    const COLUMN: &str = "situations";
    if version.situations.len() > MOST_QUESTIONS {
        found.tell(COLUMN, format!("情形问题最多{MOST_QUESTIONS}个"));
    }
    let mut words = vec![Word::party_kind()];
    let mut ids = BTreeSet::new();
    for question in &version.situations {
        let (id, label) = (&question.id, &question.label);
        if !is_plain(id) {
            found.tell(COLUMN, format!("问题编号“{id}”只能用小写字母、数字和下划线"));
        }
        if !ids.insert(id) {
            found.tell(COLUMN, format!("问题编号“{id}”重复"));
        }
        if label.trim().is_empty() {
            found.tell(COLUMN, format!("问题“{id}”没有写问什么"));
        }
        options(question, found);
        found.condition(COLUMN, &format!("问题“{label}”"), question.asked_when.as_ref(), &words);
        words.push(question.word());
    }
}

fn options(question: &SituationQuestion, found: &mut Found) {
    let least = if question.several { 1 } else { 2 };
    let count = question.options.len();
    if !(least..=MOST_OPTIONS).contains(&count) {
        let reason = format!("问题“{}”应有{least}到{MOST_OPTIONS}个选项", question.label);
        found.tell("situations", reason);
    }
    let values: BTreeSet<&str> = question.options.iter().map(|choice| choice.value.as_str()).collect();
    let empty = |choice: &crate::form::Choice| choice.value.trim().is_empty() || choice.label.trim().is_empty();
    if values.len() != count || question.options.iter().any(empty) {
        let reason = format!("问题“{}”的选项有空白或者重复", question.label);
        found.tell("situations", reason);
    }
}

/// Names of all questions and of the applicant's kind.
fn known(version: &ItemVersion) -> Vec<Word> {
    let questions = version.situations.iter().map(SituationQuestion::word);
    questions.chain([Word::party_kind()]).collect()
}

fn form(version: &ItemVersion, found: &mut Found) {
    const COLUMN: &str = "form";
    let Some(form) = &version.form else {
        return;
    };
    let mut words = known(version);
    for section in &form.sections {
        let of = format!("表单的“{}”部分", section.title);
        found.condition(COLUMN, &of, section.visible.as_ref(), &words);
        for field in &section.fields {
            let of = format!("栏目“{}”", field.label);
            found.condition(COLUMN, &of, field.visible.as_ref(), &words);
            found.condition(COLUMN, &of, field.required_when.as_ref(), &words);
            words.push(field.word());
        }
    }
    for field in form.fields() {
        let of = format!("栏目“{}”的校验", field.label);
        for test in &field.tests {
            found.condition(COLUMN, &of, Some(&test.when), &words);
            if test.message.trim().is_empty() {
                found.tell(COLUMN, format!("{of}没有写提示的话"));
            }
        }
    }
}

fn materials(version: &ItemVersion, found: &mut Found) {
    const COLUMN: &str = "materials";
    let mut words = known(version);
    words.extend(
        version
            .form
            .iter()
            .flat_map(|form| form.fields())
            .map(|field| field.word()),
    );
    for material in &version.materials {
        let of = format!("材料“{}”", material.name);
        found.condition(COLUMN, &of, material.asked_when.as_ref(), &words);
        let Some(group) = &material.one_of else {
            continue;
        };
        let members = version
            .materials
            .iter()
            .filter(|other| other.one_of.as_ref() == Some(group));
        let members: Vec<_> = members.collect();
        if members.len() < 2 {
            found.tell(COLUMN, format!("{of}属于择一的“{group}”，这一组却没有别的材料"));
        }
        if members.iter().any(|other| other.required != material.required) {
            found.tell(COLUMN, format!("择一的“{group}”里，有的材料必要、有的不必要，应当一致"));
        }
    }
}

/// A condition and how it is called.
struct Condition<'a> {
    column: &'static str,
    of: String,
    text: &'a str,
    /// What becomes of it when it never holds.
    never: &'static str,
}

fn conditions<'a>(version: &'a ItemVersion) -> Vec<Condition<'a>> {
    let mut all = Vec::new();
    let mut put = |column, of: String, text: Option<&'a str>, never| {
        if let Some(text) = text {
            all.push(Condition {
                column,
                of,
                text,
                never,
            });
        }
    };
    for question in &version.situations {
        let of = format!("问题“{}”", question.label);
        put("situations", of, question.asked_when.as_deref(), "任何情形下都不会问到");
    }
    for section in version.form.iter().flat_map(|form| &form.sections) {
        let of = format!("表单的“{}”部分", section.title);
        put("form", of, section.visible.as_deref(), "任何情形下都不会显示");
        for field in &section.fields {
            let of = format!("栏目“{}”", field.label);
            put("form", of.clone(), field.visible.as_deref(), "任何情形下都不会显示");
            put(
                "form",
                of,
                field.required_when.as_deref(),
                "的必填条件任何情形下都不成立",
            );
        }
    }
    for material in &version.materials {
        let of = format!("材料“{}”", material.name);
        put(
            "materials",
            of,
            material.asked_when.as_deref(),
            "任何情形下都不会要求提交",
        );
    }
    all
}

/// Tries every combination of answers: each condition must be decided in each, and hold in one.
fn every_combination(version: &ItemVersion, found: &mut Found) {
    let all = conditions(version);
    let words: Vec<Word> = {
        let fields = version.form.iter().flat_map(|form| form.fields());
        known(version)
            .into_iter()
            .chain(fields.map(|field| field.word()))
            .collect()
    };
    let (by_form, by_situation): (Vec<&Condition<'_>>, Vec<&Condition<'_>>) =
        all.iter().partition(|one| asks_the_form(one.text));
    for one in by_form {
        if condition::constant(one.text, &words) == Some(false) {
            found.tell(one.column, format!("{}{}：“{}”", one.of, one.never, one.text));
        }
    }
    let mut tried = Tried {
        conditions: &by_situation,
        held: vec![false; by_situation.len()],
        undecided: vec![false; by_situation.len()],
        left: MOST_COMBINATIONS,
    };
    for audience in audiences(version, &all) {
        let mut seen = Seen::default();
        seen.party_kind(audience.map(Audience::key));
        tried.answer(&version.situations, &seen);
    }
    if tried.left == 0 {
        let reason = format!("情形的组合超过{MOST_COMBINATIONS}种，请减少问题或者选项");
        return found.tell("situations", reason);
    }
    for (at, one) in by_situation.iter().enumerate() {
        if tried.undecided[at] {
            let reason = format!("{}：“{}”在有的情形下得不出结论", one.of, one.text);
            found.tell(one.column, reason);
        } else if !tried.held[at] {
            found.tell(one.column, format!("{}{}：“{}”", one.of, one.never, one.text));
        }
    }
}

/// The kinds of applicants that the item has, where anything depends on them.
fn audiences(version: &ItemVersion, all: &[Condition<'_>]) -> Vec<Option<Audience>> {
    if !all.iter().any(|one| asks_the_party(one.text)) {
        return vec![None];
    }
    match version.audiences.as_slice() {
        [] => vec![Some(Audience::Individual), Some(Audience::Organisation)],
        known => known.iter().copied().map(Some).collect(),
    }
}

struct Tried<'a> {
    conditions: &'a [&'a Condition<'a>],
    held: Vec<bool>,
    undecided: Vec<bool>,
    left: usize,
}

impl Tried<'_> {
    fn answer(&mut self, questions: &[SituationQuestion], seen: &Seen) {
        let Some((question, rest)) = questions.split_first() else {
            return self.judge(seen);
        };
        // The day decides nothing of a situation: it would be another list tomorrow.
        let asked = question.asked_when.as_ref().is_none_or(|text| seen.holds(text, NO_DAY));
        for given in if asked { answers(question) } else { vec![Vec::new()] } {
            if self.left == 0 {
                return;
            }
            let mut next = seen.clone();
            next.situation(&question.id, value_of(question.kind(), &given));
            self.answer(rest, &next);
        }
    }

    fn judge(&mut self, seen: &Seen) {
        self.left -= 1;
        for (at, one) in self.conditions.iter().enumerate() {
            match seen.decide(one.text, NO_DAY) {
                Some(true) => self.held[at] = true,
                Some(false) => {}
                None => self.undecided[at] = true,
            }
        }
    }
}

const NO_DAY: Date = Date::constant(2000, 1, 1);

/// Everything that a question can be answered with.
fn answers(question: &SituationQuestion) -> Vec<Vec<String>> {
    let values: Vec<&String> = question.options.iter().map(|choice| &choice.value).collect();
    if !question.several {
        return values.into_iter().map(|value| vec![value.clone()]).collect();
    }
    let all = 0..1_usize << values.len().min(MOST_OPTIONS);
    let chosen = |set: usize| {
        let members = values.iter().enumerate().filter(move |(at, _)| set >> at & 1 == 1);
        members.map(|(_, value)| (*value).clone()).collect()
    };
    all.map(chosen).collect()
}

/// A question that decides nothing is a burden (优化营商环境条例 40: no more than is needed is asked for).
fn used(version: &ItemVersion, found: &mut Found) {
    let mut used = BTreeSet::new();
    for one in conditions(version) {
        used.extend(names_in(one.text, "situation"));
    }
    let tests = version
        .form
        .iter()
        .flat_map(|form| form.fields())
        .flat_map(|field| &field.tests);
    used.extend(tests.flat_map(|test| names_in(&test.when, "situation")));
    for question in version
        .situations
        .iter()
        .filter(|question| !used.contains(&question.id))
    {
        let reason = format!("问题“{}”不决定任何材料或者栏目，不应当问", question.label);
        found.tell("situations", reason);
    }
}
