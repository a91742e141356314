//! The stations of procedures that have others than 申请 → 受理 → 审查 → 决定 → 送达.

use jiff::civil::Date;

use crate::case::Case;
use crate::course::Course;

/// Stations in their order, each with the day it was reached; `None` where the stations of applications hold.
pub(in crate::pages) fn milestones(case: &Case) -> Option<Vec<(&'static str, Option<Date>)>> {
    let facts = &case.facts;
    let on = |acts: &[&str]| acts.iter().find_map(|act| case.took(act)).map(|taken| taken.on);
    let began = facts.received;
    let archived = on(&["archive", "approve_closing"]);
    Some(match case.course() {
        Course::SummaryPenalty => vec![
            ("发现", began),
            ("查明事实", on(&["investigate"])),
            ("告知", on(&["notify"])),
            ("决定", on(&["decide"])),
            ("交付", on(&["serve_decision"])),
            ("结案", archived),
        ],
        Course::CoerciveMeasure => vec![
            ("发现", began),
            (
                "批准",
                on(&["approve_measure", "approve_afterwards", "find_urgent:urgent"]),
            ),
            ("实施", on(&["seal"])),
            ("处理", on(&["dispose", "lift"])),
            ("结案", archived),
        ],
        Course::Enforcement => vec![
            ("启动", began),
            ("催告", on(&["serve_demand"])),
            ("陈述申辩", on(&["defence"])),
            ("决定", on(&["decide"])),
            ("执行", on(&["execute", "perform_agreement"])),
            ("结案", archived),
        ],
        Course::Disclosure => vec![
            ("申请", began),
            ("登记", on(&["register"])),
            ("检索", on(&["search"])),
            ("答复", on(&["answer"])),
            ("送达", facts.served.as_ref().map(|(on, _)| *on)),
        ],
        Course::Assistance => vec![
            ("收到转告", began),
            ("现场核查", on(&["site_check"])),
            ("审查", on(&["assist_examine"])),
            ("审核", on(&["review"])),
            ("提出意见", on(&["give_opinion"])),
        ],
        _ => return None,
    })
}
