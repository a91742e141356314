//! Receipts of a case's acts: that each stands in the public log as it is shown here. Whoever may see the case may have
//! them, and shows in them what the case shows to them, or less: field by field.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use mingjing_chronicle::{RecordedEvent, Refusal};
use mingjing_ledger::{Act, Place, Proved, prove, verify_page};
use mingjing_web::{Desk, Frame, Link, Problem, attachment, page};

use super::citizen::{self, links as own};
use super::penalty::timeline::told_to_party;
use super::{links, penalty};
use crate::case::Paper;
use crate::events::act_name;
use crate::number::Procedure;
use crate::operate::is_operation;
use crate::penalty::events::act_name as penalty_act_name;

/// Who asks: what may be shown differs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Party,
    Office,
}

/// A case as far as its receipts need it.
struct Sealed {
    case_no: String,
    /// Only acts that may be shown.
    events: Vec<RecordedEvent>,
    whose: Whose,
    /// The decision's content is the party's from its service on.
    served: bool,
    /// Papers by id, with what they are called.
    papers: Vec<(String, &'static str)>,
}

#[derive(Template)]
#[template(path = "my_receipts.html")]
struct OwnPage {
    frame: Frame,
    acts: Vec<ActShown>,
    back: Link,
}

#[derive(Template)]
#[template(path = "cases/receipts.html")]
struct OfficePage {
    frame: Frame,
    acts: Vec<ActShown>,
    back: Link,
}

struct ActShown {
    name: String,
    on: String,
    version: i64,
    file: Link,
    /// Key, words for it.
    fields: Vec<(String, String)>,
}

impl ActShown {
    fn id(&self) -> String {
        format!("act-{}", self.version)
    }
}

pub async fn get_own(desk: Desk, Path(case_no): Path<String>) -> Result<Response, Problem> {
    let sealed = of_party(&desk, case_no).await?;
    let back = own::case_page(&sealed.case_no);
    let file = own::receipts_page(&sealed.case_no);
    let frame = desk
        .frame("存证凭证")
        .crumb("首页", Link::to("/"))
        .crumb("我的办件", own::my_page())
        .crumb("办件", back.clone());
    let acts = sealed.shown(&file)?;
    Ok(page(&OwnPage { frame, acts, back }))
}

pub async fn get_of_office(desk: Desk, Path(case_no): Path<String>) -> Result<Response, Problem> {
    let sealed = of_office(&desk, case_no).await?;
    let back = links::case_page(&sealed.case_no);
    let file = links::receipts_page(&sealed.case_no);
    let frame = desk
        .frame(format!("存证凭证：{}", sealed.case_no))
        .crumb("工作台", links::worklist_page())
        .crumb("办件", back.clone());
    let acts = sealed.shown(&file)?;
    Ok(page(&OfficePage { frame, acts, back }))
}

pub async fn get_own_file(
    desk: Desk,
    Path((case_no, version)): Path<(String, i64)>,
    RawQuery(query): RawQuery,
    place: Option<Extension<Place>>,
) -> Result<Response, Problem> {
    let sealed = of_party(&desk, case_no).await?;
    sealed.file(&desk, version, &Wanted::of(query), place).await
}

pub async fn get_file_of_office(
    desk: Desk,
    Path((case_no, version)): Path<(String, i64)>,
    RawQuery(query): RawQuery,
    place: Option<Extension<Place>>,
) -> Result<Response, Problem> {
    let sealed = of_office(&desk, case_no).await?;
    sealed.file(&desk, version, &Wanted::of(query), place).await
}

/// The party's own case. What officials say among themselves is not theirs, nor is what was not served yet.
async fn of_party(desk: &Desk, case_no: String) -> Result<Sealed, Problem> {
    let (events, served, papers) = if Procedure::of(&case_no) == Some(Procedure::Penalty) {
        let seen = citizen::penalty::load(desk, &case_no).await?;
        let case = &seen.case;
        let may = |paper: &&Paper| paper.order.template.for_party() && citizen::penalty::readable(case, paper);
        let papers = named(case.papers.iter().filter(may));
        (seen.events, case.facts.served.is_some(), papers)
    } else {
        let seen = citizen::load(desk, &case_no).await?;
        let case = &seen.case;
        let papers = named(case.papers.iter().filter(|paper| citizen::readable(case, paper)));
        (seen.events, case.facts.served.is_some(), papers)
    };
    let shown = events.into_iter().filter(|event| shown_to_party(event, &papers));
    Ok(Sealed {
        case_no,
        events: shown.collect(),
        whose: Whose::Party,
        served,
        papers,
    })
}

fn named<'a>(papers: impl Iterator<Item = &'a Paper>) -> Vec<(String, &'static str)> {
    papers
        .map(|paper| (paper.order.paper_id.clone(), paper.order.template.name()))
        .collect()
}

async fn of_office(desk: &Desk, case_no: String) -> Result<Sealed, Problem> {
    let (events, papers) = if Procedure::of(&case_no) == Some(Procedure::Penalty) {
        let seen = penalty::seen(desk, case_no.clone()).await?;
        (seen.events, named(seen.case.papers.iter()))
    } else {
        let seen = super::seen(desk, case_no.clone()).await?;
        (seen.events, named(seen.case.papers.iter()))
    };
    Ok(Sealed {
        case_no,
        events,
        whose: Whose::Office,
        served: true,
        papers,
    })
}

/// The acts that the party's own page tells of, and the papers that they may read.
fn shown_to_party(event: &RecordedEvent, readable: &[(String, &str)]) -> bool {
    let kind = event.envelope.kind.as_str();
    if kind.ends_with(".paper_rendered") {
        return paper_of(event).is_some_and(|paper| readable.iter().any(|(known, _)| *known == paper));
    }
    match kind {
        "case.paper_numbered" | "case.completed" | "case.released" => false,
        kind if is_operation(kind) => false,
        kind => kind.starts_with("case.") || told_to_party(kind),
    }
}

fn paper_of(event: &RecordedEvent) -> Option<String> {
    let payload: serde_json::Value = serde_json::from_slice(event.json()?).ok()?;
    payload.get("paper_id")?.as_str().map(str::to_owned)
}

impl Sealed {
    fn shown(&self, receipts: &Link) -> Result<Vec<ActShown>, Problem> {
        let mut acts = Vec::new();
        for event in &self.events {
            let Some(act) = Act::of(event)? else { continue };
            let envelope = &event.envelope;
            let fields = act.fields().iter().map(|(name, _)| name);
            acts.push(ActShown {
                name: self.name_of(event),
                on: envelope.happened_on.to_string(),
                version: envelope.version,
                file: receipts.clone().part(envelope.version),
                fields: fields
                    .filter(|name| self.may_show(&envelope.kind, name))
                    .map(|name| (name.clone(), in_words(name)))
                    .collect(),
            });
        }
        Ok(acts)
    }

    /// What happened, and to which paper.
    fn name_of(&self, event: &RecordedEvent) -> String {
        let kind = &event.envelope.kind;
        let name = match kind.starts_with("penalty.") {
            true => penalty_act_name(kind),
            false => act_name(kind),
        };
        let paper = paper_of(event).and_then(|id| self.papers.iter().find(|(known, _)| *known == id));
        paper.map_or(name.to_owned(), |(_, paper)| format!("{name}：{paper}"))
    }

    fn may_show(&self, kind: &str, field: &str) -> bool {
        match self.whose {
            Whose::Office => true,
            Whose::Party => open_to_party(kind, field, self.served),
        }
    }

    async fn file(
        &self,
        desk: &Desk,
        version: i64,
        wanted: &Wanted,
        place: Option<Extension<Place>>,
    ) -> Result<Response, Problem> {
        let event = self.events.iter().find(|event| event.envelope.version == version);
        let (Some(event), Some(Extension(place))) = (event, place) else {
            return Err(Problem::NotFound);
        };
        let kind = &event.envelope.kind;
        let shown = |field: &str| self.may_show(kind, field) && wanted.shows(field);
        let proof = match prove(&desk.house.chronicle, &place, event, shown).await {
            Ok(Proved::Proof(proof)) => proof,
            Ok(Proved::Pending) => return Err(pending().into()),
            Ok(Proved::NotAnAct) => return Err(Problem::NotFound),
            Err(stop) => return Err(Problem::fault(stop)),
        };
        let name = format!("存证凭证-{}-{version}", self.case_no);
        Ok(match proof.opening {
            Some(opening) if !wanted.receipt_only && !opening.fields().is_empty() => attachment(
                &format!("{name}.opening.json"),
                "json",
                "application/json",
                opening.to_string().into_bytes(),
            ),
            _ => attachment(
                &format!("{name}.tlog-proof"),
                "tlog-proof",
                "text/plain; charset=utf-8",
                proof.receipt.to_string().into_bytes(),
            ),
        })
    }
}

fn pending() -> Refusal {
    Refusal::not_found(
        "cases.receipt.pending",
        "这个行为已经记录，正在等待写入公开日志，凭证还没有生成。",
    )
    .advice("请一两分钟后再下载；办理不受影响。")
}

/// What the party chose: which fields, or the receipt alone. Choosing nothing shows all that may be shown.
struct Wanted {
    fields: Vec<String>,
    receipt_only: bool,
}

impl Wanted {
    fn of(query: Option<String>) -> Wanted {
        let query = query.unwrap_or_default();
        let mut wanted = Wanted {
            fields: Vec::new(),
            receipt_only: false,
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()).take(300) {
            match (name.as_ref(), value.as_ref()) {
                ("show", field) => wanted.fields.push(field.to_owned()),
                ("form", "receipt") => wanted.receipt_only = true,
                _ => {}
            }
        }
        wanted
    }

    fn shows(&self, field: &str) -> bool {
        self.fields.is_empty() || self.fields.iter().any(|wanted| wanted == field)
    }
}

/// What a party may show of an act: when, by which body, of what kind; of its content what their own page says.
fn open_to_party(kind: &str, field: &str, served: bool) -> bool {
    const ENVELOPE: [&str; 8] = [
        "body",
        "class",
        "event_id",
        "happened_on",
        "kind",
        "recorded_at",
        "stream",
        "version",
    ];
    let Some(member) = field.strip_prefix("payload.") else {
        return ENVELOPE.contains(&field);
    };
    let content: &[&str] = match kind {
        "case.submitted" => return !["effects", "query"].contains(&member),
        "case.supplement_supplied" => &["act", "materials", "note", "channel"],
        "case.supplement_asked" => &["act", "items"],
        "case.corrected_on_the_spot" => &["act", "corrections"],
        "case.accepted" => &["act", "accepted_on"],
        "case.acceptance_deemed" => &["act", "accepted_on", "expired_on"],
        "case.acceptance_refused" if served => &["act", "ground", "reasons"],
        "case.permit_not_required" if served => &["act", "reasons"],
        "case.decided" if served => &["act", "decision", "decided_on"],
        "case.issued" if served => &["act", "certificate_no"],
        "case.served" => &["act", "service", "served_on"],
        "case.paper_rendered" | "penalty.paper_rendered" => &["act", "paper_id", "sha256", "bytes"],
        _ => &["act"],
    };
    content.contains(&member)
}

fn in_words(field: &str) -> String {
    let words = match field {
        "actor" => "办理账号（代号）",
        "body" => "机关代号",
        "cause" => "由哪个事件引起",
        "class" => "公开类别",
        "command_id" => "操作编号",
        "event_id" => "事件编号",
        "happened_on" => "法定日期",
        "jurisdiction" => "行政区划",
        "kind" => "行为种类",
        "made_with" => "所用软件、日历和参数的版本",
        "post" => "岗位代号",
        "recorded_at" => "记录时间",
        "schema" => "记录格式",
        "stream" => "办件编号",
        "version" => "在办件中的序号",
        "payload.act" | "payload.fact" => "行为",
        "payload.decision" => "决定内容",
        "payload.decided_on" => "决定日期",
        "payload.accepted_on" => "受理日期",
        "payload.certificate_no" => "证件编号",
        "payload.sha256" => "文书的 SHA-256",
        "payload.bytes" => "文书的字节数",
        "payload.paper_id" => "文书代号",
        "payload.reasons" => "理由",
        "payload.channel" => "申请方式",
        "payload.case_no" => "办件编号",
        "payload.received_on" => "收到日期",
        "payload.proof_of_arrival" => "较早到达的证明",
        "payload.applicant" => "申请人",
        "payload.form" => "申请表",
        "payload.item" => "事项",
        "payload.effects" => "由此引起的期限、环节和文书",
        "payload.opinion" => "审查审批意见",
        "payload.materials" => "材料清单",
        "payload.served_on" => "送达日期",
        "payload.service" => "送达方式",
        other => other.strip_prefix("payload.").unwrap_or(other),
    };
    words.to_owned()
}

impl OwnPage {
    fn verify(&self) -> Link {
        verify_page()
    }
}

impl OfficePage {
    fn verify(&self) -> Link {
        verify_page()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_party_shows_what_their_own_page_says_and_nothing_more() {
        let check = |kind, field, served, expect| {
            assert_eq!(open_to_party(kind, field, served), expect, "{kind} {field} {served}");
        };
        check("case.decided", "happened_on", false, true);
        check("case.decided", "payload.decision", false, false);
        check("case.decided", "payload.decision", true, true);
        check("case.decided", "payload.opinion", true, false);
        check("case.decided", "actor", true, false);
        check("case.submitted", "payload.form", false, true);
        check("case.submitted", "payload.effects", false, false);
        check("case.submitted", "payload.query", true, false);
        check("case.examined", "payload.opinion", true, false);
        check("case.examined", "recorded_at", true, true);
        check("penalty.decided", "payload.amount", true, false);
        check("case.paper_rendered", "payload.sha256", false, true);
        check("case.paper_rendered", "payload.blob", false, false);
    }

    #[test]
    fn a_wish_is_read_from_the_address() {
        let wanted = Wanted::of(Some("show=kind&show=payload.decision&form=receipt&x=1".to_owned()));
        assert!(wanted.shows("kind") && wanted.shows("payload.decision") && !wanted.shows("body"));
        assert!(wanted.receipt_only);
        assert!(Wanted::of(None).shows("body"));
    }
}
