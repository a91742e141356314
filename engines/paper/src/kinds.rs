//! The kinds of papers and what the law wants in each (DOMAIN 5.1). The templates' headers say the same in words.

mod penalty;
mod procedures;

use crate::fields::{Field, When};

/// A kind of paper.
#[derive(Debug, Clone, Copy)]
pub struct PaperKind {
    /// Template name, also the key in code and events.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// What it must contain, in order; what several kinds share is a group of its own.
    groups: &'static [&'static [Field]],
}

impl PaperKind {
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        self.groups.iter().copied().flatten()
    }
}

pub(crate) fn kind(name: &str) -> Option<&'static PaperKind> {
    TEMPLATES.iter().find(|kind| kind.name == name)
}

const NUMBERED: &str = "GB/T 9704—2012（发文字号）";
const PRACTICE: &str = "实务";
const PERMIT_LAW_32_2: &str = "《行政许可法》第三十二条第二款";
const RECONSIDERATION: &str = "《行政复议法》第二十条";
const LITIGATION: &str = "《行政诉讼法》第四十六条";
const ONLINE: &str = "《行政复议法》第二十二条第二款";
const SERVICE_RECORD: &str = "《民事诉讼法》第八十七条";

const fn must(name: &'static str, label: &'static str, article: &'static str) -> Field {
    Field {
        name,
        label,
        article,
        when: When::Always,
    }
}

const fn if_so(name: &'static str, label: &'static str, article: &'static str, when: When) -> Field {
    Field {
        name,
        label,
        article,
        when,
    }
}

const PAPER_NO: Field = must("paper_no", "文号", NUMBERED);
const ITEM: Field = must("item_name", "事项名称", PRACTICE);
const CASE: Field = must("case_no", "编号", PRACTICE);

/// What every letter to a party begins with: who writes, when, under which number.
const fn issued(article: &'static str) -> [Field; 3] {
    [
        must("body_name", "行政机关", article),
        must("date", "成文日期", article),
        PAPER_NO,
    ]
}

/// The signatures of a form that goes through several hands.
const fn opinions(article: &'static str) -> [Field; 5] {
    [
        must("opinions", "各级审批意见", article),
        must("opinions[].role", "意见的名称", PRACTICE),
        must("opinions[].text", "意见", article),
        must("opinions[].name", "签署人", article),
        must("opinions[].date", "签署日期", article),
    ]
}

const RECONSIDERATION_ORGAN: Field = if_so(
    "reconsideration_organ",
    "行政复议机关",
    RECONSIDERATION,
    When::Without("remedies"),
);
const COURT: Field = if_so("court", "管辖法院", LITIGATION, When::Without("remedies"));
const ONLINE_CHANNEL: Field = if_so(
    "online_reconsideration_channel",
    "行政复议在线申请渠道",
    ONLINE,
    When::Is("served_online", "true"),
);

/// What every paper that burdens a party says of its remedies.
const REMEDIES: &[Field] = &[RECONSIDERATION_ORGAN, COURT, ONLINE_CHANNEL];

/// All built-in kinds.
pub const TEMPLATES: &[PaperKind] = &[
    PaperKind {
        name: "acceptance_notice",
        title: "受理通知书",
        groups: &[
            &issued(PERMIT_LAW_32_2),
            &[
                must("party_name", "申请人", "《行政许可法》第三十二条第一款第五项"),
                ITEM,
                CASE,
                must("received_on", "收到申请的日期", "《行政许可法》第三十二条第一款"),
                must("accepted_on", "受理日期", "《行政许可法》第三十二条第一款第五项"),
                must("statutory_due", "法定办结期限", "《行政许可法》第四十二条"),
            ],
        ],
    },
    PaperKind {
        name: "supplement_notice",
        title: "补正通知书",
        groups: &[
            &issued(PERMIT_LAW_32_2),
            &[
                must("party_name", "申请人", PERMIT_LAW_32_2),
                ITEM,
                CASE,
                must("received_on", "收到材料的日期", "《行政许可法》第三十二条第一款第四项"),
                must(
                    "supplements",
                    "需要补正的全部内容",
                    "《行政许可法》第三十二条第一款第四项",
                ),
                must(
                    "supplements[].name",
                    "需要补正的材料名称",
                    "《行政许可法》第三十二条第一款第四项",
                ),
                must(
                    "supplements[].requirement",
                    "补正要求",
                    "《行政许可法》第三十二条第一款第四项",
                ),
            ],
        ],
    },
    PaperKind {
        name: "refusal_of_acceptance",
        title: "不予受理决定书",
        groups: &[
            &issued(PERMIT_LAW_32_2),
            &[
                must("party_name", "申请人", PERMIT_LAW_32_2),
                ITEM,
                CASE,
                must("received_on", "收到申请的日期", "《行政许可法》第三十二条第一款"),
                must("reasons", "不予受理的理由", PERMIT_LAW_32_2),
                must("basis", "依据", PERMIT_LAW_32_2),
                if_so(
                    "competent_body",
                    "有权受理的机关",
                    "《行政许可法》第三十二条第一款第二项",
                    When::Is("ground", "not_this_body"),
                ),
            ],
            REMEDIES,
        ],
    },
    PaperKind {
        name: "not_required",
        title: "不需要取得行政许可告知书",
        groups: &[
            &issued(PERMIT_LAW_32_2),
            &[
                must("party_name", "申请人", PERMIT_LAW_32_2),
                ITEM,
                CASE,
                must("received_on", "收到申请的日期", "《行政许可法》第三十二条第一款"),
                must(
                    "reasons",
                    "不需要取得许可的理由",
                    "《行政许可法》第三十二条第一款第一项",
                ),
            ],
        ],
    },
    PaperKind {
        name: "permit_grant",
        title: "准予行政许可决定书",
        groups: &[
            &issued("《行政许可法》第三十八条第一款"),
            &[
                must("party_name", "被许可人", "《行政许可法》第三十八条第一款"),
                ITEM,
                CASE,
                must("accepted_on", "受理日期", "《行政许可法》第四十二条"),
                must("basis", "依据的条件、标准", "《行政许可法》第三十八条第一款"),
            ],
        ],
    },
    PaperKind {
        name: "permit_denial",
        title: "不予行政许可决定书",
        groups: &[
            &issued("《行政许可法》第三十八条第二款"),
            &[
                must("party_name", "申请人", "《行政许可法》第三十八条第二款"),
                ITEM,
                CASE,
                must("accepted_on", "受理日期", "《行政许可法》第四十二条"),
                must("reasons", "不予许可的理由", "《行政许可法》第三十八条第二款"),
                must("basis", "依据", "《行政许可法》第三十八条第二款"),
                if_so(
                    "technical_standards",
                    "所依据的技术标准、技术规范",
                    "《行政许可法》第五十五条第三款",
                    When::Is("denied_by_testing", "true"),
                ),
            ],
            REMEDIES,
        ],
    },
    PaperKind {
        name: "proof_of_service",
        title: "送达回证",
        groups: &[&[
            must("body_name", "送达机关", SERVICE_RECORD),
            must("party_name", "受送达人", SERVICE_RECORD),
            CASE,
            must("served_papers", "送达的文书", SERVICE_RECORD),
            must("served_papers[].title", "送达文书的名称", SERVICE_RECORD),
            must("service.method", "送达方式", "《民事诉讼法》第八十八条"),
            must("service.place", "送达地点或者电子送达地址", SERVICE_RECORD),
            if_so(
                "service.server",
                "送达人",
                "《民事诉讼法》第八十九条",
                When::OneOf("service.method", &["in_person", "left"]),
            ),
            if_so(
                "service.arrived_at",
                "收到日期",
                "《民事诉讼法》第八十九条、第九十条第二款",
                When::OneOf("service.method", &["electronic", "left"]),
            ),
            if_so(
                "service.refusal_reason",
                "拒收事由",
                "《民事诉讼法》第八十九条",
                When::Is("service.method", "left"),
            ),
            if_so(
                "service.witness",
                "见证人，或者拍照、录像的说明",
                "《民事诉讼法》第八十九条",
                When::Is("service.method", "left"),
            ),
        ]],
    },
    PaperKind {
        name: "certificate",
        title: "食品经营许可证",
        groups: &[&[
            must("body_name", "发证机关", "《行政许可法》第三十九条"),
            must("date", "发证日期", "《行政许可法》第三十九条"),
            must("certificate_no", "许可证编号", "《行政许可法》第三十九条"),
            must("party_name", "经营者名称", "《行政许可法》第三十九条"),
            must("premises", "经营场所", "《行政许可法》第三十九条"),
            must("business_items", "经营项目", "《行政许可法》第三十九条"),
            must("validity_to", "有效期", "《行政许可法》第三十九条"),
        ]],
    },
    PaperKind {
        name: "extension_notice",
        title: "延长期限告知书",
        groups: &[
            &issued("《行政许可法》第四十二条第一款"),
            &[
                must("party_name", "申请人", "《行政许可法》第四十二条第一款"),
                ITEM,
                CASE,
                must("accepted_on", "受理日期", "《行政许可法》第四十二条第一款"),
                must("statutory_due", "原办结期限", "《行政许可法》第四十二条第一款"),
                must("extended_due", "延长后的期限", "《行政许可法》第四十二条第一款"),
                must("reasons", "延长的理由", "《行政许可法》第四十二条第一款"),
            ],
        ],
    },
    PaperKind {
        name: "excluded_time_notice",
        title: "所需时间告知书",
        groups: &[
            &issued("《行政许可法》第四十五条"),
            &[
                must("party_name", "申请人", "《行政许可法》第四十五条"),
                ITEM,
                CASE,
                must("accepted_on", "受理日期", "《行政许可法》第四十五条"),
                must("special_procedure", "不计入期限的程序", "《行政许可法》第四十五条"),
                must("time_needed", "所需时间", "《行政许可法》第四十五条"),
            ],
        ],
    },
    PaperKind {
        name: "receipt",
        title: "收件凭证",
        groups: &[&[
            must("body_name", "行政机关", PRACTICE),
            must("date", "成文日期", PRACTICE),
            must("party_name", "申请人", PRACTICE),
            ITEM,
            CASE,
            must("received_on", "收到材料的日期", "《行政许可法》第三十二条第一款第四项"),
            must("materials", "收到的材料", PRACTICE),
            must("materials[].name", "材料名称", PRACTICE),
        ]],
    },
    PaperKind {
        name: "withdrawal_notice",
        title: "终止办理通知书",
        groups: &[
            &issued(PRACTICE),
            &[
                must("party_name", "申请人", PRACTICE),
                ITEM,
                CASE,
                must("withdrawn_on", "撤回申请的日期", PRACTICE),
            ],
        ],
    },
    PaperKind {
        name: "matter_decision",
        title: "决定书",
        groups: &[
            &issued(PRACTICE),
            &[
                must("title", "决定书的名称", PRACTICE),
                must("party_name", "当事人", PRACTICE),
                ITEM,
                CASE,
                must("result", "决定", PRACTICE),
                must("facts", "查明的事实和理由", PRACTICE),
                must("basis", "依据", PRACTICE),
            ],
            REMEDIES,
        ],
    },
    penalty::CASE_OPENING_FORM,
    penalty::ADVANCE_NOTICE,
    penalty::PENALTY_DECISION,
    penalty::NO_PENALTY_DECISION,
    penalty::PAYMENT_NOTICE,
    penalty::CASE_CLOSING_FORM,
    procedures::SUMMARY_PENALTY_DECISION,
    procedures::COERCION_PAPER,
    procedures::DISCLOSURE_ANSWER,
];
