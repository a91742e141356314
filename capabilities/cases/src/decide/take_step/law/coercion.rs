//! Coercion: measures (强制法 16–33) and the enforcement of decisions (34–54).

use super::Demand::{
    After, Apart, CourtWindow, DemolitionWaits, ExtendedOnce, Goods, InPeriod, LawfulHours, Manner, NotBeforeTold,
    NotSuspended, OutcomeAfter, Place, ReasonsFor, Record, SameDayAs, Since, SuspendedThreeYears, TenDaysAfterUrging,
    ToldDay, TwoOfficers, UtilitiesKept, Within24Hours, WitnessIf,
};
use super::{Demand, Lawful};
use crate::decide::site_check::CertifiedRule;

/// 17(3): officers of this body alone; the power is not to be entrusted to others (17(1)).
const OFFICERS: CertifiedRule = CertifiedRule {
    two: "行政强制措施应当由两名以上行政执法人员实施。",
    called: "执法人员",
    article: "行政强制法第十七条、第十八条第（二）项",
    certificate: "行政强制法第十七条第三款、第十八条第（三）项",
};

const APPROVED: Demand = After {
    any: &["approve_measure:approve", "find_urgent:urgent"],
    says: "实施前应当向行政机关负责人报告并经批准；情况紧急的除外。",
    article: "行政强制法第十八条第（一）项、第十九条",
};

const TAKEN: Demand = After {
    any: &["seal"],
    says: "还没有实施查封、扣押。",
    article: "行政强制法第二十四条",
};

pub(super) fn measure(kind: &str) -> Option<&'static Lawful> {
    Some(match kind {
        "find_urgent" => &Lawful {
            article: "行政强制法第十六条、第十八条第（一）项、第十九条",
            demands: &[Record(
                "发现的场所、设施、财物，为什么需要采取措施；紧急的写明紧急的情况",
            )],
        },
        "approve_measure" => &Lawful {
            article: "行政强制法第十八条第（一）项",
            demands: &[
                After {
                    any: &["find_urgent:normal"],
                    says: "还没有报告。",
                    article: "行政强制法第十八条第（一）项",
                },
                Apart {
                    from: &["find_urgent"],
                    says: "您是报告的人，应当由行政机关负责人批准。",
                    article: "行政强制法第十八条第（一）项",
                },
            ],
        },
        "defence" => &Lawful {
            article: "行政强制法第十八条第（二）项至第（六）项",
            demands: &[
                APPROVED,
                TwoOfficers(&OFFICERS),
                WitnessIf("absent"),
                Record("出示证件、通知当事人到场的情况；告知的理由、依据、权利和救济途径；当事人的陈述、申辩"),
            ],
        },
        "seal" => &Lawful {
            article: "行政强制法第十八条第（七）项至第（九）项、第二十四条",
            demands: &[
                APPROVED,
                After {
                    any: &["defence"],
                    says: "还没有当场告知理由、依据和权利，听取陈述、申辩。",
                    article: "行政强制法第十八条第（五）项、第（六）项",
                },
                TwoOfficers(&OFFICERS),
                Place(""),
                Goods,
                Record("现场笔录：实施的经过，当事人（见证人）签名的情况；拒绝签名的注明"),
            ],
        },
        "serve_decision" => &Lawful {
            article: "行政强制法第二十四条",
            demands: &[
                TAKEN,
                SameDayAs {
                    act: "seal",
                    says: "查封、扣押决定书和清单应当当场交付。",
                    article: "行政强制法第二十四条第一款",
                },
                Record("决定书和清单交付的情况；清单一式二份"),
            ],
        },
        "approve_afterwards" => &Lawful {
            article: "行政强制法第十九条",
            demands: &[
                TAKEN,
                Apart {
                    from: &["find_urgent", "seal"],
                    says: "您是实施的人，应当由行政机关负责人补办批准。",
                    article: "行政强制法第十九条",
                },
                Within24Hours,
            ],
        },
        "investigate" => &Lawful {
            article: "行政强制法第二十七条",
            demands: &[TAKEN, Record("查清的事实和证据，为什么这样处理")],
        },
        "extend" => &Lawful {
            article: "行政强制法第二十五条第一款、第二款",
            demands: &[
                TAKEN,
                Apart {
                    from: &["investigate"],
                    says: "您是报请延长的人，应当由行政机关负责人批准。",
                    article: "行政强制法第二十五条第一款",
                },
                NotSuspended,
                InPeriod,
                ExtendedOnce,
                Record("情况复杂在哪里；延长的理由将书面告知当事人"),
            ],
        },
        "dispose" => &Lawful {
            article: "行政强制法第二十七条",
            demands: &[
                After {
                    any: &["investigate:dispose"],
                    says: "还没有查清事实。",
                    article: "行政强制法第二十七条",
                },
                NotSuspended,
                InPeriod,
                Record("违法事实，依法没收、销毁或者移送的依据"),
            ],
        },
        "lift" => &Lawful {
            article: "行政强制法第二十八条第一款",
            demands: &[TAKEN, Record("属于第二十八条第一款哪一种情形")],
        },
        "return_goods" => &Lawful {
            article: "行政强制法第二十八条第二款",
            demands: &[
                After {
                    any: &["lift"],
                    says: "还没有作出解除决定。",
                    article: "行政强制法第二十八条",
                },
                Record("退还的财物和签收的情况；已经拍卖、变卖的，退还的款项"),
            ],
        },
        "archive" => &Lawful {
            article: "行政强制法第二十七条、第二十八条",
            demands: &[After {
                any: &["dispose", "return_goods"],
                says: "还没有处理完毕，财物还没有退还。",
                article: "行政强制法第二十七条、第二十八条第二款",
            }],
        },
        _ => return None,
    })
}

const DEMANDED: Demand = After {
    any: &["serve_demand"],
    says: "还没有催告当事人履行义务。",
    article: "行政强制法第三十五条、第三十八条",
};

pub(super) fn enforcement(kind: &str) -> Option<&'static Lawful> {
    Some(match kind {
        "demand" => &Lawful {
            article: "行政强制法第三十四条、第三十五条",
            demands: &[
                ToldDay("", "履行义务的期限"),
                Manner("履行义务的方式"),
                Record("要履行的行政决定：文号、送达日期、履行期限届满的日期；涉及金钱的，金额和给付方式"),
            ],
        },
        "serve_demand" => &Lawful {
            article: "行政强制法第三十八条",
            demands: &[
                After {
                    any: &["demand"],
                    says: "还没有制作催告书。",
                    article: "行政强制法第三十五条",
                },
                Record("怎样直接送达；拒绝接收、无法直接送达的，依照民事诉讼法怎样送达"),
            ],
        },
        "defence" => &Lawful {
            article: "行政强制法第三十六条、第三十七条",
            demands: &[
                DEMANDED,
                NotBeforeTold {
                    outcome: "silent",
                    act: "demand",
                    says: "催告书载明的履行期限还没有届满。",
                    article: "行政强制法第三十五条第（一）项、第三十七条第一款",
                },
                Record("履行的情况；当事人的陈述、申辩，有没有正当理由"),
            ],
        },
        "check_defence" => &Lawful {
            article: "行政强制法第三十六条",
            demands: &[
                After {
                    any: &["defence:defended"],
                    says: "当事人没有提出陈述、申辩。",
                    article: "行政强制法第三十六条",
                },
                Record("复核的情况；成立的应当采纳"),
            ],
        },
        "decide" => &Lawful {
            article: "行政强制法第三十七条、第四十二条",
            demands: &[
                DEMANDED,
                After {
                    any: &["defence"],
                    says: "还没有听取当事人的陈述、申辩。",
                    article: "行政强制法第三十六条",
                },
                Since {
                    when: "defence:defended",
                    any: &["check_defence"],
                    says: "当事人提出的事实、理由和证据还没有复核。",
                    article: "行政强制法第三十六条",
                },
                NotBeforeTold {
                    outcome: "enforce",
                    act: "demand",
                    says: "催告书载明的履行期限还没有届满。",
                    article: "行政强制法第三十七条第一款",
                },
                // 37(3): at once, while the time to perform still runs.
                OutcomeAfter {
                    outcome: "immediate",
                    any: &["defence:hiding"],
                    says: "催告期间有证据证明有转移或者隐匿财物迹象的，才可以立即强制执行，还没有这样的记录。",
                    article: "行政强制法第三十七条第三款",
                },
                ReasonsFor {
                    outcomes: &["immediate"],
                    says: "立即强制执行的，请写明转移或者隐匿财物的迹象和证据。",
                    article: "行政强制法第三十七条第三款",
                },
                Manner("强制执行的方式和时间，或者执行协议的主要内容"),
                Record("逾期不履行、没有正当理由的事实，决定的理由和依据"),
            ],
        },
        "serve_decision" => &Lawful {
            article: "行政强制法第三十八条",
            demands: &[
                After {
                    any: &["decide:enforce", "decide:immediate"],
                    says: "没有强制执行决定。",
                    article: "行政强制法第三十七条",
                },
                Record("怎样直接送达；拒绝接收、无法直接送达的，依照民事诉讼法怎样送达"),
            ],
        },
        "execute" => &Lawful {
            article: "行政强制法第四十三条",
            demands: &[
                After {
                    any: &["serve_decision"],
                    says: "强制执行决定书还没有送达。",
                    article: "行政强制法第三十八条",
                },
                DemolitionWaits,
                LawfulHours,
                UtilitiesKept,
                Record("执行的经过和结果；中止、终结的，属于第三十九条、第四十条哪一种情形"),
            ],
        },
        "announce_demolition" => &Lawful {
            article: "行政强制法第四十四条",
            demands: &[
                After {
                    any: &["decide:enforce", "decide:immediate"],
                    says: "没有强制执行决定。",
                    article: "行政强制法第三十七条",
                },
                ToldDay("", "限期自行拆除的最后一天"),
                Record("公告的方式、地点和起止日期"),
            ],
        },
        "suspend" => &Lawful {
            article: "行政强制法第三十九条",
            demands: &[
                After {
                    any: &["execute:suspend"],
                    says: "没有应当中止的记录。",
                    article: "行政强制法第三十九条第一款",
                },
                SuspendedThreeYears("give_up"),
                Record("中止的情形是否消失；不再执行的，没有明显社会危害、确无能力履行的情况"),
            ],
        },
        "perform_agreement" => &Lawful {
            article: "行政强制法第四十二条",
            demands: &[
                After {
                    any: &["decide:agreement"],
                    says: "没有执行协议。",
                    article: "行政强制法第四十二条第一款",
                },
                Record("协议履行的情况"),
            ],
        },
        "apply_to_court" => &Lawful {
            article: "行政强制法第五十三条、第五十四条",
            demands: &[
                DEMANDED,
                TenDaysAfterUrging,
                CourtWindow,
                Record("申请的法院和申请书编号；行政机关负责人签名和日期"),
            ],
        },
        "archive" => &Lawful {
            article: "行政强制法第三十九条、第四十条、第四十二条",
            demands: &[After {
                any: &[
                    "defence:performed",
                    "check_defence:established",
                    "decide:stop",
                    "execute:done",
                    "execute:terminate",
                    "suspend:give_up",
                    "perform_agreement:performed",
                    "apply_to_court",
                ],
                says: "还没有履行、执行完毕或者依法终结。",
                article: "行政强制法第三十九条、第四十条、第四十二条",
            }],
        },
        _ => return None,
    })
}
