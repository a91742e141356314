//! Doing an act of a penalty: the form, a second look at what will be recorded, then the act. Evidence and signed papers
//! come with their file in one step.

use axum::extract::Path;
use axum::response::Response;
use mingjing_chronicle::{RefusalKind, Stop};
use mingjing_people::public::queries;
use mingjing_web::{Desk, Fields, Form, FormMeta, Permission, Problem, Upload};

use super::asks::{Offered, asks, lead};
use super::input::{Given, command};
use super::seen;
use crate::events::FileRef;
use crate::pages::act_page::{self, ActHead};
use crate::pages::asks::Ask;
use crate::pages::citizen::download::keep_all;
use crate::pages::links::case_page;
use crate::pages::operations::{self, OperationsOffered};
use crate::penalty::PenaltyAct;
use crate::penalty::commands;
use crate::penalty::decide::release::masked_record;
use crate::penalty::reading::PenaltySeen;
use crate::penalty::standing::may;
use crate::penalty::trial::benchmark_of;

pub(in crate::pages) async fn get_act(desk: Desk, case_no: String, act: &str) -> Result<Response, Problem> {
    let (act, seen) = open(&desk, case_no, act).await?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    may(act, &seen.case, &seen.who(&context))?;
    let today = context.today.to_string();
    let mut fields = desk.form().seen(seen.version);
    for name in [
        "served_on",
        "taken_on",
        "made_on",
        "paid_on",
        "discovered_on",
        "on",
        "held_on",
    ] {
        fields = fields.with(name, today.clone());
    }
    fields = prefilled(act, &seen, fields);
    show(&desk, act, &seen, fields).await
}

/// What the case already says is not asked again.
fn prefilled(act: PenaltyAct, seen: &PenaltySeen, fields: Fields) -> Fields {
    let facts = &seen.case.facts;
    match (act, &facts.proposal) {
        (PenaltyAct::ProposeOpening, _) => fields
            .with("open", "yes")
            .with("party_kind", "organisation")
            .with("harm", "none"),
        (PenaltyAct::RecordEvidence, _) => fields.with("shown_certificates", ""),
        (PenaltyAct::EndInvestigation, _) => fields.with("mind", "sound").with("outcome", "penalty"),
        (PenaltyAct::Decide, Some(report)) => {
            let fine = facts
                .checked
                .as_ref()
                .map(|checked| checked.fine)
                .or(report.proposal.fine());
            fields
                .with("outcome", report.proposal.key())
                .with("fine", fine.map_or(String::new(), |fine| fine.to_string()))
        }
        _ => fields,
    }
}

pub(in crate::pages) async fn post_act(
    desk: Desk,
    case_no: String,
    act: &str,
    form: Form<()>,
) -> Result<Response, Problem> {
    let (act, seen) = open(&desk, case_no, act).await?;
    let (meta, mut fields) = (form.meta, form.fields);
    let Some(command) = read(&desk, act, &seen, &mut fields, Vec::new()) else {
        return show(&desk, act, &seen, fields).await;
    };
    if fields.value("confirmed") != "yes" {
        let offered = offered(&desk, &seen).await?;
        let version = meta.seen.unwrap_or(seen.version);
        return Ok(act_page::confirm(
            &desk,
            head(act, &seen),
            &asks(act, &seen, &offered),
            fields,
            version,
        ));
    }
    perform(&desk, act, &seen, &meta, fields, command).await
}

pub(in crate::pages) async fn post_act_with_file(
    desk: Desk,
    Path((case_no, act)): Path<(String, String)>,
    upload: Upload<()>,
) -> Result<Response, Problem> {
    let (act, seen) = open(&desk, case_no, &act).await?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    // Nothing is kept of a file that comes with an act nobody may do.
    may(act, &seen.case, &seen.who(&context))?;
    let Upload {
        meta,
        mut fields,
        files,
        ..
    } = upload;
    if fields.value("checked").is_empty() {
        fields.complain("checked", "请核对后勾选确认");
    }
    if read(&desk, act, &seen, &mut fields, Vec::new()).is_none() || !fields.is_clean() {
        return show(&desk, act, &seen, fields).await;
    }
    let kept = keep_all(&desk, files, &mut fields).await?;
    let command = match fields.is_clean() {
        true => read(&desk, act, &seen, &mut fields, kept),
        false => None,
    };
    let Some(command) = command else {
        return show(&desk, act, &seen, fields).await;
    };
    perform(&desk, act, &seen, &meta, fields, command).await
}

async fn open(desk: &Desk, case_no: String, act: &str) -> Result<(PenaltyAct, PenaltySeen), Problem> {
    let act = PenaltyAct::from_key(act).ok_or(Problem::NotFound)?;
    if act == PenaltyAct::RegisterLead {
        return Err(Problem::NotFound);
    }
    let seen = seen(desk, case_no).await?;
    desk.require(Permission(act.permission()))?;
    Ok((act, seen))
}

fn read(
    desk: &Desk,
    act: PenaltyAct,
    seen: &PenaltySeen,
    fields: &mut Fields,
    files: Vec<FileRef>,
) -> Option<commands::PenaltyCommand> {
    let benchmark = benchmark_of(seen);
    let given = Given {
        today: desk.house.clock.today(),
        server: desk.display_name.as_deref().unwrap_or_default(),
        files,
        benchmark: benchmark.as_ref(),
        points: seen
            .case
            .facts
            .defences
            .iter()
            .map(|defence| defence.points.len())
            .sum(),
    };
    command(act, fields, given)
}

async fn perform(
    desk: &Desk,
    act: PenaltyAct,
    seen: &PenaltySeen,
    meta: &FormMeta,
    fields: Fields,
    command: commands::PenaltyCommand,
) -> Result<Response, Problem> {
    let no = seen.case.case_no.clone();
    let version = Some(meta.seen.unwrap_or(seen.version));
    let done = commands::perform(&desk.house.chronicle, desk.request(meta), &no, version, command).await;
    match done {
        Ok(_) => Ok(desk.go_saying(&case_page(&no), &format!("已完成：{}。", act.name()))),
        // What was filled in can be put right on the same form; the rest is a page of its own.
        Err(Stop::Refusal(refusal)) if refusal.kind == RefusalKind::Invalid => {
            show(desk, act, seen, fields.refused(&refusal)).await
        }
        Err(stop) => Err(stop.into()),
    }
}

async fn offered(desk: &Desk, seen: &PenaltySeen) -> Result<Offered, Problem> {
    let (body, today) = (seen.body.body.clone(), desk.house.clock.today());
    let officers = desk
        .house
        .chronicle
        .read(move |reader| queries::officers_of(reader.sql(), &body))
        .await?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    let officers = act_page::officers(officers, today);
    Ok(Offered {
        operations: OperationsOffered::of(&seen.case, seen.setting(&context).flow, &context, &officers),
        officers,
        benchmark: benchmark_of(seen),
    })
}

fn head(act: PenaltyAct, seen: &PenaltySeen) -> ActHead {
    ActHead {
        key: act.key().to_owned(),
        title: act.name().to_owned(),
        article: act.article(),
        case_no: seen.case.case_no.clone(),
        item_name: seen.item.name.clone(),
        lead: lead(act, seen),
    }
}

async fn show(desk: &Desk, act: PenaltyAct, seen: &PenaltySeen, fields: Fields) -> Result<Response, Problem> {
    let offered = offered(desk, seen).await?;
    let mut head = head(act, seen);
    if let Some(op) = act.operation() {
        head.lead = operations::lead(op, &offered.operations);
    }
    let asks: Vec<Ask> = asks(act, seen, &offered);
    let context = desk.house.chronicle.context(desk.actor.clone());
    let public = match act {
        PenaltyAct::ReviewRelease => masked_record(&seen.case, &seen.scene(&context)).ok(),
        _ => None,
    };
    Ok(act_page::ask(desk, head, asks, public, fields))
}
