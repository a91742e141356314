//! Lists as lines of a text field, and back: options of a question, tests of an answer.

use crate::form::{Choice, Test};

/// `值 名称 | 提示`, a line each; where value and name are the same the line is the name alone.
pub(super) fn options_text(options: &[Choice]) -> String {
    let line = |choice: &Choice| {
        let mut line = match choice.value == choice.label {
            true => choice.label.clone(),
            false => format!("{} {}", choice.value, choice.label),
        };
        if let Some(hint) = &choice.hint {
            line.push_str(&format!(" | {hint}"));
        }
        line
    };
    options.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub(super) fn options(text: &str) -> Vec<Choice> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let choice = |line: &str| {
        let (said, hint) = match line.split_once(['|', '｜']) {
            Some((said, hint)) => (
                said.trim(),
                Some(hint.trim().to_owned()).filter(|hint| !hint.is_empty()),
            ),
            None => (line, None),
        };
        let (value, label) = said.split_once(char::is_whitespace).unwrap_or((said, said));
        Choice {
            value: value.to_owned(),
            label: label.trim().to_owned(),
            hint,
        }
    };
    lines.map(choice).collect()
}

/// `条件 => 提示的话`, a line each.
pub(super) fn tests_text(tests: &[Test]) -> String {
    let line = |test: &Test| format!("{} => {}", test.when, test.message);
    tests.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// # Errors
/// The line that has no arrow.
pub(super) fn tests(text: &str) -> Result<Vec<Test>, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (when, message) = line
                .split_once("=>")
                .ok_or_else(|| format!("“{line}”应写成“条件 => 提示的话”"))?;
            Ok(Test {
                when: when.trim().to_owned(),
                message: message.trim().to_owned(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests_of_lines {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn lines_come_back_as_they_were() {
        let text = "owned 自有 | 有产权证\nrented 租用\n其他";
        let read = options(text);
        assert_eq!((read.len(), read[2].value.as_str()), (3, "其他"));
        assert_eq!(options_text(&read), text);
        let text = "form.a >= 3 => 不能小于3\nform.b = \"x\" => 请选x";
        assert_eq!(tests_text(&tests(text).unwrap()), text);
        assert!(tests("form.a > 3").is_err());
    }
}
