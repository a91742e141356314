//! The papers of a penalty by ordinary procedure (DOMAIN 4.2, 5.1).

use super::{CASE, ITEM, NUMBERED, ONLINE_CHANNEL, PRACTICE, PaperKind, REMEDIES};
use super::{if_so, issued, must, opinions};
use crate::fields::When;

const OFFICERS: &str = "《行政处罚法》第四十二条第一款、第五十五条第一款";
const NOTICE: &str = "《行政处罚法》第四十四条";
const DEFENCE: &str = "《行政处罚法》第四十四条、第四十五条";
const OPENING: &str = "《行政处罚法》第五十四条第二款";
const OUTCOMES: &str = "《行政处罚法》第五十七条第一款";
const FORM_59_1: &str = "《行政处罚法》第五十九条第一款第一项";
const FORM_59_2: &str = "《行政处罚法》第五十九条第一款第二项";
const FORM_59_3: &str = "《行政处罚法》第五十九条第一款第三项";
const FORM_59_4: &str = "《行政处罚法》第五十九条第一款第四项";
const FORM_59_6: &str = "《行政处罚法》第五十九条第一款第六项";
const PAYMENT: &str = "《行政处罚法》第六十七条第三款";
const ADDITIONAL: &str = "《行政处罚法》第七十二条第一款第一项、《行政强制法》第四十五条第一款";

pub(super) const CASE_OPENING_FORM: PaperKind = PaperKind {
    name: "case_opening_form",
    title: "立案审批表",
    groups: &[
        &[
            must("body_name", "行政机关", OPENING),
            CASE,
            ITEM,
            must("source", "案件来源", "《行政处罚法》第五十四条第一款"),
            must("received_on", "收到线索的日期", "《行政处罚法》第五十四条第一款"),
            must("lead", "线索内容", "《行政处罚法》第五十四条第一款"),
            must("cause", "案由", PRACTICE),
            must("party_kind", "当事人类型", PRACTICE),
            must("party_name", "当事人", PRACTICE),
            must("party_address", "当事人地址", PRACTICE),
            if_so(
                "legal_representative",
                "法定代表人（负责人）",
                PRACTICE,
                When::Is("party_kind", "organisation"),
            ),
            must("acted_on", "违法行为的时间", "《行政处罚法》第三十六条"),
            must("facts", "案情摘要", OPENING),
            must("reasons", "立案理由", OPENING),
            must("investigators", "调查人员", OFFICERS),
            must("investigators[].name", "调查人员姓名", OFFICERS),
            must("investigators[].certificate_no", "调查人员执法证号", OFFICERS),
        ],
        &opinions(OPENING),
    ],
};

pub(super) const ADVANCE_NOTICE: PaperKind = PaperKind {
    name: "advance_notice",
    title: "行政处罚事先告知书",
    groups: &[
        &issued(NOTICE),
        &[
            must("party_name", "当事人", NOTICE),
            CASE,
            must("facts", "违法事实", NOTICE),
            must("violated", "涉嫌违反的规定", NOTICE),
            must("reasons", "处罚的理由", NOTICE),
            must("basis", "处罚的依据", NOTICE),
            must("proposed", "拟作出的行政处罚", NOTICE),
            must("rights", "陈述、申辩的权利", DEFENCE),
            must("defence_days", "陈述、申辩的期限", DEFENCE),
            must("hearing", "听证的权利", "《行政处罚法》第四十四条、第六十三条"),
        ],
    ],
};

pub(super) const PENALTY_DECISION: PaperKind = PaperKind {
    name: "penalty_decision",
    title: "行政处罚决定书",
    groups: &[&[
        must("body_name", "作出决定的行政机关", FORM_59_6),
        must("date", "作出决定的日期", FORM_59_6),
        must("paper_no", "文号", NUMBERED),
        must("party_name", "当事人的姓名或者名称", FORM_59_1),
        must("party_address", "当事人的地址", FORM_59_1),
        CASE,
        must("facts", "违法事实", FORM_59_2),
        must("evidence", "证据", FORM_59_2),
        must("violated", "违反的规定", FORM_59_2),
        must("reasons", "处罚的理由", NOTICE),
        must("penalty", "处罚的种类", FORM_59_3),
        must("basis", "处罚的依据", FORM_59_3),
        must("performance", "履行方式和期限", FORM_59_4),
        if_so("fine_words", "罚款数额的大写", PRACTICE, When::With("fine")),
        if_so("additional_fine", "加处罚款的标准", ADDITIONAL, When::With("fine")),
        must(
            "defence",
            "陈述、申辩和复核的情况",
            "《行政处罚法》第四十五条、第六十二条",
        ),
        if_so(
            "reconsideration_organ",
            "行政复议机关",
            "《行政处罚法》第五十九条第一款第五项、《行政复议法》第二十条",
            When::Without("remedies"),
        ),
        if_so(
            "court",
            "管辖法院",
            "《行政处罚法》第五十九条第一款第五项、《行政诉讼法》第四十六条",
            When::Without("remedies"),
        ),
        ONLINE_CHANNEL,
    ]],
};

pub(super) const NO_PENALTY_DECISION: PaperKind = PaperKind {
    name: "no_penalty_decision",
    title: "不予行政处罚决定书",
    groups: &[
        &issued(OUTCOMES),
        &[
            must("party_name", "当事人", OUTCOMES),
            must("party_address", "当事人地址", PRACTICE),
            CASE,
            must("facts", "查明的事实", OUTCOMES),
            must("evidence", "证据", "《行政处罚法》第四十条"),
            must("ground", "不予处罚的情形", OUTCOMES),
            must("reasons", "不予处罚的理由", OUTCOMES),
            must("basis", "依据", OUTCOMES),
        ],
        REMEDIES,
    ],
};

pub(super) const PAYMENT_NOTICE: PaperKind = PaperKind {
    name: "payment_notice",
    title: "缴款通知书",
    groups: &[
        &issued(PAYMENT),
        &[
            must("party_name", "当事人", PAYMENT),
            CASE,
            must("decision_no", "处罚决定书文号", PAYMENT),
            must("fine", "应缴罚款", PAYMENT),
            must("fine_words", "应缴罚款的大写", PRACTICE),
            must("due", "缴款期限", PAYMENT),
            must("payee", "缴款方式", PAYMENT),
            must("additional_fine", "加处罚款的标准", ADDITIONAL),
        ],
    ],
};

pub(super) const CASE_CLOSING_FORM: PaperKind = PaperKind {
    name: "case_closing_form",
    title: "结案审批表",
    groups: &[
        &[
            must("body_name", "行政机关", PRACTICE),
            CASE,
            must("party_name", "当事人", PRACTICE),
            must("outcome", "处理结果", OUTCOMES),
            must("summary", "案件摘要", PRACTICE),
            must("result", "执行情况", "《行政处罚法》第六十六条"),
        ],
        &opinions(PRACTICE),
    ],
};
