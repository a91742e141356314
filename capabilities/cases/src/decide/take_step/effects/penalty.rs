//! What follows from a penalty on the spot.

use super::{notice, officer_rows};
use crate::case::Case;
use crate::decide::Setting;
use crate::events::{Effects, TakenStep, Template};
use crate::paper::{Draft, identified};

/// 处罚法 52: the form with its number, filled in at once. Against it reconsideration comes first (复议法 23(1)(一)).
pub(super) fn decided(state: &Case, taken: &TakenStep, setting: &Setting<'_>, effects: &mut Effects) {
    let (Some(item), Some(applicant)) = (state.item(), state.applicant()) else {
        return;
    };
    if !taken.came_to("penalty") {
        return;
    }
    let investigated = state.took("investigate");
    let facts = investigated.and_then(|found| found.facts.record.clone());
    let officers = investigated.map_or(Vec::new(), |found| officer_rows(&found.facts.officers));
    let (penalty, performance) = match taken.facts.amount {
        Some(fine) => (
            format!("罚款人民币{fine}元（大写：{}）", fine.in_words()),
            "自收到本决定书之日起十五日内，到指定的银行或者通过电子支付系统缴纳罚款。除依法当场收缴的以外，执法人员不得自行收缴罚款。到期不缴纳的，每日按罚款数额的百分之三加处罚款，加处罚款的数额不超出罚款的数额。",
        ),
        None => ("警告".to_owned(), "本决定书交付当事人时即为履行。"),
    };
    let paper = identified(
        Draft::of(Template::SummaryPenaltyDecision, state, setting),
        &applicant.party,
    )
    .text("place", taken.facts.place.as_deref())
    .text("facts", facts.as_deref())
    .with("defence", defence(state))
    .with("penalty", penalty.clone())
    .text("fine", taken.facts.amount.map(|fine| format!("{fine}元")).as_deref())
    .text("fine_words", taken.facts.amount.map(|fine| fine.in_words()).as_deref())
    .with("basis", item.bases.clone())
    .with("performance", performance)
    .with("officers", officers)
    .with("reconsideration_first", true)
    .remedies(false)
    .order();
    let words = format!(
        "{}当场决定：{penalty}。不服的，应当先自收到决定书之日起六十日内向{}申请行政复议；对复议决定不服的，可以再向{}提起行政诉讼。",
        setting.body.name, setting.body.reconsideration_organ, setting.body.court
    );
    effects
        .notices
        .push(notice("当场作出的行政处罚决定", words, Some(&paper)));
    effects.papers.push(paper);
}

/// What was told, what the party said, and how it was looked at again.
fn defence(state: &Case) -> Vec<String> {
    let said = |act: &str, label: &str| {
        let record = state.took(act).and_then(|taken| taken.facts.record.as_deref());
        record.map(|record| format!("{label}：{record}"))
    };
    [
        said("notify", "告知"),
        said("defence", "陈述、申辩"),
        said("check_defence", "复核"),
    ]
    .into_iter()
    .flatten()
    .collect()
}
