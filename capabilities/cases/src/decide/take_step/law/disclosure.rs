//! Government information on request (公开条例 27–42).

use super::Demand::{
    After, AgainstThirdParty, Apart, NotBeforeTold, NotSuspended, ReasonsFor, Record, SilentAfter, Since, ToldDay,
};
use super::{Demand, Lawful};

const REGISTERED: Demand = After {
    any: &["register:clear", "register:registered"],
    says: "还没有登记、确认收到申请的日期。",
    article: "政府信息公开条例第三十一条",
};

const FOUND: Demand = After {
    any: &["search:found"],
    says: "检索还没有结果。",
    article: "政府信息公开条例第三十六条",
};

pub(super) fn lawful(kind: &str) -> Option<&'static Lawful> {
    Some(match kind {
        "register" => &Lawful {
            article: "政府信息公开条例第二十九条、第三十一条",
            demands: &[Record("申请的内容和形式要求；从互联网、传真收到的，双方怎样确认")],
        },
        "ask_supplement" => &Lawful {
            article: "政府信息公开条例第三十条",
            demands: &[
                After {
                    any: &["register:unclear"],
                    says: "申请内容没有登记为不明确。",
                    article: "政府信息公开条例第三十条",
                },
                ToldDay("", "补正期限（最后一天）"),
                Record("需要补正的事项，一次写全；怎样指导和释明"),
            ],
        },
        "supplement" => &Lawful {
            article: "政府信息公开条例第三十条",
            demands: &[
                NotBeforeTold {
                    outcome: "abandoned",
                    act: "ask_supplement",
                    says: "补正期限还没有届满，不能视为放弃。",
                    article: "政府信息公开条例第三十条",
                },
                Record("补正的内容；逾期不补正的，有没有正当理由"),
            ],
        },
        "search" => &Lawful {
            article: "政府信息公开条例第三十六条",
            demands: &[REGISTERED, Record("检索的范围、方法和结果")],
        },
        "assess" => &Lawful {
            article: "政府信息公开条例第十四条至第十六条、第三十二条、第三十四条",
            demands: &[FOUND, Record("判断的理由；征求谁的意见")],
        },
        "consult_third_party" => &Lawful {
            article: "政府信息公开条例第三十二条、第三十三条第三款",
            demands: &[
                After {
                    any: &["assess:third"],
                    says: "没有涉及第三方的判断。",
                    article: "政府信息公开条例第三十二条",
                },
                SilentAfter {
                    outcome: "silent",
                    working_days: 15,
                    says: "第三方自收到征求意见书之日起十五个工作日内都可以提出意见。",
                    article: "政府信息公开条例第三十二条",
                },
                Record("征求意见书什么时候怎样送达，第三方的意见和理由"),
            ],
        },
        "consult_coauthor" => &Lawful {
            article: "政府信息公开条例第三十三条第三款、第三十四条",
            demands: &[
                After {
                    any: &["assess:coauthor"],
                    says: "没有共同制作的判断。",
                    article: "政府信息公开条例第三十四条",
                },
                SilentAfter {
                    outcome: "silent",
                    working_days: 15,
                    says: "被征求意见机关自收到征求意见书之日起十五个工作日内都可以提出意见。",
                    article: "政府信息公开条例第三十四条",
                },
                Record("征求意见书什么时候怎样送达，被征求意见机关的意见"),
            ],
        },
        "secrecy_review" => &Lawful {
            article: "政府信息公开条例第十七条",
            demands: &[FOUND],
        },
        "draft" => &Lawful {
            article: "政府信息公开条例第三十六条、第三十七条",
            demands: &[
                After {
                    any: &["secrecy_review"],
                    says: "公开之前还没有审查是否可以公开。",
                    article: "政府信息公开条例第十七条",
                },
                Record("拟答复的内容"),
            ],
        },
        "review" => &Lawful {
            article: "政府信息公开条例第十七条",
            demands: &[
                After {
                    any: &["draft"],
                    says: "还没有拟制答复。",
                    article: "政府信息公开条例第三十六条",
                },
                Apart {
                    from: &["draft"],
                    says: "您拟制的答复，应当由另外的人审核。",
                    article: "政府信息公开条例第十七条",
                },
            ],
        },
        "answer" => &Lawful {
            article: "政府信息公开条例第三十三条、第三十六条、第三十七条",
            demands: &[
                REGISTERED,
                NotSuspended,
                Since {
                    when: "search:found",
                    any: &["secrecy_review"],
                    says: "公开之前还没有审查是否可以公开。",
                    article: "政府信息公开条例第十七条",
                },
                ReasonsFor {
                    outcomes: &["partly", "refuse", "not_ours", "repeated", "unreasonable", "petition"],
                    says: "应当对不予公开的内容、不由本机关公开或者不予处理说明理由。",
                    article: "政府信息公开条例第三十五条、第三十六条第（三）项、第（五）项、第三十七条",
                },
                AgainstThirdParty,
                Record("答复的内容：提供的信息，或者获取的方式、途径和时间"),
            ],
        },
        "archive" => &Lawful {
            article: "政府信息公开条例第五十条",
            demands: &[After {
                any: &["serve", "supplement:abandoned"],
                says: "答复还没有送达。",
                article: "政府信息公开条例第三十三条",
            }],
        },
        _ => return None,
    })
}
