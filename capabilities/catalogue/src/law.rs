//! The laws that items cite: names, rank and short summaries of single articles.
//!
//! Invariants: an entry never holds the text of an article, only a summary in the editors' words, and
//! is replaced as a whole; texts stand in the editions that an operator imported, and those never change.

use std::collections::BTreeMap;
use std::sync::Arc;

use mingjing_chronicle::{Aggregate, Recorded};
use serde::{Deserialize, Serialize};

use crate::edition::Edition;
use crate::events::LawEvent;
use crate::version::NormRank;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Law {
    /// Short name as cited, e.g. `食品安全法`.
    pub name: String,
    pub full_name: String,
    pub rank: NormRank,
    /// Which state of the law the entry describes, in words.
    #[serde(default)]
    pub edition: Option<String>,
    #[serde(default)]
    pub note: Option<String>,
    /// Summaries by article number.
    #[serde(default)]
    pub articles: BTreeMap<u32, String>,
}

/// A law's entry as folded from its events.
#[derive(Debug, Clone, Default)]
pub struct LawEntry {
    pub law: Option<Law>,
    /// By their first days.
    pub editions: Vec<Edition>,
    /// The text of the last edition, to compare the next one with.
    pub latest_text: Option<Arc<str>>,
}

impl Aggregate for LawEntry {
    type Event = LawEvent;
    const STREAM: &'static str = "law";

    fn evolve(&mut self, recorded: &Recorded<'_, LawEvent>) {
        if let Some(event) = recorded.payload.known() {
            self.take(event);
        }
    }
}

impl LawEntry {
    pub(crate) fn take(&mut self, event: &LawEvent) {
        match event {
            LawEvent::Entered(law) => self.law = Some((**law).clone()),
            LawEvent::EditionEntered(entered) => {
                self.editions.push(entered.edition.clone());
                self.latest_text = Some(entered.text.as_str().into());
            }
        }
    }
}

/// The rank that a name alone suggests, for laws without an entry. A local name (`浙江省…条例`)
/// makes a local regulation; 办法, 规定 and 细则 are taken for rules unless an entry says otherwise.
pub fn rank_by_name(name: &str) -> NormRank {
    let bare = name.split(['(', '（']).next().unwrap_or(name);
    let local = ["省", "市", "自治区", "自治州"]
        .iter()
        .any(|place| bare.contains(place))
        && !bare.starts_with("城市");
    if bare.contains("三定") {
        NormRank::BodyCharter
    } else if bare.contains('〔') || bare.ends_with('号') || bare.ends_with("通知") || bare.ends_with("意见") {
        NormRank::NormativeDocument
    } else if bare.ends_with('法') && !bare.ends_with("办法") {
        NormRank::Law
    } else if bare.ends_with("条例") && local {
        NormRank::LocalRegulation
    } else if bare.ends_with("条例") {
        NormRank::AdminRegulation
    } else {
        NormRank::Rule
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_suggests_a_rank() {
        let check = |name: &str, expected: NormRank| assert_eq!(rank_by_name(name), expected, "{name}");
        check("食品安全法", NormRank::Law);
        check("突发事件应对法(2024)", NormRank::Law);
        check("道路运输条例", NormRank::AdminRegulation);
        check("城市道路管理条例", NormRank::AdminRegulation);
        check("浙江省食品小作坊小餐饮店小食杂店和食品摊贩管理规定", NormRank::Rule);
        check("浙江省河道管理条例", NormRank::LocalRegulation);
        check("食品生产经营监督检查管理办法", NormRank::Rule);
        check("国发〔2015〕27号", NormRank::NormativeDocument);
        check("龙湾区司法局三定规定", NormRank::BodyCharter);
    }
}
