//! `/desk/changes/new`: a body's legal clerk drafts a change. First what kind and which item, then the item itself as a
//! form, filled with what holds today. Several items at once (a split, a merger, what is delegated) come as rows in the
//! form of a catalogue file.

use askama::Template;
use axum::response::Response;
use jiff::civil::Date;
use mingjing_chronicle::{Refusal, Stop};
use mingjing_web::{Desk, Fields, Form, Frame, Input, Link, Listing, Problem, Reader as FormReader, page};

use super::FILE_CHANGE;
use super::changes::{change_page, changes_page, unknown};
use crate::change::{ChangeKind, ItemChange, Trigger, TriggerKind};
use crate::changes::{self, ChangeOrder};
use crate::decide::review_for_approval;
use crate::drafting::{self, SHOWN, Texts};
use crate::entry::COLUMNS;
use crate::item::Item;
use crate::item_draft;
use crate::version::ItemVersion;

pub fn new_page() -> Link {
    changes_page().part("new")
}

/// For an item, with what made it necessary filled in.
pub fn change_of_item(item_code: &str, document: &str, on: Date) -> Link {
    new_page()
        .query("kind", ChangeKind::Change.key())
        .query("item", item_code)
        .query("document", document)
        .query("on", on)
}

/// With the clerk's own draft of what the item asks for and how it is weighed.
pub fn of_draft(item_code: &str) -> Link {
    new_page()
        .query("kind", ChangeKind::Change.key())
        .query("item", item_code)
        .query("draft", "yes")
}

/// The same again after a return.
pub fn again_page(change_no: &str) -> Link {
    new_page().query("again", change_no)
}

#[derive(Template)]
#[template(path = "changes/new.html")]
struct NewPage {
    frame: Frame,
    kind: Option<ChangeKind>,
    /// What holds today, or what was filed before.
    name: String,
    /// The place knows five changes of approval items (R33).
    five: bool,
    fields: Fields,
}

impl NewPage {
    fn form_link(&self) -> Link {
        new_page()
    }

    fn kinds(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let note = |kind: ChangeKind| match kind {
            ChangeKind::Add => "列入一个新的事项",
            ChangeKind::Change => "修改一个事项的依据、条件、材料、期限、流程等",
            ChangeKind::Suspend if self.five => "一个事项暂时不再接受新的申请；审批事项不能暂停",
            ChangeKind::Merge if self.five => "几个事项合成一个；审批事项不能合并，分别用修改和取消",
            ChangeKind::Suspend => "一个事项暂时不再接受新的申请",
            ChangeKind::Cancel => "一个事项不再存在，编码不再使用",
            ChangeKind::Delegate => "把事项交给下级单位",
            ChangeKind::Split => "一个事项变成几个",
            ChangeKind::Merge => "几个事项合成一个",
        };
        let all = ChangeKind::ALL.into_iter();
        all.map(|kind| (kind.key(), kind.name(), note(kind))).collect()
    }

    fn triggers(&self) -> Vec<(&'static str, &'static str)> {
        TriggerKind::ALL
            .into_iter()
            .map(|kind| (kind.key(), kind.name()))
            .collect()
    }

    /// The kinds for which one item is drafted as a form.
    fn has_form(&self) -> bool {
        matches!(self.kind, Some(ChangeKind::Add | ChangeKind::Change))
    }

    fn has_rows(&self) -> bool {
        matches!(
            self.kind,
            Some(ChangeKind::Delegate | ChangeKind::Split | ChangeKind::Merge)
        )
    }

    /// Column, heading, whether it takes several lines, what may be written.
    fn columns(&self) -> Vec<(&'static str, &'static str, bool, &'static str)> {
        let shown = SHOWN
            .iter()
            .filter_map(|key| COLUMNS.iter().find(|column| column.key == *key));
        shown
            .map(|column| (column.key, column.heading, is_long(column.key), hint(column.key)))
            .collect()
    }
}

fn is_long(key: &str) -> bool {
    matches!(
        key,
        "legal_bases"
            | "conditions"
            | "materials"
            | "excluded_time"
            | "flow_steps"
            | "result_documents"
            | "penalty_kinds"
            | "penalty_range"
            | "discretion_benchmark"
            | "keywords"
            | "themes"
            | "audiences"
            | "flow"
            | "form"
    )
}

fn hint(key: &str) -> &'static str {
    match key {
        "legal_bases" => "一行一部，例如 食品安全法35(1)(二)、36",
        "conditions" | "materials" | "flow_steps" | "result_documents" | "penalty_kinds" => "一行一项",
        "statutory_limit" | "promised_limit" => "数字；当场办结写 0",
        "limit_unit" | "promised_unit" => "工作日、日历日、月",
        "limit_start" | "promised_start" => "受理、收到申请、立案、采取措施、勘查现场、信息收齐",
        "fee" | "result_public" | "online" => "是 或 否",
        "audiences" => "个人、法人，一行一项",
        "flow" => "不换流程图的留空；换的粘贴 BPMN 2.0 文件的内容",
        "form" => "不换申请表的留空；换的粘贴表单文件（JSON）的内容",
        _ => "",
    }
}

pub async fn get_new(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    desk.require(FILE_CHANGE)?;
    let again = listing.one("again").to_owned();
    if !again.is_empty() {
        return get_again(desk, again).await;
    }
    let kind: Option<ChangeKind> = listing.one("kind").parse().ok();
    let item_code = listing.one("item").trim().to_owned();
    let today = desk.house.clock.today();
    let mut fields = desk.form().with("effective_on", today.to_string());
    let mut name = String::new();
    if let Some(kind) = kind {
        fields = fields.with("kind", kind.key()).with("item_code", item_code.clone());
        if matches!(kind, ChangeKind::Change | ChangeKind::Suspend | ChangeKind::Cancel) {
            let code = item_code.clone();
            let item = desk
                .house
                .chronicle
                .read(move |reader| Ok(reader.load::<Item>(&code)?.state))
                .await?;
            let Some(version) = item.latest() else {
                fields.complain("item", "没有这个事项，请核对编码");
                return Ok(show(&desk, None, String::new(), fields));
            };
            name.clone_from(&version.name);
            fields = filled(fields, &drafting::texts(version));
        }
    }
    if listing.has("draft", "yes") {
        fields = with_draft(&desk, fields, &item_code).await?;
    }
    let document = listing.one("document");
    if !document.is_empty() {
        fields = fields
            .with("trigger", TriggerKind::NormAmended.key())
            .with("document", document)
            .with("trigger_on", listing.one("on"));
    }
    Ok(show(&desk, kind, name, fields))
}

/// The version of one's draft stands in the form: what is filed is what was seen.
async fn with_draft(desk: &Desk, fields: Fields, item_code: &str) -> Result<Fields, Problem> {
    let (author, code) = (desk.actor.account.clone(), item_code.to_owned());
    let read = desk
        .house
        .chronicle
        .read(move |reader| item_draft::own(reader, &author, &code));
    let Some(draft) = read.await? else {
        return Ok(fields);
    };
    Ok(fields
        .with("draft", draft.version.to_string())
        .with("trigger", TriggerKind::CleanUp.key()))
}

async fn get_again(desk: Desk, change_no: String) -> Result<Response, Problem> {
    let wanted = change_no.clone();
    let change = desk
        .house
        .chronicle
        .read(move |reader| Ok(reader.load::<ItemChange>(&wanted)?.state))
        .await?;
    let filed = change.filed.as_ref().ok_or_else(unknown)?;
    within(&desk, &filed.body, &filed.area)?;
    let proposal = &filed.proposal;
    let mut fields = desk
        .form()
        .with("again", change_no)
        .with("kind", proposal.kind.key())
        .with("trigger", proposal.trigger.kind.key())
        .with("document", proposal.trigger.document.clone())
        .with("trigger_on", proposal.trigger.on.to_string())
        .with(
            "effective_on",
            proposal.effective_on.max(desk.house.clock.today()).to_string(),
        )
        .with("reasons", proposal.reasons.clone())
        .with("endings", proposal.endings.join("\n"));
    let mut name = String::new();
    match proposal.versions.as_slice() {
        [one]
            if matches!(
                proposal.kind,
                ChangeKind::Add | ChangeKind::Change | ChangeKind::Suspend
            ) =>
        {
            name.clone_from(&one.name);
            fields = filled(fields.with("item_code", one.item_code.clone()), &drafting::texts(one));
            if let Some(flow) = &one.flow {
                fields = fields.with("flow", flow.bpmn_xml.clone());
            }
        }
        versions => fields = fields.with("rows", rows_text(versions)),
    }
    if let (ChangeKind::Cancel, [one]) = (proposal.kind, proposal.endings.as_slice()) {
        fields = fields.with("item_code", one.clone());
    }
    Ok(show(&desk, Some(proposal.kind), name, fields))
}

fn rows_text(versions: &[ItemVersion]) -> String {
    if versions.is_empty() {
        return String::new();
    }
    let rows: Vec<_> = versions.iter().map(crate::export::version_cells).collect();
    serde_json::to_string_pretty(&rows).unwrap_or_default()
}

fn filled(fields: Fields, texts: &Texts) -> Fields {
    texts
        .iter()
        .fold(fields, |fields, (key, text)| fields.with(key, text.clone()))
}

fn within(desk: &Desk, body: &str, area: &str) -> Result<(), Problem> {
    let scope = desk.require(FILE_CHANGE)?;
    let subject = mingjing_web::Subject {
        body,
        area,
        party_account: "",
        published: false,
    };
    scope.covers(&subject).then_some(()).ok_or_else(unknown)
}

fn show(desk: &Desk, kind: Option<ChangeKind>, name: String, fields: Fields) -> Response {
    let title = match kind {
        Some(kind) => format!("申报调整：{}", kind.name()),
        None => "申报调整".to_owned(),
    };
    page(&NewPage {
        frame: desk.frame(title).of_form(&fields).back(changes_page()),
        kind,
        name,
        five: review_for_approval::is_asked(&desk.house.chronicle.parameters()),
        fields,
    })
}

pub struct Drafted {
    again: Option<String>,
    kind: ChangeKind,
    item_code: String,
    trigger: Trigger,
    effective_on: Date,
    reasons: String,
    endings: Vec<String>,
    rows: Option<String>,
    texts: Texts,
    /// Version of one's draft that goes in with the rest.
    draft: Option<i64>,
}

/// Characters of one column; a flow or a form may have more.
const MOST_TEXT: usize = 20_000;
const MOST_FILE: usize = 200_000;

impl Input for Drafted {
    fn read(form: &mut FormReader<'_>) -> Option<Self> {
        let again = form.optional("again", "申报编号", 40);
        let kind = form.choice::<ChangeKind>("kind", "调整的种类");
        let item_code = form.optional("item_code", "事项编码", 40);
        let trigger = form.choice::<TriggerKind>("trigger", "触发调整的原因");
        let document = form.text("document", "触发调整的文件", 200);
        let on = form.date("trigger_on", "公布或者确定的日期");
        let effective_on = form.date("effective_on", "生效日期");
        let reasons = form.text("reasons", "调整的理由", 2000);
        let endings = form.optional("endings", "取消的事项编码", 2000);
        let rows = form.optional("rows", "事项（表格或JSON）", MOST_FILE);
        let mut texts = Texts::new();
        for key in SHOWN {
            let most = if matches!(*key, "flow" | "form") {
                MOST_FILE
            } else {
                MOST_TEXT
            };
            if let Some(text) = form.optional(key, "内容", most)? {
                texts.insert(key, text);
            }
        }
        let draft = form.optional("draft", "草稿", 20);
        let kind = kind?;
        let mut endings: Vec<String> = endings?
            .unwrap_or_default()
            .split([';', '；', '\n', ' '])
            .map(|code| code.trim().to_owned())
            .filter(|code| !code.is_empty())
            .collect();
        let item_code = item_code?.unwrap_or_default();
        if kind == ChangeKind::Cancel && endings.is_empty() {
            endings.push(item_code.clone());
        }
        Some(Drafted {
            again: again?,
            kind,
            item_code,
            trigger: Trigger {
                kind: trigger?,
                on: on?,
                document: document?,
            },
            effective_on: effective_on?,
            reasons: reasons?,
            endings,
            rows: rows?,
            texts,
            draft: draft?.and_then(|version| version.parse().ok()),
        })
    }
}

pub async fn post_new(desk: Desk, form: Form<Drafted>) -> Result<Response, Problem> {
    desk.require(FILE_CHANGE)?;
    let (drafted, meta, fields) = match form.check() {
        Ok(all) => all,
        Err(fields) => {
            let kind = fields.value("kind").parse().ok();
            return Ok(show(&desk, kind, String::new(), fields));
        }
    };
    let kind = Some(drafted.kind);
    let again = drafted.again.clone();
    let order = match order(&desk, drafted).await {
        Ok(order) => order,
        Err(Stop::Refusal(refusal)) => return Ok(show(&desk, kind, String::new(), fields.refused(&refusal))),
        Err(stop) => return Err(stop.into()),
    };
    match changes::file_change(&desk.house.chronicle, desk.request(&meta), again, order).await {
        Ok(change_no) => Ok(desk.go_saying(&change_page(&change_no), "已申报，法制机构在答复期限内审核。")),
        Err(Stop::Refusal(refusal)) if !refusal.fields.is_empty() => {
            Ok(show(&desk, kind, String::new(), fields.refused(&refusal)))
        }
        Err(stop) => Err(stop.into()),
    }
}

/// What was drafted as rows; the body is the one of the post in which the clerk files.
async fn order(desk: &Desk, drafted: Drafted) -> Result<ChangeOrder, Stop> {
    let first = drafted.item_code.clone();
    let body = own_body(desk, drafted.endings.first().unwrap_or(&first));
    let mut rows = match &drafted.rows {
        Some(text) => changes::change_rows(text.as_bytes())?,
        None => Vec::new(),
    };
    if matches!(drafted.kind, ChangeKind::Add | ChangeKind::Change | ChangeKind::Suspend) && rows.is_empty() {
        let (code, texts, kind) = (drafted.item_code.clone(), drafted.texts.clone(), drafted.kind);
        let (author, wanted, again) = (desk.actor.account.clone(), drafted.draft, drafted.again.clone());
        let row = desk.house.chronicle.read(move |reader| {
            let item = reader.load::<Item>(&code)?;
            let own = match wanted {
                Some(_) => item_draft::own(reader, &author, &code)?,
                None => None,
            };
            if own.as_ref().map(|own| own.version) != wanted {
                return Ok(None);
            }
            // What was filed before a return keeps what a text does not tell: conditions of materials, the form.
            let before = match &again {
                Some(change_no) => reader.load::<ItemChange>(change_no)?.filed.clone(),
                None => None,
            };
            let filed = before.iter().flat_map(|filed| &filed.proposal.versions);
            let filed = filed.into_iter().find(|version| version.item_code == code);
            let drafted = own
                .zip(filed.or(item.latest()))
                .map(|(own, base)| own.content.over(base));
            let base = drafted.as_ref().or(filed).or(item.latest());
            let texts = match &drafted {
                Some(drafted) => drafting::over(drafted, texts),
                None => texts,
            };
            let texts = match (kind, base) {
                (ChangeKind::Suspend, Some(base)) => drafting::texts(base),
                _ => texts,
            };
            Ok(Some(drafting::row(
                base.filter(|_| kind != ChangeKind::Add),
                &code,
                &texts,
            )))
        });
        rows.push(row.await?.ok_or_else(|| {
            let message = "草稿在您打开这一页以后改过，没有申报。";
            Refusal::invalid("catalogue.change.draft_changed", message)
                .advice("请从“起草事项”重新申报，核对后再提交。")
                .field("draft", "草稿改过，请重新核对")
        })?);
    }
    Ok(ChangeOrder {
        body,
        kind: drafted.kind,
        trigger: drafted.trigger,
        effective_on: drafted.effective_on,
        reasons: drafted.reasons,
        rows,
        endings: drafted.endings,
    })
}

/// The body of the item where the clerk has a post in it, else of the clerk's first post.
fn own_body(desk: &Desk, item_code: &str) -> String {
    let of_item: String = item_code.chars().take(10).collect();
    let posts = &desk.actor.posts;
    let own = posts.iter().find(|held| held.body == of_item).or_else(|| posts.first());
    own.map(|held| held.body.clone()).unwrap_or_default()
}
