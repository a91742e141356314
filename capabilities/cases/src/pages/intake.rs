//! 窗口收件: an application on paper, brought or sent by post. Gaps are taken in and told once; nobody is sent home by a
//! form.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_catalogue::public::queries::{ItemFilter, Page, Sort, items};
use mingjing_catalogue::public::{
    Answers, FieldKind, FormField, Item, ItemVersion, Material, MaterialSource, SituationQuestion,
};
use mingjing_chronicle::{RefusalKind, Stop};
use mingjing_web::{Desk, Fields, Form, Frame, Link, Problem, Reader, page};

use super::INTAKE;
use super::links::{case_page, intake_of, intake_page, worklist_page};
use super::questions::{Question, read_answers};
use crate::decide::submit::APPLIED_FOR;
use crate::events::SubmittedMaterial;
use crate::party::{Agent, Applicant, Authority, DocumentKind, Party};
use crate::submission::{PaperApplication, record_receipt};

#[derive(Template)]
#[template(path = "cases/intake_items.html")]
struct ItemsPage {
    frame: Frame,
    items: Vec<(Link, String, String)>,
}

pub async fn get_items(desk: Desk) -> Result<Response, Problem> {
    desk.require(INTAKE)?;
    let bodies: Vec<String> = desk
        .actor
        .posts
        .iter()
        .filter(|post| post.role == "counter_clerk")
        .map(|post| post.body.clone())
        .collect();
    let rows = desk
        .house
        .chronicle
        .read(move |reader| {
            let mut found = Vec::new();
            for body in bodies {
                for power in APPLIED_FOR {
                    let filter = ItemFilter {
                        body: Some(body.clone()),
                        power_type: Some(power),
                        has_flow: true,
                        ..ItemFilter::default()
                    };
                    found.extend(items(reader, &filter, Sort::Code, Page { offset: 0, size: 200 })?);
                }
            }
            Ok(found)
        })
        .await?;
    Ok(page(&ItemsPage {
        frame: desk.frame("窗口收件").crumb("工作台", worklist_page()),
        items: rows
            .into_iter()
            .map(|row| (intake_of(&row.item_code), row.name, row.item_code))
            .collect(),
    }))
}

struct Count {
    name: String,
    /// When it is asked for, in words.
    condition: String,
    originals: String,
    copies: String,
}

struct SectionShown {
    title: String,
    questions: Vec<Question>,
}

#[derive(Template)]
#[template(path = "cases/intake.html")]
struct IntakePage {
    frame: Frame,
    fields: Fields,
    item_name: String,
    channels: Vec<(String, String, String)>,
    kinds: Vec<(String, String, String)>,
    documents: Vec<(String, String)>,
    counts: Vec<Count>,
    situations: Vec<Question>,
    sections: Vec<SectionShown>,
}

pub async fn get_intake(desk: Desk, Path(code): Path<String>) -> Result<Response, Problem> {
    let item = item(&desk, code).await?;
    let today = desk.house.clock.today().to_string();
    let fields = desk
        .form()
        .with("channel", "counter")
        .with("received_on", today)
        .with("party_kind", "organisation")
        .with("document", DocumentKind::CitizenId.key());
    Ok(show(&desk, &item, fields))
}

async fn item(desk: &Desk, code: String) -> Result<ItemVersion, Problem> {
    desk.require(INTAKE)?;
    let today = desk.house.clock.today();
    let item = desk
        .house
        .chronicle
        .read(move |reader| reader.load::<Item>(&code))
        .await?;
    item.current(today).or(item.latest()).cloned().ok_or(Problem::NotFound)
}

fn show(desk: &Desk, item: &ItemVersion, fields: Fields) -> Response {
    let option = |value: &str, label: &str| (value.to_owned(), label.to_owned(), String::new());
    page(&IntakePage {
        frame: desk
            .frame(format!("收件：{}", item.name))
            .crumb("工作台", worklist_page())
            .crumb("窗口收件", intake_page())
            .of_form(&fields),
        item_name: item.name.clone(),
        channels: vec![option("counter", "申请人到窗口提交"), option("post", "邮寄收到")],
        kinds: vec![
            option("organisation", "法人或者非法人组织"),
            option("individual", "自然人"),
        ],
        documents: DocumentKind::ALL
            .into_iter()
            .map(|kind| (kind.key().to_owned(), kind.name().to_owned()))
            .collect(),
        counts: item
            .materials
            .iter()
            .map(|material| Count {
                name: material.name.clone(),
                condition: condition(item, material),
                originals: format!("originals-{}", material.id),
                copies: format!("copies-{}", material.id),
            })
            .collect(),
        sections: item
            .form
            .iter()
            .flat_map(|form| &form.sections)
            .map(|section| SectionShown {
                title: section.title.clone(),
                questions: Question::of_section(item, section),
            })
            .collect(),
        situations: Question::of_situations(item),
        fields,
    })
}

/// Nobody asks for what the body gets by itself, and one of several is enough.
fn condition(item: &ItemVersion, material: &Material) -> String {
    let mut parts = Vec::new();
    if material.source == MaterialSource::Shared {
        parts.push("由本机关核查，不用交".to_owned());
    }
    let asked = item.material_condition(material);
    if !asked.is_empty() {
        parts.push(format!("只在{asked}时要"));
    }
    if let Some(group) = &material.one_of {
        parts.push(format!("“{group}”交一份就可以"));
    }
    if !material.required {
        parts.push("可以不交".to_owned());
    }
    parts.join("；")
}

pub async fn post_intake(desk: Desk, Path(code): Path<String>, form: Form<()>) -> Result<Response, Problem> {
    let item = item(&desk, code).await?;
    let (meta, mut fields) = (form.meta, form.fields);
    let Some(application) = read(&item, &mut fields) else {
        return Ok(show(&desk, &item, fields));
    };
    match record_receipt(&desk.house.chronicle, desk.request(&meta), application).await {
        Ok(done) => {
            let message = format!(
                "已收件，编号{}，查询码{}。查询码只显示这一次，请告知申请人。",
                done.value.case_no, done.value.query_secret
            );
            Ok(desk.go_saying(&case_page(&done.value.case_no), &message))
        }
        Err(Stop::Refusal(refusal)) if refusal.kind == RefusalKind::Invalid => {
            Ok(show(&desk, &item, fields.refused(&refusal)))
        }
        Err(stop) => Err(stop.into()),
    }
}

/// The paper application; what a rule judges (completeness of the party, dates) goes on as it is.
fn read(item: &ItemVersion, fields: &mut Fields) -> Option<PaperApplication> {
    let materials = materials(item, fields);
    let mut answers = Answers::new();
    let situations: Vec<FormField> = item.situations.iter().map(SituationQuestion::as_field).collect();
    read_answers(fields, &situations, &mut answers);
    for section in item.form.iter().flat_map(|form| &form.sections) {
        read_answers(fields, &section.fields, &mut answers);
    }
    let mut form = Reader::of(fields);
    let channel = form.choice::<String>("channel", "收件方式");
    let received_on = form.date("received_on", "收到日期");
    let proof = form.optional("proof_of_arrival", "收到日期的证明", 200);
    let party = party(&mut form);
    let agent = agent(&mut form);
    Some(PaperApplication {
        item_code: item.item_code.clone(),
        applicant: Applicant {
            party: party?,
            account: None,
            agent: agent?,
            electronic_service: false,
        },
        by_post: channel? == "post",
        received_on: received_on?,
        proof_of_arrival: proof?,
        form: answers,
        materials,
    })
}

fn materials(item: &ItemVersion, fields: &Fields) -> Vec<SubmittedMaterial> {
    // More than 999 copies of one paper is a slip of the finger.
    let number = |name: String| fields.value(&name).trim().parse::<u32>().unwrap_or(0).min(999);
    item.materials
        .iter()
        .map(|material| SubmittedMaterial {
            id: material.id.clone(),
            name: material.name.clone(),
            files: Vec::new(),
            originals: number(format!("originals-{}", material.id)),
            copies: number(format!("copies-{}", material.id)),
        })
        .filter(SubmittedMaterial::present)
        .collect()
}

/// A party as a form names it.
pub(super) fn party(form: &mut Reader<'_>) -> Option<Party> {
    let kind = form.choice::<String>("party_kind", "类型");
    let mut line = |name, label| Some(form.optional(name, label, 200)?.unwrap_or_default());
    let name = line("party_name", "姓名或者名称");
    let document_no = line("party_document_no", "证件号码");
    let uscc = line("party_uscc", "统一社会信用代码");
    let representative = line("party_legal_representative", "法定代表人（负责人）");
    let contact = line("party_contact", "联系人");
    let phone = line("party_phone", "联系电话");
    let address = line("party_address", "联系地址");
    let document = form.optional("document", "证件类型", 40);
    Some(if kind? == "individual" {
        Party::Individual {
            name: name?,
            document: DocumentKind::from_key(&document?.unwrap_or_default()).unwrap_or(DocumentKind::CitizenId),
            document_no: document_no?,
            phone: phone?,
            address: address?,
        }
    } else {
        Party::Organisation {
            name: name?,
            uscc: uscc?,
            legal_representative: representative?,
            contact: contact?,
            phone: phone?,
            address: address?,
        }
    })
}

fn agent(form: &mut Reader<'_>) -> Option<Option<Agent>> {
    let name = form.optional("agent_name", "代理人姓名", 100);
    let phone = form.optional("agent_phone", "代理人电话", 30);
    let valid_to = form.optional_date("agent_valid_to", "委托有效期至");
    let (name, phone, valid_to) = (name?, phone?, valid_to?);
    Some(name.map(|name| Agent {
        name,
        phone: phone.unwrap_or_default(),
        account: None,
        authority: Authority::Entrusted {
            scope: "代为申请".into(),
            valid_to,
        },
    }))
}
