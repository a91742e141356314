//! What the law asks of each act of a chart that has no command of its own, by type of power: one line an act. The prover
//! shows on the chart that the order is right (`engines/bpmn/src/check/law.json`); here the same is asked of what was
//! recorded, since a case may have been returned, skipped or begun under another chart.
//!
//! An act that is not here is refused by name: nothing is done on a chart that no rule knows.

mod assistance;
mod coercion;
mod disclosure;
mod penalty;

use crate::course::Course;
use crate::decide::ITEMS_OWN_LAW;
use crate::decide::site_check::CertifiedRule;

pub(crate) struct Lawful {
    pub(crate) article: &'static str,
    pub(crate) demands: &'static [Demand],
}

/// One thing that must hold, or be told, for the act.
pub(crate) enum Demand {
    /// One of these was done before.
    After {
        any: &'static [&'static str],
        says: &'static str,
        article: &'static str,
    },
    /// Who did one of these does not do this.
    Apart {
        from: &'static [&'static str],
        says: &'static str,
        article: &'static str,
    },
    /// In words: what is recorded.
    Record(&'static str),
    /// With this outcome only (empty: always): the sum.
    Amount(&'static str),
    /// With this outcome only: a day that the party is told.
    ToldDay(&'static str, &'static str),
    /// 许可法 48(1)(一), (三): day, place and host, told seven days before, and the host does not examine.
    HearingTold,
    /// 许可法 48(1)(三), (五): by the host who was told, not before the day that was told.
    HeldByHost,
    /// 许可法 47(1): asked for within five days of being told; not asked for only when these are over, or in writing.
    RequestInTime,
    /// The limits run: nothing is decided while they are suspended.
    NotSuspended,
    /// 强制法 45(2): never more than the sum owed.
    NotMoreThanOwed,
    /// 强制法 54: ten days after the demand was served.
    TenDaysAfterUrging,
    /// 强制法 53: within three months after the time for reconsideration and suit is over.
    CourtWindow,
    /// 强制法 44, of charts that announce a demolition: announced, the day for doing it oneself over, and the time for
    /// reconsideration and suit, too.
    DemolitionWaits,
    /// With this outcome one of these was done.
    OutcomeAfter {
        outcome: &'static str,
        any: &'static [&'static str],
        says: &'static str,
        article: &'static str,
    },
    /// Where the first was done, one of these was done after it, too.
    Since {
        when: &'static str,
        any: &'static [&'static str],
        says: &'static str,
        article: &'static str,
    },
    /// Two or more of this body with certificates, the acting person among them.
    TwoOfficers(&'static CertifiedRule),
    /// With this outcome only (empty: always): where.
    Place(&'static str),
    /// In words: how it is to be performed or carried out.
    Manner(&'static str),
    /// 强制法 24(2)(三): names and quantities, line by line.
    Goods,
    /// 强制法 18(九): with this outcome a witness.
    WitnessIf(&'static str),
    /// On the day of that act: "当场".
    SameDayAs {
        act: &'static str,
        says: &'static str,
        article: &'static str,
    },
    /// 处罚法 51, with this outcome (empty: always): a warning, or a fine of at most 200 or 3 000 yuan.
    SummaryFine(&'static str),
    /// 处罚法 45(2): no more than what was told before the defence.
    NotHeavier,
    /// 处罚法 67–70: as it was decided, and on the spot only where the law lets it.
    PaidAsDecided,
    /// 强制法 19: later than that only with the reason said.
    Within24Hours,
    /// 强制法 25, 28(1)(四): when the period is over, the measure is lifted and nothing else.
    InPeriod,
    /// 强制法 25(1).
    ExtendedOnce,
    /// 强制法 43(1).
    LawfulHours,
    /// 强制法 43(2).
    UtilitiesKept,
    /// 强制法 39(2): with this outcome.
    SuspendedThreeYears(&'static str),
    /// With this outcome not until the day is over that was told by that act.
    NotBeforeTold {
        outcome: &'static str,
        act: &'static str,
        says: &'static str,
        article: &'static str,
    },
    /// With this outcome not until so many working days after the step was opened.
    SilentAfter {
        outcome: &'static str,
        working_days: u32,
        says: &'static str,
        article: &'static str,
    },
    /// With these outcomes.
    ReasonsFor {
        outcomes: &'static [&'static str],
        says: &'static str,
        article: &'static str,
    },
    /// 公开条例 32: open against the third party's will only for the public interest, with reasons.
    AgainstThirdParty,
}

use Demand::{
    After, Amount, Apart, CourtWindow, HearingTold, HeldByHost, NotMoreThanOwed, NotSuspended, Record, RequestInTime,
    TenDaysAfterUrging, ToldDay,
};

/// `None`: no rule of this platform covers the act.
pub(crate) fn lawful(course: Course, kind: &str) -> Option<&'static Lawful> {
    match course {
        Course::Permit => permit(kind),
        Course::Confirmation => confirmation(kind),
        Course::Levy => levy(kind),
        Course::SummaryPenalty => penalty::lawful(kind),
        Course::CoerciveMeasure => coercion::measure(kind),
        Course::Enforcement => coercion::enforcement(kind),
        Course::Disclosure => disclosure::lawful(kind),
        Course::Assistance => assistance::lawful(kind),
        Course::Unknown => None,
    }
}

fn permit(kind: &str) -> Option<&'static Lawful> {
    const ACCEPTED: Demand = After {
        any: &["accept"],
        says: "申请受理以后才能进行。",
        article: "行政许可法第三十四条第一款",
    };
    Some(match kind {
        "tell_hearing_right" => &Lawful {
            article: "行政许可法第三十六条、第四十七条第一款",
            demands: &[ACCEPTED, Record("告知了谁、告知的内容")],
        },
        "hearing_request" => &Lawful {
            article: "行政许可法第四十七条第一款",
            demands: &[
                After {
                    any: &["tell_hearing_right"],
                    says: "还没有告知听证权利。",
                    article: "行政许可法第四十七条第一款",
                },
                RequestInTime,
            ],
        },
        "notify_hearing" => &Lawful {
            article: "行政许可法第四十八条第一款第（一）项",
            demands: &[ACCEPTED, HearingTold],
        },
        "hear" => &Lawful {
            article: "行政许可法第四十八条第一款",
            demands: &[
                After {
                    any: &["notify_hearing"],
                    says: "举行听证的七日前要通知申请人、利害关系人，还没有通知。",
                    article: "行政许可法第四十八条第一款第（一）项",
                },
                Apart {
                    from: &["examine", "site_check"],
                    says: "您审查过这份申请，不能主持听证。",
                    article: "行政许可法第四十八条第一款第（三）项",
                },
                HeldByHost,
                Record("听证笔录：参加人、各方意见、申请人和利害关系人确认签字的情况"),
            ],
        },
        "expert_review" => &Lawful {
            article: "行政许可法第四十五条",
            demands: &[ACCEPTED],
        },
        "legal_review" | "review_opinions" | "discuss" => &Lawful {
            article: "行政许可法第三十七条",
            demands: &[ACCEPTED],
        },
        "urge" => &Lawful {
            article: "行政许可法第四十二条",
            demands: &[],
        },
        _ => return None,
    })
}

fn confirmation(kind: &str) -> Option<&'static Lawful> {
    const ACCEPTED: Demand = After {
        any: &["accept"],
        says: "受理以后才能进行。",
        article: ITEMS_OWN_LAW,
    };
    const VERIFIED: Demand = After {
        any: &["verify", "examine"],
        says: "调查核实以后才能进行。",
        article: ITEMS_OWN_LAW,
    };
    Some(match kind {
        "verify" | "examine" => &Lawful {
            article: ITEMS_OWN_LAW,
            demands: &[
                ACCEPTED,
                ToldDay("suspend", "预计什么时候有结论"),
                Record("核实的情况，或者需要等待什么结论"),
            ],
        },
        "suspend" => &Lawful {
            article: ITEMS_OWN_LAW,
            demands: &[ACCEPTED, Record("司法机关或者有关主管部门的结论")],
        },
        "review" => &Lawful {
            article: ITEMS_OWN_LAW,
            demands: &[
                VERIFIED,
                Apart {
                    from: &["verify", "examine"],
                    says: "您是本办件的承办人，核实与审核应当由不同的人进行。",
                    article: ITEMS_OWN_LAW,
                },
            ],
        },
        "decide" => &Lawful {
            article: ITEMS_OWN_LAW,
            demands: &[ACCEPTED, VERIFIED, NotSuspended, Record("查明的事实和决定的理由")],
        },
        _ => return None,
    })
}

fn levy(kind: &str) -> Option<&'static Lawful> {
    const DEMANDED: &str = "行政强制法第三十五条、第四十六条、第五十四条";
    const VERIFIED: Demand = After {
        any: &["verify"],
        says: "核定以后才能进行。",
        article: ITEMS_OWN_LAW,
    };
    const UNPAID: Demand = After {
        any: &["collect:unpaid"],
        says: "没有逾期未缴的记录。",
        article: "行政强制法第四十五条第一款",
    };
    Some(match kind {
        "register" => &Lawful {
            article: ITEMS_OWN_LAW,
            demands: &[Record("申报的内容；需要补充的，一次写全")],
        },
        "supplement" => &Lawful {
            article: ITEMS_OWN_LAW,
            demands: &[Record("补充的材料")],
        },
        "verify" => &Lawful {
            article: ITEMS_OWN_LAW,
            demands: &[Amount("levy"), Record("计算的依据和过程，或者减免的条件")],
        },
        "review" => &Lawful {
            article: ITEMS_OWN_LAW,
            demands: &[
                VERIFIED,
                Apart {
                    from: &["verify"],
                    says: "您核定的数额，应当由另外的人审核。",
                    article: ITEMS_OWN_LAW,
                },
            ],
        },
        "decide" => &Lawful {
            article: ITEMS_OWN_LAW,
            demands: &[
                VERIFIED,
                NotSuspended,
                Amount("levy"),
                ToldDay("levy", "最后缴款日"),
                Record("决定的事实和理由"),
            ],
        },
        "collect" => &Lawful {
            article: ITEMS_OWN_LAW,
            demands: &[
                After {
                    any: &["decide:levy"],
                    says: "没有征收决定。",
                    article: ITEMS_OWN_LAW,
                },
                Amount("paid"),
                Record("缴款凭证号码；没有缴的，写明情况"),
            ],
        },
        "late_fee" => &Lawful {
            article: "行政强制法第四十五条",
            demands: &[
                UNPAID,
                Amount(""),
                NotMoreThanOwed,
                Record("加处滞纳金的标准，已经怎样告知当事人"),
            ],
        },
        "demand" => &Lawful {
            article: DEMANDED,
            demands: &[UNPAID, Record("催告书怎样送达、载明的期限、方式和数额，陈述申辩权利")],
        },
        "apply_to_court" => &Lawful {
            article: "行政强制法第五十三条、第五十四条",
            demands: &[
                After {
                    any: &["demand"],
                    says: "申请人民法院强制执行以前要催告。",
                    article: "行政强制法第五十四条",
                },
                TenDaysAfterUrging,
                CourtWindow,
                Record("申请的法院和申请书编号"),
            ],
        },
        "archive" => &Lawful {
            article: ITEMS_OWN_LAW,
            demands: &[After {
                any: &["collect:paid", "decide:exempt", "apply_to_court"],
                says: "还没有缴清、减免或者申请执行，不能结案。",
                article: ITEMS_OWN_LAW,
            }],
        },
        _ => return None,
    })
}
