//! `/my/cases/<no>`: where one's own matter stands, until when what is due and why, what to do now.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use jiff::civil::Date;
use mingjing_bpmn::casework::seen_by;
use mingjing_bpmn::draw::{self, Overlay};
use mingjing_bpmn::model::Visibility;
use mingjing_people::public::BodyFacts;
use mingjing_web::parts::Moment;
use mingjing_web::{Desk, Frame, Link, Problem, page};

use super::download::readable;
use super::links::{inbox_page, material_file, my_page, paper_file, supply_page, withdraw_page};
use super::progress_view::{Progress, moments};
use super::{penalty, words};
use crate::case::{Case, Paper};
use crate::decide::{Act, supply_supplement};
use crate::events::CaseState;
use crate::flow::overlay;
use crate::number::Procedure;
use crate::pages::ruled::{Ruled, ruled};
use crate::reading::{self, CaseSeen};
use crate::standing;

#[derive(Template)]
#[template(path = "my_case.html")]
struct CasePage {
    frame: Frame,
    case_no: String,
    item_name: String,
    body_name: String,
    phone: String,
    party_name: String,
    progress: Progress,
    next: Vec<(String, Option<Link>)>,
    withdraw: Option<Link>,
    /// Name, number, day, link where it can be read, otherwise why not.
    papers: Vec<PaperRow>,
    materials: Vec<MaterialRow>,
    remedies: Option<Remedies>,
    moments: Vec<Moment>,
    ruled: Vec<Ruled>,
    chart: String,
}

struct PaperRow {
    name: String,
    number: String,
    made_on: String,
    link: Option<Link>,
    why_not: &'static str,
}

struct MaterialRow {
    name: String,
    files: Vec<(String, Link)>,
    /// Handed in on paper.
    sheets: u32,
}

/// One's own case, or the same answer as for none: a number tells a stranger nothing.
///
/// # Errors
/// Not there or not one's own; a fault.
pub(crate) async fn load(desk: &Desk, case_no: &str) -> Result<CaseSeen, Problem> {
    let (no, context) = (case_no.to_owned(), desk.house.chronicle.context(desk.actor.clone()));
    let found = desk
        .house
        .chronicle
        .read(move |reader| {
            let seen = reading::case(reader, &context, &no)?;
            Ok(seen.filter(|seen| supply_supplement::is_party(&seen.case, &context)))
        })
        .await?;
    found.ok_or(Problem::NotFound)
}

pub async fn get_case(desk: Desk, Path(case_no): Path<String>) -> Result<Response, Problem> {
    if Procedure::of(&case_no) == Some(Procedure::Penalty) {
        return penalty::get_case(desk, &case_no).await;
    }
    let seen = load(&desk, &case_no).await?;
    let case = &seen.case;
    let context = desk.house.chronicle.context(desk.actor.clone());
    let calendar = desk.house.chronicle.calendar();
    let progress = Progress::of(case, context.today, &calendar);
    let may = |act: Act| standing::may(act, case, &context).is_ok();
    let mut next = Vec::new();
    if may(Act::SupplySupplement) {
        next.push(("提交补正材料".to_owned(), Some(supply_page(&case_no))));
    }
    next.extend(what_next(case).map(|words| (words, None)));
    let moments = moments(&seen.events, case, true);
    Ok(page(&CasePage {
        frame: desk
            .frame(format!(
                "{}：{}",
                case.item().map_or("办件", |item| item.name.as_str()),
                progress.state
            ))
            .crumb("首页", Link::to("/"))
            .crumb("我的办件", my_page()),
        item_name: case.item().map_or(String::new(), |item| item.name.clone()),
        party_name: case
            .applicant()
            .map_or(String::new(), |applicant| applicant.party.name().to_owned()),
        body_name: seen.body.name.clone(),
        phone: seen.item.phone.clone(),
        withdraw: may(Act::Withdraw).then(|| withdraw_page(&case_no)),
        papers: papers(case),
        materials: materials(case),
        remedies: remedies(case, &seen.body),
        ruled: ruled::<Case>(&seen.events, seen.flow()),
        chart: chart(&seen, context.today),
        progress,
        next,
        moments,
        case_no,
    }))
}

/// What happens without the party's doing.
fn what_next(case: &Case) -> Option<String> {
    let words = match case.state {
        CaseState::Submitted => "窗口正在核对申请材料，会告知您是否受理。您现在不需要做什么。",
        CaseState::Supplementing => "请按补正通知书的要求一次补齐；补正材料只能提交一次。",
        CaseState::Examining => "承办人正在审查，可能到现场核查，届时会与您联系。您现在不需要做什么。",
        CaseState::Reviewing => "审核人正在审核承办人的意见。您现在不需要做什么。",
        CaseState::Approving => "等待负责人作出决定。您现在不需要做什么。",
        CaseState::Granted => "已经准予许可，正在制作证件，随后送达。",
        CaseState::Denied => "已经作出不予许可的决定，决定书正在送达。",
        CaseState::Refused | CaseState::NotRequired => "文书正在送达。",
        CaseState::Handling => "正在按办理流程图办理，需要您做什么会通知您。您现在不需要做什么。",
        CaseState::Decided => "已经作出决定，决定书正在送达。",
        CaseState::Served | CaseState::Completed | CaseState::Withdrawn | CaseState::Ended => return None,
    };
    Some(words.to_owned())
}

fn papers(case: &Case) -> Vec<PaperRow> {
    let shown = case.papers.iter().filter(|paper| paper.order.template.for_party());
    shown
        .map(|paper| {
            let may = readable(case, paper);
            PaperRow {
                name: paper.order.name().into_owned(),
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

fn materials(case: &Case) -> Vec<MaterialRow> {
    let file = |file: &crate::events::FileRef| (file.name.clone(), material_file(&case.case_no, &file.blob));
    case.materials
        .iter()
        .map(|material| MaterialRow {
            name: material.name.clone(),
            files: material.files.iter().map(file).collect(),
            sheets: material.originals + material.copies,
        })
        .collect()
}

/// Where somebody turns who objects to a denial, a refusal, a decision (复议法 20, 行诉法 46).
struct Remedies {
    organ: String,
    court: String,
    /// The limits run already.
    served: bool,
    /// Reconsideration must come before the court (复议法 23): as the paper of the decision says it.
    reconsideration_first: bool,
}

fn remedies(case: &Case, body: &BodyFacts) -> Option<Remedies> {
    let decided = case.decided_on().is_some() || case.facts.acceptance_refused.is_some();
    let first = |paper: &Paper| paper.order.data.get("reconsideration_first") == Some(&true.into());
    decided.then(|| Remedies {
        organ: body.reconsideration_organ.clone(),
        court: body.court.clone(),
        served: case.facts.served.is_some(),
        reconsideration_first: case.papers.iter().any(first),
    })
}

fn chart(seen: &CaseSeen, today: Date) -> String {
    let overlay = Overlay {
        title: Some(format!("{}办理流程图，标出了现在的环节", seen.item.name)),
        ..overlay(&seen.case, &seen.events, today)
    };
    // What is internal is not the party's to see (R3).
    let whole = seen.flow().model();
    match seen_by(whole, Visibility::Party) {
        Some(model) => draw::svg(&model, &overlay),
        None => draw::svg(whole, &overlay),
    }
}

impl CasePage {
    fn inbox(&self) -> Link {
        inbox_page()
    }
}
