//! What the security administrator does with an officer: appoint, end, certificate, revoke, stop, restore. Each form
//! carries the version that was seen; if the officer changed meanwhile, the act is not done.

use axum::extract::Path;
use axum::response::Response;
use mingjing_web::{Desk, Fields, Form, Listing, Problem, Reader};

use super::ask::{Ask, Asking};
use super::officers::officer_frame;
use super::{Sent, links, submit};
use crate::commands;
use crate::decide::appoint_officer::AppointOfficer;
use crate::decide::deactivate_account::DeactivateAccount;
use crate::decide::end_appointment::EndAppointment;
use crate::decide::reactivate_officer::ReactivateOfficer;
use crate::decide::record_certificate::RecordCertificate;
use crate::decide::revoke_certificate::RevokeCertificate;
use crate::officer::Officer;
use crate::public::OfficerFacts;
use crate::views::queries;

/// The officer and an empty form that remembers the version shown.
async fn open(desk: &Desk, account: &str) -> Result<(OfficerFacts, Fields), Problem> {
    let id = account.to_owned();
    let officer = desk
        .house
        .chronicle
        .read(move |reader| reader.load::<Officer>(&id))
        .await?;
    if !officer.is_registered() {
        return Err(Problem::NotFound);
    }
    Ok((officer.facts(), desk.form().seen(officer.version)))
}

fn done(desk: &Desk, account: &str, message: &str) -> Response {
    desk.go_saying(&links::officer(account), message)
}

pub async fn get_appoint(desk: Desk, Path(account): Path<String>) -> Result<Response, Problem> {
    let (_, fields) = open(&desk, &account).await?;
    ask_appoint(&desk, &account, fields).await
}

async fn ask_appoint(desk: &Desk, account: &str, fields: Fields) -> Result<Response, Problem> {
    let posts = desk
        .house
        .chronicle
        .read(|reader| {
            let mut posts = Vec::new();
            for body in queries::bodies(reader.sql())? {
                for post in queries::posts_of(reader.sql(), &body.body)? {
                    let key = format!("{}/{}", post.body, post.post);
                    posts.push((key, format!("{} {}（{}）", body.name, post.title, post.role)));
                }
            }
            Ok(posts)
        })
        .await?;
    let asks = vec![Ask::Select {
        name: "post",
        label: "岗位",
        hint: "岗位由系统管理员在单位里设立",
        options: posts,
    }];
    Ok(Asking::new(links::officer_act(account, "appoint"), "任命", asks)
        .lead("任命马上生效，本人下一次点击就有这个岗位的权限。")
        .office(officer_frame(desk, "任命到岗位", account), fields))
}

pub async fn post_appoint(desk: Desk, Path(account): Path<String>, form: Form<()>) -> Result<Response, Problem> {
    let mut form = form;
    let seen = form.meta.seen;
    let Some((body, post)) = form
        .fields
        .value("post")
        .split_once('/')
        .map(|(b, p)| (b.to_owned(), p.to_owned()))
    else {
        form.fields.complain("post", "请选择岗位");
        return ask_appoint(&desk, &account, form.fields).await;
    };
    let command = AppointOfficer {
        account: account.clone(),
        body,
        post,
    };
    match submit(&desk, form, move |tx| commands::appoint_officer(tx, &command, seen)).await? {
        Sent::Done { .. } => Ok(done(&desk, &account, "已经任命。")),
        Sent::Again(fields) => ask_appoint(&desk, &account, fields).await,
    }
}

pub async fn get_end(desk: Desk, Path(account): Path<String>, listing: Listing) -> Result<Response, Problem> {
    let (facts, fields) = open(&desk, &account).await?;
    Ok(ask_end(&desk, &facts, listing.one("post"), fields))
}

fn ask_end(desk: &Desk, facts: &OfficerFacts, post: &str, fields: Fields) -> Response {
    let held = facts.appointments.iter().find(|held| held.post == post);
    let title = held.map_or_else(|| post.to_owned(), |held| format!("{}（{}）", held.title, held.role));
    Asking::new(
        links::officer_act(&facts.account, "end").query("post", post),
        "免去岗位",
        vec![Ask::reason("免职原因")],
    )
    .lead(format!(
        "免去 {} 的岗位：{title}。马上生效，没有办完的任务请交给别人。",
        facts.name
    ))
    .takes_away()
    .office(officer_frame(desk, "免去岗位", &facts.account), fields)
}

pub async fn post_end(
    desk: Desk,
    Path(account): Path<String>,
    listing: Listing,
    form: Form<()>,
) -> Result<Response, Problem> {
    let seen = form.meta.seen;
    let command = EndAppointment {
        account: account.clone(),
        post: listing.one("post").to_owned(),
        reason: form.fields.value("reason").to_owned(),
    };
    match submit(&desk, form, move |tx| commands::end_appointment(tx, &command, seen)).await? {
        Sent::Done { .. } => Ok(done(&desk, &account, "岗位已经免去。")),
        Sent::Again(fields) => {
            let (facts, _) = open(&desk, &account).await?;
            Ok(ask_end(&desk, &facts, listing.one("post"), fields))
        }
    }
}

pub async fn get_certificate(desk: Desk, Path(account): Path<String>) -> Result<Response, Problem> {
    let (_, fields) = open(&desk, &account).await?;
    Ok(ask_certificate(&desk, &account, fields))
}

fn ask_certificate(desk: &Desk, account: &str, fields: Fields) -> Response {
    let asks = vec![
        Ask::text("no", "执法证号", "照证件填写"),
        Ask::text("authority", "发证机关", "例如 浙江省人民政府"),
        Ask::Date {
            name: "valid_from",
            label: "有效期从",
            hint: "",
        },
        Ask::Date {
            name: "valid_to",
            label: "有效期到（含当天）",
            hint: "",
        },
    ];
    Asking::new(links::officer_act(account, "certificate"), "登记", asks)
        .lead("请核对证件原件后登记。")
        .office(officer_frame(desk, "登记行政执法证", account), fields)
}

pub async fn post_certificate(desk: Desk, Path(account): Path<String>, form: Form<()>) -> Result<Response, Problem> {
    let mut form = form;
    let seen = form.meta.seen;
    let mut reader = Reader::of(&mut form.fields);
    let dates = (
        reader.date("valid_from", "有效期的起始日"),
        reader.date("valid_to", "有效期的截止日"),
    );
    let (Some(valid_from), Some(valid_to)) = dates else {
        return Ok(ask_certificate(&desk, &account, form.fields));
    };
    let command = RecordCertificate {
        account: account.clone(),
        no: form.fields.value("no").to_owned(),
        authority: form.fields.value("authority").to_owned(),
        valid_from,
        valid_to,
    };
    match submit(&desk, form, move |tx| commands::record_certificate(tx, &command, seen)).await? {
        Sent::Done { .. } => Ok(done(&desk, &account, "执法证已经登记。")),
        Sent::Again(fields) => Ok(ask_certificate(&desk, &account, fields)),
    }
}

pub async fn get_revoke(desk: Desk, Path(account): Path<String>) -> Result<Response, Problem> {
    let (facts, fields) = open(&desk, &account).await?;
    Ok(ask_revoke(&desk, &facts, fields))
}

fn ask_revoke(desk: &Desk, facts: &OfficerFacts, fields: Fields) -> Response {
    let no = facts
        .certificate
        .as_ref()
        .map(|certificate| certificate.no.as_str())
        .unwrap_or_default();
    let asks = vec![
        Ask::Date {
            name: "revoked_on",
            label: "从哪天起注销",
            hint: "当天起不再有效，不能晚于今天",
        },
        Ask::reason("注销原因"),
    ];
    Asking::new(links::officer_act(&facts.account, "revoke"), "注销", asks)
        .lead(format!(
            "注销 {} 的执法证 {no}。马上生效，正在进行的需要执法证的行为也会被拒绝。",
            facts.name
        ))
        .takes_away()
        .office(officer_frame(desk, "注销行政执法证", &facts.account), fields)
}

pub async fn post_revoke(desk: Desk, Path(account): Path<String>, form: Form<()>) -> Result<Response, Problem> {
    let mut form = form;
    let seen = form.meta.seen;
    let (facts, _) = open(&desk, &account).await?;
    let Some(certificate) = facts.certificate.clone() else {
        return Err(Problem::NotFound);
    };
    let Some(revoked_on) = Reader::of(&mut form.fields).date("revoked_on", "注销日期") else {
        return Ok(ask_revoke(&desk, &facts, form.fields));
    };
    let command = RevokeCertificate {
        account: account.clone(),
        no: certificate.no,
        authority: certificate.authority,
        revoked_on,
        reason: form.fields.value("reason").to_owned(),
    };
    match submit(&desk, form, move |tx| commands::revoke_certificate(tx, &command, seen)).await? {
        Sent::Done { .. } => Ok(done(&desk, &account, "执法证已经注销。")),
        Sent::Again(fields) => Ok(ask_revoke(&desk, &facts, fields)),
    }
}

pub async fn get_stop(desk: Desk, Path(account): Path<String>) -> Result<Response, Problem> {
    let (_, fields) = open(&desk, &account).await?;
    Ok(ask_stop(&desk, &account, fields))
}

fn ask_stop(desk: &Desk, account: &str, fields: Fields) -> Response {
    Asking::new(
        links::officer_act(account, "stop"),
        "停用账号",
        vec![Ask::reason("停用原因")],
    )
    .lead("停用马上生效：本人的登录会退出，所有岗位的权限停止。记录不会删除，以后可以恢复。")
    .takes_away()
    .office(officer_frame(desk, "停用账号", account), fields)
}

pub async fn post_stop(desk: Desk, Path(account): Path<String>, form: Form<()>) -> Result<Response, Problem> {
    let seen = form.meta.seen;
    let command = DeactivateAccount {
        account: account.clone(),
        reason: form.fields.value("reason").to_owned(),
    };
    match submit(&desk, form, move |tx| commands::deactivate_officer(tx, &command, seen)).await? {
        Sent::Done { .. } => Ok(done(&desk, &account, "账号已经停用。")),
        Sent::Again(fields) => Ok(ask_stop(&desk, &account, fields)),
    }
}

pub async fn get_restore(desk: Desk, Path(account): Path<String>) -> Result<Response, Problem> {
    let (_, fields) = open(&desk, &account).await?;
    Ok(ask_restore(&desk, &account, fields))
}

fn ask_restore(desk: &Desk, account: &str, fields: Fields) -> Response {
    Asking::new(
        links::officer_act(account, "restore"),
        "恢复账号",
        vec![Ask::reason("恢复原因")],
    )
    .lead("恢复以后，停用前的岗位也恢复。请先核对岗位是否还合适，再发放一次性密码。")
    .office(officer_frame(desk, "恢复账号", account), fields)
}

pub async fn post_restore(desk: Desk, Path(account): Path<String>, form: Form<()>) -> Result<Response, Problem> {
    let seen = form.meta.seen;
    let command = ReactivateOfficer {
        account: account.clone(),
        reason: form.fields.value("reason").to_owned(),
    };
    match submit(&desk, form, move |tx| commands::reactivate_officer(tx, &command, seen)).await? {
        Sent::Done { .. } => Ok(done(&desk, &account, "账号已经恢复。请核对岗位，并发放一次性密码。")),
        Sent::Again(fields) => Ok(ask_restore(&desk, &account, fields)),
    }
}
