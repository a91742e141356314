//! An article as it is kept for pages and answered to machines: words and numbers, no layout.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Article, ArticleNumber, Line, write_numeral};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Article")]
pub struct ShownArticle {
    /// `35`, `35-1`
    #[schemars(with = "String")]
    pub number: ArticleNumber,
    /// 款
    pub paragraphs: Vec<ShownParagraph>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ArticleParagraph")]
pub struct ShownParagraph {
    pub text: String,
    /// 项
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ShownItem>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ArticleItem")]
pub struct ShownItem {
    pub number: u32,
    pub text: String,
    /// 目
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subitems: Vec<ShownSubitem>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ArticleSubitem")]
pub struct ShownSubitem {
    pub number: u32,
    pub text: String,
}

impl ShownItem {
    /// `（一）`
    pub fn marker(&self) -> String {
        format!("（{}）", write_numeral(self.number))
    }
}

impl ShownArticle {
    /// The words that count in a comparison, a line a provision: layout and the width of brackets do not.
    pub fn plain(&self) -> String {
        let mut lines = Vec::new();
        for paragraph in &self.paragraphs {
            lines.push(paragraph.text.clone());
            for item in &paragraph.items {
                lines.push(format!("{}{}", item.marker(), item.text));
                lines.extend(item.subitems.iter().map(|one| format!("{}. {}", one.number, one.text)));
            }
        }
        lines.join("\n")
    }
}

impl Article {
    pub fn shown(&self) -> ShownArticle {
        let paragraphs = self.paragraphs.iter().map(|paragraph| ShownParagraph {
            text: plain(&paragraph.line),
            items: paragraph
                .items
                .iter()
                .map(|item| ShownItem {
                    number: item.number,
                    text: plain(&item.line),
                    subitems: item
                        .subitems
                        .iter()
                        .map(|subitem| ShownSubitem {
                            number: subitem.number,
                            text: plain(&subitem.line),
                        })
                        .collect(),
                })
                .collect(),
        });
        ShownArticle {
            number: self.number,
            paragraphs: paragraphs.collect(),
        }
    }

    /// As [`ShownArticle::plain`].
    pub fn plain(&self) -> String {
        self.shown().plain()
    }
}

fn plain(line: &Line) -> String {
    line.text.split_whitespace().collect::<Vec<_>>().join(" ")
}
