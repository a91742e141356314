//! Finds articles that running text cites: `依照《食品安全法》第三十五条第一款、第三十六条`, `行政许可法42(1)`,
//! `第三十条至第三十二条`. In flows, benchmarks, papers and refusals nobody marks citations; here they are read.
//!
//! A mention needs the name of a norm right before it (`本法第三条` names none). The name keeps what stands
//! before it without a break (`实施行政许可法`), so that it is compared by its end: [`Mention::is_of`].

use crate::statute::{ArticleNumber, read_numeral};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mention {
    pub law: String,
    pub article: ArticleNumber,
    /// Number of the paragraph (款) and of the item (项), where they are named.
    pub paragraph: Option<u32>,
    pub item: Option<u32>,
}

impl Mention {
    pub fn is_of(&self, law: &str) -> bool {
        self.law.ends_with(law)
    }
}

/// Mentions read from one text at most.
const MAX_MENTIONS: usize = 2_000;
/// Articles of one `第…条至第…条` at most; a longer run is one of a mistake.
const LONGEST_RUN: u32 = 100;
const LONGEST_NAME: usize = 60;

/// All mentions, in the order of the text. Never fails.
pub fn mentions(text: &str) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut last_end = 0;
    let mut at = 0;
    while let Some(start) = next_start(text, at) {
        let Some((mention, end)) = mention_at(text, start, last_end, found.last()) else {
            at = start + text[start..].chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let joined = &text[last_end..start];
        if joined.trim().trim_start_matches('、') == "至" || joined.trim() == "-" {
            fill(&mut found, &mention);
        }
        found.push(mention);
        if found.len() >= MAX_MENTIONS {
            break;
        }
        (at, last_end) = (end, end);
    }
    found
}

/// Where a number of an article may begin: `第`, or a digit after something that is none.
fn next_start(text: &str, from: usize) -> Option<usize> {
    let mut before_digit = text[..from].ends_with(|c: char| c.is_ascii_digit());
    for (at, c) in text[from..].char_indices() {
        if c == '第' || (c.is_ascii_digit() && !before_digit) {
            return Some(from + at);
        }
        before_digit = c.is_ascii_digit();
    }
    None
}

fn mention_at(text: &str, start: usize, last_end: usize, last: Option<&Mention>) -> Option<(Mention, usize)> {
    let (article, rest) = number(&text[start..])?;
    let between = &text[last_end..start];
    let goes_on = last.is_some() && !between.is_empty() && between.chars().all(|c| "、，,和及与或至- ".contains(c));
    let law = match (goes_on, last) {
        (true, Some(last)) => last.law.clone(),
        _ => name_before(&text[..start])?,
    };
    let mut mention = Mention {
        law,
        article,
        paragraph: None,
        item: None,
    };
    let rest = qualifiers(rest, &mut mention);
    Some((mention, text.len() - rest.len()))
}

/// `第三十五条之一`, `第35条`, `35` (then a bracket, a separator or the end must follow).
fn number(text: &str) -> Option<(ArticleNumber, &str)> {
    if let Some(read) = ArticleNumber::at_start(text) {
        return Some(read);
    }
    let (marked, digits) = text.strip_prefix('第').map_or((false, text), |rest| (true, rest));
    let length = digits.bytes().take_while(u8::is_ascii_digit).count();
    let main: u32 = digits
        .get(..length)?
        .parse()
        .ok()
        .filter(|main| (1..=2000).contains(main))?;
    let rest = &digits[length..];
    if let Some(rest) = rest.strip_prefix('条') {
        return Some((ArticleNumber::whole(main), rest));
    }
    let ends = rest
        .chars()
        .next()
        .is_none_or(|c| "(（、，,;；。 )）\"'<-\n\r\t".contains(c));
    (!marked && ends).then_some((ArticleNumber::whole(main), rest))
}

/// The name of a norm that ends here: within `《》`, or a run of words that ends as names do.
fn name_before(text: &str) -> Option<String> {
    let text = text.trim_end_matches(' ');
    if let Some(inside) = text.strip_suffix('》') {
        let name = &inside[inside.rfind('《')? + '《'.len_utf8()..];
        return sound(name);
    }
    let bracketless = text.strip_suffix([')', '）']).and_then(|inside| {
        let open = inside.rfind(['(', '（'])?;
        let year = inside[open..].trim_start_matches(['(', '（']);
        year.bytes().all(|b| b.is_ascii_digit()).then_some(&text[..open])
    });
    let words = bracketless.unwrap_or(text);
    let start = words
        .char_indices()
        .rev()
        .take(LONGEST_NAME)
        .take_while(|(_, c)| ('\u{4e00}'..='\u{9fff}').contains(c))
        .last()
        .map(|(at, _)| at)?;
    let ends = ["法", "条例", "办法", "规定", "细则", "规则", "意见", "决定", "通知"];
    let run = &words[start..];
    if !ends.iter().any(|end| run.ends_with(end)) {
        return None;
    }
    sound(&text[start..])
}

fn sound(name: &str) -> Option<String> {
    let length = name.chars().count();
    let own = ["本法", "该法", "本条例", "本办法", "本规定", "该办法", "该条例"];
    ((2..=LONGEST_NAME).contains(&length) && !own.contains(&name)).then(|| name.to_owned())
}

/// `第一款`, `第（一）项`, `(1)(一)`.
fn qualifiers<'a>(mut rest: &'a str, mention: &mut Mention) -> &'a str {
    loop {
        if let Some(after) = rest.strip_prefix('第') {
            let inside = after.trim_start_matches(['（', '(']);
            let length: usize = inside
                .chars()
                .take_while(|c| !"款项）)".contains(*c))
                .take(6)
                .map(char::len_utf8)
                .sum();
            let number = read_numeral(&inside[..length]).or_else(|| inside[..length].parse().ok());
            let close = inside[length..].trim_start_matches(['）', ')']);
            match (number, close.chars().next()) {
                (Some(number), Some('款')) => mention.paragraph = mention.paragraph.or(Some(number)),
                (Some(number), Some('项')) => mention.item = mention.item.or(Some(number)),
                _ => return rest,
            }
            rest = &close['款'.len_utf8()..];
        } else if let Some(inside) = rest.strip_prefix(['(', '（']) {
            let Some(end) = inside.find([')', '）']) else {
                return rest;
            };
            let within = &inside[..end];
            match (within.parse::<u32>(), read_numeral(within)) {
                (Ok(number), _) => mention.paragraph = mention.paragraph.or(Some(number)),
                (_, Some(number)) => mention.item = mention.item.or(Some(number)),
                _ => return rest,
            }
            let close = inside[end..].chars().next().map_or(0, char::len_utf8);
            rest = &inside[end + close..];
        } else {
            return rest;
        }
    }
}

/// The articles between the two ends of a run.
fn fill(found: &mut Vec<Mention>, last: &Mention) {
    let Some(first) = found.last().map(|first| first.article.main) else {
        return;
    };
    if last.article.main > first && last.article.main - first <= LONGEST_RUN {
        let between = (first + 1)..last.article.main;
        found.extend(between.map(|main| Mention {
            law: last.law.clone(),
            article: ArticleNumber::whole(main),
            paragraph: None,
            item: None,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &[&str]) {
        let shown: Vec<String> = mentions(text)
            .into_iter()
            .map(|one| {
                let part = |number: Option<u32>| number.map_or("-".to_owned(), |number| number.to_string());
                format!("{} {} {} {}", one.law, one.article, part(one.paragraph), part(one.item))
            })
            .collect();
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn citations_in_running_text_are_found() {
        check("行政许可法第三十二条第一款第（四）项", &["行政许可法 32 1 4"]);
        check(
            "依照《食品安全法》第三十五条第一款、第三十六条办理",
            &["食品安全法 35 1 -", "食品安全法 36 - -"],
        );
        check("basis=\"行政许可法42(1)\" x=\"3\"", &["行政许可法 42 1 -"]);
        check(
            "行政处罚法第二十八条、第五十四条第二款",
            &["行政处罚法 28 - -", "行政处罚法 54 2 -"],
        );
        check(
            "行政强制法第三十条至第三十三条",
            &[
                "行政强制法 30 - -",
                "行政强制法 31 - -",
                "行政强制法 32 - -",
                "行政强制法 33 - -",
            ],
        );
        check(
            "食品安全法35(1)(2)、33(1)(一)-(四)",
            &["食品安全法 35 1 -", "食品安全法 33 1 1"],
        );
        check(
            "突发事件应对法(2024)12、76(1)",
            &["突发事件应对法(2024) 12 - -", "突发事件应对法(2024) 76 1 -"],
        );
        check("食品安全法第三十五条之一", &["食品安全法 35-1 - -"]);
        check("食品安全法实施条例15", &["食品安全法实施条例 15 - -"]);
        check("经食品安全法第35条，罚款5000元，3个工作日", &["经食品安全法 35 - -"]);
        assert!(mentions("经食品安全法第35条")[0].is_of("食品安全法"));
    }

    #[test]
    fn what_cites_nothing_is_left_alone() {
        for text in [
            "本法第三条",
            "第三条",
            "在办法12个月内",
            "20个工作日",
            "需求R20、R22（镇政办发〔2015〕55号第六点）",
            "《》第三条",
            "办理方法：第1步",
            "",
        ] {
            check(text, &[]);
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[法条例办第款项之至、《》()（）0-9一二十百千\"-]{0,60}") {
            prop_assert!(mentions(&text).len() <= MAX_MENTIONS + LONGEST_RUN as usize);
        }

        #[test]
        fn never_panics_on_anything(text in any::<String>()) {
            mentions(&text);
        }
    }
}
