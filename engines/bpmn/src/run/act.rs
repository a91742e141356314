//! A script: a JSON list of acts.

use serde_json::{Map, Value};

use crate::step::{Doer, Stimulus, Target, When};

#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    pub deed: Deed,
    /// The element it is about, if it is about one.
    pub about: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    Do(Stimulus),
    /// ISO duration.
    Advance(String),
    /// Answers the next question of a condition in another language.
    Answer {
        element: String,
        value: bool,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("脚本第{at}项：{why}")]
pub struct ActError {
    /// From 1; 0: the whole.
    pub at: usize,
    pub why: String,
}

const MOST_ACTS: usize = 10_000;

impl Act {
    /// Reads a script.
    ///
    /// # Errors
    /// The first entry that cannot be understood.
    pub fn list(script: &Value) -> Result<Vec<Act>, ActError> {
        let whole = |why: &str| ActError {
            at: 0,
            why: why.to_owned(),
        };
        let entries = script.as_array().ok_or_else(|| whole("脚本应是一个列表。"))?;
        if entries.len() > MOST_ACTS {
            return Err(whole("脚本太长。"));
        }
        let read = |(index, entry): (usize, &Value)| Act::read(entry).map_err(|why| ActError { at: index + 1, why });
        entries.iter().enumerate().map(read).collect()
    }

    fn read(entry: &Value) -> Result<Act, String> {
        let entry = entry.as_object().ok_or("应是一个对象。")?;
        let mut found = None;
        for (name, value) in entry {
            let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            if let Some(act) = read_as(&plain.to_ascii_lowercase(), value, entry)? {
                found = Some(act);
                break;
            }
        }
        found.ok_or_else(|| "不认识的操作。".to_owned())
    }
}

fn read_as(name: &str, value: &Value, entry: &Map<String, Value>) -> Result<Option<Act>, String> {
    let element = || text(value);
    let target = || -> Result<Target, String> {
        let number = entry.get("instance").and_then(Value::as_u64);
        Ok(Target::Element {
            id: text(value)?,
            number: number.map(|number| number as u32),
        })
    };
    let stimulus = match name {
        "complete" => Stimulus::Complete {
            target: target()?,
            vars: vars(entry)?,
        },
        "start" | "begin" | "activate" => Stimulus::Begin { element: element()? },
        "fail" => Stimulus::Fail {
            target: target()?,
            error: field(entry, &["error", "code"]).map_or(Ok(String::new()), text)?,
            vars: vars(entry)?,
        },
        "escalate" => Stimulus::Escalate {
            target: target()?,
            code: field(entry, &["code", "escalation"]).map_or(Ok(String::new()), text)?,
        },
        "message" => {
            return Ok(Some(Act {
                deed: Deed::Do(Stimulus::Message {
                    name: text(value)?,
                    key: entry.get("key").filter(|key| !key.is_null()).cloned(),
                    vars: vars(entry)?,
                }),
                about: None,
            }));
        }
        "signal" => {
            return Ok(Some(Act {
                deed: Deed::Do(Stimulus::Signal {
                    name: text(value)?,
                    vars: vars(entry)?,
                }),
                about: None,
            }));
        }
        "advance" => {
            return Ok(Some(Act {
                deed: Deed::Advance(text(value)?),
                about: None,
            }));
        }
        "condition" => {
            let answer = entry
                .get("value")
                .and_then(Value::as_bool)
                .ok_or("condition要写明value：true或false。")?;
            return Ok(Some(Act {
                deed: Deed::Answer {
                    element: text(value)?,
                    value: answer,
                },
                about: None,
            }));
        }
        "set" | "assign" => Stimulus::Assign {
            vars: value.as_object().cloned().ok_or("set应是一个对象。")?,
        },
        "terminate" => Stimulus::Terminate { doer: doer(entry) },
        "return" => Stimulus::Return {
            target: target()?,
            to: text(entry.get("to").ok_or("return要写明to：退回到哪里。")?)?,
            doer: doer(entry),
        },
        "withdraw" => Stimulus::Withdraw {
            element: element()?,
            doer: doer(entry),
        },
        "transfer" => Stimulus::Transfer {
            target: target()?,
            to: people(entry)?.remove(0),
            doer: doer(entry),
        },
        "delegate" => Stimulus::Delegate {
            target: target()?,
            to: people(entry)?.remove(0),
            doer: doer(entry),
        },
        "handback" | "resolve" => Stimulus::HandBack {
            target: target()?,
            doer: doer(entry),
        },
        "release" => Stimulus::Release {
            target: target()?,
            doer: doer(entry),
        },
        "copy" | "cc" => Stimulus::Copy {
            target: target()?,
            to: people(entry)?,
            doer: doer(entry),
        },
        "urge" => Stimulus::Urge {
            target: target()?,
            doer: doer(entry),
        },
        "suspend" | "resume" => {
            let target = if value.is_string() { Some(target()?) } else { None };
            let doer = doer(entry);
            match name {
                "suspend" => Stimulus::Suspend { target, doer },
                _ => Stimulus::Resume { target, doer },
            }
        }
        "addsign" | "addsigner" | "addsigners" | "addsignbefore" | "addsignafter" | "addsignbeside" => {
            Stimulus::AddSigners {
                target: target()?,
                who: people(entry)?,
                when: when(name, entry)?,
                doer: doer(entry),
            }
        }
        "removesign" | "removesigner" | "removesigners" => Stimulus::RemoveSigners {
            target: target()?,
            who: people(entry).unwrap_or_default(),
            doer: doer(entry),
        },
        _ => return Ok(None),
    };
    Ok(Some(Act {
        deed: Deed::Do(stimulus),
        about: value.as_str().map(str::to_owned),
    }))
}

fn when(name: &str, entry: &Map<String, Value>) -> Result<When, String> {
    let stated = field(entry, &["when", "position", "where"]).and_then(Value::as_str);
    match (name, stated) {
        ("addsignbefore", _) | (_, Some("before")) => Ok(When::Before),
        ("addsignafter", _) | (_, Some("after")) => Ok(When::After),
        ("addsignbeside", _) | (_, None | Some("beside" | "parallel")) => Ok(When::Beside),
        (_, Some(other)) => Err(format!("加签的位置应为before、beside或after，不是“{other}”。")),
    }
}

fn field<'a>(entry: &'a Map<String, Value>, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| entry.get(*name))
}

fn text(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(format!("应是文字，不是{other}。")),
    }
}

fn vars(entry: &Map<String, Value>) -> Result<Map<String, Value>, String> {
    match field(entry, &["vars", "variables"]) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(vars)) => Ok(vars.clone()),
        Some(_) => Err("vars应是一个对象。".to_owned()),
    }
}

/// At least one name.
fn people(entry: &Map<String, Value>) -> Result<Vec<String>, String> {
    let names: Vec<String> = match field(entry, &["to", "who", "signers"]) {
        Some(Value::Array(names)) => names.iter().map(text).collect::<Result<_, _>>()?,
        Some(name) => vec![text(name)?],
        None => Vec::new(),
    };
    if names.is_empty() {
        return Err("没有写明是谁（to）。".to_owned());
    }
    Ok(names)
}

fn doer(entry: &Map<String, Value>) -> Doer {
    let own = |name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
    Doer {
        by: own("by"),
        reason: own("reason"),
    }
}
