//! The party answers the advance notice: statement and defence with files, or the express waiver (行政处罚法 44, 45, 62);
//! asks an officer to keep away (43(2)); and the confirmation of electronic service (61(2)).

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_chronicle::{RefusalKind, Stop};
use mingjing_web::{Desk, Fields, Form, FormMeta, Frame, Problem, Reader, Upload, page};

use super::super::download::keep_all;
use super::super::links::case_page;
use super::load;
use crate::decide::LONGEST_TEXT;
use crate::pages::asks::Options;
use crate::pages::penalty::shown::investigators;
use crate::penalty::PenaltyAct;
use crate::penalty::commands::{self, PenaltyCommand};
use crate::penalty::decide::confirm_service::ConfirmElectronicService;
use crate::penalty::decide::make_defence::MakeDefence;
use crate::penalty::decide::recusal::RequestRecusal;
use crate::penalty::decide::waive_defence::WaiveDefence;
use crate::penalty::events::DefenceChannel;
use crate::penalty::reading::PenaltySeen;
use crate::penalty::standing::may;

#[derive(Template)]
#[template(path = "my_answer.html")]
struct AnswerPage {
    frame: Frame,
    fields: Fields,
    title: &'static str,
    case_no: String,
    item_name: String,
    lead: &'static str,
    asked: Asked,
    promise: &'static str,
    button: &'static str,
}

/// What the form asks for.
enum Asked {
    PointsAndFiles,
    /// An officer of these, and reasons.
    Officer(Options),
    Promise,
}

fn show(desk: &Desk, act: PenaltyAct, seen: &PenaltySeen, fields: Fields) -> Response {
    let (lead, promise, button) = match act {
        PenaltyAct::MakeDefence => (
            "请写明您的意见和理由，可以附上证据。由另一名人员逐点复核；事实、理由或者证据成立的，应当采纳。不会因为陈述、申辩给予更重的处罚（行政处罚法第四十五条）。",
            "",
            "提交陈述、申辩",
        ),
        PenaltyAct::WaiveDefence => (
            "放弃后，行政机关可以不再等待陈述、申辩的期限届满就作出决定（行政处罚法第六十二条）。放弃不等于承认违法，也不影响申请行政复议、提起行政诉讼。",
            "我已阅读事先告知书，自愿放弃陈述、申辩",
            "放弃陈述、申辩",
        ),
        PenaltyAct::RequestRecusal => (
            "认为办案人员与本案有直接利害关系，或者有其他关系可能影响公正执法的，您有权申请其回避。由行政机关负责人决定；决定作出之前，不停止调查（行政处罚法第四十三条）。",
            "",
            "提交回避申请",
        ),
        _ => (
            "同意后，告知书、决定书等可以送入您在本平台的收件箱，到达收件箱的日期就是送达日期（行政处罚法第六十一条第二款）。",
            "我同意电子送达，并会及时查看收件箱",
            "同意电子送达",
        ),
    };
    page(&AnswerPage {
        frame: desk
            .frame(act.name())
            .of_form(&fields)
            .back(case_page(&seen.case.case_no)),
        title: act.name(),
        case_no: seen.case.case_no.clone(),
        item_name: seen.item.name.clone(),
        asked: match act {
            PenaltyAct::MakeDefence => Asked::PointsAndFiles,
            PenaltyAct::RequestRecusal => Asked::Officer(investigators(seen)),
            _ => Asked::Promise,
        },
        lead,
        promise,
        button,
        fields,
    })
}

async fn ask(desk: &Desk, act: PenaltyAct, case_no: &str) -> Result<Response, Problem> {
    let seen = load(desk, case_no).await?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    may(act, &seen.case, &seen.who(&context))?;
    Ok(show(desk, act, &seen, desk.form().seen(seen.version)))
}

pub(in crate::pages::citizen) async fn get_defend(
    desk: Desk,
    Path(case_no): Path<String>,
) -> Result<Response, Problem> {
    ask(&desk, PenaltyAct::MakeDefence, &case_no).await
}

pub(in crate::pages::citizen) async fn get_waive(desk: Desk, Path(case_no): Path<String>) -> Result<Response, Problem> {
    ask(&desk, PenaltyAct::WaiveDefence, &case_no).await
}

pub(in crate::pages::citizen) async fn get_recusal(
    desk: Desk,
    Path(case_no): Path<String>,
) -> Result<Response, Problem> {
    ask(&desk, PenaltyAct::RequestRecusal, &case_no).await
}

pub(in crate::pages::citizen) async fn get_confirm(
    desk: Desk,
    Path(case_no): Path<String>,
) -> Result<Response, Problem> {
    ask(&desk, PenaltyAct::ConfirmElectronicService, &case_no).await
}

pub(in crate::pages::citizen) async fn post_defend(
    desk: Desk,
    Path(case_no): Path<String>,
    upload: Upload<()>,
) -> Result<Response, Problem> {
    let act = PenaltyAct::MakeDefence;
    let seen = load(&desk, &case_no).await?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    // Nothing is kept of a file that comes when nothing may be said any more.
    may(act, &seen.case, &seen.who(&context))?;
    let Upload {
        meta,
        mut fields,
        files,
        ..
    } = upload;
    let points = Reader::of(&mut fields).text("points", "您的意见和理由", LONGEST_TEXT);
    let files = if points.is_some() { files } else { Vec::new() };
    let kept = keep_all(&desk, files, &mut fields).await?;
    let Some(points) = points.filter(|_| fields.is_clean()) else {
        return Ok(show(&desk, act, &seen, fields));
    };
    let lines = points.lines().map(str::trim).filter(|line| !line.is_empty());
    let command = PenaltyCommand::MakeDefence(MakeDefence {
        points: lines.map(str::to_owned).collect(),
        files: kept,
        made_on: context.today,
        channel: DefenceChannel::Online,
    });
    perform(
        &desk,
        act,
        &seen,
        &meta,
        fields,
        command,
        "陈述、申辩已提交，复核后答复您。",
    )
    .await
}

pub(in crate::pages::citizen) async fn post_waive(
    desk: Desk,
    Path(case_no): Path<String>,
    form: Form<()>,
) -> Result<Response, Problem> {
    let today = desk.house.clock.today();
    let command = PenaltyCommand::WaiveDefence(WaiveDefence {
        made_on: today,
        signed: None,
    });
    ticked(
        &desk,
        PenaltyAct::WaiveDefence,
        &case_no,
        form,
        command,
        "已记录：放弃陈述、申辩。",
    )
    .await
}

pub(in crate::pages::citizen) async fn post_confirm(
    desk: Desk,
    Path(case_no): Path<String>,
    form: Form<()>,
) -> Result<Response, Problem> {
    let command = PenaltyCommand::ConfirmElectronicService(ConfirmElectronicService { signed: None });
    let act = PenaltyAct::ConfirmElectronicService;
    ticked(&desk, act, &case_no, form, command, "已记录：同意电子送达。").await
}

pub(in crate::pages::citizen) async fn post_recusal(
    desk: Desk,
    Path(case_no): Path<String>,
    form: Form<()>,
) -> Result<Response, Problem> {
    let act = PenaltyAct::RequestRecusal;
    let seen = load(&desk, &case_no).await?;
    let (meta, mut fields) = (form.meta, form.fields);
    let mut read = Reader::of(&mut fields);
    let officer = read.choice::<String>("officer", "申请谁回避");
    let reasons = read.text("reasons", "理由", LONGEST_TEXT);
    let (Some(officer), Some(reasons)) = (officer, reasons) else {
        return Ok(show(&desk, act, &seen, fields));
    };
    let command = PenaltyCommand::RequestRecusal(RequestRecusal { officer, reasons });
    let said = "回避申请已提交，由行政机关负责人决定，结果会告诉您。";
    perform(&desk, act, &seen, &meta, fields, command, said).await
}

/// An answer that is nothing but a promise.
async fn ticked(
    desk: &Desk,
    act: PenaltyAct,
    case_no: &str,
    form: Form<()>,
    command: PenaltyCommand,
    said: &str,
) -> Result<Response, Problem> {
    let seen = load(desk, case_no).await?;
    let (meta, mut fields) = (form.meta, form.fields);
    if Reader::of(&mut fields).must_tick("sure", "请勾选确认").is_none() {
        return Ok(show(desk, act, &seen, fields));
    }
    perform(desk, act, &seen, &meta, fields, command, said).await
}

async fn perform(
    desk: &Desk,
    act: PenaltyAct,
    seen: &PenaltySeen,
    meta: &FormMeta,
    fields: Fields,
    command: PenaltyCommand,
    said: &str,
) -> Result<Response, Problem> {
    let no = &seen.case.case_no;
    let version = Some(meta.seen.unwrap_or(seen.version));
    match commands::perform(&desk.house.chronicle, desk.request(meta), no, version, command).await {
        Ok(_) => Ok(desk.go_saying(&case_page(no), said)),
        Err(Stop::Refusal(refusal)) if refusal.kind == RefusalKind::Invalid => {
            Ok(show(desk, act, seen, fields.refused(&refusal)))
        }
        Err(stop) => Err(stop.into()),
    }
}
