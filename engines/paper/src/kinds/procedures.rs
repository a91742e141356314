//! The papers of procedures that follow the chart of their item: a penalty on the spot, coercion, disclosure on request.

use super::{CASE, ITEM, NUMBERED, PRACTICE, PaperKind, REMEDIES};
use super::{if_so, issued, must};
use crate::fields::When;

const SUMMARY: &str = "《行政处罚法》第五十二条第二款";
const COERCION: &str = "《行政强制法》第二十四条第二款、第三十五条、第三十七条第二款";
const DISCLOSURE: &str = "《政府信息公开条例》第三十三条、第三十六条";

/// 处罚法 52(2); filled in and handed over on the spot.
pub(super) const SUMMARY_PENALTY_DECISION: PaperKind = PaperKind {
    name: "summary_penalty_decision",
    title: "当场行政处罚决定书",
    groups: &[
        &[
            must("body_name", "行政机关", SUMMARY),
            must("date", "时间", SUMMARY),
            must("paper_no", "编号", "《行政处罚法》第五十二条第一款"),
            must("party_name", "当事人", SUMMARY),
            CASE,
            must("place", "地点", SUMMARY),
            must("facts", "违法行为", SUMMARY),
            must("defence", "陈述、申辩", "《行政处罚法》第四十四条、第四十五条"),
            must("penalty", "处罚的种类", SUMMARY),
            if_so("fine_words", "罚款数额（大写）", SUMMARY, When::With("fine")),
            must("basis", "处罚的依据", SUMMARY),
            must(
                "performance",
                "履行方式和期限",
                "《行政处罚法》第五十三条、第六十七条第三款",
            ),
            must(
                "officers",
                "执法人员",
                "《行政处罚法》第四十二条第一款、第五十二条第二款",
            ),
            must("officers[].name", "执法人员姓名", "《行政处罚法》第五十二条第二款"),
            must(
                "officers[].certificate_no",
                "执法证号",
                "《行政处罚法》第五十二条第一款",
            ),
        ],
        REMEDIES,
    ],
};

/// Decisions and demands of coercion: what is decided differs, what the party must be told is alike.
pub(super) const COERCION_PAPER: PaperKind = PaperKind {
    name: "coercion_paper",
    title: "行政强制文书",
    groups: &[
        &issued(COERCION),
        &[
            must("title", "文书的名称", NUMBERED),
            must("party_name", "当事人", COERCION),
            ITEM,
            CASE,
            must("reasons", "理由", COERCION),
            must("basis", "依据", COERCION),
            must("result", "决定的内容", COERCION),
            must("rights", "权利", "《行政强制法》第八条、第三十五条第（四）项"),
        ],
    ],
};

pub(super) const DISCLOSURE_ANSWER: PaperKind = PaperKind {
    name: "disclosure_answer",
    title: "政府信息公开申请答复书",
    groups: &[
        &issued(DISCLOSURE),
        &[
            must("title", "答复书的名称", PRACTICE),
            must("party_name", "申请人", DISCLOSURE),
            CASE,
            must("received_on", "收到申请的日期", "《政府信息公开条例》第三十一条"),
            must("asked", "申请公开的内容", "《政府信息公开条例》第二十九条第二款"),
            must("result", "答复", DISCLOSURE),
            must("facts", "答复的内容", DISCLOSURE),
            must("basis", "依据", DISCLOSURE),
        ],
        REMEDIES,
    ],
};
