//! What stands around the items: laws, words for the search, single cancellations, and a check of all.

use std::collections::BTreeSet;

use mingjing_chronicle::{About, Actor, Chronicle, Fault, Refusal, Request, Stop};
use mingjing_codes::PowerType;
use mingjing_people::public::{Body, permissions};
use serde::{Deserialize, Serialize};

use crate::decide::cancel_item::{self, CancelItem};
use crate::effect::append_item;
use crate::entry::{MAX_BYTES, Problem};
use crate::events::{LawEvent, RegisterEvent};
use crate::field_set::{self, FieldSet, OwnField, own};
use crate::item::Item;
use crate::law::{Law, LawEntry};
use crate::pages::{IMPORT, REVIEW_CHANGE};
use crate::register::Register;
use crate::views::{ItemFilter, Page, Sort, items};

const MAX_LAWS: usize = 5_000;
const MAX_GROUPS: usize = 2_000;

/// How a file of laws fared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LawReport {
    pub entered: u32,
    pub unchanged: u32,
}

/// Enters laws from a JSON array of [`Law`]; entries that say what is recorded change nothing.
///
/// # Errors
/// A refusal for what is not such an array or names a law twice; a fault of the database.
pub async fn import_laws(chronicle: &Chronicle, actor: Actor, bytes: &[u8]) -> Result<LawReport, Stop> {
    permissions::require(&actor, IMPORT)?;
    let laws = read_laws(bytes)?;
    chronicle
        .perform(Request::by(actor).writing_much(), move |tx| {
            let mut report = LawReport {
                entered: 0,
                unchanged: 0,
            };
            let about = About {
                class: "register",
                ..About::new(tx.context())
            };
            for law in &laws {
                let mut entry = tx.load::<LawEntry>(&law.name)?;
                if entry.law.as_ref() == Some(law) {
                    report.unchanged += 1;
                    continue;
                }
                report.entered += 1;
                tx.append(&mut entry, vec![LawEvent::Entered(Box::new(law.clone()))], &about)?;
            }
            Ok(report)
        })
        .await
        .map(|done| done.value)
}

fn read_laws(bytes: &[u8]) -> Result<Vec<Law>, Refusal> {
    let refuse = |message: String| Err(Refusal::invalid("catalogue.laws.file", message));
    if bytes.len() > MAX_BYTES {
        return refuse("法规文件太大。".into());
    }
    let laws: Vec<Law> = match serde_json::from_slice(bytes) {
        Ok(laws) => laws,
        Err(cause) => return refuse(format!("法规文件第{}行不符合规定的结构。", cause.line())),
    };
    let names: BTreeSet<&str> = laws.iter().map(|law| law.name.as_str()).collect();
    if laws.len() > MAX_LAWS || names.len() != laws.len() {
        return refuse(format!("法规文件最多{MAX_LAWS}部，名称不得重复。"));
    }
    let odd = |name: &str| name.trim().is_empty() || name.chars().count() > 60 || name.contains(['/', '\n']);
    match laws.iter().find(|law| odd(&law.name)) {
        Some(_) => refuse("有的法规没有简称，或者简称超过60个字、含有斜线。".into()),
        None => Ok(laws),
    }
}

/// Sets the words that mean the same in a search: a line each, words separated by spaces or `、`,
/// `#` begins a remark. The same text again changes nothing.
///
/// # Errors
/// A refusal for more lines than a search can use; a fault of the database.
pub async fn set_synonyms(chronicle: &Chronicle, actor: Actor, text: &str) -> Result<bool, Stop> {
    permissions::require(&actor, IMPORT)?;
    let groups = read_synonyms(text);
    if groups.len() > MAX_GROUPS {
        let message = format!("同义词最多{MAX_GROUPS}行。");
        return Err(Refusal::invalid("catalogue.synonyms.too_many", message).into());
    }
    chronicle
        .perform(Request::by(actor), move |tx| {
            let jurisdiction = tx.context().jurisdiction.to_string();
            let mut register = tx.load::<Register>(&jurisdiction)?;
            if register.synonyms == groups {
                return Ok(false);
            }
            let about = About::new(tx.context());
            let event = RegisterEvent::SynonymsSet { groups: groups.clone() };
            tx.append(&mut register, vec![event], &about)?;
            Ok(true)
        })
        .await
        .map(|done| done.value)
}

/// Sets what the place asks of items of a type beside the tables, as the next version of the set. `seen`: the version
/// that the page shows, 0 where there was none.
///
/// # Errors
/// A refusal for fields that cannot be asked for, or where the set is another than was seen; a fault of the database.
pub async fn set_fields(
    chronicle: &Chronicle,
    request: Request,
    power_type: PowerType,
    seen: Option<u32>,
    fields: Vec<OwnField>,
) -> Result<(), Stop> {
    permissions::require(&request.actor, REVIEW_CHANGE)?;
    let problems = own::problems_of(&fields);
    if !problems.is_empty() {
        let refusal = Refusal::invalid("catalogue.fields.invalid", "自设栏目没有保存。");
        return Err(problems
            .into_iter()
            .fold(refusal, |refusal, problem| refusal.field("", problem))
            .into());
    }
    chronicle
        .perform(request, move |tx| {
            let jurisdiction = tx.context().jurisdiction.to_string();
            let mut register = tx.load::<Register>(&jurisdiction)?;
            let set = register.field_sets.get(power_type.code());
            let version = set.map_or(0, |set| set.version);
            if seen.is_some_and(|seen| seen != version) {
                let message = "这一类的栏目在您打开以后改过，这次没有保存。";
                let refusal = Refusal::invalid("catalogue.fields.changed", message);
                return Err(refusal.field("", "核对后再保存一次").into());
            }
            if set.map_or(fields.is_empty(), |set| set.fields == fields) {
                return Ok(());
            }
            let event = RegisterEvent::FieldSetEntered(Box::new(FieldSet {
                power_type,
                version: version + 1,
                since: tx.context().today,
                fields: fields.clone(),
            }));
            let about = About {
                class: "register",
                ..About::new(tx.context())
            };
            tx.append(&mut register, vec![event], &about)?;
            Ok(())
        })
        .await
        .map(|done| done.value)
}

fn read_synonyms(text: &str) -> Vec<Vec<String>> {
    text.lines()
        .map(|line| line.split('#').next().unwrap_or(""))
        .map(|line| {
            line.split(|c: char| c.is_whitespace() || c == '、')
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .filter(|group| group.len() > 1)
        .collect()
}

/// Cancels one item.
///
/// # Errors
/// Refusals of [`cancel_item::decide`]; a fault of the database.
pub async fn cancel_item(
    chronicle: &Chronicle,
    request: Request,
    item_code: String,
    command: CancelItem,
) -> Result<(), Stop> {
    permissions::require(&request.actor, IMPORT)?;
    chronicle
        .perform(request, move |tx| {
            let events = {
                let item = tx.load::<Item>(&item_code)?;
                cancel_item::decide(&item, &command, tx.context())?
            };
            append_item(tx, &item_code, events)?;
            Ok(())
        })
        .await
        .map(|done| done.value)
}

/// Something about a recorded item that its keepers should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub item_code: String,
    pub name: String,
    #[serde(flatten)]
    pub problem: Problem,
}

/// Checks all active items as they are recorded: their basis, fields, body and term.
///
/// # Errors
/// A fault of the database.
pub async fn check(chronicle: &Chronicle) -> Result<Vec<Finding>, Fault> {
    let today = chronicle.clock().today();
    chronicle
        .read(move |reader| {
            let everything = Page {
                offset: 0,
                size: i64::from(u32::MAX),
            };
            let mut findings = Vec::new();
            for row in items(reader, &ItemFilter::default(), Sort::Code, everything)? {
                let item = reader.load::<Item>(&row.item_code)?;
                let registered = reader.load::<Body>(&row.body)?.is_registered();
                for problem in problems_of(&item, registered, today) {
                    findings.push(Finding {
                        item_code: row.item_code.clone(),
                        name: row.name.clone(),
                        problem,
                    });
                }
            }
            Ok(findings)
        })
        .await
}

fn problems_of(item: &Item, registered: bool, today: jiff::civil::Date) -> Vec<Problem> {
    let mut problems = Vec::new();
    if !registered {
        problems.push(Problem::new("body", "body_unregistered", "实施主体没有登记"));
    }
    let Some(version) = item.current(today) else {
        problems.push(Problem::new("valid_to", "not_in_force", "今天没有有效的版本"));
        return problems;
    };
    if version.legal_bases.is_empty() {
        problems.push(Problem::new("legal_bases", "no_basis", "没有行使依据，应当取消"));
    }
    for field in field_set::required_for(version.power_type) {
        if !field.is_filled(version) {
            let reason = format!("没有填写“{}”", field.name());
            problems.push(Problem::new(field.key(), "missing", reason));
        }
    }
    if version.certainty.as_deref().is_some_and(|certainty| certainty != "A") {
        let note = version.note.as_deref().unwrap_or("依据待核实");
        problems.push(Problem::new("certainty", "to_verify", note));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_synonyms_is_a_group() {
        let groups = read_synonyms("# 说明\n餐饮 饭店、小吃店 # 食品\n单独\n\n");
        assert_eq!(groups, [["餐饮", "饭店", "小吃店"]]);
    }
}
