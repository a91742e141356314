//! What an act asks for, as data: one template shows the forms of all procedures.

use std::borrow::Cow;

/// Value, label, hint.
pub type Options = Vec<(String, String, String)>;

type Words = Cow<'static, str>;

pub enum Ask {
    Line {
        name: &'static str,
        label: Words,
        hint: Words,
        optional: bool,
    },
    Text {
        name: &'static str,
        label: Words,
        hint: Words,
        optional: bool,
    },
    Radios {
        name: &'static str,
        label: Words,
        hint: Words,
        options: Options,
    },
    Checks {
        name: &'static str,
        label: Words,
        hint: Words,
        options: Options,
    },
    Date {
        name: &'static str,
        label: Words,
        hint: Words,
        optional: bool,
    },
    Tick {
        name: &'static str,
        label: Words,
    },
    /// A form with a file is sent in one step: a file cannot be shown again for confirmation.
    File {
        name: &'static str,
        label: Words,
        hint: Words,
        multiple: bool,
    },
    /// A heading between the questions.
    Part {
        label: Words,
    },
}

impl Ask {
    /// Empty for a heading.
    pub fn name(&self) -> &'static str {
        match self {
            Ask::Line { name, .. }
            | Ask::Text { name, .. }
            | Ask::Radios { name, .. }
            | Ask::Checks { name, .. }
            | Ask::Date { name, .. }
            | Ask::Tick { name, .. }
            | Ask::File { name, .. } => name,
            Ask::Part { .. } => "",
        }
    }

    pub fn label(&self) -> &str {
        match self {
            Ask::Line { label, .. }
            | Ask::Text { label, .. }
            | Ask::Radios { label, .. }
            | Ask::Checks { label, .. }
            | Ask::Date { label, .. }
            | Ask::Tick { label, .. }
            | Ask::File { label, .. }
            | Ask::Part { label } => label,
        }
    }

    /// An option's label, or the value itself.
    pub fn words<'a>(&'a self, value: &'a str) -> &'a str {
        match self {
            Ask::Radios { options, .. } | Ask::Checks { options, .. } => options
                .iter()
                .find(|(known, _, _)| known == value)
                .map_or(value, |(_, label, _)| label),
            Ask::Tick { .. } if value == "yes" => "是",
            _ => value,
        }
    }
}

pub fn line(name: &'static str, label: impl Into<Words>, hint: impl Into<Words>) -> Ask {
    Ask::Line {
        name,
        label: label.into(),
        hint: hint.into(),
        optional: false,
    }
}

pub fn maybe_line(name: &'static str, label: impl Into<Words>, hint: impl Into<Words>) -> Ask {
    Ask::Line {
        name,
        label: label.into(),
        hint: hint.into(),
        optional: true,
    }
}

pub fn text(name: &'static str, label: impl Into<Words>, hint: impl Into<Words>) -> Ask {
    Ask::Text {
        name,
        label: label.into(),
        hint: hint.into(),
        optional: false,
    }
}

pub fn maybe_text(name: &'static str, label: impl Into<Words>, hint: impl Into<Words>) -> Ask {
    Ask::Text {
        name,
        label: label.into(),
        hint: hint.into(),
        optional: true,
    }
}

pub fn radios(name: &'static str, label: impl Into<Words>, hint: impl Into<Words>, options: Options) -> Ask {
    Ask::Radios {
        name,
        label: label.into(),
        hint: hint.into(),
        options,
    }
}

pub fn checks(name: &'static str, label: impl Into<Words>, hint: impl Into<Words>, options: Options) -> Ask {
    Ask::Checks {
        name,
        label: label.into(),
        hint: hint.into(),
        options,
    }
}

pub fn date(name: &'static str, label: impl Into<Words>, hint: impl Into<Words>) -> Ask {
    Ask::Date {
        name,
        label: label.into(),
        hint: hint.into(),
        optional: false,
    }
}

pub fn maybe_date(name: &'static str, label: impl Into<Words>, hint: impl Into<Words>) -> Ask {
    Ask::Date {
        name,
        label: label.into(),
        hint: hint.into(),
        optional: true,
    }
}

pub fn tick(name: &'static str, label: impl Into<Words>) -> Ask {
    Ask::Tick {
        name,
        label: label.into(),
    }
}

pub fn part(label: impl Into<Words>) -> Ask {
    Ask::Part { label: label.into() }
}

pub fn option(value: &str, label: &str, hint: &str) -> (String, String, String) {
    (value.to_owned(), label.to_owned(), hint.to_owned())
}

/// The ways of service, the same for every procedure; `whom` is what the receiving person is called.
pub fn service(whom: &str) -> Vec<Ask> {
    vec![
        radios(
            "way",
            "送达方式",
            "",
            vec![
                option("personal", "直接送达", "签收人在送达回证上签名或者盖章"),
                option(
                    "electronic",
                    "电子送达",
                    &format!("{whom}同意的，送入其收件箱，到达时间自动记录"),
                ),
                option("postal", "邮寄送达", "以回执上的收件日期为送达日期"),
                option("left_in_place", "留置送达", "拒绝签收的，须有见证人"),
            ],
        ),
        maybe_date("served_on", "送达日期", "电子送达不用填"),
        maybe_line("recipient", "签收人", "直接送达、邮寄送达填写"),
        maybe_line(
            "relation",
            format!("签收人与{whom}的关系"),
            "直接送达填写，例如本人、法定代表人",
        ),
        tick("signed", "签收人已在送达回证上签名或者盖章"),
        maybe_line("place", "送达地点或者地址", ""),
        maybe_line("tracking_no", "邮件号码", "邮寄送达填写"),
        maybe_line("refusal", "拒收事由", "留置送达填写"),
        maybe_line("witness", "见证人", "留置送达填写"),
    ]
}
