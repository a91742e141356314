//! A cell's words as a column wants them: dates, limits with their units, yes and no, numbered lists, full-width codes.
//! What is not understood goes on as it stands, and the column says what is wrong with it. Pure.

use mingjing_codes::PowerType;

use super::heading::narrow;
use crate::mention::mentions;
use crate::statute::write_numeral;

/// Cells of one row by column, as they stand in the sheet.
pub type Words = std::collections::BTreeMap<&'static str, String>;

/// A text as its column wants it. Several columns may come of one cell (`20个工作日`).
pub fn understood(key: &'static str, text: &str, power_type: Option<PowerType>) -> Vec<(&'static str, String)> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim();
    match key {
        "item_code" => vec![(key, code(text))],
        "statutory_limit" => limit(
            text,
            ["statutory_limit", "limit_unit", "limit_start", "limit_basis"],
            power_type,
        ),
        "promised_limit" => limit(
            text,
            ["promised_limit", "promised_unit", "promised_start", "promised_basis"],
            None,
        ),
        "legal_bases" => vec![(key, bases(text))],
        "conditions" | "materials" | "flow_steps" | "result_documents" | "penalty_kinds" => {
            vec![(key, unnumbered(text))]
        }
        "valid_from" | "valid_to" | "cancelled_on" => vec![(key, day(text))],
        "fee" => fee(text),
        "result_public" | "online" => vec![(key, flag(text))],
        "body" => vec![(key, without_nature(text))],
        "name" | "handling_office" | "phone" | "supervision_phone" => vec![(key, one_line(text))],
        "audiences" => vec![(key, audiences(text))],
        "status" => vec![(key, status(text))],
        _ => vec![(key, text.to_owned())],
    }
}

/// Full-width letters and digits, and the dashes of word processors, as the code has them.
fn code(text: &str) -> String {
    text.chars()
        .map(narrow)
        .filter(|c| !c.is_whitespace())
        .map(|c| if "—–－‐‑".contains(c) { '-' } else { c })
        .collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(if text.is_ascii() { " " } else { "" })
}

/// `自受理之日起20个工作日内`, `5工作日`, `当场`, `3个月`, `20`.
fn limit(text: &str, keys: [&'static str; 4], power_type: Option<PowerType>) -> Vec<(&'static str, String)> {
    let plain: String = text.chars().map(narrow).filter(|c| !c.is_whitespace()).collect();
    if plain.starts_with(['{', '[']) || plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return vec![(keys[0], plain)];
    }
    if ["无", "无期限", "-", "/", "—", "不设"].contains(&plain.as_str()) {
        return vec![(keys[0], String::new())];
    }
    let start = start(&plain).or((power_type == Some(PowerType::Permit)).then_some("受理"));
    let amount = match ["当场", "即时", "即办", "当日"].iter().any(|word| plain.contains(word)) {
        true => Some((0, "工作日")),
        false => amount(&plain),
    };
    let Some((amount, unit)) = amount else {
        return vec![(keys[0], text.to_owned())];
    };
    let mut found = vec![(keys[0], amount.to_string()), (keys[1], unit.to_owned())];
    found.extend(start.map(|start| (keys[2], start.to_owned())));
    found
}

fn start(text: &str) -> Option<&'static str> {
    let words = [
        ("受理", "受理"),
        ("收到申请", "收到申请"),
        ("立案", "立案"),
        ("采取", "采取措施"),
        ("勘查", "勘查现场"),
        ("收齐", "信息收齐"),
    ];
    words
        .into_iter()
        .find(|(word, _)| text.contains(word))
        .map(|(_, start)| start)
}

/// The first number with its unit, in digits or in Chinese.
fn amount(text: &str) -> Option<(u32, &'static str)> {
    let units = [
        ("个工作日", "工作日"),
        ("工作日", "工作日"),
        ("个自然日", "日历日"),
        ("个月", "月"),
        ("月", "月"),
        ("日历日", "日历日"),
        ("日", "日历日"),
        ("天", "日历日"),
    ];
    let (at, unit) = units
        .into_iter()
        .filter_map(|(word, unit)| {
            let at = text
                .match_indices(word)
                .map(|(at, _)| at)
                .find(|at| number_before(&text[..*at]).is_some())?;
            Some((at, unit))
        })
        .min_by_key(|(at, _)| *at)?;
    Some((number_before(&text[..at])?, unit))
}

fn number_before(text: &str) -> Option<u32> {
    let tail = |fits: fn(char) -> bool| {
        let start = text
            .char_indices()
            .rev()
            .take_while(|(_, c)| fits(*c))
            .last()
            .map(|(at, _)| at);
        start.map(|start| &text[start..])
    };
    if let Some(digits) = tail(|c| c.is_ascii_digit()) {
        return digits.parse().ok().filter(|number| *number <= 3650);
    }
    let numeral = tail(|c| "零一二三四五六七八九十百".contains(c))?;
    crate::statute::read_numeral(numeral)
}

/// `2026年3月1日`, `2026/3/1`, `2026.3.1` as `2026-03-01`.
fn day(text: &str) -> String {
    let plain: String = text.chars().map(narrow).filter(|c| !c.is_whitespace()).collect();
    let plain = plain
        .get(..10)
        .filter(|day| day.parse::<jiff::civil::Date>().is_ok())
        .unwrap_or(&plain);
    let parts: Vec<&str> = plain
        .split(['年', '月', '日', '/', '.', '-'])
        .filter(|part| !part.is_empty())
        .collect();
    let numbers: Vec<i16> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    match numbers.as_slice() {
        &[year, month, day] if parts.len() == 3 => {
            let small = |number: i16| i8::try_from(number).unwrap_or(0);
            let date = jiff::civil::Date::new(year, small(month), small(day));
            date.map_or_else(|_| text.to_owned(), |date| date.to_string())
        }
        _ => text.to_owned(),
    }
}

fn fee(text: &str) -> Vec<(&'static str, String)> {
    let plain: String = text.chars().map(narrow).filter(|c| !c.is_whitespace()).collect();
    if plain.starts_with(['{', '[']) {
        return vec![("fee", text.to_owned())];
    }
    let free = ["否", "无", "不收费", "不收", "免费", "不收取", "/", "-", "—"];
    if free.contains(&plain.trim_end_matches('。')) || plain.contains("不收费") {
        return vec![("fee", "否".to_owned())];
    }
    if ["是", "收费", "有"].contains(&plain.as_str()) {
        return vec![("fee", "是".to_owned())];
    }
    // Basis and standard in one cell, as the annex has them.
    let mut found = vec![("fee", "是".to_owned())];
    let (basis, standard) = text.split_once(['；', ';', '\n']).unwrap_or((text, ""));
    found.push(("fee_basis", basis.trim().to_owned()));
    if !standard.trim().is_empty() {
        found.push(("fee_standard", standard.trim().to_owned()));
    }
    found
}

fn flag(text: &str) -> String {
    let plain: String = text.chars().map(narrow).filter(|c| !c.is_whitespace()).collect();
    match plain.as_str() {
        "√" | "✓" | "☑" | "对" | "已公开" | "结果公开" => "是".to_owned(),
        "×" | "✗" | "x" | "X" | "☐" | "未公开" => "否".to_owned(),
        _ => plain,
    }
}

const NATURES: &[&str] = &[
    "法定行政机关",
    "行政机关",
    "授权组织",
    "法律法规授权的组织",
    "法律法规授权组织",
    "受委托组织",
    "委托组织",
];

/// `龙湾区市场监督管理局（法定行政机关）`, `龙湾区市场监督管理局\n法定行政机关`.
fn without_nature(text: &str) -> String {
    let plain: String = text.chars().map(narrow).collect();
    let mut name = plain.trim();
    for nature in NATURES {
        for around in [
            format!("({nature})"),
            format!("\n{nature}"),
            format!(" {nature}"),
            format!(",{nature}"),
        ] {
            name = name.strip_suffix(&around).unwrap_or(name).trim();
        }
    }
    one_line(name)
}

fn audiences(text: &str) -> String {
    let mut found = Vec::new();
    if ["个人", "自然人", "公民"].iter().any(|word| text.contains(word)) {
        found.push("个人");
    }
    if ["法人", "企业", "组织", "单位"].iter().any(|word| text.contains(word)) {
        found.push("法人");
    }
    match found.is_empty() {
        true => text.to_owned(),
        false => found.join(";"),
    }
}

fn status(text: &str) -> String {
    match text.trim() {
        "取消" | "已废止" | "废止" | "作废" => "已取消",
        "有效" | "正常" | "启用" | "使用" => "在用",
        "已暂停" | "停用" | "中止" => "暂停",
        other => other,
    }
    .to_owned()
}

/// Lines without the numbers before them: `1.`, `（一）`, `2、`, `③`.
fn unnumbered(text: &str) -> String {
    if text.starts_with(['[', '{']) {
        return text.to_owned();
    }
    let lines = text.split('\n').map(|line| {
        let line = line.trim();
        let rest = numbering(line);
        rest.trim().trim_end_matches(['；', ';']).to_owned()
    });
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn numbering(line: &str) -> &str {
    let inside = |c: char| c.is_ascii_digit() || "一二三四五六七八九十０１２３４５６７８９".contains(c);
    let opened = line.strip_prefix(['（', '(']);
    let rest = opened.unwrap_or(line);
    let length: usize = rest
        .chars()
        .take_while(|c| inside(*c))
        .take(3)
        .map(char::len_utf8)
        .sum();
    let (number, after) = rest.split_at(length);
    let mark: &[char] = if opened.is_some() {
        &['）', ')']
    } else {
        &['、', '.', '．', '）', ')']
    };
    match after.strip_prefix(mark) {
        // `1.5吨` is no numbering.
        Some(after) if !number.is_empty() && !after.starts_with(|c: char| c.is_ascii_digit()) => after,
        _ => line.strip_prefix(|c: char| ('①'..='⑳').contains(&c)).unwrap_or(line),
    }
}

/// Citations as the law names them (`《食品安全法》第三十五条第一款`), with the wording behind them left away: the law library
/// has it. What cites no article goes on as it stands.
fn bases(text: &str) -> String {
    if text.starts_with(['[', '{']) {
        return text.to_owned();
    }
    let mut lines = Vec::new();
    for line in text.split('\n').map(str::trim).filter(|line| !line.is_empty()) {
        let line = numbering(line).trim();
        let cited = match line.contains('《') || line.contains('第') {
            true => mentions(line),
            false => Vec::new(),
        };
        // Wording that is quoted below a citation cites further articles of its own; only what stands before it counts.
        let head: Vec<String> = cited.iter().take(30).map(short).collect();
        match (head.is_empty(), line.starts_with('第') && !lines.is_empty()) {
            (false, _) => lines.push(head.join(";")),
            // The wording of what was cited in the line above.
            (true, true) => {}
            (true, false) => lines.push(line.to_owned()),
        }
    }
    lines.join("\n")
}

fn short(mention: &crate::mention::Mention) -> String {
    let law = mention.law.strip_prefix("中华人民共和国").unwrap_or(&mention.law);
    let mut text = format!("《{law}》{}", mention.article.main);
    if let Some(paragraph) = mention.paragraph {
        text.push_str(&format!("({paragraph})"));
    }
    if let Some(item) = mention.item {
        text.push_str(&format!("({})", write_numeral(item)));
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entry::COLUMNS;

    fn one(key: &'static str, text: &str) -> String {
        let found = understood(key, text, None);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        found.into_iter().next().map(|(_, text)| text).unwrap_or_default()
    }

    #[test]
    fn cells_as_people_write_them() {
        let check = |key: &'static str, text: &str, expect: &str| assert_eq!(one(key, text), expect, "{text}");
        check(
            "item_code",
            " ３３０３０３００ＳＪ－ＸＫ－０００１ ",
            "33030300SJ-XK-0001",
        );
        check("item_code", "33030300SJ—XK—0001", "33030300SJ-XK-0001");
        check("valid_from", "2026年3月1日", "2026-03-01");
        check("valid_from", "2026/3/1", "2026-03-01");
        check("valid_from", "2026-03-01 00:00", "2026-03-01");
        check("valid_from", "2026年13月1日", "2026年13月1日");
        check("body", "龙湾区市场监督管理局（法定行政机关）", "龙湾区市场监督管理局");
        check("body", "龙湾区市场监督\n管理局", "龙湾区市场监督管理局");
        check("result_public", "√", "是");
        check("status", "废止", "已取消");
        check(
            "conditions",
            "1.有场所；\n（二）有设备\n③有人员\n1.5吨以上",
            "有场所\n有设备\n有人员\n1.5吨以上",
        );
        check(
            "legal_bases",
            "1.《中华人民共和国食品安全法》第三十五条第一款：国家对食品生产经营实行许可制度。",
            "《食品安全法》35(1)",
        );
        check("legal_bases", "食品安全法35(1)", "食品安全法35(1)");
        check("legal_bases", "《某某办法》（市府令）", "《某某办法》（市府令）");
    }

    #[test]
    fn limits_with_their_units() {
        let check = |text: &str, power_type: Option<PowerType>, expect: &[(&str, &str)]| {
            let found = understood("statutory_limit", text, power_type);
            let found: Vec<(&str, &str)> = found.iter().map(|(key, text)| (*key, text.as_str())).collect();
            assert_eq!(found, expect, "{text}");
        };
        let amount = |number: &'static str, unit: &'static str| [("statutory_limit", number), ("limit_unit", unit)];
        check("20", None, &[("statutory_limit", "20")]);
        check("5工作日", None, &amount("5", "工作日"));
        check("三个月", None, &amount("3", "月"));
        check("二十日", None, &amount("20", "日历日"));
        check("当场办结", None, &amount("0", "工作日"));
        check("无", None, &[("statutory_limit", "")]);
        check("视情况", None, &[("statutory_limit", "视情况")]);
        let from = |start: &'static str| {
            [
                ("statutory_limit", "20"),
                ("limit_unit", "工作日"),
                ("limit_start", start),
            ]
        };
        check("自受理之日起２０个工作日内", None, &from("受理"));
        check("20个工作日", Some(PowerType::Permit), &from("受理"));
        check("立案后20个工作日", None, &from("立案"));
    }

    #[test]
    fn fees_in_one_cell() {
        let check = |text: &str, expect: &[(&str, &str)]| {
            let found = understood("fee", text, None);
            let found: Vec<(&str, &str)> = found.iter().map(|(key, text)| (*key, text.as_str())).collect();
            assert_eq!(found, expect, "{text}");
        };
        check("不收费", &[("fee", "否")]);
        check("收费", &[("fee", "是")]);
        check(
            "浙价费〔2010〕1号；每证10元",
            &[
                ("fee", "是"),
                ("fee_basis", "浙价费〔2010〕1号"),
                ("fee_standard", "每证10元"),
            ],
        );
    }

    proptest! {
        #[test]
        fn nothing_panics(at in 0_usize..50, text in "[0-9一二十第条款项（）《》法日月年个工作./;\n是{\\[a-z，]{0,40}|.{0,30}") {
            let key = COLUMNS[at % COLUMNS.len()].key;
            let _ = understood(key, &text, Some(PowerType::Permit));
        }
    }
}
