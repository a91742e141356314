//! 单位和岗位 (system administrator): the register of bodies, their offices and posts.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_web::{Desk, Fields, Form, Frame, Link, Listing, Problem, page};

use super::ask::{Ask, Asking};
use super::{Sent, links, submit};
use crate::body::Body;
use crate::commands;
use crate::decide::abolish_post::AbolishPost;
use crate::decide::create_post::CreatePost;
use crate::decide::open_office::OpenOffice;
use crate::decide::register_body::RegisterBody;
use crate::division::Divisions;
use crate::events::BodyNature;
use crate::public::{BodyFacts, PostFacts};
use crate::role::PostRole;
use crate::views::queries;

#[derive(Template)]
#[template(path = "people/bodies.html")]
struct BodiesPage {
    frame: Frame,
    bodies: Vec<(BodyFacts, Link)>,
    new: Link,
}

pub async fn list(desk: Desk) -> Result<Response, Problem> {
    let bodies = desk
        .house
        .chronicle
        .read(|reader| queries::bodies(reader.sql()))
        .await?;
    Ok(page(&BodiesPage {
        frame: desk.frame("单位和岗位"),
        bodies: bodies
            .into_iter()
            .map(|body| (body.clone(), links::body(&body.body)))
            .collect(),
        new: links::new_body(),
    }))
}

#[derive(Template)]
#[template(path = "people/body.html")]
struct BodyPage {
    frame: Frame,
    facts: Vec<(&'static str, String)>,
    offices: Vec<(String, String)>,
    posts: Vec<PostLine>,
    new_office: Link,
    new_post: Link,
}

struct PostLine {
    post: PostFacts,
    office: String,
    holders: String,
    abolish: Link,
}

pub async fn get(desk: Desk, Path(id): Path<String>) -> Result<Response, Problem> {
    let wanted = id.clone();
    let (body, posts, holders) = desk
        .house
        .chronicle
        .read(move |reader| {
            let sql = reader.sql();
            let holders = sql.query(
                "SELECT p.post, o.name FROM {officer_post} p JOIN {officer_list} o ON o.account = p.account
                 WHERE p.body = $1 ORDER BY p.post, o.name",
                &mingjing_chronicle::params![&wanted],
            )?;
            Ok((queries::body(sql, &wanted)?, queries::posts_of(sql, &wanted)?, holders))
        })
        .await?;
    let body = body.ok_or(Problem::NotFound)?;
    let holders_of = |post: &str| {
        let names: Vec<&str> = holders
            .iter()
            .filter(|row| row.text(0) == post)
            .map(|row| row.text(1))
            .collect();
        if names.is_empty() {
            "没有人".to_owned()
        } else {
            names.join("、")
        }
    };
    let office_name = |office: &str| {
        let known = body.offices.iter().find(|known| known.office == office);
        known.map_or_else(|| office.to_owned(), |known| known.name.clone())
    };
    Ok(page(&BodyPage {
        frame: desk.frame(body.name.clone()).crumb("单位和岗位", links::bodies()),
        facts: facts(&body),
        offices: body
            .offices
            .iter()
            .map(|office| (office.office.clone(), office.name.clone()))
            .collect(),
        posts: posts
            .into_iter()
            .map(|post| PostLine {
                office: office_name(&post.office),
                holders: holders_of(&post.post),
                abolish: links::body_act(&id, "abolish").query("post", &post.post),
                post,
            })
            .collect(),
        new_office: links::body_act(&id, "offices"),
        new_post: links::body_act(&id, "posts"),
    }))
}

fn facts(body: &BodyFacts) -> Vec<(&'static str, String)> {
    let nature = match body.nature.entrusting_body() {
        Some(entrusting) => format!("{}，委托机关 {entrusting}", body.nature.label()),
        None => body.nature.label().to_owned(),
    };
    vec![
        ("单位编码", body.body.clone()),
        ("主体性质", nature),
        ("行政区划", format!("{}（{}）", body.division, body.scheme)),
        (
            "统一社会信用代码",
            body.uscc.clone().unwrap_or_else(|| "没有登记".to_owned()),
        ),
        ("发文字号简称", body.short_name.clone()),
        ("行政复议机关", body.reconsideration_organ.clone()),
        ("管辖法院", body.court.clone()),
        ("印章文字", body.seal_word.clone()),
    ]
}

pub async fn get_new(divisions: Arc<Divisions>, desk: Desk) -> Result<Response, Problem> {
    let fields = desk.form();
    ask_new(&divisions, &desk, fields).await
}

async fn ask_new(divisions: &Divisions, desk: &Desk, fields: Fields) -> Result<Response, Problem> {
    let bodies = desk
        .house
        .chronicle
        .read(|reader| queries::bodies(reader.sql()))
        .await?;
    let entrusting = bodies
        .into_iter()
        .filter(|body| body.nature.entrusting_body().is_none());
    let natures = [BodyNature::StatutoryOrgan, BodyNature::AuthorisedOrg]
        .map(|nature| (nature.key().to_owned(), nature.label().to_owned()))
        .into_iter()
        .chain([("entrusted_org".to_owned(), "受委托组织".to_owned())]);
    let division_options = divisions
        .iter()
        .filter_map(|division| Some((division.code.clone(), divisions.full_name(&division.code)?)));
    let asks = vec![
        Ask::text(
            "body",
            "单位编码",
            "8 位区划数字加 2 位大写字母，例如 33030300SJ；以后不能改",
        ),
        Ask::text("name", "单位名称", "全称"),
        Ask::text("short_name", "发文字号中的简称", "例如 龙市监"),
        Ask::Select {
            name: "nature",
            label: "主体性质",
            hint: "",
            options: natures.collect(),
        },
        Ask::Select {
            name: "entrusting_body",
            label: "委托机关（只有受委托组织才选）",
            hint: "",
            options: entrusting.map(|body| (body.body, body.name)).collect(),
        },
        Ask::Select {
            name: "division",
            label: "行政区划",
            hint: "",
            options: division_options.collect(),
        },
        Ask::optional("uscc", "统一社会信用代码", ""),
        Ask::text("reconsideration_organ", "行政复议机关", "决定书里告知当事人的"),
        Ask::text("court", "管辖法院", "决定书里告知当事人的"),
        Ask::text("seal_word", "印章文字", "例如 某某局行政许可专用章"),
    ];
    Ok(Asking::new(links::new_body(), "登记", asks)
        .office(desk.frame("登记单位").crumb("单位和岗位", links::bodies()), fields))
}

pub async fn post_new(divisions: Arc<Divisions>, desk: Desk, form: Form<()>) -> Result<Response, Problem> {
    let value = |name: &str| form.fields.value(name).trim().to_owned();
    let nature = match value("nature").as_str() {
        "statutory_organ" => BodyNature::StatutoryOrgan,
        "authorised_org" => BodyNature::AuthorisedOrg,
        "entrusted_org" => BodyNature::EntrustedOrg {
            entrusting_body: value("entrusting_body"),
        },
        _ => {
            let mut fields = form.fields;
            fields.complain("nature", "请选择主体性质");
            return ask_new(&divisions, &desk, fields).await;
        }
    };
    let command = RegisterBody {
        body: value("body"),
        name: value("name"),
        short_name: value("short_name"),
        nature,
        division: value("division"),
        uscc: Some(value("uscc")).filter(|uscc| !uscc.is_empty()),
        reconsideration_organ: value("reconsideration_organ"),
        court: value("court"),
        seal_word: value("seal_word"),
    };
    let (to, known) = (links::body(&command.body), Arc::clone(&divisions));
    match submit(&desk, form, move |tx| commands::register_body(tx, &command, &known)).await? {
        Sent::Done { .. } => Ok(desk.go_saying(&to, "单位已经登记，请接着设立科室和岗位。")),
        Sent::Again(fields) => ask_new(&divisions, &desk, fields).await,
    }
}

async fn open(desk: &Desk, id: &str) -> Result<BodyFacts, Problem> {
    let id = id.to_owned();
    let body = desk
        .house
        .chronicle
        .read(move |reader| reader.load::<Body>(&id))
        .await?;
    body.facts().cloned().ok_or(Problem::NotFound)
}

fn body_frame(desk: &Desk, title: &str, body: &BodyFacts) -> Frame {
    desk.frame(title)
        .crumb("单位和岗位", links::bodies())
        .crumb(body.name.clone(), links::body(&body.body))
}

pub async fn get_office(desk: Desk, Path(id): Path<String>) -> Result<Response, Problem> {
    let body = open(&desk, &id).await?;
    let fields = desk.form().with("office", format!("{id}-"));
    Ok(ask_office(&desk, &body, fields))
}

fn ask_office(desk: &Desk, body: &BodyFacts, fields: Fields) -> Response {
    let asks = vec![
        Ask::text(
            "office",
            "科室编码",
            "单位编码、横线和 1 到 8 位大写字母或数字，例如 33030300SJ-ZCK",
        ),
        Ask::text("name", "科室名称", "例如 行政审批科"),
    ];
    Asking::new(links::body_act(&body.body, "offices"), "设立", asks).office(body_frame(desk, "设立科室", body), fields)
}

pub async fn post_office(desk: Desk, Path(id): Path<String>, form: Form<()>) -> Result<Response, Problem> {
    let body = open(&desk, &id).await?;
    let command = OpenOffice {
        body: id.clone(),
        office: form.fields.value("office").trim().to_owned(),
        name: form.fields.value("name").to_owned(),
    };
    match submit(&desk, form, move |tx| commands::open_office(tx, &command)).await? {
        Sent::Done { .. } => Ok(desk.go_saying(&links::body(&id), "科室已经设立。")),
        Sent::Again(fields) => Ok(ask_office(&desk, &body, fields)),
    }
}

pub async fn get_post(desk: Desk, Path(id): Path<String>) -> Result<Response, Problem> {
    let body = open(&desk, &id).await?;
    let fields = desk.form();
    Ok(ask_post(&desk, &body, fields))
}

fn ask_post(desk: &Desk, body: &BodyFacts, fields: Fields) -> Response {
    let offices = body
        .offices
        .iter()
        .map(|office| (office.office.clone(), office.name.clone()));
    let roles = PostRole::ALL.map(|role| (role.key().to_owned(), role.label().to_owned()));
    let asks = vec![
        Ask::Select {
            name: "office",
            label: "科室",
            hint: "",
            options: offices.collect(),
        },
        Ask::Select {
            name: "role",
            label: "角色",
            hint: "决定这个岗位在流程里办什么、有什么权限",
            options: roles.to_vec(),
        },
        Ask::text("title", "岗位名称", "例如 许可承办岗"),
    ];
    Asking::new(links::body_act(&body.body, "posts"), "设立", asks).office(body_frame(desk, "设立岗位", body), fields)
}

pub async fn post_post(desk: Desk, Path(id): Path<String>, form: Form<()>) -> Result<Response, Problem> {
    let body = open(&desk, &id).await?;
    let Some(role) = PostRole::of_key(form.fields.value("role")) else {
        let mut fields = form.fields;
        fields.complain("role", "请选择角色");
        return Ok(ask_post(&desk, &body, fields));
    };
    let command = CreatePost {
        body: id.clone(),
        office: form.fields.value("office").to_owned(),
        role,
        title: form.fields.value("title").to_owned(),
        post: None,
    };
    match submit(&desk, form, move |tx| commands::create_post(tx, &command)).await? {
        Sent::Done { .. } => Ok(desk.go_saying(&links::body(&id), "岗位已经设立，请安全管理员任命人员。")),
        Sent::Again(fields) => Ok(ask_post(&desk, &body, fields)),
    }
}

pub async fn get_abolish(desk: Desk, Path(id): Path<String>, listing: Listing) -> Result<Response, Problem> {
    let body = open(&desk, &id).await?;
    let fields = desk.form();
    Ok(ask_abolish(&desk, &body, listing.one("post"), fields))
}

fn ask_abolish(desk: &Desk, body: &BodyFacts, post: &str, fields: Fields) -> Response {
    let action = links::body_act(&body.body, "abolish").query("post", post);
    Asking::new(action, "撤销岗位", vec![Ask::reason("撤销原因")])
        .lead("岗位上没有人才能撤销。撤销以后不能恢复，记录保留。")
        .takes_away()
        .office(body_frame(desk, "撤销岗位", body), fields)
}

pub async fn post_abolish(
    desk: Desk,
    Path(id): Path<String>,
    listing: Listing,
    form: Form<()>,
) -> Result<Response, Problem> {
    let body = open(&desk, &id).await?;
    let command = AbolishPost {
        body: id.clone(),
        post: listing.one("post").to_owned(),
        reason: form.fields.value("reason").to_owned(),
    };
    match submit(&desk, form, move |tx| commands::abolish_post(tx, &command)).await? {
        Sent::Done { .. } => Ok(desk.go_saying(&links::body(&id), "岗位已经撤销。")),
        Sent::Again(fields) => Ok(ask_abolish(&desk, &body, listing.one("post"), fields)),
    }
}
