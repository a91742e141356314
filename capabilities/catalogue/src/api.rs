//! The JSON door of the catalogue: what everybody may read of items and laws.

mod announcements;
mod benchmarks;
mod changes;
mod gaps;
mod laws;
mod tables;

use jiff::civil::Date;
use mingjing_chronicle::Refusal;
use mingjing_codes::PowerType;
use mingjing_web::api::{Api, Cursor, Nothing, Op, Paged, Paging};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::field_set::{OwnValue, VisibleTo};
use crate::form::FormDef;
use crate::item::Item;
use crate::life_event;
use crate::pages::READ;
use crate::situation::SituationQuestion;
use crate::version::{Audience, Confirmation, Fee, ItemStatus, ItemVersion, LegalBasis, Limit, Material};
use crate::views::{ItemFilter, ItemRow, items_after, rows_of, search};

pub fn routes() -> Routes {
    let read = Access::May(READ);
    Api::new("事项目录")
        .read(
            Op::new("list_items", "事项列表").note("按事项编码排列"),
            "/api/v1/items",
            read,
            list_items,
        )
        .read(
            Op::new("search_items", "搜索事项").note("最合适的在前，最多100项"),
            "/api/v1/items/search",
            read,
            search_items,
        )
        .read(
            Op::new("read_item", "事项的现行版本").note("没有现行版本的，回答最后的版本"),
            "/api/v1/items/{item_code}",
            read,
            read_item,
        )
        .read(
            Op::new("list_item_versions", "事项的各个版本"),
            "/api/v1/items/{item_code}/versions",
            read,
            list_versions,
        )
        .read(
            Op::new("read_item_version", "事项的一个版本"),
            "/api/v1/items/{item_code}/versions/{version}",
            read,
            read_version,
        )
        .into_routes()
        .merge(announcements::routes())
        .merge(benchmarks::routes())
        .merge(changes::routes())
        .merge(gaps::routes())
        .merge(laws::routes())
        .merge(tables::routes())
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ItemPath {
    #[schemars(length(min = 1, max = 40))]
    pub(super) item_code: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct VersionPath {
    #[schemars(length(min = 1, max = 40))]
    item_code: String,
    #[schemars(range(min = 1))]
    version: i32,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ItemQuery {
    #[schemars(length(max = 40))]
    body: Option<String>,
    #[schemars(length(max = 2), description = "权力类型代码，例如 XK")]
    power_type: Option<String>,
    audience: Option<Audience>,
    #[schemars(length(max = 40))]
    theme: Option<String>,
    #[schemars(length(max = 20), description = "人生事件或者经营环节的代码，例如 school")]
    life_event: Option<String>,
    #[schemars(description = "只要可以网上办理的")]
    online: Option<bool>,
    #[schemars(description = "只要不收费的")]
    free: Option<bool>,
    #[schemars(description = "已取消的事项，而不是现行的")]
    cancelled: Option<bool>,
    #[schemars(description = "暂停的事项，而不是现行的")]
    suspended: Option<bool>,
    #[schemars(length(max = 400))]
    cursor: Option<String>,
    #[schemars(range(min = 1, max = 100))]
    size: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
struct ItemLine {
    item_code: String,
    version: i64,
    power_type: String,
    name: String,
    body: String,
    body_name: String,
    active: bool,
    online: bool,
    fee: bool,
    promised: String,
    statutory: String,
    /// 内容为演示而虚构
    demo: bool,
}

impl From<ItemRow> for ItemLine {
    fn from(row: ItemRow) -> ItemLine {
        ItemLine {
            item_code: row.item_code,
            version: row.version,
            power_type: row.power_type.code().to_owned(),
            name: row.name,
            body: row.body,
            body_name: row.body_name,
            active: row.active,
            online: row.online,
            fee: row.fee,
            promised: row.promised,
            statutory: row.statutory,
            demo: row.demo,
        }
    }
}

async fn list_items(desk: Desk, _: Nothing, query: ItemQuery) -> Result<Paged<ItemLine>, Problem> {
    let paging = Paging::read(query.cursor.as_deref(), query.size)?;
    let place = paging.after::<1>()?.map(|[code]| code).unwrap_or_default();
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let power_type = match given(query.power_type) {
        // A type that there is not has no items.
        Some(code) => match PowerType::from_code(&code) {
            Some(known) => Some(known),
            None => return Ok(Paged::whole(Vec::new())),
        },
        None => None,
    };
    let life_event = match given(query.life_event) {
        Some(key) => match life_event::of_key(&key) {
            Some(known) => Some(known),
            None => return Ok(Paged::whole(Vec::new())),
        },
        None => None,
    };
    let filter = ItemFilter {
        life_event,
        body: given(query.body),
        power_type,
        audience: query.audience,
        theme: given(query.theme),
        online: query.online.unwrap_or(false),
        has_flow: false,
        free: query.free.unwrap_or(false),
        cancelled: query.cancelled.unwrap_or(false),
        suspended: query.suspended.unwrap_or(false),
    };
    let most = paging.ask();
    let rows = desk
        .house
        .chronicle
        .read(move |reader| items_after(reader, &filter, &place, most))
        .await?;
    let place = |row: &ItemRow| Cursor::at([&row.item_code]);
    Ok(Paged::of(rows, paging.size, place, ItemLine::from))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SearchQuery {
    #[schemars(length(min = 1, max = 100))]
    q: String,
}

const MOST_FOUND: usize = 100;

async fn search_items(desk: Desk, _: Nothing, query: SearchQuery) -> Result<Paged<ItemLine>, Problem> {
    let jurisdiction = desk.house.chronicle.jurisdiction().to_owned();
    let rows = desk
        .house
        .chronicle
        .read(move |reader| {
            let hits = search(reader, &jurisdiction, &query.q)?;
            let codes: Vec<String> = hits.into_iter().take(MOST_FOUND).map(|hit| hit.item_code).collect();
            rows_of(reader, &codes, &ItemFilter::default())
        })
        .await?;
    Ok(Paged::whole(rows.into_iter().map(ItemLine::from).collect()))
}

/// A version without its internal flow, which is the body's own.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Item")]
struct ItemShown {
    item_code: String,
    version: i32,
    power_type: String,
    name: String,
    keywords: Vec<String>,
    body: String,
    body_name: String,
    body_nature: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    entrusting_body: Option<String>,
    legal_bases: Vec<LegalBasis>,
    conditions: Vec<String>,
    materials: Vec<Material>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statutory_limit: Option<Limit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    promised_limit: Option<Limit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    excluded_time: Option<String>,
    fee: Fee,
    handling_office: String,
    place: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<String>,
    phone: String,
    supervision_phone: String,
    result_documents: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    validity: Option<String>,
    /// 情形：答案以 situation.编号 为名放在申请的 form 里，决定要哪些材料、填哪些栏目
    situations: Vec<SituationQuestion>,
    /// 当地自设的栏目
    own_fields: Vec<OwnValue>,
    /// 申请表；没有就不能在平台上申请
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<FormDef>,
    flow_steps: Vec<String>,
    audiences: Vec<Audience>,
    themes: Vec<String>,
    online: bool,
    status: ItemStatus,
    valid_from: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<Date>,
    confirmation: Confirmation,
    /// 内容为演示而虚构的栏目
    demo_fields: Vec<String>,
}

impl From<&ItemVersion> for ItemShown {
    fn from(version: &ItemVersion) -> ItemShown {
        let version = version.clone();
        ItemShown {
            item_code: version.item_code,
            version: version.version,
            power_type: version.power_type.code().to_owned(),
            name: version.name,
            keywords: version.keywords,
            body: version.body,
            body_name: version.body_name,
            body_nature: version.body_nature,
            entrusting_body: version.entrusting_body,
            legal_bases: version.legal_bases,
            conditions: version.conditions,
            materials: version.materials,
            statutory_limit: version.statutory_limit,
            promised_limit: version.promised_limit,
            excluded_time: version.excluded_time,
            fee: version.fee,
            handling_office: version.handling_office,
            place: version.place,
            hours: version.hours,
            phone: version.phone,
            supervision_phone: version.supervision_phone,
            result_documents: version.result_documents,
            validity: version.validity,
            situations: version.situations,
            own_fields: version
                .own_fields
                .into_iter()
                .filter(|own| own.visible == VisibleTo::Everybody)
                .collect(),
            form: version.form,
            flow_steps: version.flow_steps,
            audiences: version.audiences,
            themes: version.themes,
            online: version.online,
            status: version.status,
            valid_from: version.valid_from,
            valid_to: version.valid_to,
            confirmation: version.confirmation,
            demo_fields: version.demo_fields,
        }
    }
}

#[derive(Serialize, JsonSchema)]
struct VersionLine {
    version: i32,
    name: String,
    status: ItemStatus,
    valid_from: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<Date>,
    confirmation: Confirmation,
}

async fn read_item(desk: Desk, path: ItemPath, _: Nothing) -> Result<ItemShown, Problem> {
    let today = desk.house.clock.today();
    let shown = of_item(&desk, path.item_code, move |item| {
        item.holding(today).or(item.latest()).map(ItemShown::from)
    });
    shown.await
}

async fn list_versions(desk: Desk, path: ItemPath, _: Nothing) -> Result<Paged<VersionLine>, Problem> {
    let line = |version: &ItemVersion| VersionLine {
        version: version.version,
        name: version.name.clone(),
        status: version.status,
        valid_from: version.valid_from,
        valid_to: version.valid_to,
        confirmation: version.confirmation.clone(),
    };
    let shown = of_item(&desk, path.item_code, move |item| {
        item.exists().then(|| Paged::whole(item.versions().map(line).collect()))
    });
    shown.await
}

async fn read_version(desk: Desk, path: VersionPath, _: Nothing) -> Result<ItemShown, Problem> {
    let shown = of_item(&desk, path.item_code, move |item| {
        item.version(path.version).map(ItemShown::from)
    });
    shown.await
}

async fn of_item<T: Send + 'static>(
    desk: &Desk,
    item_code: String,
    show: impl Fn(&Item) -> Option<T> + Send + 'static,
) -> Result<T, Problem> {
    let found = desk
        .house
        .chronicle
        .read(move |reader| Ok(show(&*reader.load::<Item>(&item_code)?)))
        .await?;
    found.ok_or_else(|| {
        Refusal::not_found("catalogue.item.unknown", "目录里没有这个事项或者这个版本。")
            .advice("请在事项列表中查找，或者核对编码。")
            .into()
    })
}
