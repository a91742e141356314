//! Check answers, promise, submit. Not sent until the last button; sent once, however often it is pressed.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use mingjing_chronicle::{Refusal, Stop};
use mingjing_web::{Desk, Fields, Form, Frame, Input, Link, Problem, Reader, page};

use super::super::links::{
    case_page, delivery_page, draft_page, materials_page, my_page, paper_file, party_page, progress_page, section_page,
    situation_page,
};
use super::super::words;
use super::opened::{Opened, open};
use super::{party, question};
use crate::case::Case;
use crate::clock::ClockKind;
use crate::drafts::Draft;
use crate::events::Template as PaperKind;
use crate::submission::{Behalf, OnlineApplication, SubmittedCase, submit_online};

#[derive(Template)]
#[template(path = "apply_check.html")]
struct CheckPage {
    frame: Frame,
    fields: Fields,
    item_name: String,
    parts: Vec<Part>,
    /// Titles and links of what is not done yet.
    missing: Vec<(String, Link)>,
}

/// One heading with its rows and the way to change them.
struct Part {
    title: String,
    change: Link,
    rows: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "apply_done.html")]
struct DonePage {
    frame: Frame,
    item_name: String,
    body_name: String,
    phone: String,
    case_no: String,
    secret: String,
    told_by: Option<String>,
    electronic: bool,
    case: Link,
    receipt: Option<Link>,
    progress: Link,
    today: String,
}

pub struct Promise;

impl Input for Promise {
    fn read(form: &mut Reader<'_>) -> Option<Promise> {
        form.must_tick("promise", "请阅读承诺并勾选后再提交")?;
        Some(Promise)
    }
}

pub async fn get_check(desk: Desk, Path(draft): Path<String>) -> Result<Response, Problem> {
    match open(&desk, &draft).await {
        Ok(opened) => Ok(show(&desk, &opened, desk.form())),
        Err(answer) => answer,
    }
}

pub async fn post_check(desk: Desk, Path(id): Path<String>, form: Form<Promise>) -> Result<Response, Problem> {
    let opened = match open(&desk, &id).await {
        Ok(opened) => Some(opened),
        // The same form sent again after it was submitted: its key gives the same answer as the first time.
        Err(Ok(_)) => None,
        Err(answer) => return answer,
    };
    let (meta, mut fields) = match (form.check(), &opened) {
        (Ok((_, meta, fields)), _) => (meta, fields),
        (Err(fields), Some(opened)) => return Ok(show(&desk, opened, fields)),
        (Err(_), None) => return Ok(super::gone(&desk)),
    };
    if let Some(opened) = &opened {
        if meta.seen != Some(version(&opened.draft)) {
            fields.complain("", "您在别的窗口修改过这份申请。请重新核对下面的内容，再提交");
            return Ok(show(&desk, opened, fields));
        }
        if !opened.ready() {
            fields.complain("", "还有内容没有填完，请按下面的提示补全");
            return Ok(show(&desk, opened, fields));
        }
    }
    let application = application(opened.as_ref(), id);
    match submit_online(&desk.house.chronicle, desk.request(&meta), application).await {
        Ok(done) => done_page(&desk, done.value).await,
        Err(Stop::Refusal(refusal)) if refusal.code == "cases.submit.already_submitted" => Ok(super::gone(&desk)),
        Err(Stop::Refusal(refusal)) => match &opened {
            Some(opened) => Ok(refused(&desk, opened, fields, &refusal)),
            None => Err(refusal.into()),
        },
        Err(stop) => Err(stop.into()),
    }
}

/// The draft as it stands; for a draft that is gone, just enough to find the answer that was given.
fn application(opened: Option<&Opened>, draft: String) -> OnlineApplication {
    let Some(opened) = opened else {
        return OnlineApplication {
            item_code: String::new(),
            behalf: Behalf::Oneself,
            contact: String::new(),
            phone: String::new(),
            address: String::new(),
            electronic_service: false,
            form: Default::default(),
            materials: Vec::new(),
            draft: Some(draft),
        };
    };
    let content = opened.draft.content.clone();
    OnlineApplication {
        item_code: opened.item.item_code.clone(),
        behalf: content.behalf,
        contact: content.contact,
        phone: content.phone,
        address: content.address,
        electronic_service: content.electronic_service,
        form: content.form,
        materials: opened.handed_in(),
        draft: Some(draft),
    }
}

/// What the page shows, as a number that changes with every saving.
fn version(draft: &Draft) -> i64 {
    draft.updated_at.as_microsecond()
}

fn refused(desk: &Desk, opened: &Opened, fields: Fields, refusal: &Refusal) -> Response {
    let mut fields = fields;
    // Its fields are on other pages; here the summary says what is wrong.
    let words = refusal.fields.iter().map(|error| error.message.clone());
    let messages: Vec<String> = std::iter::once(refusal.message.clone()).chain(words).collect();
    for message in messages {
        fields.complain("", message);
    }
    (StatusCode::UNPROCESSABLE_ENTITY, show(desk, opened, fields)).into_response()
}

fn show(desk: &Desk, opened: &Opened, fields: Fields) -> Response {
    let fields = fields.seen(version(&opened.draft));
    let tasks = opened.tasks();
    page(&CheckPage {
        frame: desk
            .frame("核对并提交（尚未提交）")
            .of_form(&fields)
            .back(draft_page(opened.id())),
        fields,
        item_name: opened.item.name.clone(),
        parts: parts(opened),
        missing: tasks
            .into_iter()
            .filter(|task| !task.done)
            .map(|task| (task.title, task.link))
            .collect(),
    })
}

fn parts(opened: &Opened) -> Vec<Part> {
    let from = |link: Link| link.query("from", "check");
    let content = &opened.draft.content;
    let or_none = |text: &str| {
        if text.is_empty() {
            "未填写".to_owned()
        } else {
            text.to_owned()
        }
    };
    let mut who: Vec<(String, String)> = party::known(opened)
        .into_iter()
        .map(|(label, value)| (label.to_owned(), value))
        .collect();
    if opened.for_organisation() {
        who.push(("联系人".into(), or_none(&content.contact)));
    }
    who.push(("联系电话".into(), or_none(&content.phone)));
    who.push(("联系地址".into(), or_none(&content.address)));
    let mut parts = vec![Part {
        title: "申请人".into(),
        change: from(party_page(opened.id())),
        rows: who,
    }];
    let told = opened.asked();
    if !opened.item.situations.is_empty() {
        let questions = told.questions().iter();
        parts.push(Part {
            title: "您的情形".into(),
            change: from(situation_page(opened.id())),
            rows: questions
                .map(|question| (question.label.clone(), or_none(&question.words(&content.form))))
                .collect(),
        });
    }
    for section in opened.asked_sections() {
        let asked = section.fields.iter().filter(|field| told.asks_for(&field.id));
        parts.push(Part {
            title: section.title.clone(),
            change: from(section_page(opened.id(), &section.id)),
            rows: asked
                .map(|field| (field.label.clone(), question::answer_words(field, &content.form)))
                .collect(),
        });
    }
    let files = |material: &mingjing_catalogue::public::Material| match opened.uploaded(&material.id) {
        Some(kept) => kept
            .files
            .iter()
            .map(|file| file.name.clone())
            .collect::<Vec<_>>()
            .join("、"),
        None => "未上传".to_owned(),
    };
    parts.push(Part {
        title: "申请材料".into(),
        change: from(materials_page(opened.id())),
        rows: opened
            .file_materials()
            .map(|material| (material.name.clone(), files(material)))
            .collect(),
    });
    let way = match (content.delivery_done, content.electronic_service) {
        (false, _) => "未填写",
        (true, true) => "同意电子送达，送到“我的收件箱”",
        (true, false) => "纸质送达：到窗口领取，或者按联系地址邮寄",
    };
    parts.push(Part {
        title: "送达与领取方式".into(),
        change: from(delivery_page(opened.id())),
        rows: vec![("送达方式".into(), way.into())],
    });
    parts
}

async fn done_page(desk: &Desk, submitted: SubmittedCase) -> Result<Response, Problem> {
    let no = submitted.case_no.clone();
    let (case, phone, body_name) = desk
        .house
        .chronicle
        .read(move |reader| {
            let case = reader.load::<Case>(&no)?;
            let case: Case = (*case).clone();
            let code = case.item().map_or("", |item| item.item_code.as_str());
            let item = reader.load::<mingjing_catalogue::public::Item>(code)?;
            let version = case.item().and_then(|pinned| item.version(pinned.version));
            let phone = version.map_or(String::new(), |version| version.phone.clone());
            let body_name = version.map_or(String::new(), |version| version.body_name.clone());
            Ok((case, phone, body_name))
        })
        .await?;
    let due: Option<Date> = case.clock(ClockKind::Telling).map(|clock| clock.due.on);
    let receipt = case
        .papers
        .iter()
        .find(|paper| paper.order.template == PaperKind::Receipt && paper.rendered.is_some());
    Ok(page(&DonePage {
        frame: desk
            .frame("申请已提交")
            .crumb("首页", Link::to("/"))
            .crumb("我的办件", my_page()),
        item_name: case.item().map_or(String::new(), |item| item.name.clone()),
        body_name,
        phone,
        secret: grouped(&submitted.query_secret),
        told_by: due.map(words::day),
        electronic: case.applicant().is_some_and(|applicant| applicant.electronic_service),
        case: case_page(&submitted.case_no),
        receipt: receipt.map(|paper| paper_file(&submitted.case_no, &paper.order.paper_id)),
        progress: progress_page(),
        today: words::day(desk.house.clock.today()),
        case_no: submitted.case_no,
    }))
}

/// In two halves, as one copies it by hand; blanks do not matter when it is typed.
fn grouped(secret: &str) -> String {
    let all: Vec<char> = secret.chars().collect();
    let halves: Vec<String> = all.chunks(5).map(|half| half.iter().collect()).collect();
    halves.join(" ")
}
