//! What the longer forms ask for: opening, evidence, the report at the end of the investigation with its weighing.

use mingjing_catalogue::public::benchmark::factors;
use mingjing_rules::benchmark::Benchmark;

use super::asks::{Offered, evidence_options};
use super::factors::FACTORS;
use super::shown::investigators;
use crate::pages::asks::{
    Ask, checks, date, known, line, maybe_date, maybe_line, maybe_text, option, part, radios, text, tick,
};
use crate::penalty::discretion::Weight;
use crate::penalty::events::{EvidenceKind, Harm, LegalReviewGround, Mind, NoPenaltyGround};
use crate::penalty::reading::PenaltySeen;

pub(super) fn opening(offered: &Offered) -> Vec<Ask> {
    vec![
        radios(
            "open",
            "建议",
            "",
            vec![option("yes", "建议立案", ""), option("no", "建议不予立案", "")],
        ),
        line("cause", "案由", "例如：经营标签不符合规定的预包装食品"),
        part("当事人"),
        radios(
            "party_kind",
            "当事人类型",
            "",
            vec![
                option("organisation", "法人或者其他组织", ""),
                option("individual", "公民", ""),
            ],
        ),
        maybe_line("party_name", "姓名或者名称", "建议立案的，必须写明"),
        maybe_line("party_uscc", "统一社会信用代码", "法人或者其他组织填写"),
        maybe_line(
            "party_legal_representative",
            "法定代表人（负责人）",
            "法人或者其他组织填写",
        ),
        maybe_line("party_contact", "联系人", "法人或者其他组织填写"),
        maybe_line("party_document_no", "居民身份证号码", "公民填写"),
        maybe_line("party_account", "平台账号", "公民在本平台有账号的填写，用于接收通知"),
        maybe_line("party_phone", "联系电话", ""),
        maybe_line("party_address", "地址", ""),
        part("违法行为"),
        date("acted_from", "开始的日期", ""),
        maybe_date("acted_to", "终了的日期", "一次完成的与开始同日；还在继续的不填"),
        date("discovered_on", "发现的日期", ""),
        radios(
            "harm",
            "危害后果",
            "决定追究时效是二年还是五年",
            known(Harm::ALL, |one| (one.key(), one.name())),
        ),
        text("facts", "基本案情", "写已经掌握的事实"),
        text("reasons", "立案（不予立案）的理由", ""),
        checks(
            "investigators",
            "办案人员",
            "两名以上，今天持有有效的行政执法证件",
            offered.officers.clone(),
        ),
        text("opinion", "承办人意见", ""),
    ]
}

pub(super) fn evidence(seen: &PenaltySeen) -> Vec<Ask> {
    vec![
        radios(
            "kind",
            "证据种类",
            "行政处罚法第四十六条",
            known(EvidenceKind::ALL, |one| (one.key(), one.name())),
        ),
        line("name", "证据名称", "例如：现场检查笔录"),
        line("source", "证据来源", "从谁那里、从什么地方取得"),
        line("place", "取得的地点", ""),
        date("taken_on", "取得的日期", ""),
        text("proves", "证明什么", ""),
        checks("takers", "取证人员", "两名以上办案人员", investigators(seen)),
        tick("shown_certificates", "已主动出示执法证件"),
        Ask::File {
            name: "file",
            label: "证据文件".into(),
            hint: "原件、复制件或者照片，PDF、JPG 或 PNG；上传后记下文件的校验值".into(),
            multiple: false,
        },
        line("kept_at", "原物存放在哪里", ""),
    ]
}

pub(super) fn end_of_investigation(seen: &PenaltySeen, offered: &Offered) -> Vec<Ask> {
    let mut asks = vec![
        text("facts", "查明的事实", "写有证据证明的事实"),
        checks("evidence", "所依据的证据", "", evidence_options(seen)),
        text("violated", "违反的规定", "每行一条"),
        maybe_text("bases", "处罚的依据", "每行一条；不填的，用事项登记的依据"),
        radios(
            "mind",
            "当事人行为时的精神状况",
            "",
            known(Mind::ALL, |one| (one.key(), one.name())),
        ),
        part("裁量"),
    ];
    if let Some(benchmark) = &offered.benchmark {
        asks.extend(factor_asks(benchmark));
    }
    asks.extend([
        maybe_text(
            "grounds",
            "从轻、减轻、从重的情节",
            format!(
                "每行一项，写成“{}：条文：事实”，例如“从轻：行政处罚法第三十二条第（一）项：主动召回”",
                Weight::ALL.iter().map(|one| one.name()).collect::<Vec<_>>().join("或")
            ),
        ),
        part("处理建议"),
    ]);
    asks.extend(outcome(
        "建议处罚的填写，在裁量基准的幅度以内",
        "不予处罚的，应当对当事人进行教育（行政处罚法第三十三条第三款）",
    ));
    asks.extend([
        text("reasons", "处理建议的理由", ""),
        part("责令改正"),
        radios(
            "correction",
            "改正情况",
            "行政处罚法第二十八条第一款",
            vec![
                option("already_done", "已经改正", "写明怎样改正的"),
                option("at_once", "责令立即改正", ""),
                option("by", "责令限期改正", "填写期限"),
            ],
        ),
        maybe_line("corrected_how", "怎样改正的", ""),
        maybe_date("correct_by", "改正的期限", ""),
        checks(
            "legal_review",
            "应当法制审核的情形（没有的不选）",
            "行政处罚法第五十八条第一款",
            known(LegalReviewGround::ALL, |one| (one.key(), one.name())),
        ),
        tick(
            "collective",
            "情节复杂或者重大违法，应当由负责人集体讨论（行政处罚法第五十七条第二款）",
        ),
        text("opinion", "承办人意见", ""),
    ]);
    asks
}

fn factor_asks(benchmark: &Benchmark) -> Vec<Ask> {
    FACTORS
        .into_iter()
        .zip(factors(benchmark))
        .map(|(name, factor)| {
            let hint = factor.hint();
            match factor.counted {
                false => {
                    let levels = factor.levels.iter().map(|level| option(level, level, "")).collect();
                    radios(name, factor.name, hint, levels)
                }
                true => maybe_line(name, factor.name, hint),
            }
        })
        .collect()
}

/// The four outcomes of 57(1) with what each needs.
pub(super) fn outcome(fine: &'static str, education: &'static str) -> Vec<Ask> {
    vec![
        radios(
            "outcome",
            "处理",
            "行政处罚法第五十七条第一款",
            vec![
                option("penalty", "给予行政处罚（罚款）", ""),
                option("no_penalty", "违法行为轻微，依法不予行政处罚", ""),
                option("not_established", "违法事实不能成立，不予行政处罚", ""),
                option("transfer", "涉嫌犯罪，移送司法机关", ""),
            ],
        ),
        maybe_line("fine", "罚款数额（元）", fine),
        radios(
            "no_penalty_ground",
            "不予处罚的情形（只在不予处罚时选择）",
            "",
            known(NoPenaltyGround::ALL, |one| (one.key(), one.name())),
        ),
        maybe_text("education", "教育的内容", education),
        maybe_line("organ", "移送的司法机关", "只在移送时填写"),
    ]
}
