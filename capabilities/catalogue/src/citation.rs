//! Reads citations as editors write them: `食品安全法35(1)(2)、33(1)(一)-(四); 食品安全法实施条例15`.
//!
//! A number is an article, an arabic number in brackets its paragraph (款), a Chinese number in
//! brackets its item (项); `、` separates provisions of one law, `;` laws. Several brackets of one kind
//! are several provisions. What fits no rule is kept as `original` and taken for the whole document:
//! a tolerant reader that loses nothing, never one that guesses.

/// A citation without rank: what the text itself says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    pub law: String,
    pub article: Option<u32>,
    pub paragraph: Option<u32>,
    pub clause: Option<String>,
    pub original: Option<String>,
}

/// Citations read from one text at most.
pub const MAX_CITATIONS: usize = 200;

/// Reads all citations of a text. Never fails: see the module.
pub fn read_citations(text: &str) -> Vec<Citation> {
    let mut citations = Vec::new();
    for part in text
        .split([';', '；', '\n'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        read_law(part, &mut citations);
        if citations.len() >= MAX_CITATIONS {
            citations.truncate(MAX_CITATIONS);
            break;
        }
    }
    citations
}

fn read_law(text: &str, citations: &mut Vec<Citation>) {
    let (law, provisions) = split_law(text);
    let whole = |original: Option<String>| Citation {
        law: law.to_owned(),
        article: None,
        paragraph: None,
        clause: None,
        original,
    };
    if provisions.is_empty() {
        let original = (law != text.trim_matches(['《', '》'])).then(|| text.to_owned());
        citations.push(whole(original));
        return;
    }
    for provision in provisions
        .split(['、', '，', ','])
        .map(str::trim)
        .filter(|p| !p.is_empty())
    {
        match read_provision(provision) {
            Some(read) => citations.extend(read.into_iter().map(|provision| provision.of(law))),
            None => citations.push(whole(Some(text.to_owned()))),
        }
    }
}

/// The law's name and the rest. Digits inside brackets that belong to the name stay in it:
/// `突发事件应对法(2024)12` names the version of 2024, `国发〔2015〕27号` is a document number.
fn split_law(text: &str) -> (&str, &str) {
    if text.starts_with('《')
        && let Some((name, rest)) = text.trim_start_matches('《').split_once('》')
    {
        return (name, rest.trim());
    }
    if text.contains('号') && text.contains('〔') {
        let end = text.find(['(', '（']).unwrap_or(text.len());
        return (text[..end].trim(), "");
    }
    let mut depth = 0u32;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '（' | '〔' => depth = depth.saturating_add(1),
            ')' | '）' | '〕' => depth = depth.saturating_sub(1),
            '0'..='9' | '第' if depth == 0 => return (text[..at].trim(), text[at..].trim()),
            _ => {}
        }
    }
    (text.trim(), "")
}

#[derive(Debug, Default, Clone)]
struct Provision {
    article: u32,
    paragraph: Option<u32>,
    clause: Option<String>,
    remark: Option<String>,
}

impl Provision {
    fn of(self, law: &str) -> Citation {
        Citation {
            law: law.to_owned(),
            article: Some(self.article),
            paragraph: self.paragraph,
            clause: self.clause,
            original: self.remark,
        }
    }
}

/// `33(1)(一)-(四)`, `61(三)(四)`, `35(1)(2)`, `22(法律咨询)`.
fn read_provision(text: &str) -> Option<Vec<Provision>> {
    let text = text.trim_start_matches('第');
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let article: u32 = text
        .get(..digits)?
        .parse()
        .ok()
        .filter(|number| (1..=2000).contains(number))?;
    let rest = text[digits..].trim_start_matches('条').trim();
    let mut provisions: Vec<Provision> = Vec::new();
    let mut paragraph = None;
    let mut run = false;
    for token in tokens(rest)? {
        match token {
            Token::Dash => run = true,
            Token::Paragraph(number) => {
                paragraph = Some(number);
                provisions.push(Provision {
                    article,
                    paragraph,
                    ..Provision::default()
                });
            }
            Token::Clause(clause) => add_clause(&mut provisions, article, paragraph, clause, std::mem::take(&mut run)),
            Token::Remark(remark) => match provisions.last_mut() {
                Some(last) => last.remark = Some(remark),
                None => provisions.push(Provision {
                    article,
                    remark: Some(remark),
                    ..Provision::default()
                }),
            },
        }
    }
    if provisions.is_empty() {
        provisions.push(Provision {
            article,
            ..Provision::default()
        });
    }
    Some(provisions)
}

fn add_clause(provisions: &mut Vec<Provision>, article: u32, paragraph: Option<u32>, clause: String, run: bool) {
    if let Some(last) = provisions.last_mut() {
        match &mut last.clause {
            Some(first) if run => {
                first.push('-');
                first.push_str(&clause);
                return;
            }
            None if last.paragraph == paragraph && last.remark.is_none() => {
                last.clause = Some(clause);
                return;
            }
            _ => {}
        }
    }
    provisions.push(Provision {
        article,
        paragraph,
        clause: Some(clause),
        remark: None,
    });
}

enum Token {
    Paragraph(u32),
    Clause(String),
    Dash,
    Remark(String),
}

/// Splits `(1)(一)-(四)` into tokens; `None` where something else stands between the brackets.
fn tokens(mut rest: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    while let Some(c) = rest.chars().next() {
        match c {
            ' ' => rest = &rest[1..],
            '-' | '—' | '至' => {
                tokens.push(Token::Dash);
                rest = &rest[c.len_utf8()..];
            }
            '(' | '（' => {
                let inside = &rest[c.len_utf8()..];
                let end = inside.find([')', '）'])?;
                tokens.push(bracket(inside[..end].trim()));
                let close = inside[end..].chars().next()?;
                rest = &inside[end + close.len_utf8()..];
            }
            _ => return None,
        }
    }
    Some(tokens)
}

fn bracket(inside: &str) -> Token {
    if let Ok(number) = inside.parse::<u32>()
        && (1..=100).contains(&number)
    {
        return Token::Paragraph(number);
    }
    let chinese = !inside.is_empty() && inside.chars().all(|c| "一二三四五六七八九十".contains(c));
    match chinese {
        true => Token::Clause(inside.to_owned()),
        false => Token::Remark(inside.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> Vec<String> {
        read_citations(text)
            .into_iter()
            .map(|citation| {
                let number = |n: Option<u32>| n.map_or("-".into(), |n| n.to_string());
                format!(
                    "{} {} {} {}{}",
                    citation.law,
                    number(citation.article),
                    number(citation.paragraph),
                    citation.clause.as_deref().unwrap_or("-"),
                    citation.original.map(|text| format!(" [{text}]")).unwrap_or_default()
                )
            })
            .collect()
    }

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(shown(text), expected, "{text}");
    }

    #[test]
    fn citations_are_read_into_their_parts() {
        check(
            "食品安全法35(1)(2)、33(1)(一)-(四); 食品安全法实施条例15",
            &[
                "食品安全法 35 1 -",
                "食品安全法 35 2 -",
                "食品安全法 33 1 一-四",
                "食品安全法实施条例 15 - -",
            ],
        );
        check(
            "特种设备安全法61(三)(四)",
            &["特种设备安全法 61 - 三", "特种设备安全法 61 - 四"],
        );
        check(
            "道路交通安全法19、99(1)(一)、99(2)",
            &[
                "道路交通安全法 19 - -",
                "道路交通安全法 99 1 一",
                "道路交通安全法 99 2 -",
            ],
        );
        check(
            "突发事件应对法(2024)12、76(1)",
            &["突发事件应对法(2024) 12 - -", "突发事件应对法(2024) 76 1 -"],
        );
        check(
            "国发〔2015〕27号(取消非行政许可审批)",
            &["国发〔2015〕27号 - - - [国发〔2015〕27号(取消非行政许可审批)]"],
        );
        check("食品生产经营监督检查管理办法", &["食品生产经营监督检查管理办法 - - -"]);
        check(
            "《食品安全法》第三十五条",
            &["食品安全法 - - - [《食品安全法》第三十五条]"],
        );
        check("《食品安全法》第35条(1)", &["食品安全法 35 1 -"]);
        check("法律援助法22(法律咨询)", &["法律援助法 22 - - [法律咨询]"]);
        check(
            "社会救助暂行办法11(1)(一)(二)",
            &["社会救助暂行办法 11 1 一", "社会救助暂行办法 11 1 二"],
        );
        check("  ; ；", &[]);
        check("法5(", &["法 - - - [法5(]"]);
    }

    proptest! {
        #[test]
        fn never_panics_and_loses_no_law(text in "[法条例0-9()（）、;一二三〔〕号《》第 -]{0,80}") {
            let citations = read_citations(&text);
            prop_assert!(citations.len() <= MAX_CITATIONS);
        }

        #[test]
        fn never_panics_on_anything(text in any::<String>()) {
            read_citations(&text);
        }
    }
}
