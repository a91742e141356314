//! What each act of a permit asks for.

use super::asks::{
    Ask, Options, checks, date, known, line, maybe_date, maybe_line, maybe_text, opinion, option, radios, release,
    service, text, tick,
};
use super::joint;
use super::operations::OperationsOffered;
use crate::clock::ExcludedFor;
use crate::decide::Act;
use crate::events::{Decision, WithholdGround};
use crate::reading::CaseSeen;

/// Facts that a form offers for choosing.
#[derive(Default)]
pub struct Offered {
    /// Officers of the body: account, name, and what is to be known about the certificate today.
    pub officers: Options,
    /// The version of the item in force today, where it is another than the pinned one.
    pub changed_version: Option<i32>,
    pub operations: OperationsOffered,
}

const NEEDS_REASONS: &str = "否定意见、退回，或者与现场核查结论不一致的，必须写明理由";

pub fn asks(act: Act, seen: &CaseSeen, offered: &Offered) -> Vec<Ask> {
    match act {
        Act::CorrectOnTheSpot => correction(seen),
        Act::AskSupplement => vec![text(
            "supplements",
            "需要补正的全部内容",
            "每行一项，写成“材料名称：补正要求”。只能告知一次，请一次写全。按事项清单缺少的材料已经列出，其他要补正的接着写。",
        )],
        Act::RefuseAcceptance => turning_down(seen),
        Act::NotRequired => vec![text("reasons", "不需要取得许可的理由", "")],
        Act::RecordSiteCheck => site_check(offered),
        Act::Examine => opinion(&[("positive", "建议准予"), ("negative", "建议不予")], NEEDS_REASONS),
        Act::Review => opinion(
            &[("positive", "同意"), ("negative", "不同意"), ("return", "退回承办人")],
            NEEDS_REASONS,
        ),
        Act::Decide => decision(seen, offered),
        Act::Issue => vec![line("certificate_no", "证件编号", "按照本机关的证件编号规则填写")],
        Act::Serve => service("申请人"),
        Act::Complete => vec![
            text("case_summary", "办件摘要", "一两句话写明办了什么、依据和结果"),
            line("completion_status", "办结状态", "例如：准予许可，已送达"),
        ],
        Act::ReleaseReview => release(
            "行政许可的实施和结果，除涉及国家秘密、商业秘密或者个人隐私的外，应当公开",
            known(&WithholdGround::ALL, |one| (one.key(), one.name())),
            "行政许可法第五条第二款",
        ),
        Act::Extend if seen.flow().is_joint() => vec![
            line(
                "working_days",
                "延长的工作日",
                "联合办理的1至15，只能延长一次（行政许可法第四十二条第二款）",
            ),
            line(
                "government_approval",
                "批准的人民政府负责人和批准文号",
                "由本级人民政府负责人批准",
            ),
            text("reasons", "延长的理由", "将告知申请人"),
        ],
        Act::Extend => vec![
            line("working_days", "延长的工作日", "1至10，只能延长一次"),
            text("reasons", "延长的理由", "将告知申请人"),
        ],
        Act::Suspend => vec![
            radios(
                "kind",
                "需要的程序",
                "只有这些程序的时间可以扣除",
                known(&ExcludedFor::ALL, |one| (one.key(), one.name())),
            ),
            text("reason", "为什么需要", ""),
            date(
                "expected_to",
                "预计结束日期",
                "将书面告知申请人；超过这一天的时间仍计入期限",
            ),
        ],
        Act::Resume => vec![date("ended_on", "程序结束的日期", ""), text("result", "程序的结果", "")],
        Act::Withdraw => vec![
            maybe_text("reasons", "撤回的理由", ""),
            tick("paper_request", "已收到申请人签名的书面撤回请求"),
        ],
        Act::Accept | Act::Submit | Act::Open | Act::SupplySupplement | Act::TakeStep | Act::Operate(_) => Vec::new(),
    }
}

fn correction(seen: &CaseSeen) -> Vec<Ask> {
    let fields = seen.item.form.iter().flat_map(|form| form.fields());
    let asked = seen.case.asked(&seen.item);
    let options = fields
        .filter(|field| asked.as_ref().is_some_and(|asked| asked.asks_for(&field.id)))
        .map(|field| {
            let now = seen
                .case
                .form
                .get(&field.id)
                .map_or(String::new(), |values| values.join("、"));
            option(&field.id, &field.label, &format!("现在是：{now}"))
        })
        .collect();
    vec![
        radios("field", "更正哪一项", "申请人在场确认后更正", options),
        line("to", "更正为", ""),
    ]
}

fn turning_down(seen: &CaseSeen) -> Vec<Ask> {
    let mut grounds = vec![option(
        "not_this_body",
        "不属于本机关职权范围",
        "行政许可法第三十二条第一款第（二）项",
    )];
    if seen.case.facts.supplied.is_some() {
        grounds.push(option(
            "still_incomplete",
            "没有按要求全部补正",
            "行政许可法第三十二条第一款第（五）项",
        ));
    }
    let mut asks = vec![
        radios("ground", "不予受理的情形", "", grounds),
        maybe_line(
            "competent_body",
            "有权受理的行政机关",
            "不属于本机关职权范围的，必须写明",
        ),
    ];
    if let (Some(asked), Some(_)) = (&seen.case.facts.supplement_asked, seen.case.facts.supplied) {
        asks.push(checks(
            "missing",
            "仍然缺少的内容",
            "只能以补正通知中列明的内容为由",
            asked
                .items
                .iter()
                .map(|item| option(&item.name, &item.name, ""))
                .collect(),
        ));
    }
    asks.push(text("reasons", "不予受理的理由", ""));
    asks
}

fn site_check(offered: &Offered) -> Vec<Ask> {
    vec![
        checks(
            "officers",
            "核查人员",
            "两名以上，核查当日持有有效的行政执法证件",
            offered.officers.clone(),
        ),
        line("place", "核查地点", ""),
        date("checked_on", "核查日期", ""),
        line("from_time", "开始时间", "例如 09:30"),
        line("to_time", "结束时间", "例如 10:30"),
        text("facts", "核查情况", "写看到的事实，不写结论"),
        radios(
            "conforms",
            "核查结论",
            "",
            vec![option("yes", "符合", ""), option("no", "不符合", "")],
        ),
    ]
}

fn decision(seen: &CaseSeen, offered: &Offered) -> Vec<Ask> {
    let mut asks = vec![
        radios(
            "result",
            "决定",
            "",
            vec![
                option("grant", "准予许可", "行政许可法第三十八条第一款"),
                option("deny", "不予许可", "行政许可法第三十八条第二款，须说明理由"),
            ],
        ),
        text("opinion", "批准意见", ""),
        maybe_text("reasons", "理由", "不予许可，或者不采纳审查、审核意见的，必须写明"),
        maybe_text("conditions", "对被许可人的要求", "每行一条；只在准予时填写"),
        maybe_date("valid_to", "有效期至", "从决定当日起；没有期限的不填"),
        maybe_text(
            "technical_standards",
            "所依据的技术标准、技术规范",
            "根据检验、检测、检疫结果不予许可的，必须写明",
        ),
    ];
    let hearing = seen.case.clocks.iter().any(|clock| {
        clock
            .suspensions
            .iter()
            .any(|suspension| suspension.kind == ExcludedFor::Hearing)
    });
    if hearing {
        asks.push(line("hearing_record", "所依据的听证笔录", "应当根据听证笔录作出决定"));
    }
    if let Some(changed) = offered.changed_version {
        let pinned = seen.item.version;
        asks.push(radios(
            "basis_version",
            "办理期间事项发生了变更，决定依据哪一版",
            "",
            vec![
                option(&pinned.to_string(), &format!("申请时的第{pinned}版"), ""),
                option(&changed.to_string(), &format!("现行的第{changed}版"), ""),
            ],
        ));
        asks.push(text("basis_reasons", "选择这一版的理由", ""));
    }
    asks
}

/// What the materials are by the item's list in this applicant's situation.
pub(super) fn checked(seen: &CaseSeen) -> String {
    let lacking = seen.case.lacking(&seen.item);
    if lacking.is_empty() {
        return "按事项清单和申请人的情形核对，应交的材料都有了。".to_owned();
    }
    let names: Vec<&str> = lacking.iter().map(|one| one.name.as_str()).collect();
    format!(
        "按事项清单和申请人的情形核对，还缺{}份：{}。",
        names.len(),
        names.join("、")
    )
}

/// A line for each material that is missing, as the notice will have it.
pub(super) fn supplements(seen: &CaseSeen) -> String {
    let lacking = seen.case.lacking(&seen.item);
    let line = |one: mingjing_catalogue::public::Lacking| format!("{}：请提交", one.name);
    lacking.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Words above the form: what the act does.
pub fn lead(act: Act, seen: &CaseSeen) -> String {
    match act {
        Act::Accept => format!(
            "{}受理后，法定办理期限{}从今天起算（今天不计入），并告知申请人。",
            checked(seen),
            seen.case
                .item()
                .map_or(String::new(), |item| item.statutory.period().to_string())
        ),
        Act::AskSupplement => checked(seen),
        Act::Decide => {
            let reviewed = seen.case.last_opinion("reviewer");
            let reviewed = reviewed.map(|opinion| format!("审核意见：{}。{}", opinion.stance.name(), opinion.text));
            let others = joint::opinions_in_words(&seen.case);
            reviewed.into_iter().chain(others).collect::<Vec<_>>().join("　")
        }
        Act::Issue => match seen.case.facts.decided.as_ref().map(|decided| &decided.decision) {
            Some(Decision::Grant { valid_to: Some(to), .. }) => format!("准予许可，有效期至{to}。"),
            _ => String::new(),
        },
        _ => String::new(),
    }
}
