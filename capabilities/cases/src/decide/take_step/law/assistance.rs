//! Opinions in a joint approval (许可法 26(2): the departments concerned each give their opinion, then it is dealt with as one).

use super::Demand::{After, Apart, Place, ReasonsFor, Record, TwoOfficers};
use super::{Demand, Lawful};
use crate::decide::site_check::CertifiedRule;

const JOINT: &str = "行政许可法第二十六条第二款";

const CHECKERS: CertifiedRule = CertifiedRule {
    two: "现场核查应当由两名以上工作人员进行。",
    called: "核查人员",
    article: "行政许可法第三十四条第三款",
    certificate: "行政许可法第三十四条第三款；行政执法人员持证上岗制度",
};

const EXAMINED: Demand = After {
    any: &["assist_examine"],
    says: "协办审查以后才能进行。",
    article: JOINT,
};

pub(super) fn lawful(kind: &str) -> Option<&'static Lawful> {
    Some(match kind {
        "site_check" => &Lawful {
            article: "行政许可法第三十四条第三款",
            demands: &[TwoOfficers(&CHECKERS), Place(""), Record("核查的情况")],
        },
        "assist_examine" => &Lawful {
            article: JOINT,
            demands: &[],
        },
        "review" => &Lawful {
            article: JOINT,
            demands: &[
                EXAMINED,
                Apart {
                    from: &["assist_examine"],
                    says: "您是本件的承办人，审查与审核应当由不同的人进行。",
                    article: JOINT,
                },
            ],
        },
        "give_opinion" => &Lawful {
            article: JOINT,
            demands: &[
                EXAMINED,
                ReasonsFor {
                    outcomes: &["conditional"],
                    says: "附条件同意的，请写明条件和依据。",
                    article: JOINT,
                },
            ],
        },
        _ => return None,
    })
}
