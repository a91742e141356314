//! What can keep a paper from being made. Texts name fields, articles and characters, never what people wrote.

use std::fmt;

/// A mandatory content that the data lack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Name in the data, e.g. `reasons` or `supplements[2].requirement` (counted from 1).
    pub name: String,
    /// What people call it, e.g. 理由.
    pub label: &'static str,
    /// The article that demands it, e.g. 《行政许可法》第三十八条第二款.
    pub article: &'static str,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}（{}，依据：{}）", self.label, self.name, self.article)
    }
}

/// Why a paper was not made.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    #[error("没有名为 {0} 的文书模板")]
    UnknownTemplate(String),
    #[error("{title}缺少必备内容：{}", fields.iter().map(Gap::to_string).collect::<Vec<_>>().join("、"))]
    Missing {
        template: String,
        title: &'static str,
        fields: Vec<Gap>,
    },
    #[error("文书数据“{field}”不能用：{problem}")]
    Data { field: String, problem: &'static str },
    #[error(
        "“{field}”中的字符“{character}”（U+{:04X}）在已安装的字体中都没有，不能印出",
        *character as u32
    )]
    NoGlyph { character: char, field: String },
    #[error("文书模板 {template} 有错：{message}")]
    Template { template: String, message: String },
    #[error("缺少字体文件：{}。请运行 app/setup/fonts.sh 安装", .0.join("、"))]
    FontsMissing(Vec<String>),
    #[error("字体文件 {0} 的内容与校验清单不符，文书将无法逐字节重现。请删除后运行 app/setup/fonts.sh")]
    FontDiffers(String),
    #[error("字体文件 {name} 读不出来")]
    FontUnreadable {
        name: String,
        #[source]
        source: std::io::Error,
    },
    #[error("字体文件 {0} 不是可用的字体")]
    FontBroken(String),
    #[error("成文日期 {0} 年 {1} 月 {2} 日不存在")]
    NoSuchDate(i32, u8, u8),
}
