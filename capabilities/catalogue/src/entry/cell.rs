//! One cell: the same value may stand in a CSV cell as words or in JSON with structure. A CSV cell that
//! begins with a bracket holds JSON, so that a table carries everything that a JSON file can.

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::Problem;
use super::file::{RawRow, shortened};

const MAX_LIST: usize = 200;

/// Reads the cells of one row and gathers what is wrong with them.
pub struct Cells<'a> {
    row: &'a RawRow,
    pub problems: Vec<Problem>,
}

impl<'a> Cells<'a> {
    pub fn of(row: &'a RawRow) -> Cells<'a> {
        Cells {
            row,
            problems: row.problems.clone(),
        }
    }

    pub fn problem(&mut self, field: &'static str, code: &'static str, reason: impl Into<String>) {
        self.problems.push(Problem::new(field, code, reason));
    }

    /// The value, unless nothing is written there.
    fn value(&self, key: &str) -> Option<&'a Json> {
        self.row.cells.get(key).filter(|value| match value {
            Json::Null => false,
            Json::String(text) => !text.trim().is_empty(),
            Json::Array(values) => !values.is_empty(),
            _ => true,
        })
    }

    pub fn is_given(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    pub fn text(&mut self, key: &'static str) -> Option<String> {
        match self.value(key)? {
            Json::String(text) => Some(text.trim().to_owned()),
            Json::Number(number) => Some(number.to_string()),
            _ => self.wrong(key, "应为文字"),
        }
    }

    /// Several short texts: a JSON array, or one text separated by semicolons.
    pub fn list(&mut self, key: &'static str) -> Vec<String> {
        let found: Option<Vec<String>> = match self.structure(key) {
            Some(Json::Array(values)) => values
                .iter()
                .map(|value| value.as_str().map(|text| text.trim().to_owned()))
                .collect(),
            Some(Json::String(text)) => Some(split_list(&text)),
            Some(_) => None,
            None => return Vec::new(),
        };
        match found {
            Some(list) if list.len() > MAX_LIST => self.wrong(key, &format!("最多{MAX_LIST}项")).unwrap_or_default(),
            Some(list) => list.into_iter().filter(|text| !text.is_empty()).collect(),
            None => self.wrong(key, "应为若干文字，用分号隔开").unwrap_or_default(),
        }
    }

    /// The value with JSON in a text cell taken apart.
    pub fn structure(&mut self, key: &'static str) -> Option<Json> {
        let value = self.value(key)?;
        let Json::String(text) = value else {
            return Some(value.clone());
        };
        let text = text.trim();
        if !text.starts_with(['[', '{']) {
            return Some(value.clone());
        }
        match serde_json::from_str(text) {
            Ok(structure) => Some(structure),
            Err(_) => self.wrong(key, "括号内的JSON无法读取"),
        }
    }

    pub fn typed<T: DeserializeOwned>(&mut self, key: &'static str, value: Json) -> Option<T> {
        match serde_json::from_value(value) {
            Ok(typed) => Some(typed),
            Err(cause) => {
                let reason = format!("内容不符合规定的结构（{}）", shortened(&cause.to_string()));
                self.problem(key, "structure", reason);
                None
            }
        }
    }

    /// A whole number from 0 to `most`.
    pub fn number(&mut self, key: &'static str, most: u32) -> Option<u32> {
        let number = match self.value(key)? {
            Json::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
            Json::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        match number {
            Some(number) if number <= most => Some(number),
            _ => self.wrong(key, &format!("应为0到{most}的整数")),
        }
    }

    pub fn flag(&mut self, key: &'static str) -> Option<bool> {
        let flag = match self.value(key)? {
            Json::Bool(flag) => Some(*flag),
            Json::String(text) => match text.trim() {
                "是" | "有" | "收费" | "公开" | "Y" | "y" | "true" | "1" => Some(true),
                "否" | "无" | "不收费" | "免费" | "不公开" | "N" | "n" | "false" | "0" => Some(false),
                _ => None,
            },
            _ => None,
        };
        match flag {
            Some(flag) => Some(flag),
            None => self.wrong(key, "应为“是”或“否”"),
        }
    }

    pub fn date(&mut self, key: &'static str) -> Option<Date> {
        let text = self.text(key)?;
        let date = text
            .parse::<Date>()
            .ok()
            .filter(|date| (1949..=2200).contains(&date.year()));
        match date {
            Some(date) => Some(date),
            None => self.wrong(key, "应为日期，例如 2026-03-01"),
        }
    }

    /// One of fixed words, each with its value.
    pub fn choice<T: Copy>(&mut self, key: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(key)?;
        match choices.iter().find(|(word, _)| *word == text) {
            Some((_, value)) => Some(*value),
            None => {
                let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
                self.wrong(key, &format!("应为{}之一", words.join("、")))
            }
        }
    }

    fn wrong<T>(&mut self, key: &'static str, reason: &str) -> Option<T> {
        let shown = match self.value(key) {
            Some(Json::String(text)) => format!("“{}”{reason}", shortened(text)),
            _ => reason.to_owned(),
        };
        self.problem(key, "malformed", shown);
        None
    }
}

fn split_list(text: &str) -> Vec<String> {
    text.split([';', '；', '\n'])
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}
