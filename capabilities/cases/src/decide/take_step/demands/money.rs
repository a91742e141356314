//! Sums of a penalty on the spot (处罚法 45(2), 51, 67–70).

use mingjing_chronicle::Refusal;

use super::{ACT, Telling};
use crate::decide::text;
use crate::events::StepFacts;
use crate::money::Fen;

/// 处罚法 51: citizens; legal persons and other organisations.
const MOST_OF_CITIZENS: i64 = 200;
const MOST_OF_ORGANISATIONS: i64 = 3_000;
/// 处罚法 68(一).
const COLLECTED_ON_THE_SPOT: i64 = 100;

/// A fine within the bounds of the summary procedure; no sum is a warning.
pub(super) fn summary_fine(telling: &Telling<'_>, facts: &mut StepFacts) -> Result<(), Refusal> {
    let Some(fine) = telling.command.amount.filter(|fine| fine.0 > 0) else {
        return Ok(());
    };
    let citizen = telling
        .case
        .applicant()
        .is_some_and(|party| party.party.is_individual());
    let (most, of) = if citizen {
        (MOST_OF_CITIZENS, "对公民")
    } else {
        (MOST_OF_ORGANISATIONS, "对法人或者其他组织")
    };
    if fine > Fen::yuan(most) {
        let says = format!("当场处罚{of}罚款不得超过{most}元，拟处{fine}元的不能适用简易程序。");
        return Err(Refusal::invalid(ACT.code("over_summary_limit"), says.clone())
            .article("行政处罚法第五十一条")
            .advice("请选择“转普通程序”，登记线索后经批准立案办理。")
            .field("amount", says));
    }
    facts.amount = Some(fine);
    Ok(())
}

pub(super) fn not_heavier(telling: &Telling<'_>, facts: &StepFacts) -> Result<(), Refusal> {
    let told = telling.case.took("notify").and_then(|told| told.facts.amount);
    let heavier = facts.amount > told;
    if !heavier {
        return Ok(());
    }
    let told = told.map_or_else(|| "警告".to_owned(), |fine| format!("罚款{fine}元"));
    let says = format!("告知的是{told}，不得因当事人陈述、申辩而给予更重的处罚。");
    Err(Refusal::invalid(ACT.code("heavier_than_told"), says.clone())
        .article("行政处罚法第四十五条第二款")
        .advice("确需更重处罚的，按照新的内容重新告知，听取陈述、申辩。")
        .field("amount", says))
}

/// Paid to the bank, collected on the spot, or nothing to pay: as it was decided.
pub(super) fn paid_as_decided(telling: &Telling<'_>, facts: &mut StepFacts) -> Result<(), Refusal> {
    let decided = telling.case.took("decide:penalty");
    let fine = decided.and_then(|decided| decided.facts.amount);
    let outcome = telling.outcome.map_or("", |outcome| outcome.id.as_str());
    let Some(fine) = fine else {
        return match outcome {
            "none" => Ok(()),
            _ => Err(ACT.lacks("nothing_to_pay", "outcome", "决定只给予警告，没有罚款。")),
        };
    };
    if outcome == "none" {
        return Err(ACT
            .lacks("fine_unpaid", "outcome", format!("决定罚款{fine}元，还没有缴纳。"))
            .article("行政处罚法第五十三条、第六十七条第三款")
            .advice("当事人应当自收到决定书之日起十五日内缴纳；到期不缴纳的，可以依照第七十二条加处罚款。"));
    }
    if telling.command.amount != Some(fine) {
        return Err(ACT.lacks("other_sum", "amount", format!("决定罚款{fine}元，缴纳的数额应当相同。")));
    }
    if outcome == "on_the_spot" {
        on_the_spot(telling, fine)?;
    }
    let label = match outcome {
        "on_the_spot" => "财政部门统一制发的专用票据号码，什么时候交至行政机关",
        _ => "缴款凭证号码",
    };
    facts.amount = Some(fine);
    facts.record = Some(text(ACT, "record", label, &telling.command.record)?);
    Ok(())
}

fn on_the_spot(telling: &Telling<'_>, fine: Fen) -> Result<(), Refusal> {
    if fine <= Fen::yuan(COLLECTED_ON_THE_SPOT) || !telling.command.reasons.trim().is_empty() {
        return Ok(());
    }
    let says = format!("罚款超过{COLLECTED_ON_THE_SPOT}元，执法人员一般不得当场收缴。");
    Err(Refusal::invalid(ACT.code("not_collected_on_the_spot"), says)
        .article("行政处罚法第六十七条第二款、第六十八条、第六十九条")
        .advice("不当场收缴事后难以执行，或者边远、水上、交通不便地区当事人提出的，请写明理由；其他的由当事人到银行或者通过电子支付系统缴纳。")
        .field("reasons", "当场收缴一百元以上罚款的，请写明理由。"))
}
