//! `/apply/<item>`: is this the right thing, and for whom.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_catalogue::public::{Item, ItemVersion, Material, MaterialSource};
use mingjing_catalogue::{apply_page, item_page};
use mingjing_chronicle::{Refusal, Stop};
use mingjing_people::public::queries::{ActsFor, acts_for};
use mingjing_web::{Desk, Fields, Form, Frame, Input, Link, Problem, Reader, page};

use super::super::links::{draft_page, my_page};
use super::super::words;
use super::opened::principal;
use crate::drafts::{self, Draft, DraftContent};
use crate::submission::Behalf;

#[derive(Template)]
#[template(path = "apply_start.html")]
struct StartPage {
    frame: Frame,
    fields: Fields,
    item: ItemVersion,
    guide: Link,
    /// Value, name, by what right.
    whom: Vec<(String, String, String)>,
    /// Drafts of the same item: when last changed, and where they go on.
    drafts: Vec<(String, Link)>,
}

pub struct Start {
    behalf: String,
}

impl Input for Start {
    fn read(form: &mut Reader<'_>) -> Option<Start> {
        let behalf = form.choice("behalf", "以谁的名义申请")?;
        Some(Start { behalf })
    }
}

struct Ground {
    item: ItemVersion,
    acts_for: Vec<ActsFor>,
    drafts: Vec<Draft>,
}

pub async fn get_start(desk: Desk, Path(item_code): Path<String>) -> Result<Response, Problem> {
    let ground = ground(&desk, &item_code).await?;
    let only_oneself = ground.acts_for.is_empty();
    let form = desk.form();
    let fields = if only_oneself {
        form.with("behalf", "self")
    } else {
        form
    };
    Ok(show(&desk, ground, fields))
}

pub async fn post_start(desk: Desk, Path(item_code): Path<String>, form: Form<Start>) -> Result<Response, Problem> {
    let ground = ground(&desk, &item_code).await?;
    let (input, meta, mut fields) = match form.check() {
        Ok(all) => all,
        Err(fields) => return Ok(show(&desk, ground, fields)),
    };
    // Only those of the list, computed anew: what the form sends names nobody else.
    let Some(behalf) = chosen(&input.behalf, &ground.acts_for) else {
        fields.complain("behalf", "您没有代其申请该事项的权限，请重新选择");
        return Ok(show(&desk, ground, fields));
    };
    let content = first_content(&desk, behalf).await?;
    let begun = drafts::begin_with(&desk.house.chronicle, desk.request(&meta), item_code, content).await;
    match begun {
        Ok(draft) => Ok(desk.go(&draft_page(&draft))),
        Err(Stop::Refusal(refusal)) => Ok(show(&desk, ground, fields.refused(&refusal))),
        Err(stop) => Err(stop.into()),
    }
}

async fn ground(desk: &Desk, item_code: &str) -> Result<Ground, Problem> {
    let (account, code, today) = (
        desk.actor.account.clone(),
        item_code.to_owned(),
        desk.house.clock.today(),
    );
    let (item, acts_for, drafts) = desk
        .house
        .chronicle
        .read(move |reader| {
            let item = reader.load::<Item>(&code)?.current(today).cloned();
            let acts_for = acts_for(reader.sql(), &account, today)?;
            Ok((item, acts_for, drafts::of_owner(reader, &account)?))
        })
        .await?;
    let Some(item) = item else {
        return Err(
            Refusal::not_found("cases.submit.no_item", "没有这个事项，或者它已经取消、尚未生效。")
                .advice("请在事项目录中查看现行事项。")
                .into(),
        );
    };
    if !item.online || item.flow.is_none() {
        return Err(Refusal::law("cases.submit.not_online", "该事项尚未开通网上申请。")
            .advice("请按办事指南上的地点到窗口申请，或者以邮寄方式提出申请。")
            .into());
    }
    let covers = |one: &ActsFor| one.items.is_empty() || one.items.contains(&item.item_code);
    Ok(Ground {
        acts_for: acts_for.into_iter().filter(covers).collect(),
        drafts: drafts
            .into_iter()
            .filter(|draft| draft.item_code == item.item_code)
            .collect(),
        item,
    })
}

fn value_of(one: &ActsFor) -> String {
    format!("{}:{}", one.kind, one.principal)
}

fn chosen(value: &str, acts_for: &[ActsFor]) -> Option<Behalf> {
    if value == "self" {
        return Some(Behalf::Oneself);
    }
    let one = acts_for.iter().find(|one| value_of(one) == value)?;
    Some(match one.kind.as_str() {
        "organisation" => Behalf::Organisation {
            uscc: one.principal.clone(),
        },
        _ => Behalf::Person {
            account: one.principal.clone(),
        },
    })
}

/// Contact details of the register, so that they need only be gone through.
async fn first_content(desk: &Desk, behalf: Behalf) -> Result<DraftContent, Problem> {
    let (account, today, whose) = (desk.actor.account.clone(), desk.house.clock.today(), behalf.clone());
    let facts = desk
        .house
        .chronicle
        .read(move |reader| principal(reader, &account, &whose, today))
        .await?;
    let mut content = DraftContent {
        behalf,
        ..DraftContent::default()
    };
    if let Some((facts, _)) = facts {
        content.phone = facts.phone;
        content.address = facts.address;
        if facts.document.is_none() {
            content.contact = desk.display_name.clone().unwrap_or_default();
        }
    }
    Ok(content)
}

fn show(desk: &Desk, ground: Ground, fields: Fields) -> Response {
    let own = desk.display_name.clone().unwrap_or_default();
    let mut whom = vec![("self".to_owned(), format!("本人：{own}"), String::new())];
    whom.extend(
        ground
            .acts_for
            .iter()
            .map(|one| (value_of(one), one.name.clone(), right_words(one))),
    );
    let drafts = ground
        .drafts
        .iter()
        .map(|draft| (words::minute(draft.updated_at), draft_page(&draft.id)))
        .collect();
    page(&StartPage {
        frame: desk
            .frame(format!("申请{}", ground.item.name))
            .of_form(&fields)
            .crumb("首页", Link::to("/"))
            .crumb("我的办件", my_page())
            .crumb(ground.item.name.clone(), item_page(&ground.item.item_code)),
        guide: item_page(&ground.item.item_code),
        fields,
        whom,
        drafts,
        item: ground.item,
    })
}

fn right_words(one: &ActsFor) -> String {
    match (&one.agency, one.valid_to) {
        (None, _) => "您是登记的法定代表人（负责人）".into(),
        (Some(_), Some(last)) => {
            format!(
                "您是委托代理人，委托有效至{}（行政许可法第二十九条第二款）",
                words::day(last)
            )
        }
        (Some(_), None) => "您是委托代理人（行政许可法第二十九条第二款）".into(),
    }
}

impl StartPage {
    fn demo(&self, field: &str) -> bool {
        self.item.is_demo(field)
    }

    /// Those that do not depend on any answer and are handed in.
    fn materials(&self) -> Vec<&Material> {
        let always = |material: &&Material| material.asked_when.is_none() && material.source != MaterialSource::Shared;
        self.item.materials.iter().filter(always).collect()
    }

    fn again(&self) -> Link {
        apply_page(&self.item.item_code)
    }
}
