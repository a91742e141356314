//! `GET /items`: the list of items with search and filters; all of them live in the address.

use askama::Template;
use axum::response::Response;
use mingjing_codes::PowerType;
use mingjing_web::{Chosen, Desk, Frame, Link, Listing, Pager, Problem, page};

use super::items_page;
use crate::life_event;
use crate::version::Audience;
use crate::views::{Counts, ItemFilter, ItemRow, Page, Sort, count, counts, items, rows_of, search};

const PAGE_SIZE: u32 = 20;
/// Filters that show as tags.
const FILTERS: &[&str] = &[
    "q", "audience", "body", "type", "theme", "life", "online", "free", "status",
];
const SORTS: &[&str] = &["code", "name"];

#[derive(Template)]
#[template(path = "items/list.html")]
struct ItemsPage {
    frame: Frame,
    listing: Listing,
    rows: Vec<ItemRow>,
    pager: Pager,
    chosen: Vec<Chosen>,
    facets: Vec<Facet>,
    /// Set when words were searched that found nothing.
    nothing: bool,
    sort: String,
}

/// A filter with its choices.
struct Facet {
    title: &'static str,
    choices: Vec<FacetChoice>,
    /// Long lists are folded.
    folded: bool,
}

struct FacetChoice {
    label: String,
    number: Option<i64>,
    link: Link,
    chosen: bool,
}

pub async fn get_items(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let filter = filter_of(&listing);
    let words = listing.words().to_owned();
    let sort = match listing.order(SORTS) {
        "name" => Sort::Name,
        _ => Sort::Code,
    };
    let page_of_list = Page {
        offset: i64::from(listing.offset(PAGE_SIZE)),
        size: i64::from(PAGE_SIZE),
    };
    let jurisdiction = desk.house.chronicle.jurisdiction().to_owned();
    let (rows, total, numbers) = desk
        .house
        .chronicle
        .read(move |reader| {
            let numbers = counts(reader, None)?;
            if words.is_empty() {
                let total = count(reader, &filter)?;
                return Ok((items(reader, &filter, sort, page_of_list)?, total, numbers));
            }
            let codes: Vec<String> = search(reader, &jurisdiction, &words)?
                .into_iter()
                .map(|hit| hit.item_code)
                .collect();
            let found = rows_of(reader, &codes, &filter)?;
            let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
            let skip = usize::try_from(page_of_list.offset).unwrap_or(usize::MAX);
            let shown = found.into_iter().skip(skip).take(PAGE_SIZE as usize).collect();
            Ok((shown, total, numbers))
        })
        .await?;
    let total = u64::try_from(total).unwrap_or(0);
    let title = match listing.words() {
        "" => "办事事项".to_owned(),
        words => format!("“{words}”的搜索结果"),
    };
    Ok(page(&ItemsPage {
        frame: desk.frame(title).crumb("首页", Link::to("/")).searched(listing.words()),
        pager: listing.pager(total, PAGE_SIZE),
        chosen: chosen(&listing, &numbers),
        facets: facets(&listing, &numbers),
        nothing: total == 0,
        sort: listing.order(SORTS).to_owned(),
        rows,
        listing,
    }))
}

fn filter_of(listing: &Listing) -> ItemFilter {
    let text = |name: &str| {
        Some(listing.one(name))
            .filter(|value| !value.is_empty())
            .map(str::to_owned)
    };
    ItemFilter {
        body: text("body"),
        power_type: PowerType::from_code(listing.one("type")),
        audience: audience_of(listing.one("audience")),
        theme: text("theme"),
        life_event: life_event::of_key(listing.one("life")),
        online: listing.one("online") == "yes",
        has_flow: false,
        free: listing.one("free") == "yes",
        cancelled: listing.one("status") == "cancelled",
        suspended: listing.one("status") == "suspended",
    }
}

fn audience_of(key: &str) -> Option<Audience> {
    [Audience::Individual, Audience::Organisation]
        .into_iter()
        .find(|audience| audience.key() == key)
}

/// The tags, in the words of people instead of codes.
fn chosen(listing: &Listing, numbers: &Counts) -> Vec<Chosen> {
    let mut chosen = listing.chosen(FILTERS);
    for one in &mut chosen {
        one.label = match one.name.as_str() {
            "q" => format!("搜索：{}", one.value),
            "audience" => audience_of(&one.value).map_or(one.value.clone(), |audience| audience.name().to_owned()),
            "type" => PowerType::from_code(&one.value).map_or(one.value.clone(), |kind| kind.name().to_owned()),
            "body" => body_name(numbers, &one.value),
            "life" => life_event::of_key(&one.value).map_or(one.value.clone(), |event| event.name.to_owned()),
            "online" => "可在线办理".to_owned(),
            "free" => "不收费".to_owned(),
            "status" if one.value == "suspended" => "暂停的事项".to_owned(),
            "status" => "已取消的事项".to_owned(),
            _ => one.value.clone(),
        };
    }
    chosen
}

fn body_name(numbers: &Counts, body: &str) -> String {
    let known = numbers.by_body.iter().find(|(id, ..)| id == body);
    known.map_or_else(|| body.to_owned(), |(_, name, _)| name.clone())
}

fn facets(listing: &Listing, numbers: &Counts) -> Vec<Facet> {
    let choice = |name: &str, value: &str, label: String, number: Option<i64>| FacetChoice {
        label,
        number,
        chosen: listing.one(name) == value,
        link: replaced(listing, name, value),
    };
    let facet = |title, choices, folded| Facet { title, choices, folded };
    let audiences = [Audience::Individual, Audience::Organisation]
        .map(|audience| choice("audience", audience.key(), audience.name().to_owned(), None));
    let themes = numbers.by_theme.iter();
    let types = numbers.by_type.iter();
    let lives = |audience: Audience| {
        let events = numbers.by_life_event.iter();
        let events = events.filter_map(|(key, number)| life_event::of_key(key).map(|event| (event, *number)));
        let events = events.filter(|(event, _)| event.audience == audience);
        events
            .map(|(event, number)| choice("life", event.key, event.name.to_owned(), Some(number)))
            .collect()
    };
    let bodies = numbers.by_body.iter();
    vec![
        facet("服务对象", audiences.into(), false),
        facet(
            "办理方式",
            vec![
                choice("online", "yes", "可在线办理".to_owned(), Some(numbers.online)),
                choice("free", "yes", "不收费".to_owned(), None),
            ],
            false,
        ),
        facet("个人的一生", lives(Audience::Individual), false),
        facet("单位的经营", lives(Audience::Organisation), true),
        facet(
            "事项类型",
            types
                .map(|(kind, number)| choice("type", kind.code(), kind.name().to_owned(), Some(*number)))
                .collect(),
            false,
        ),
        facet(
            "主题",
            themes
                .map(|(theme, number)| choice("theme", theme, theme.clone(), Some(*number)))
                .collect(),
            true,
        ),
        facet(
            "实施部门",
            bodies
                .map(|(body, name, number)| choice("body", body, name.clone(), Some(*number)))
                .collect(),
            true,
        ),
        facet(
            "状态",
            vec![
                choice("status", "suspended", "暂停的事项".to_owned(), Some(numbers.suspended)),
                choice(
                    "status",
                    "cancelled",
                    "已取消的事项".to_owned(),
                    Some(numbers.cancelled),
                ),
            ],
            true,
        ),
    ]
}

/// The list with this value instead of another one of the same filter.
fn replaced(listing: &Listing, name: &str, value: &str) -> Link {
    let now = listing.one(name);
    if now.is_empty() || now == value {
        return listing.with(name, value);
    }
    let path = items_page().to_string();
    let without = listing.without(name, now).to_string();
    let query = without.strip_prefix(&path).unwrap_or("").trim_start_matches('?');
    Listing::read(&path, query).with(name, value)
}
