//! Whether the norms that an item rests on may create such a power at all (行政许可法第十四条至第十七条,
//! 行政处罚法第十条至第十六条, 行政强制法第十条、第十三条). Pure; other types are created by the law of the matter, and
//! any basis that R12 accepts is enough for them.

use jiff::ToSpan;
use mingjing_codes::PowerType;

use crate::version::{ItemVersion, NormRank};

/// Why the highest basis does not reach, with the article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooLow {
    pub article: &'static str,
    pub reason: String,
}

/// `None` where the bases reach, and where there are none (which is refused elsewhere, R11).
pub fn too_low(version: &ItemVersion) -> Option<TooLow> {
    let highest = version.legal_bases.iter().map(|basis| basis.rank).min()?;
    match version.power_type {
        PowerType::Permit => permit(version, highest),
        PowerType::Penalty => penalty(version, highest),
        PowerType::Coercion => coercion(highest),
        _ => None,
    }
}

fn permit(version: &ItemVersion, highest: NormRank) -> Option<TooLow> {
    match highest {
        NormRank::Law | NormRank::AdminRegulation | NormRank::LocalRegulation => None,
        // A provincial government's rule may create a permit for one year at most.
        NormRank::Rule if lasts_a_year_at_most(version) => None,
        NormRank::Rule => Some(TooLow {
            article: "行政许可法第十五条第一款",
            reason: "规章只有省级政府的可以设定临时性行政许可，实施满一年需要继续的应当制定地方性法规；请写明不超过一年的失效时间，或者补充法律、法规依据"
                .to_owned(),
        }),
        NormRank::BodyCharter | NormRank::NormativeDocument => Some(TooLow {
            article: "行政许可法第十七条",
            reason: format!("{}不得设定行政许可", highest.name()),
        }),
    }
}

fn lasts_a_year_at_most(version: &ItemVersion) -> bool {
    let year = version.valid_from.checked_add(1.year()).ok();
    version.valid_to.zip(year).is_some_and(|(last, year)| last < year)
}

/// What a rule may impose (行政处罚法第十三条、第十四条).
const BY_RULE: &[&str] = &["警告", "通报批评", "罚款"];

fn penalty(version: &ItemVersion, highest: NormRank) -> Option<TooLow> {
    let kinds = || version.penalty_kinds.iter().map(String::as_str);
    match highest {
        NormRank::Law => None,
        NormRank::AdminRegulation => kinds().find(|kind| takes_freedom(kind)).map(|kind| TooLow {
            article: "行政处罚法第十条第二款、第十一条第一款",
            reason: format!("“{kind}”限制人身自由，只能由法律设定"),
        }),
        NormRank::LocalRegulation => {
            let beyond = kinds().find(|kind| takes_freedom(kind) || kind.contains("吊销营业执照"));
            beyond.map(|kind| TooLow {
                article: "行政处罚法第十二条第一款",
                reason: format!("地方性法规不得设定“{kind}”"),
            })
        }
        NormRank::Rule => kinds().find(|kind| !BY_RULE.contains(kind)).map(|kind| TooLow {
            article: "行政处罚法第十三条、第十四条",
            reason: format!("规章只能设定警告、通报批评和一定数额的罚款，不得设定“{kind}”"),
        }),
        NormRank::BodyCharter | NormRank::NormativeDocument => Some(TooLow {
            article: "行政处罚法第十六条",
            reason: format!("{}不得设定行政处罚", highest.name()),
        }),
    }
}

fn takes_freedom(kind: &str) -> bool {
    kind.contains("拘留") || kind.contains("限制人身自由")
}

/// Enforcement is for laws alone (第十三条), but a type code does not tell measures and enforcement apart; what no norm
/// below a local regulation may create in either case is refused.
fn coercion(highest: NormRank) -> Option<TooLow> {
    (highest > NormRank::LocalRegulation).then(|| TooLow {
        article: "行政强制法第十条第四款",
        reason: format!("{}不得设定行政强制措施", highest.name()),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::version::tests::bare;

    fn check(code: &str, rank: NormRank, kinds: &[&str], valid_to: Option<&str>, article: Option<&str>) {
        let mut version = bare(code);
        version.legal_bases[0].rank = rank;
        version.penalty_kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        version.valid_to = valid_to.map(|day| day.parse().unwrap());
        let found = too_low(&version).map(|low| low.article);
        assert_eq!(found, article, "{code} {rank:?} {kinds:?} {valid_to:?}");
    }

    #[test]
    fn who_may_create_what() {
        use NormRank::{AdminRegulation, BodyCharter, Law, LocalRegulation, NormativeDocument, Rule};
        let permit = "33030300SJ-XK-0001";
        check(permit, Law, &[], None, None);
        check(permit, AdminRegulation, &[], None, None);
        check(permit, LocalRegulation, &[], None, None);
        check(permit, Rule, &[], None, Some("行政许可法第十五条第一款"));
        check(permit, Rule, &[], Some("2026-12-31"), None);
        check(permit, Rule, &[], Some("2027-01-01"), Some("行政许可法第十五条第一款"));
        check(permit, NormativeDocument, &[], None, Some("行政许可法第十七条"));
        check(permit, BodyCharter, &[], None, Some("行政许可法第十七条"));

        let penalty = "33030300SJ-CF-0001";
        check(penalty, Law, &["行政拘留"], None, None);
        let freedom = "行政处罚法第十条第二款、第十一条第一款";
        check(penalty, AdminRegulation, &["罚款", "行政拘留"], None, Some(freedom));
        check(penalty, AdminRegulation, &["罚款", "吊销营业执照"], None, None);
        let local = "行政处罚法第十二条第一款";
        check(penalty, LocalRegulation, &["吊销营业执照"], None, Some(local));
        check(penalty, LocalRegulation, &["没收违法所得"], None, None);
        check(penalty, Rule, &["警告", "通报批评", "罚款"], None, None);
        let rule = "行政处罚法第十三条、第十四条";
        check(penalty, Rule, &["罚款", "没收违法所得"], None, Some(rule));
        check(penalty, NormativeDocument, &["警告"], None, Some("行政处罚法第十六条"));

        let coercion = "33030300SJ-QZ-0001";
        check(coercion, LocalRegulation, &[], None, None);
        check(coercion, Rule, &[], None, Some("行政强制法第十条第四款"));

        check("33030300SJ-QR-0001", NormativeDocument, &[], None, None);
    }
}
