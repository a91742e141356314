//! The explanation as a page that stands alone: the same sentences, in the house's own look, to be
//! printed and put on file or opened without a connection.

use mingjing_rules::api::Outcome;
use mingjing_rules::explain::{Line, LineKind};

/// A whole HTML document.
pub fn page(found: &Outcome) -> String {
    let lines = found.lines();
    let name = found.explanation.first().map_or("", |step| &step.name);
    let result = lines.first().map_or("", |line| line.text.trim_end_matches("依据："));
    format!(
        "<!doctype html>\n<html lang=\"zh-CN\" class=\"govuk-template\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>{title}：结果说明</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>{style}</style>\n</head>\n\
         <body class=\"govuk-template__body\">\n\
         <header class=\"mj-header\"><div class=\"mj-header__top\"><div class=\"mj-width mj-header__bar\">\
         <span class=\"mj-header__division\">明镜</span><span>结果说明</span></div></div></header>\n\
         <div class=\"mj-width mj-body\"><main class=\"mj-main\">\n\
         <h1 class=\"govuk-heading-l\">{title}</h1>\n<p class=\"govuk-body-l\">{result}</p>\n\
         {filled}<h2 class=\"govuk-heading-m\">结果是怎样得出的</h2>\n{tree}\n\
         </main></div>\n</body>\n</html>",
        title = escaped(name),
        style = mingjing_web::assets::style_text(),
        result = escaped(result),
        filled = filled(&lines),
        tree = tree(lines.get(1..).unwrap_or(&[])),
    )
}

/// What was filled in, each once, in the order in which it was asked for.
fn filled(lines: &[Line]) -> String {
    let inputs = lines.iter().filter(|line| line.kind == LineKind::Input);
    let items: String = inputs
        .map(|line| format!("<li>{}</li>\n", escaped(&line.text)))
        .collect();
    if items.is_empty() {
        return items;
    }
    format!(
        "<h2 class=\"govuk-heading-m\">填写的情况</h2>\n<ul class=\"govuk-list govuk-list--bullet\">\n{items}</ul>\n"
    )
}

/// Lines as nested lists. Rules that do not hold are folded away: they matter to who doubts.
fn tree(lines: &[Line]) -> String {
    let mut out = String::new();
    let mut open = 0;
    let mut rest = lines;
    while let Some(line) = rest.first() {
        let level = line.level.max(1);
        match level > open {
            true => out += &"<ul class=\"govuk-list govuk-list--bullet\">\n".repeat(level - open),
            false => out += &closed(open - level),
        }
        open = level;
        let alike = |other: &&Line| other.kind == LineKind::Missed && other.level == line.level;
        let missed = rest.iter().take_while(alike).count();
        out += "<li>";
        out += &match line.kind {
            LineKind::Missed => folded(&rest[..missed]),
            LineKind::Result | LineKind::Rule => format!("<strong>{}</strong>", escaped(&line.text)),
            LineKind::Input | LineKind::Method => escaped(&line.text),
        };
        rest = &rest[missed.max(1)..];
    }
    match open {
        0 => out,
        open => out + &closed(open - 1) + "</ul>\n",
    }
}

/// Ends an item, and so many lists with the items around them.
fn closed(lists: usize) -> String {
    format!("</li>\n{}", "</ul>\n</li>\n".repeat(lists))
}

fn folded(missed: &[Line]) -> String {
    let items: String = missed
        .iter()
        .map(|line| format!("<li>{}</li>", escaped(&line.text)))
        .collect();
    format!(
        "<details><summary>不成立的规则（{}）</summary><ul class=\"govuk-list\">{items}</ul></details>",
        missed.len()
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_tells_what_was_filled_in_and_folds_what_does_not_hold() {
        let line = |level, kind, text: &str| Line {
            level,
            kind,
            text: text.to_owned(),
        };
        let lines = [
            line(1, LineKind::Input, "“面积”填写的是 <5>。"),
            line(1, LineKind::Rule, "第 1 条规则成立：结果为 1。"),
            line(2, LineKind::Rule, "依据：第八条"),
            line(1, LineKind::Missed, "第 2 条不成立。"),
            line(1, LineKind::Missed, "第 3 条不成立。"),
        ];
        let tree = tree(&lines);
        assert!(tree.contains("&lt;5&gt;"));
        assert!(tree.contains("不成立的规则（2）"));
        for (begun, ended) in [("<ul", "</ul>"), ("<li>", "</li>")] {
            assert_eq!(tree.matches(begun).count(), tree.matches(ended).count(), "{tree}");
        }
        assert!(filled(&lines).contains("“面积”填写的是"));
    }
}
