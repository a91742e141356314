//! `docs/refusals.md`: every code by which the program says no, read from its sources, so that none is missing.

use std::collections::BTreeMap;
use std::fs;

use mingjing_web::Problem;

use super::{read, root, shipped, tracked};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Entry {
    status: &'static str,
    message: String,
    article: String,
    advice: String,
}

/// `UPDATE_GOLDEN=1 cargo nextest run -p mingjing refusals` writes the page anew.
#[test]
fn every_code_of_a_refusal_is_documented() {
    let entries = entries();
    assert!(entries.len() > 100, "only {} codes found", entries.len());
    let page = printed(&entries);
    let golden = root().join("docs/refusals.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &page).unwrap();
    }
    assert_eq!(
        fs::read_to_string(&golden).unwrap_or_default(),
        page,
        "docs/refusals.md is not what the sources say: run with UPDATE_GOLDEN=1"
    );
}

/// Builders of refusals with their status.
const BUILDERS: [(&str, &str); 7] = [
    ("Refusal::law(", "409"),
    ("Refusal::invalid(", "422"),
    ("Refusal::forbidden(", "403"),
    ("Refusal::not_found(", "404"),
    ("Refusal::too_many(", "429"),
    (".forbids(", "409"),
    (".lacks(", "422"),
];

fn entries() -> BTreeMap<String, Entry> {
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    for file in tracked(".rs") {
        let ours = file.starts_with("base/") || file.starts_with("capabilities/") || file.starts_with("app/src");
        if !ours || !file.contains("/src/") {
            continue;
        }
        let text = read(&file);
        let text = shipped(&text);
        for (builder, status) in BUILDERS {
            for (at, _) in text.match_indices(builder) {
                let Some((code, entry)) = one(text, at, builder, status) else {
                    continue;
                };
                let known = entries.entry(code).or_insert_with(|| entry.clone());
                // The same code in several places says the same: what one place leaves open another fills.
                for (have, found) in [
                    (&mut known.article, &entry.article),
                    (&mut known.advice, &entry.advice),
                    (&mut known.message, &entry.message),
                ] {
                    if have.is_empty() {
                        have.clone_from(found);
                    }
                }
            }
        }
    }
    for told in Problem::all_of_the_door() {
        entries.insert(
            told.code.clone(),
            Entry {
                status: status_of(told.status),
                message: told.detail,
                article: String::new(),
                advice: told.advice.unwrap_or_default(),
            },
        );
    }
    entries.insert(
        "idempotency.key_reused".to_owned(),
        Entry {
            status: "422",
            message: "这次提交的编号已经用于另一份内容，本次未处理。".to_owned(),
            article: String::new(),
            advice: "网页请刷新后重新提交；接口请换一个 Idempotency-Key。".to_owned(),
        },
    );
    entries
}

fn status_of(status: u16) -> &'static str {
    match status {
        400 => "400",
        401 => "401",
        403 => "403",
        404 => "404",
        405 => "405",
        408 => "408",
        409 => "409",
        413 => "413",
        415 => "415",
        429 => "429",
        503 => "503",
        _ => "500",
    }
}

/// The refusal built here; `None` for the definition of a builder itself.
fn one(text: &str, at: usize, builder: &str, status: &'static str) -> Option<(String, Entry)> {
    let open = at + builder.len();
    let close = open + closing(&text[open..])?;
    let arguments = &text[open..close];
    let literals = literals(arguments);
    let first = arguments.trim_start();
    let code = if first.starts_with('"') {
        let own = literals.first()?.clone();
        if builder.starts_with('.') {
            act_code(text, at, &own)?
        } else {
            own
        }
    } else {
        let before = arguments.find(".code(")?;
        act_code(text, open + before, literals.first()?)?
    };
    let rest = chain(&text[close + 1..]);
    let part = |name: &str| {
        let from = rest.find(name)? + name.len();
        literals_until(&rest[from..]).first().cloned()
    };
    Some((
        code,
        Entry {
            status,
            message: literals
                .iter()
                .skip(1)
                .find(|text| !text.is_ascii())
                .cloned()
                .unwrap_or_default(),
            article: part(".article(").unwrap_or_default(),
            advice: part(".advice(").unwrap_or_default(),
        },
    ))
}

/// `cases.accept.reason` for an act named before `at`, `cases.*.reason` where any act may be meant.
fn act_code(text: &str, at: usize, reason: &str) -> Option<String> {
    let head = text[..at].trim_end();
    let start = head
        .rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
        .map_or(0, |at| at + 1);
    let name = &head[start..];
    let declared = |mark: &str| {
        let line = text.lines().find(|line| line.trim_start().contains(mark))?;
        line.split("::").last().map(|act| act.trim_end_matches(';').to_owned())
    };
    let penalty = text.contains("PenaltyAct");
    // One rule for every procedure: each has its own word before the act's.
    let every = text.contains("M::law(");
    let family = if every {
        "*"
    } else if penalty {
        "penalty"
    } else {
        "cases"
    };
    let act = match name {
        "ACT" => snake(&declared("const ACT: ")?),
        name if name.contains("Act::") => snake(name.rsplit("::").next()?),
        "act" | "self" => "*".to_owned(),
        _ => return None,
    };
    Some(format!("{family}.{act}.{reason}"))
}

fn snake(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(c.to_lowercase());
    }
    text
}

/// Offset of the bracket that closes what is open at the start.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The calls chained to a value: up to the first character that cannot go on with them.
fn chain(text: &str) -> &str {
    let mut end = 0;
    loop {
        let rest = &text[end..];
        let skipped = rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c == ')').len();
        let next = &rest[skipped..];
        let Some(open) = next
            .starts_with('.')
            .then(|| next.find('('))
            .flatten()
            .filter(|open| next[1..*open].chars().all(|c| c.is_alphanumeric() || c == '_'))
        else {
            return &text[..end];
        };
        let Some(close) = closing(&next[open + 1..]) else {
            return &text[..end];
        };
        end += skipped + open + 1 + close + 1;
    }
}

fn literals_until(text: &str) -> Vec<String> {
    closing(text).map_or_else(Vec::new, |end| literals(&text[..end]))
}

/// Texts in quotation marks, as written.
fn literals(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut current: Option<String> = None;
    let mut escaped = false;
    for c in text.chars() {
        match (&mut current, c) {
            (Some(literal), c) if escaped => {
                literal.push(c);
                escaped = false;
            }
            (Some(_), '\\') => escaped = true,
            (Some(_), '"') => found.extend(current.take()),
            (Some(literal), c) => literal.push(c),
            (None, '"') => current = Some(String::new()),
            (None, _) => {}
        }
    }
    found
}

fn usual_advice(status: &str) -> &'static str {
    match status {
        "403" => "请由担任相应岗位的人员办理；认为权限有误的，请联系安全管理员。",
        "404" => "请核对编号或者从列表中查找。",
        "409" => "请查看办件的最新情况和所列依据，情况改变后再办理。",
        "422" => "请按回答中 fields 的提示逐项改正后重新提交。",
        "429" => "请稍后再试。",
        _ => "",
    }
}

fn printed(entries: &BTreeMap<String, Entry>) -> String {
    let mut page = String::from(
        "# 拒绝代码\n\n平台说“不”的每一个代码。网页和接口用同样的代码和同样的话；接口以 `application/problem+json`（RFC 9457）回答。\n\
         `*` 代表任何一个办理动作（`accept`、`decide`……），开头的 `*` 代表任何一个程序（`cases`、`penalty`）；花括号里是当时的情况。\n\n\
         这一页由测试从源代码生成（`UPDATE_GOLDEN=1`），代码多了或者少了测试就会失败。\n",
    );
    let mut family = "";
    for (code, entry) in entries {
        let head = code.split('.').next().unwrap_or("");
        if head != family {
            family = head;
            let name = if family == "*" { "所有程序" } else { family };
            page.push_str(&format!(
                "\n## {name}\n\n| 代码 | 状态 | 说什么 | 依据 | 怎么办 |\n|---|---|---|---|---|\n"
            ));
        }
        let cell = |text: &str| text.replace('|', "／").replace('\n', " ");
        let advice = if entry.advice.is_empty() {
            usual_advice(entry.status)
        } else {
            &entry.advice
        };
        page.push_str(&format!(
            "| `{code}` | {} | {} | {} | {} |\n",
            entry.status,
            cell(&entry.message),
            cell(&entry.article),
            cell(advice)
        ));
    }
    page
}

#[test]
fn the_reader_of_refusals_reads() {
    let text = r#"
        const ACT: Act = Act::AskSupplement;
        return Err(Refusal::law("cases.flow.none", "没有（流程）。").article("甲法第一条").advice("请补全。").into());
        Err(ACT.forbids("once", format!("{now}，不能"))).advice("x");
        Refusal::forbidden(act.code("not_yours"), "不是您的")
        Act::Decide.lacks("missing", "field", "请填写。")
    "#;
    let read = |builder: &str, status| one(text, text.find(builder).unwrap(), builder, status).unwrap();
    let (code, entry) = read("Refusal::law(", "409");
    assert_eq!(
        (
            code.as_str(),
            entry.message.as_str(),
            entry.article.as_str(),
            entry.advice.as_str()
        ),
        ("cases.flow.none", "没有（流程）。", "甲法第一条", "请补全。")
    );
    assert_eq!(read(".forbids(", "409").0, "cases.ask_supplement.once");
    assert_eq!(read("Refusal::forbidden(", "403").0, "cases.*.not_yours");
    assert_eq!(read(".lacks(", "422").0, "cases.decide.missing");
}
