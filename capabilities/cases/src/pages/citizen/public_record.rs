//! `/public/<no>`: the masked record of one decision, for good at the same address; `.json` is the same for machines.

use askama::Template;
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use mingjing_catalogue::item_page;
use mingjing_chronicle::Refusal;
use mingjing_web::parts::Moment;
use mingjing_web::{Column, Desk, Frame, Link, Problem, page};
use serde_json::json;

use super::citizen_queries::{self, date_words};
use super::links::{public_list_page, public_record_json, public_record_page};
use super::words;
use crate::events::MaskedRecord;
use crate::views::public_record;

#[derive(Template)]
#[template(path = "public_record.html")]
struct RecordPage {
    frame: Frame,
    record: MaskedRecord,
    sentence: String,
    late: bool,
    moments: Vec<Moment>,
    released_on: String,
    item: Link,
    here: Link,
    json: Link,
}

struct Known {
    record: MaskedRecord,
    released_on: String,
    late: (bool, bool),
}

pub async fn get_record(desk: Desk, Path(case_no): Path<String>) -> Result<Response, Problem> {
    let (no, machine) = match case_no.strip_suffix(".json") {
        Some(no) => (no.to_owned(), true),
        None => (case_no, false),
    };
    let known = desk
        .house
        .chronicle
        .read(move |reader| {
            let Some((record, released_on)) = public_record::record(reader, &no)? else {
                return Ok(None);
            };
            let late = citizen_queries::lateness(reader, &no)?;
            Ok(Some(Known {
                record,
                released_on,
                late,
            }))
        })
        .await?;
    let Some(known) = known else {
        return Err(Refusal::not_found("cases.public.none", "没有公开的办件是这个编号。")
            .advice("尚未作出决定的和依法不公开的办件不在这里；您自己的办件请到“我的办件”或者“查询办理进度”中查看。")
            .into());
    };
    Ok(if machine {
        as_json(&known)
    } else {
        as_page(&desk, known)
    })
}

fn as_json(known: &Known) -> Response {
    let body = json!({
        "address": public_record_page(&known.record.case_no).to_string(),
        "released_on": known.released_on,
        "late": {"statutory": known.late.0, "promised": known.late.1},
        "record": known.record,
    });
    ([(CONTENT_TYPE, "application/json; charset=utf-8")], body.to_string()).into_response()
}

fn as_page(desk: &Desk, known: Known) -> Response {
    let Known {
        record,
        released_on,
        late,
    } = known;
    page(&RecordPage {
        frame: desk
            .frame(format!("{}：{}", record.item_name, record.result))
            .crumb("首页", Link::to("/"))
            .crumb("办件公开", public_list_page())
            .column(Column {
                name: "办件公开".into(),
                kind: "信息公开".into(),
                published: released_on.clone(),
                source: record.body_name.clone(),
            }),
        sentence: sentence(&record, late),
        late: late.0,
        moments: moments(&record, &released_on),
        released_on: date_words(&released_on),
        item: item_page(&record.item_code),
        here: public_record_page(&record.case_no),
        json: public_record_json(&record.case_no),
        record,
    })
}

/// One sentence that says whether the body kept its time.
fn sentence(record: &MaskedRecord, (late, later_than_promised): (bool, bool)) -> String {
    let accepted = record
        .accepted_on
        .map_or(String::new(), |on| format!("{}受理，", words::day(on)));
    let kept = match (late, later_than_promised) {
        (true, _) => "超过了法定办理期限",
        (false, true) => "没有超过法定办理期限，但超过了本机关承诺的期限",
        (false, false) => "没有超过法定办理期限",
    };
    format!(
        "{}于{}收到申请，{accepted}{}作出{}的决定，{kept}。",
        record.body_name,
        words::day(record.received_on),
        words::day(record.decided_on),
        record.result
    )
}

fn moments(record: &MaskedRecord, released_on: &str) -> Vec<Moment> {
    let moment = |id: &str, title: &str, on: String| Moment {
        id: id.to_owned(),
        title: title.to_owned(),
        by: String::new(),
        time: date_words(&on),
        machine_time: on,
        lines: Vec::new(),
        papers: Vec::new(),
    };
    let mut all = vec![moment("received", "收到申请", record.received_on.to_string())];
    all.extend(record.accepted_on.map(|on| moment("accepted", "受理", on.to_string())));
    all.push(moment(
        "decided",
        &format!("作出决定：{}", record.result),
        record.decided_on.to_string(),
    ));
    all.push(moment("published", "经公开审查后公开", released_on.to_owned()));
    all
}

impl RecordPage {
    /// Label and value, without what the record does not have.
    fn rows(&self) -> Vec<(&'static str, String)> {
        let record = &self.record;
        let mut rows = vec![
            ("文书编号", record.document_no.clone()),
            ("申请人", record.party_name.clone()),
        ];
        rows.extend(record.uscc.clone().map(|uscc| ("统一社会信用代码", uscc)));
        rows.push(("决定机关", record.body_name.clone()));
        rows.push(("决定", record.result.clone()));
        rows.push(("决定内容", record.content.clone()));
        rows.extend(record.certificate_no.clone().map(|no| ("证件编号", no)));
        rows.push(("决定日期", words::day(record.decided_on)));
        if let Some(from) = record.valid_from {
            let from = words::day(from);
            let words = match record.valid_to {
                Some(to) => format!("{from}至{}", words::day(to)),
                None => format!("自{from}起长期有效"),
            };
            rows.push(("有效期", words));
        }
        rows.push(("依据", record.bases.join("；")));
        rows.retain(|(_, value)| !value.is_empty());
        rows
    }
}
