//! A penalty on the spot (处罚法 51–53). What the ordinary procedure asks of everybody holds here, too: two officers with
//! certificates (42), notice and rights (44), the defence that makes nothing heavier (45), both before the decision (62).

use super::Demand::{After, NotHeavier, PaidAsDecided, Place, Record, SameDayAs, Since, SummaryFine, TwoOfficers};
use super::{Demand, Lawful};
use crate::decide::site_check::CertifiedRule;

const OFFICERS: CertifiedRule = CertifiedRule {
    two: "执法人员不得少于两人。",
    called: "执法人员",
    article: "行政处罚法第四十二条第一款",
    certificate: "行政处罚法第四十二条第一款、第五十二条第一款",
};

const NOTIFIED: Demand = After {
    any: &["notify"],
    says: "还没有告知当事人拟处罚的内容及事实、理由、依据和权利。",
    article: "行政处罚法第四十四条、第六十二条",
};

pub(super) fn lawful(kind: &str) -> Option<&'static Lawful> {
    Some(match kind {
        "investigate" => &Lawful {
            article: "行政处罚法第四十二条、第五十一条、第五十二条第一款",
            demands: &[
                TwoOfficers(&OFFICERS),
                Record("查明的违法事实和证据；已经出示执法证件的情况"),
            ],
        },
        "notify" => &Lawful {
            article: "行政处罚法第四十四条",
            demands: &[
                After {
                    any: &["investigate:minor"],
                    says: "还没有查明违法事实。",
                    article: "行政处罚法第四十条、第五十一条",
                },
                SummaryFine(""),
                Record("告知的内容：拟处罚的事实、理由、依据，以及陈述、申辩的权利"),
            ],
        },
        "defence" => &Lawful {
            article: "行政处罚法第四十五条",
            demands: &[NOTIFIED, Record("当事人的陈述、申辩；没有的，写明当事人怎么说")],
        },
        "check_defence" => &Lawful {
            article: "行政处罚法第四十五条第一款",
            demands: &[
                After {
                    any: &["defence:defended"],
                    says: "当事人没有提出陈述、申辩。",
                    article: "行政处罚法第四十五条第一款",
                },
                Record("复核的情况；成立的应当采纳，不采纳的写明理由"),
            ],
        },
        "decide" => &Lawful {
            article: "行政处罚法第五十一条、第五十二条",
            demands: &[
                NOTIFIED,
                After {
                    any: &["defence"],
                    says: "还没有听取当事人的陈述、申辩。",
                    article: "行政处罚法第四十五条、第六十二条",
                },
                Since {
                    when: "defence:defended",
                    any: &["check_defence"],
                    says: "当事人提出的事实、理由和证据还没有复核。",
                    article: "行政处罚法第四十五条第一款",
                },
                SummaryFine("penalty"),
                NotHeavier,
                Place("penalty"),
                Record("违法行为和作出决定的理由"),
            ],
        },
        "serve_decision" => &Lawful {
            article: "行政处罚法第五十二条第一款",
            demands: &[
                After {
                    any: &["decide:penalty"],
                    says: "没有处罚决定。",
                    article: "行政处罚法第五十二条第一款",
                },
                SameDayAs {
                    act: "decide:penalty",
                    says: "当场处罚的决定书应当当场交付当事人。",
                    article: "行政处罚法第五十二条第一款",
                },
                Record("交付的情况：谁签收；拒绝签收的，在决定书上注明的情况"),
            ],
        },
        "file_decision" => &Lawful {
            article: "行政处罚法第五十二条第三款",
            demands: &[
                After {
                    any: &["serve_decision"],
                    says: "决定书还没有交付。",
                    article: "行政处罚法第五十二条第一款",
                },
                Record("备案的编号，或者登记的位置"),
            ],
        },
        "collect" => &Lawful {
            article: "行政处罚法第五十三条、第六十七条至第七十条",
            demands: &[
                After {
                    any: &["serve_decision"],
                    says: "决定书还没有交付。",
                    article: "行政处罚法第六十七条第三款",
                },
                PaidAsDecided,
            ],
        },
        "approve_closing" => &Lawful {
            article: "行政处罚法第五十二条第三款、第五十三条",
            demands: &[
                After {
                    any: &["file_decision"],
                    says: "当场作出的处罚决定还没有报所属行政机关备案。",
                    article: "行政处罚法第五十二条第三款",
                },
                After {
                    any: &["collect"],
                    says: "罚款还没有缴清。",
                    article: "行政处罚法第五十三条、第六十七条第三款",
                },
            ],
        },
        "archive" => &Lawful {
            article: "行政处罚法第五十一条",
            demands: &[After {
                any: &["decide"],
                says: "还没有作出决定。",
                article: "行政处罚法第五十一条",
            }],
        },
        _ => return None,
    })
}
