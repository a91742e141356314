//! The JSON door of people: bodies, officers and access tokens, for the administrators who may. Passwords and the seats
//! of the administrators stay with the pages: they are a person's affair.

mod officers;
mod tokens;

use std::sync::Arc;

pub(crate) use tokens::draw as draw_token;

use mingjing_chronicle::{Done, Stop, Tx};
use mingjing_web::api::{Api, Nothing, Op, Order, Paged};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::commands;
use crate::decide::abolish_post::AbolishPost;
use crate::decide::create_post::CreatePost;
use crate::decide::open_office::OpenOffice;
use crate::decide::register_body::RegisterBody;
use crate::division::Divisions;
use crate::events::BodyNature;
use crate::permissions::BODIES_MANAGE;
use crate::public::{BodyFacts, PostFacts};
use crate::role::PostRole;
use crate::views::queries;

pub fn routes(divisions: &Arc<Divisions>) -> Routes {
    let may = Access::May(BODIES_MANAGE);
    let known = Arc::clone(divisions);
    let bodies = Api::new("单位和岗位")
        .read(Op::new("list_bodies", "单位列表"), "/api/v1/bodies", may, list_bodies)
        .create(
            Op::new("register_body", "登记单位").note("单位编码一经登记不能再改，也不再给别的单位"),
            "/api/v1/bodies",
            may,
            move |desk, _: Nothing, order| register_body(Arc::clone(&known), desk, order),
        )
        .read(
            Op::new("list_posts", "单位的岗位"),
            "/api/v1/bodies/{body}/posts",
            may,
            list_posts,
        )
        .command(
            Op::new("open_office", "设立科室"),
            "/api/v1/bodies/{body}/offices",
            may,
            open_office,
        )
        .command(
            Op::new("create_post", "设立岗位"),
            "/api/v1/bodies/{body}/posts",
            may,
            create_post,
        )
        .command(
            Op::new("abolish_post", "撤销岗位"),
            "/api/v1/bodies/{body}/posts/{post}/abolish",
            may,
            abolish_post,
        );
    bodies.into_routes().merge(officers::routes()).merge(tokens::routes())
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BodyPath {
    #[schemars(length(min = 1, max = 40))]
    body: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PostPath {
    #[schemars(length(min = 1, max = 40))]
    body: String,
    #[schemars(length(min = 1, max = 80))]
    post: String,
}

/// What a command answers that only says "done".
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Recorded")]
struct Recorded {
    done: bool,
}

async fn perform<F>(desk: &Desk, meta: &mingjing_web::FormMeta, command: F) -> Result<Done<Recorded>, Problem>
where
    F: FnMut(&mut Tx<'_>) -> Result<(), Stop> + Send + 'static,
{
    let done = desk.house.chronicle.perform(desk.request(meta), command).await?;
    Ok(Done {
        value: Recorded { done: true },
        repeated: done.repeated,
    })
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Body")]
struct BodyLine {
    body: String,
    name: String,
    short_name: String,
    nature: String,
    division: String,
    offices: Vec<OfficeLine>,
}

#[derive(Serialize, JsonSchema)]
struct OfficeLine {
    office: String,
    name: String,
}

impl From<BodyFacts> for BodyLine {
    fn from(facts: BodyFacts) -> BodyLine {
        let office = |office: crate::public::OfficeFacts| OfficeLine {
            office: office.office,
            name: office.name,
        };
        BodyLine {
            body: facts.body,
            name: facts.name,
            short_name: facts.short_name,
            nature: facts.nature.key().to_owned(),
            division: facts.division,
            offices: facts.offices.into_iter().map(office).collect(),
        }
    }
}

async fn list_bodies(desk: Desk, _: Nothing, _: Nothing) -> Result<Paged<BodyLine>, Problem> {
    let bodies = desk
        .house
        .chronicle
        .read(|reader| queries::bodies(reader.sql()))
        .await?;
    Ok(Paged::whole(bodies.into_iter().map(BodyLine::from).collect()))
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "NewBody")]
#[serde(deny_unknown_fields)]
struct NewBody {
    #[schemars(length(min = 1, max = 20), description = "8 位区划数字加 2 位大写字母")]
    body: String,
    #[schemars(length(min = 1, max = 60))]
    name: String,
    #[schemars(length(min = 1, max = 12), description = "发文字号中的简称")]
    short_name: String,
    nature: NatureBody,
    #[schemars(length(min = 1, max = 20), description = "行政区划代码")]
    division: String,
    #[schemars(length(max = 18), description = "统一社会信用代码")]
    uscc: Option<String>,
    #[schemars(length(min = 1, max = 60), description = "行政复议机关，决定书里告知当事人的")]
    reconsideration_organ: String,
    #[schemars(length(min = 1, max = 60), description = "管辖法院，决定书里告知当事人的")]
    court: String,
    #[schemars(length(min = 1, max = 200), description = "印章文字")]
    seal_word: String,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "BodyNature")]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum NatureBody {
    StatutoryOrgan {},
    AuthorisedOrg {},
    EntrustedOrg {
        #[schemars(length(min = 1, max = 20), description = "委托机关")]
        entrusting_body: String,
    },
}

impl From<NatureBody> for BodyNature {
    fn from(nature: NatureBody) -> BodyNature {
        match nature {
            NatureBody::StatutoryOrgan {} => BodyNature::StatutoryOrgan,
            NatureBody::AuthorisedOrg {} => BodyNature::AuthorisedOrg,
            NatureBody::EntrustedOrg { entrusting_body } => BodyNature::EntrustedOrg { entrusting_body },
        }
    }
}

async fn register_body(
    divisions: Arc<Divisions>,
    desk: Desk,
    order: Order<NewBody>,
) -> Result<Done<Recorded>, Problem> {
    let body = order.body;
    let command = RegisterBody {
        body: body.body,
        name: body.name,
        short_name: body.short_name,
        nature: body.nature.into(),
        division: body.division,
        uscc: body.uscc,
        reconsideration_organ: body.reconsideration_organ,
        court: body.court,
        seal_word: body.seal_word,
    };
    perform(&desk, &order.meta, move |tx| {
        commands::register_body(tx, &command, &divisions)
    })
    .await
}

#[derive(Serialize, JsonSchema)]
struct PostLine {
    post: String,
    role: PostRole,
    office: String,
    title: String,
}

async fn list_posts(desk: Desk, path: BodyPath, _: Nothing) -> Result<Paged<PostLine>, Problem> {
    let found = desk
        .house
        .chronicle
        .read(move |reader| {
            let known = queries::body(reader.sql(), &path.body)?.is_some();
            let posts = queries::posts_of(reader.sql(), &path.body)?;
            Ok(known.then_some(posts))
        })
        .await?;
    let line = |post: PostFacts| PostLine {
        post: post.post,
        role: post.role,
        office: post.office,
        title: post.title,
    };
    let posts = found.ok_or(Problem::NotFound)?;
    Ok(Paged::whole(posts.into_iter().map(line).collect()))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OfficeBody {
    #[schemars(length(min = 1, max = 60), description = "科室编号，以单位编号开头")]
    office: String,
    #[schemars(length(min = 1, max = 60))]
    name: String,
}

async fn open_office(desk: Desk, path: BodyPath, order: Order<OfficeBody>) -> Result<Done<Recorded>, Problem> {
    let command = OpenOffice {
        body: path.body,
        office: order.body.office,
        name: order.body.name,
    };
    perform(&desk, &order.meta, move |tx| commands::open_office(tx, &command)).await
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PostBody {
    #[schemars(length(min = 1, max = 60))]
    office: String,
    role: PostRole,
    #[schemars(length(min = 1, max = 60))]
    title: String,
}

async fn create_post(desk: Desk, path: BodyPath, order: Order<PostBody>) -> Result<Done<Recorded>, Problem> {
    let command = CreatePost {
        body: path.body,
        office: order.body.office,
        role: order.body.role,
        title: order.body.title,
        post: None,
    };
    perform(&desk, &order.meta, move |tx| commands::create_post(tx, &command)).await
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReasonBody {
    #[schemars(length(min = 1, max = 200))]
    pub(super) reason: String,
}

async fn abolish_post(desk: Desk, path: PostPath, order: Order<ReasonBody>) -> Result<Done<Recorded>, Problem> {
    let command = AbolishPost {
        body: path.body,
        post: path.post,
        reason: order.body.reason,
    };
    perform(&desk, &order.meta, move |tx| commands::abolish_post(tx, &command)).await
}
