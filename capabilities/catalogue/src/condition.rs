//! Conditions of forms and situations: FEEL over what an applicant has answered, as `situation.place = "rented"`,
//! `form.area > 300`, `party.kind = "organisation"`. Evaluated here, on the server; whatever a browser hides is only
//! comfort.
//!
//! What has no value decides nothing: a condition that does not come to true does not hold.

use std::sync::Arc;

use jiff::civil::Date;
use mingjing_rules::check::{self, Verdict};
use mingjing_rules::evaluate::{Evaluator, Limits, Scope};
use mingjing_rules::extension::Extensions;
use mingjing_rules::feel::ast::{Arguments, CompareOp, Expr, Kind};
use mingjing_rules::feel::{Names, Type, parse_expression};
use mingjing_rules::time::DateTime;
use mingjing_rules::value::{Context, Value};

use crate::benchmark::engine_date;
use crate::form::{Choice, FieldKind};

/// Characters of one condition; longer ones belong into a decision table.
pub const MOST_TEXT: usize = 500;
/// Far more than a condition over answers needs, and far less than somebody would wait for.
const LIMITS: Limits = Limits {
    steps: 20_000,
    depth: 60,
    list: 2_000,
    text: 20_000,
    weight: 20_000,
};

/// The three things that conditions speak of.
const ROOTS: [&str; 3] = ["situation", "form", "party"];

/// Values that conditions see, by root and name.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    situation: Context,
    form: Context,
    party: Context,
}

impl Seen {
    pub fn situation(&mut self, name: &str, value: Value) {
        self.situation.set(name, value);
    }

    pub fn form(&mut self, name: &str, value: Value) {
        self.form.set(name, value);
    }

    pub fn party_kind(&mut self, kind: Option<&str>) {
        self.party.set("kind", kind.map_or(Value::Null, Value::from));
    }

    fn scope(&self) -> Scope {
        let all = Context::from_iter([
            ("situation", Value::context(self.situation.clone())),
            ("form", Value::context(self.form.clone())),
            ("party", Value::context(self.party.clone())),
        ]);
        Scope::new().with_entries(&Arc::new(all))
    }

    /// What a condition comes to; `None` where it comes to neither true nor false, or cannot be read.
    pub fn decide(&self, condition: &str, today: Date) -> Option<bool> {
        let parsed = parse(condition).ok()?;
        let mut evaluator = Evaluator::new(LIMITS);
        if let Some(date) = engine_date(today) {
            evaluator = evaluator.at(DateTime::midnight(date));
        }
        match evaluator.evaluate(&parsed, &self.scope()) {
            Value::Boolean(decided) if evaluator.stopped.is_none() => Some(decided),
            _ => None,
        }
    }

    pub fn holds(&self, condition: &str, today: Date) -> bool {
        self.decide(condition, today) == Some(true)
    }
}

fn parse(condition: &str) -> Result<Expr, String> {
    let names = Names::new();
    parse_expression(condition.trim().trim_start_matches('='), &names, &names).map_err(|error| error.to_string())
}

/// An answer as the value that conditions compare: a number, a day, a list of what was ticked, else its text. Nothing
/// answered is null, or the empty list.
pub fn value_of(kind: FieldKind, given: &[String]) -> Value {
    let first = given.iter().map(|text| text.trim()).find(|text| !text.is_empty());
    match (kind, first) {
        (FieldKind::Checkboxes, _) => Value::list(given.iter().map(|text| Value::from(text.as_str())).collect()),
        (_, None) => Value::Null,
        (FieldKind::Number, Some(text)) => text.parse().map_or(Value::Null, Value::Number),
        (FieldKind::Date, Some(text)) => match text.parse::<Date>().ok().and_then(engine_date) {
            Some(date) => Value::Date(date),
            None => Value::Null,
        },
        (_, Some(text)) => Value::from(text),
    }
}

/// A name that conditions may use at some place.
#[derive(Debug, Clone)]
pub struct Word {
    root: &'static str,
    name: String,
    label: String,
    kind: FieldKind,
    /// Values it can have, where these are few, and what they are called.
    values: Vec<String>,
    labels: Vec<String>,
}

impl Word {
    pub fn answer(root: &'static str, name: &str, label: &str, kind: FieldKind, options: &[Choice]) -> Word {
        Word {
            root,
            name: name.to_owned(),
            label: label.to_owned(),
            kind,
            values: options.iter().map(|choice| choice.value.clone()).collect(),
            labels: options.iter().map(|choice| choice.label.clone()).collect(),
        }
    }

    /// Individual or organisation.
    pub fn party_kind() -> Word {
        Word {
            root: "party",
            name: "kind".to_owned(),
            label: "申请人".to_owned(),
            kind: FieldKind::Radio,
            values: vec!["individual".to_owned(), "organisation".to_owned()],
            labels: vec!["个人".to_owned(), "单位".to_owned()],
        }
    }

    fn path(&self) -> String {
        format!("{}.{}", self.root, self.name)
    }

    /// How to write a condition with it, and what it means.
    pub fn example(&self) -> (String, String) {
        let path = self.path();
        let condition = match (self.kind, self.values.first()) {
            (FieldKind::Checkboxes, Some(value)) => format!("list contains({path}, \"{value}\")"),
            (FieldKind::Number, _) => format!("{path} > 100"),
            (FieldKind::Date, _) => format!("{path} <= today()"),
            (_, Some(value)) => format!("{path} = \"{value}\""),
            (_, None) => format!("{path} = \"…\""),
        };
        (condition, self.label.clone())
    }

    fn of_type(&self) -> Type {
        match self.kind {
            FieldKind::Number => Type::Number,
            FieldKind::Date => Type::Date,
            FieldKind::Checkboxes => Type::List(Box::new(Type::String)),
            _ => Type::String,
        }
    }
}

/// What stands against a condition where these names are known: it cannot be read, names something unknown, compares
/// kinds that cannot be compared, or a choice with what is no option of it.
pub fn problems(condition: &str, words: &[Word]) -> Vec<String> {
    if condition.chars().count() > MOST_TEXT {
        return vec![format!("条件最多{MOST_TEXT}个字")];
    }
    let parsed = match parse(condition) {
        Ok(parsed) => parsed,
        Err(error) => return vec![format!("条件“{condition}”读不懂：{error}")],
    };
    let mut problems = Vec::new();
    for (root, name) in paths(&parsed) {
        if !words.iter().any(|word| word.root == root && *word.name == **name) {
            problems.push(format!("条件“{condition}”用到了这里没有的“{root}.{name}”"));
        }
    }
    foreign_values(&parsed, words, &mut problems);
    let of_root = |root: &'static str| {
        let known = words.iter().filter(|word| word.root == root);
        let entries = known.map(|word| (Arc::from(word.name.as_str()), word.of_type()));
        (root, Type::Context(entries.collect()))
    };
    let known = ROOTS.map(of_root);
    let text = condition.trim().trim_start_matches('=');
    let found = check::expression(text, &known, &Type::Boolean, &Extensions::default());
    problems.extend(
        found
            .into_iter()
            .map(|finding| format!("条件“{condition}”：{}", finding.message)),
    );
    problems
}

/// Whether a condition is true for no answers at all, or for all; `None` where that cannot be shown.
pub fn constant(condition: &str, words: &[Word]) -> Option<bool> {
    let text = condition.trim().trim_start_matches('=');
    let types: Vec<(String, Type)> = words.iter().map(|word| (word.path(), word.of_type())).collect();
    let types: Vec<(&str, Type)> = types.iter().map(|(path, kind)| (path.as_str(), kind.clone())).collect();
    let always = |condition: &str| {
        let report = check::gateway(&[condition], &types).ok()?;
        Some(report.complete == Verdict::Proven)
    };
    match (always(&format!("not({text})"))?, always(text)?) {
        (true, _) => Some(false),
        (_, true) => Some(true),
        _ => None,
    }
}

/// Whether a condition depends on something that only the form tells.
pub fn asks_the_form(condition: &str) -> bool {
    mentions(condition, "form")
}

pub fn asks_the_party(condition: &str) -> bool {
    mentions(condition, "party")
}

fn mentions(condition: &str, wanted: &str) -> bool {
    parse(condition).is_ok_and(|parsed| paths(&parsed).iter().any(|(root, _)| *root == wanted))
}

/// Names of one root that a condition uses.
pub fn names_in(condition: &str, wanted: &str) -> Vec<String> {
    let Ok(parsed) = parse(condition) else {
        return Vec::new();
    };
    let found = paths(&parsed);
    let of = found.iter().filter(|(root, _)| *root == wanted);
    of.map(|(_, name)| name.to_string()).collect()
}

/// A condition in words for those who are asked: `“场所怎样取得”是“租用”`. What is more than comparisons stays as it is
/// written.
pub fn in_words(condition: &str, words: &[Word]) -> String {
    match parse(condition) {
        Ok(parsed) => said(&parsed, words),
        Err(_) => condition.to_owned(),
    }
}

fn said(expression: &Expr, words: &[Word]) -> String {
    let plain = || expression.to_string();
    match &expression.kind {
        Kind::And(left, right) => format!("{}，并且{}", said(left, words), said(right, words)),
        Kind::Or(left, right) => format!("{}，或者{}", said(left, words), said(right, words)),
        Kind::Compare(op, left, right) => match word_of(left, words) {
            Some(word) => format!("“{}”{}{}", word.label, compared(*op), word.value_words(right)),
            None => plain(),
        },
        Kind::In(subject, tests) => match word_of(subject, words) {
            Some(word) => {
                let tests: Vec<String> = tests.iter().map(|test| word.value_words(test)).collect();
                format!("“{}”是{}", word.label, tests.join("或者"))
            }
            None => plain(),
        },
        Kind::Call(function, Arguments::Positional(items)) => match (&function.kind, items.as_slice()) {
            (Kind::Name(name), [list, item]) if &**name == "list contains" => match word_of(list, words) {
                Some(word) => format!("“{}”选了{}", word.label, word.value_words(item)),
                None => plain(),
            },
            (Kind::Name(name), [inner]) if &**name == "not" => format!("不是（{}）", said(inner, words)),
            _ => plain(),
        },
        _ => plain(),
    }
}

fn word_of<'a>(expression: &Expr, words: &'a [Word]) -> Option<&'a Word> {
    let (root, name) = path(expression)?;
    words.iter().find(|word| word.root == root && word.name == **name)
}

fn compared(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Equal => "是",
        CompareOp::NotEqual => "不是",
        CompareOp::Less => "小于",
        CompareOp::LessOrEqual => "不大于",
        CompareOp::Greater => "大于",
        CompareOp::GreaterOrEqual => "不小于",
    }
}

impl Word {
    fn value_words(&self, value: &Expr) -> String {
        match &value.kind {
            Kind::String(text) => {
                let at = self.values.iter().position(|known| **known == **text);
                let label = at.and_then(|at| self.labels.get(at));
                format!("“{}”", label.map_or(&**text, String::as_str))
            }
            _ => value.to_string(),
        }
    }
}

fn paths(expression: &Expr) -> Vec<(&str, &Arc<str>)> {
    let mut found = Vec::new();
    walk(expression, &mut |part| {
        if let Some(path) = path(part) {
            found.push(path);
        }
    });
    found
}

fn walk<'a>(expression: &'a Expr, visit: &mut dyn FnMut(&'a Expr)) {
    visit(expression);
    expression.kind.each_part(&mut |part| walk(part, visit));
}

fn path(expression: &Expr) -> Option<(&str, &Arc<str>)> {
    match &expression.kind {
        Kind::Path(inner, name) => match &inner.kind {
            Kind::Name(root) if ROOTS.contains(&&**root) => Some((root, name)),
            _ => None,
        },
        _ => None,
    }
}

/// A choice compared with a text that is none of its options is a slip that would never be seen.
fn foreign_values(expression: &Expr, words: &[Word], problems: &mut Vec<String>) {
    let mut check = |subject: &Expr, value: &Expr| {
        let Some((root, name)) = path(subject) else {
            return;
        };
        let word = words.iter().find(|word| word.root == root && word.name == **name);
        let Some(word) = word.filter(|word| !word.values.is_empty()) else {
            return;
        };
        if let Kind::String(text) = &value.kind
            && !word.values.iter().any(|known| **known == **text)
        {
            problems.push(format!(
                "“{text}”不是“{}”的选项（{}）",
                word.label,
                word.values.join("、")
            ));
        }
    };
    walk(expression, &mut |part| match &part.kind {
        Kind::Compare(CompareOp::Equal | CompareOp::NotEqual, left, right) => {
            check(left, right);
            check(right, left);
        }
        Kind::In(subject, tests) => tests.iter().for_each(|test| check(subject, test)),
        Kind::Call(_, Arguments::Positional(items)) => {
            if let [list, item] = items.as_slice() {
                check(list, item);
            }
        }
        _ => {}
    });
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn choice(value: &str) -> Choice {
        Choice {
            value: value.to_owned(),
            label: format!("选项{value}"),
            hint: None,
        }
    }

    fn words() -> Vec<Word> {
        let options = [choice("owned"), choice("rented")];
        vec![
            Word::answer("situation", "place", "场所怎样取得", FieldKind::Radio, &options),
            Word::answer(
                "situation",
                "extras",
                "还经营什么",
                FieldKind::Checkboxes,
                &[choice("raw")],
            ),
            Word::answer("form", "area", "面积", FieldKind::Number, &[]),
            Word::answer("form", "opened_on", "开业日期", FieldKind::Date, &[]),
            Word::party_kind(),
        ]
    }

    #[test]
    fn conditions_are_checked_before_anybody_relies_on_them() {
        let check = |condition: &str, expect: &str| {
            let found = problems(condition, &words());
            match expect {
                "" => assert_eq!(found, [""; 0], "{condition}"),
                word => assert!(found.iter().any(|one| one.contains(word)), "{condition}: {found:?}"),
            }
        };
        check("situation.place = \"rented\"", "");
        check("list contains(situation.extras, \"raw\") and form.area > 300", "");
        check("party.kind = \"organisation\" or form.opened_on <= today()", "");
        check("situation.place in (\"owned\", \"rented\")", "");
        check("situation.place =", "读不懂");
        check("situation.plaec = \"rented\"", "situation.plaec");
        check("situation.place = \"rentd\"", "不是“场所怎样取得”的选项");
        check("list contains(situation.extras, \"rare\")", "不是“还经营什么”的选项");
        check("form.area > \"300\"", "不能这样运算");
        check("form.area + 1", "应为");
        check("somebody.else = 1", "没有名为");
        check(&format!("form.area > {}", "9".repeat(MOST_TEXT)), "最多");
    }

    #[test]
    fn conditions_are_said_in_words() {
        let check = |condition: &str, expect: &str| assert_eq!(in_words(condition, &words()), expect);
        check("situation.place = \"rented\"", "“场所怎样取得”是“选项rented”");
        check(
            "list contains(situation.extras, \"raw\") and form.area > 300",
            "“还经营什么”选了“选项raw”，并且“面积”大于300",
        );
        check("not(party.kind = \"organisation\")", "不是（“申请人”是“单位”）");
        check("form.area + 1 > 3", "form.area + 1 > 3");
    }

    #[test]
    fn what_has_no_value_decides_nothing() {
        let mut seen = Seen::default();
        let today = date(2026, 3, 2);
        assert_eq!(seen.decide("form.area > 300", today), None);
        assert!(!seen.holds("form.area > 300", today));
        seen.form("area", value_of(FieldKind::Number, &["300.5".into()]));
        assert_eq!(seen.decide("form.area > 300", today), Some(true));
        seen.form("opened_on", value_of(FieldKind::Date, &["2026-03-02".into()]));
        assert_eq!(seen.decide("form.opened_on <= today()", today), Some(true));
        seen.situation("extras", value_of(FieldKind::Checkboxes, &[]));
        assert_eq!(
            seen.decide("list contains(situation.extras, \"raw\")", today),
            Some(false)
        );
        // No recursion, no long loop: it is stopped and decides nothing.
        assert_eq!(
            seen.decide("count(for a in 1..1000, b in 1..1000 return a) > 1", today),
            None
        );
    }

    #[test]
    fn what_can_never_be_or_always_is_is_found() {
        let check = |condition: &str, expect: Option<bool>| {
            assert_eq!(constant(condition, &words()), expect, "{condition}");
        };
        check("form.area > 300 and form.area < 100", Some(false));
        check("form.area > 300 or form.area <= 300", Some(true));
        check("form.area > 300", None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(situation|form|party)?[.a-z0-9 =<>()\"\\[\\]+-]{0,60}") {
            let _ = problems(&text, &words());
            let _ = Seen::default().decide(&text, date(2026, 3, 2));
            let _ = constant(&text, &words());
        }
    }
}
