//! Officers, for the security administrator: the register, posts, certificates, stopping. One-time passwords are given
//! out on the page alone.

use jiff::civil::Date;
use mingjing_chronicle::Done;
use mingjing_web::api::{Api, Cursor, Nothing, Op, Order, Paged, Paging};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ReasonBody, Recorded, perform};
use crate::commands;
use crate::decide::appoint_officer::AppointOfficer;
use crate::decide::deactivate_account::DeactivateAccount;
use crate::decide::end_appointment::EndAppointment;
use crate::decide::reactivate_officer::ReactivateOfficer;
use crate::decide::record_certificate::RecordCertificate;
use crate::decide::revoke_certificate::RevokeCertificate;
use crate::officer::Officer;
use crate::permissions::OFFICERS_MANAGE;
use crate::public::{Certificate, OfficerFacts};
use crate::views::queries;

pub(super) fn routes() -> Routes {
    let may = Access::May(OFFICERS_MANAGE);
    Api::new("工作人员")
        .read(
            Op::new("list_officers", "工作人员列表").note("按账号排列"),
            "/api/v1/officers",
            may,
            list,
        )
        .read(
            Op::new("read_officer", "工作人员"),
            "/api/v1/officers/{account}",
            may,
            read,
        )
        .command(
            Op::new("appoint_officer", "任职").seen(),
            "/api/v1/officers/{account}/appoint",
            may,
            appoint,
        )
        .command(
            Op::new("end_appointment", "免职").seen(),
            "/api/v1/officers/{account}/end",
            may,
            end,
        )
        .command(
            Op::new("record_certificate", "登记执法证").seen(),
            "/api/v1/officers/{account}/certificate",
            may,
            record,
        )
        .command(
            Op::new("revoke_certificate", "注销执法证").seen(),
            "/api/v1/officers/{account}/revoke",
            may,
            revoke,
        )
        .command(
            Op::new("stop_officer", "停用账号").seen(),
            "/api/v1/officers/{account}/stop",
            may,
            stop,
        )
        .command(
            Op::new("restore_officer", "恢复账号").seen(),
            "/api/v1/officers/{account}/restore",
            may,
            restore,
        )
        .into_routes()
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OfficerPath {
    #[schemars(length(min = 1, max = 64))]
    account: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OfficerQuery {
    #[schemars(length(max = 40))]
    body: Option<String>,
    #[schemars(length(max = 400))]
    cursor: Option<String>,
    #[schemars(range(min = 1, max = 100))]
    size: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
struct OfficerShown {
    account: String,
    name: String,
    body: String,
    office: String,
    active: bool,
    posts: Vec<HeldShown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<CertificateShown>,
}

#[derive(Serialize, JsonSchema)]
struct HeldShown {
    post: String,
    role: crate::role::PostRole,
    body: String,
    title: String,
    since: Date,
}

#[derive(Serialize, JsonSchema)]
struct CertificateShown {
    no: String,
    authority: String,
    valid_from: Date,
    valid_to: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_on: Option<Date>,
}

impl From<Certificate> for CertificateShown {
    fn from(certificate: Certificate) -> CertificateShown {
        CertificateShown {
            no: certificate.no,
            authority: certificate.authority,
            valid_from: certificate.valid_from,
            valid_to: certificate.valid_to,
            revoked_on: certificate.revoked_on,
        }
    }
}

impl From<OfficerFacts> for OfficerShown {
    fn from(facts: OfficerFacts) -> OfficerShown {
        let held = facts.appointments.into_iter().map(|held| HeldShown {
            post: held.post,
            role: held.role,
            body: held.body,
            title: held.title,
            since: held.since,
        });
        OfficerShown {
            account: facts.account,
            name: facts.name,
            body: facts.body,
            office: facts.office,
            active: facts.active,
            posts: held.collect(),
            certificate: facts.certificate.map(CertificateShown::from),
        }
    }
}

async fn list(desk: Desk, _: Nothing, query: OfficerQuery) -> Result<Paged<OfficerShown>, Problem> {
    let paging = Paging::read(query.cursor.as_deref(), query.size)?;
    let place = paging.after::<1>()?.map(|[account]| account).unwrap_or_default();
    let (body, most) = (query.body.unwrap_or_default(), paging.ask());
    let officers = desk
        .house
        .chronicle
        .read(move |reader| queries::officers_after(reader.sql(), &body, &place, most))
        .await?;
    let place = |officer: &OfficerFacts| Cursor::at([&officer.account]);
    Ok(Paged::of(officers, paging.size, place, OfficerShown::from))
}

#[derive(Serialize, JsonSchema)]
struct OfficerDetail {
    /// 办理操作时在 Seen-Version 中送回
    version: i64,
    officer: OfficerShown,
}

async fn read(desk: Desk, path: OfficerPath, _: Nothing) -> Result<OfficerDetail, Problem> {
    let officer = desk
        .house
        .chronicle
        .read(move |reader| reader.load::<Officer>(&path.account))
        .await?;
    if !officer.is_registered() {
        return Err(Problem::NotFound);
    }
    Ok(OfficerDetail {
        version: officer.version,
        officer: OfficerShown::from(officer.facts()),
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AppointBody {
    #[schemars(length(min = 1, max = 40))]
    body: String,
    #[schemars(length(min = 1, max = 80))]
    post: String,
}

async fn appoint(desk: Desk, path: OfficerPath, order: Order<AppointBody>) -> Result<Done<Recorded>, Problem> {
    let command = AppointOfficer {
        account: path.account,
        body: order.body.body,
        post: order.body.post,
    };
    let seen = order.meta.seen;
    perform(&desk, &order.meta, move |tx| {
        commands::appoint_officer(tx, &command, seen)
    })
    .await
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EndBody {
    #[schemars(length(min = 1, max = 80))]
    post: String,
    #[schemars(length(min = 1, max = 200))]
    reason: String,
}

async fn end(desk: Desk, path: OfficerPath, order: Order<EndBody>) -> Result<Done<Recorded>, Problem> {
    let command = EndAppointment {
        account: path.account,
        post: order.body.post,
        reason: order.body.reason,
    };
    let seen = order.meta.seen;
    perform(&desk, &order.meta, move |tx| {
        commands::end_appointment(tx, &command, seen)
    })
    .await
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CertificateBody {
    #[schemars(length(min = 1, max = 60))]
    no: String,
    #[schemars(length(min = 1, max = 60), description = "发证机关")]
    authority: String,
    valid_from: Date,
    valid_to: Date,
}

async fn record(desk: Desk, path: OfficerPath, order: Order<CertificateBody>) -> Result<Done<Recorded>, Problem> {
    let command = RecordCertificate {
        account: path.account,
        no: order.body.no,
        authority: order.body.authority,
        valid_from: order.body.valid_from,
        valid_to: order.body.valid_to,
    };
    let seen = order.meta.seen;
    perform(&desk, &order.meta, move |tx| {
        commands::record_certificate(tx, &command, seen)
    })
    .await
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RevokeBody {
    #[schemars(length(min = 1, max = 60))]
    no: String,
    #[schemars(length(min = 1, max = 60), description = "发证机关")]
    authority: String,
    revoked_on: Date,
    #[schemars(length(min = 1, max = 200))]
    reason: String,
}

async fn revoke(desk: Desk, path: OfficerPath, order: Order<RevokeBody>) -> Result<Done<Recorded>, Problem> {
    let command = RevokeCertificate {
        account: path.account,
        no: order.body.no,
        authority: order.body.authority,
        revoked_on: order.body.revoked_on,
        reason: order.body.reason,
    };
    let seen = order.meta.seen;
    perform(&desk, &order.meta, move |tx| {
        commands::revoke_certificate(tx, &command, seen)
    })
    .await
}

async fn stop(desk: Desk, path: OfficerPath, order: Order<ReasonBody>) -> Result<Done<Recorded>, Problem> {
    let command = DeactivateAccount {
        account: path.account,
        reason: order.body.reason,
    };
    let seen = order.meta.seen;
    perform(&desk, &order.meta, move |tx| {
        commands::deactivate_officer(tx, &command, seen)
    })
    .await
}

async fn restore(desk: Desk, path: OfficerPath, order: Order<ReasonBody>) -> Result<Done<Recorded>, Problem> {
    let command = ReactivateOfficer {
        account: path.account,
        reason: order.body.reason,
    };
    let seen = order.meta.seen;
    perform(&desk, &order.meta, move |tx| {
        commands::reactivate_officer(tx, &command, seen)
    })
    .await
}
