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

/// An option for each word of an enumeration.
pub fn known<T: Copy>(all: &[T], words: impl Fn(T) -> (&'static str, &'static str)) -> Options {
    let each = |one: &T| {
        let (key, name) = words(*one);
        option(key, name, "")
    };
    all.iter().map(each).collect()
}

/// An opinion with its reasons; `when` says which opinions need them.
pub fn opinion(stances: &[(&str, &str)], when: &'static str) -> Vec<Ask> {
    let stances = stances.iter().map(|(value, label)| option(value, label, ""));
    vec![
        radios("stance", "意见", "", stances.collect()),
        text("opinion", "意见内容", ""),
        maybe_text("reasons", "理由", when),
    ]
}

/// The review before publication: `what` must be published, except on these grounds by that article.
pub fn release(what: &'static str, grounds: Options, article: &'static str) -> Vec<Ask> {
    vec![
        radios(
            "result",
            "公开审查结论",
            what,
            vec![option("publish", "公开", ""), option("withhold", "不予公开", "")],
        ),
        maybe_text("opinion", "审查意见", "公开的，写明已核对遮盖后的内容"),
        radios("ground", "不予公开的情形（只在不予公开时选择）", article, grounds),
        maybe_text("reasons", "不予公开的理由", ""),
    ]
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
