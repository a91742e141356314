//! `/my/cases/<no>` of a penalty. The proposal is the party's to read from the day the notice is made; who reported
//! and what officials discuss among themselves is not.

use askama::Template;
use axum::response::Response;
use mingjing_chronicle::BlobRef;
use mingjing_web::parts::{Moment, Stage};
use mingjing_web::{Desk, FileKind, Frame, Link, Problem, download, page};

use super::super::links::{confirm_page, defend_page, inbox_page, my_page, paper_file, recusal_page, waive_page};
use super::super::words;
use super::load;
use crate::case::Paper;
use crate::clock::ClockKind;
use crate::events::Template as PaperKind;
use crate::pages::penalty::shown::{self, Rows};
use crate::pages::penalty::timeline::timeline_of_party;
use crate::pages::ruled::{Ruled, ruled};
use crate::pages::shown::{ClockShown, clocks};
use crate::penalty::reading::PenaltySeen;
use crate::penalty::standing::may;
use crate::penalty::{PenaltyAct, PenaltyCase, PenaltyState};

#[derive(Template)]
#[template(path = "my_penalty.html")]
struct CasePage {
    frame: Frame,
    case_no: String,
    item_name: String,
    cause: String,
    party_name: String,
    body_name: String,
    phone: String,
    state: &'static str,
    next: Vec<(String, Option<Link>)>,
    stages: Vec<Stage>,
    clocks: Vec<ClockShown>,
    officers: Vec<String>,
    recusal: Option<Link>,
    report: Rows,
    weighing: Vec<String>,
    defences: Vec<String>,
    money: Rows,
    papers: Vec<PaperRow>,
    remedies: Option<(String, String)>,
    ruled: Vec<Ruled>,
    moments: Vec<Moment>,
}

struct PaperRow {
    name: &'static str,
    number: String,
    made_on: String,
    link: Option<Link>,
    why_not: &'static str,
}

pub(in crate::pages::citizen) async fn get_case(desk: Desk, case_no: &str) -> Result<Response, Problem> {
    let seen = load(&desk, case_no).await?;
    let case = &seen.case;
    let context = desk.house.chronicle.context(desk.actor.clone());
    let told = case.facts.notice.is_some() || case.facts.decided.is_some();
    Ok(page(&CasePage {
        frame: desk
            .frame(format!("{}：{}", seen.item.name, case.state.name()))
            .crumb("首页", Link::to("/"))
            .crumb("我的办件", my_page()),
        item_name: seen.item.name.clone(),
        cause: case
            .facts
            .opening
            .as_ref()
            .map_or(String::new(), |opening| opening.cause.clone()),
        party_name: case
            .party()
            .map_or(String::new(), |party| party.party.name().to_owned()),
        body_name: seen.body.name.clone(),
        phone: seen.item.phone.clone(),
        state: case.state.name(),
        next: next(&seen, &context),
        stages: shown::stages(case),
        clocks: clocks(&case.clocks, &context.calendar, context.today),
        officers: shown::officers_for_party(case),
        recusal: may(PenaltyAct::RequestRecusal, case, &seen.who(&context))
            .is_ok()
            .then(|| recusal_page(&case.case_no)),
        report: if told { shown::report(case) } else { Vec::new() },
        weighing: if told { shown::weighing(case) } else { Vec::new() },
        defences: shown::defences(case),
        money: shown::money(case, context.today),
        papers: papers(case),
        remedies: case
            .facts
            .decided
            .is_some()
            .then(|| (seen.body.reconsideration_organ.clone(), seen.body.court.clone())),
        // What rules went by is the proposal: the party's to read with it.
        ruled: match told {
            true => ruled::<PenaltyCase>(&seen.events, seen.setting(&context).flow),
            false => Vec::new(),
        },
        moments: timeline_of_party(&seen.events),
        case_no: case.case_no.clone(),
    }))
}

fn next(seen: &PenaltySeen, context: &mingjing_chronicle::Context) -> Vec<(String, Option<Link>)> {
    let case = &seen.case;
    let who = seen.who(context);
    let can = |act: PenaltyAct| may(act, case, &who).is_ok();
    let mut next = Vec::new();
    if can(PenaltyAct::MakeDefence) {
        let by = case.clock(ClockKind::Defence).map(|clock| clock.due.on);
        let words = by.map_or("提出陈述、申辩".to_owned(), |by| {
            format!("提出陈述、申辩（{by}前）")
        });
        next.push((words, Some(defend_page(&case.case_no))));
    }
    if can(PenaltyAct::WaiveDefence) {
        next.push(("放弃陈述、申辩".to_owned(), Some(waive_page(&case.case_no))));
    }
    if can(PenaltyAct::ConfirmElectronicService) {
        next.push(("同意电子送达".to_owned(), Some(confirm_page(&case.case_no))));
    }
    next.extend(waiting(case, context.today).map(|words| (words, None)));
    next
}

/// What happens without the party's doing.
fn waiting(case: &PenaltyCase, today: jiff::civil::Date) -> Option<String> {
    Some(match case.state {
        PenaltyState::Investigating => {
            "执法人员正在调查取证。您应当如实回答询问，也可以提供证据、查看办案人员的执法证件。".to_owned()
        }
        PenaltyState::InvestigationEnded => "调查已经终结，正在审核处理建议。您现在不需要做什么。".to_owned(),
        PenaltyState::Defence => "您的陈述、申辩正在由另一名人员复核，不会因此给予更重的处罚。".to_owned(),
        PenaltyState::LegalReview => "正在进行法制审核。您现在不需要做什么。".to_owned(),
        PenaltyState::Deciding => "等待行政机关负责人作出决定。您现在不需要做什么。".to_owned(),
        PenaltyState::Decided | PenaltyState::NoPenalty | PenaltyState::NotEstablished | PenaltyState::Transferred => {
            "已经作出决定，决定书正在送达。".to_owned()
        }
        PenaltyState::Executing => {
            let owed = case.owed_on(today)?;
            let due = case.schedule().last().map(|part| part.due)?;
            if owed.left.is_zero() {
                "罚款已经缴清，等待结案。".to_owned()
            } else {
                format!(
                    "请在{due}前缴纳罚款，还应缴{}。请到指定的银行或者通过电子支付系统缴纳，不要交给办案人员。",
                    shown::yuan(owed.left)
                )
            }
        }
        _ => return None,
    })
}

fn papers(case: &PenaltyCase) -> Vec<PaperRow> {
    let mine = case.papers.iter().filter(|paper| paper.order.template.for_party());
    mine.map(|paper| {
        let may = readable(case, paper);
        PaperRow {
            name: paper.order.template.name(),
            number: paper.paper_no.clone().unwrap_or_default(),
            made_on: words::day(paper.order.made_on),
            link: (may && paper.rendered.is_some()).then(|| paper_file(&case.case_no, &paper.order.paper_id)),
            why_not: if may {
                "正在生成，请稍后刷新"
            } else {
                "送达后可以下载"
            },
        }
    })
    .collect()
}

/// What is served counts from its service, so it is not shown before.
pub(crate) fn readable(case: &PenaltyCase, paper: &Paper) -> bool {
    let facts = &case.facts;
    match paper.order.template {
        PaperKind::AdvanceNotice => facts.notice_served.is_some() || facts.decided.is_some(),
        PaperKind::PenaltyDecision | PaperKind::NoPenaltyDecision | PaperKind::PaymentNotice => facts.served.is_some(),
        other => other.for_party(),
    }
}

pub(crate) async fn get_paper(desk: &Desk, case_no: &str, paper_id: &str) -> Result<Response, Problem> {
    let case = load(desk, case_no).await?.case;
    let paper = case
        .paper(paper_id)
        .filter(|paper| paper.order.template.for_party() && readable(&case, paper))
        .ok_or(Problem::NotFound)?;
    let rendered = paper.rendered.clone().ok_or(Problem::NotFound)?;
    let blob = BlobRef {
        id: rendered.blob,
        sha256: rendered.sha256,
        bytes: rendered.bytes,
    };
    let name = format!("{}.pdf", paper.order.name());
    match desk.house.chronicle.get_blob(&blob).await? {
        Some(bytes) => Ok(download(&name, FileKind::Pdf, bytes)),
        None => Err(Problem::NotFound),
    }
}

impl CasePage {
    fn inbox(&self) -> Link {
        inbox_page()
    }
}
