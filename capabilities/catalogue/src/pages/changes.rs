//! `/desk/changes`: changes of items that are filed, reviewed, confirmed and entered (R25–R34). A body sees its own, the
//! legal office and the approval-management body their area's.

use std::str::FromStr;
use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use jiff::civil::Date;
use mingjing_bpmn::compare::{Change, compare};
use mingjing_chronicle::{Refusal, Stop};
use mingjing_web::{Desk, Fields, Form, Frame, Input, Link, Listing, Problem, page};

use super::chart::{Chart, public_chart};
use super::{CHANGES, FILE_CHANGE, OpenCase, OpenCases, REVIEW_APPROVAL, REVIEW_CHANGE, change_new, item_page};
use crate::adjustment::AdjustmentClock;
use crate::benchmark::{self, Trial};
use crate::change::{ApprovalOpinion, ChangeEvent, ChangeState, Filed, ItemChange, Opinion, Point, Standard};
use crate::changes;
use crate::decide::limits_of_change::body_enters;
use crate::decide::reply_to_change::{Answer, ReplyToChange, remark_field};
use crate::decide::review_for_approval::{self, ApprovalAnswer, ReviewForApproval};
use crate::difference::{Difference, Line, differences};
use crate::item::Item;
use crate::version::ItemVersion;
use crate::views::{self, ChangeRow, WaitsFor};

const MOST: i64 = 300;
const MOST_CASES: i64 = 200;

pub fn changes_page() -> Link {
    Link::to("/desk/changes")
}

pub fn change_page(change_no: &str) -> Link {
    changes_page().part(change_no)
}

pub fn reply_page(change_no: &str) -> Link {
    change_page(change_no).part("reply")
}

pub(super) fn unknown() -> Problem {
    let refusal = Refusal::not_found("catalogue.change.unknown", "没有这次调整申报。").advice("请从清单中选择。");
    Problem::Refusal(refusal)
}

#[derive(Template)]
#[template(path = "changes/list.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<ChangeRow>,
    today: Date,
    /// By whose turn it is.
    tabs: Vec<(&'static str, Link, bool)>,
    may_file: bool,
    new: Link,
}

impl ListPage {
    fn colour(&self, state: &ChangeState) -> &'static str {
        state.colour()
    }

    fn link(&self, row: &ChangeRow) -> Link {
        change_page(&row.change_no)
    }

    fn is_overdue(&self, row: &ChangeRow) -> bool {
        row.due().is_some_and(|due| due < self.today)
    }
}

pub async fn get_changes(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let scope = desk.require(CHANGES)?;
    let waits_for: Option<WaitsFor> = listing.one("waits").parse().ok();
    let rows = desk
        .house
        .chronicle
        .read(move |reader| views::changes(reader, &scope, waits_for, MOST));
    Ok(page(&ListPage {
        rows: rows.await?,
        frame: desk.frame("目录调整"),
        today: desk.house.clock.today(),
        tabs: tabs(&desk, waits_for),
        may_file: desk.may(FILE_CHANGE).is_some(),
        new: change_new::new_page(),
    }))
}

/// Turns that nobody has in this place are not offered.
fn tabs(desk: &Desk, chosen: Option<WaitsFor>) -> Vec<(&'static str, Link, bool)> {
    let parameters = desk.house.chronicle.parameters();
    let known = WaitsFor::ALL.into_iter().filter(|waits| match waits {
        WaitsFor::Approval => review_for_approval::is_asked(&parameters),
        WaitsFor::Entry => body_enters(&parameters),
        WaitsFor::Reply | WaitsFor::Correction => true,
    });
    let tab = |waits: WaitsFor| {
        let link = changes_page().query("waits", waits.key());
        (waits.name(), link, chosen == Some(waits))
    };
    let all = ("全部", changes_page(), chosen.is_none());
    std::iter::once(all).chain(known.map(tab)).collect()
}

/// An item that the change touches, beside what holds today.
struct Touched {
    item_code: String,
    name: String,
    link: Option<Link>,
    ends: bool,
    is_new: bool,
    differences: Vec<Difference>,
    /// Drawn where the chart is another one: before and after.
    charts: Option<(Option<Arc<Chart>>, Arc<Chart>)>,
    /// What is another in the flow, element by element.
    flow_edits: Vec<String>,
    /// Where the benchmark is another one: made-up facts, and what the old and the new one say.
    trials: Vec<Trial>,
}

impl Touched {
    fn of(item: &Item, proposed: &ItemVersion, today: Date) -> Touched {
        let old = match item.version(proposed.version - 1) {
            Some(before) => Some(before),
            None => item.holding(today),
        };
        let hash = |version: &ItemVersion| version.flow.as_ref().map(|flow| flow.hash.clone());
        let charts = match old.and_then(hash) == hash(proposed) {
            true => None,
            false => public_chart(proposed).map(|after| (old.and_then(public_chart), after)),
        };
        Touched {
            item_code: proposed.item_code.clone(),
            name: proposed.name.clone(),
            link: item.exists().then(|| item_page(&proposed.item_code)),
            ends: false,
            is_new: old.is_none(),
            differences: differences(old, proposed),
            flow_edits: old.map(|old| flow_edits(old, proposed)).unwrap_or_default(),
            trials: benchmark_trials(old, proposed),
            charts,
        }
    }

    fn ending(item_code: &str, item: &Item) -> Touched {
        Touched {
            item_code: item_code.to_owned(),
            name: item.latest().map(|version| version.name.clone()).unwrap_or_default(),
            link: Some(item_page(item_code)),
            ends: true,
            is_new: false,
            differences: Vec::new(),
            charts: None,
            flow_edits: Vec::new(),
            trials: Vec::new(),
        }
    }
}

fn flow_edits(old: &ItemVersion, proposed: &ItemVersion) -> Vec<String> {
    let model = |version: &ItemVersion| {
        let flow = version.flow.as_ref()?;
        mingjing_bpmn::model::read(&flow.bpmn_xml).ok()
    };
    match (model(old), model(proposed)) {
        (Some(old), Some(new)) => compare(&old, &new).changes.iter().map(Change::in_words).collect(),
        _ => Vec::new(),
    }
}

fn benchmark_trials(old: Option<&ItemVersion>, proposed: &ItemVersion) -> Vec<Trial> {
    let text = |version: &ItemVersion| version.discretion_benchmark.clone().unwrap_or_default();
    let (before, after) = (old.map(text).unwrap_or_default(), text(proposed));
    match benchmark::latest(&after) {
        Some(new) if before != after => benchmark::trials(benchmark::latest(&before).as_ref(), &new),
        _ => Vec::new(),
    }
}

#[derive(Template)]
#[template(path = "changes/one.html")]
struct OnePage {
    frame: Frame,
    change_no: String,
    state: ChangeState,
    filed: Filed,
    late_reply: bool,
    touched: Vec<Touched>,
    steps: Vec<(String, String, Vec<Point>)>,
    cases: Option<Vec<OpenCase>>,
    confirmed: bool,
    /// T3 of what the body enters itself, and whether it is past.
    to_enter: Option<(AdjustmentClock, bool)>,
    /// The approval-management body has still to agree.
    awaits_approval: bool,
    agreed: bool,
    /// The body makes confirmed changes itself in this place.
    body_enters: bool,
    /// For the legal office while it has the change.
    may_reply: bool,
    /// For the approval-management body until it agreed.
    may_agree: bool,
    /// For the body once it is confirmed.
    may_enter: bool,
    /// For the body while it is not over.
    may_withdraw: bool,
    again: Option<Link>,
    fields: Fields,
}

impl OnePage {
    fn colour(&self) -> &'static str {
        self.state.colour()
    }

    fn remark(&self, standard: &Standard) -> &'static str {
        remark_field(*standard)
    }

    fn standards(&self) -> [Standard; 4] {
        Standard::ALL
    }

    fn holds(&self) -> [(&'static str, &'static str, &'static str); 2] {
        [("yes", "符合", ""), ("no", "不符合", "")]
    }

    fn answers(&self) -> [(&'static str, &'static str, &'static str); 3] {
        [
            (
                "confirm",
                "确认",
                match self.body_enters {
                    true => "四项标准都符合；写明书面答复的文号，由申报单位更新权力库后进入目录",
                    false => "四项标准都符合；写明书面答复的文号，到生效日起进入目录",
                },
            ),
            ("return", "退回修改", "写明理由，申报单位改好后可以再报"),
            ("refuse", "不予确认", "写明理由，这次申报到此为止"),
        ]
    }

    fn approval_answers(&self) -> [(&'static str, &'static str, &'static str); 2] {
        [
            ("agree", "同意", "由法制机构审核确认后进入审批业务系统"),
            ("return", "退回修改", "写明理由，申报单位改好后可以再报"),
        ]
    }

    fn approval_words(&self) -> &'static str {
        match (self.awaits_approval, self.agreed) {
            (_, true) => "审核同意",
            (true, false) => "还没有审核",
            (false, false) => "没有审核同意",
        }
    }

    fn entry_why(&self) -> &[String] {
        self.to_enter.as_ref().map_or(&[], |(clock, _)| &clock.why)
    }

    fn is_waiting(&self) -> bool {
        self.state == ChangeState::Waiting
    }

    fn reply_link(&self) -> Link {
        reply_page(&self.change_no)
    }
}

pub async fn get_change(
    open_cases: Arc<dyn OpenCases>,
    desk: Desk,
    Path(change_no): Path<String>,
) -> Result<Response, Problem> {
    let fields = desk.form();
    show(&open_cases, &desk, change_no, fields).await
}

async fn show(
    open_cases: &Arc<dyn OpenCases>,
    desk: &Desk,
    change_no: String,
    fields: Fields,
) -> Result<Response, Problem> {
    let scope = desk.require(CHANGES)?;
    let case_scope = desk.may(open_cases.permission());
    let (wanted, teller, today) = (change_no.clone(), Arc::clone(open_cases), desk.house.clock.today());
    let read = desk
        .house
        .chronicle
        .read(move |reader| {
            if !views::change_within(reader, &scope, &wanted)? {
                return Ok(None);
            }
            let change = reader.load::<ItemChange>(&wanted)?;
            let Some(filed) = change.filed.clone() else {
                return Ok(None);
            };
            let mut touched = Vec::new();
            for version in &filed.proposal.versions {
                let item = reader.load::<Item>(&version.item_code)?;
                touched.push(Touched::of(&item, version, today));
            }
            for code in &filed.proposal.endings {
                touched.push(Touched::ending(code, &*reader.load::<Item>(code)?));
            }
            let cases = match case_scope {
                Some(scope) => Some(teller.of_items(reader, &scope, &filed.proposal.items(), MOST_CASES)?),
                None => None,
            };
            Ok(Some(((*change.state).clone(), change.version, filed, touched, cases)))
        })
        .await?;
    let (change, version, filed, touched, cases) = read.ok_or_else(unknown)?;
    let scope_of = |permission| {
        desk.may(permission).is_some_and(|scope| {
            scope.covers(&mingjing_web::Subject {
                body: &filed.body,
                area: &filed.area,
                party_account: "",
                published: false,
            })
        })
    };
    let own = scope_of(FILE_CHANGE);
    let open = matches!(
        change.state,
        ChangeState::Reviewing | ChangeState::Returned | ChangeState::Waiting
    );
    Ok(page(&OnePage {
        frame: desk
            .frame(format!("{}：{}", filed.proposal.kind.name(), heading(&touched)))
            .of_form(&fields)
            .back(changes_page()),
        state: change.state,
        late_reply: change.state == ChangeState::Reviewing && filed.to_reply.due.is_some_and(|due| due < today),
        steps: change.steps.iter().map(|step| told(step.on, &step.event)).collect(),
        confirmed: change.confirmed().is_some(),
        to_enter: to_enter(&change, today),
        awaits_approval: change.awaits_approval(),
        agreed: change.agreed_by.is_some(),
        body_enters: body_enters(&desk.house.chronicle.parameters()),
        may_agree: change.awaits_approval() && scope_of(REVIEW_APPROVAL),
        may_enter: own && change.state == ChangeState::Waiting,
        may_reply: change.state == ChangeState::Reviewing && scope_of(REVIEW_CHANGE),
        may_withdraw: own && open,
        again: (own && change.state == ChangeState::Returned).then(|| change_new::again_page(&change_no)),
        touched,
        cases,
        fields: fields.seen(version),
        change_no,
        filed,
    }))
}

fn to_enter(change: &ItemChange, today: Date) -> Option<(AdjustmentClock, bool)> {
    let confirmed = change.confirmed().filter(|confirmed| confirmed.waits)?;
    let clock = confirmed.to_update.clone()?;
    let late = change.state == ChangeState::Waiting && clock.due.is_some_and(|due| due < today);
    Some((clock, late))
}

fn heading(touched: &[Touched]) -> String {
    match touched {
        [] => String::new(),
        [one] => one.name.clone(),
        [first, ..] => format!("{}等{}项", first.name, touched.len()),
    }
}

/// A step in words: day, what was done, the opinion's points.
fn told(on: Date, event: &ChangeEvent) -> (String, String, Vec<Point>) {
    let opinion = |what: &str, opinion: &Opinion| {
        let late = if opinion.late { "（超过答复期限）" } else { "" };
        let words = match opinion.text.is_empty() {
            true => format!("{what}{late}"),
            false => format!("{what}{late}：{}", opinion.text),
        };
        (words, opinion.points.clone())
    };
    let (words, points) = match event {
        ChangeEvent::Filed(filed) if filed.late => ("申报（超过申报期限）".to_owned(), Vec::new()),
        ChangeEvent::Filed(_) => ("申报".to_owned(), Vec::new()),
        ChangeEvent::ApprovalAgreed(given) => (of_approval("同意", given), Vec::new()),
        ChangeEvent::ApprovalReturned(given) => (of_approval("退回修改", given), Vec::new()),
        ChangeEvent::Returned(given) => opinion("退回修改", given),
        ChangeEvent::Refused(given) => opinion("不予确认", given),
        ChangeEvent::Confirmed(confirmed) => {
            let what = format!(
                "{}确认，{}",
                confirmed.confirmation.body, confirmed.confirmation.document_no
            );
            opinion(&what, &confirmed.opinion)
        }
        ChangeEvent::Entered(entered) if entered.late => ("更新权力库（超过更新期限）".to_owned(), Vec::new()),
        ChangeEvent::Entered(_) => ("更新权力库".to_owned(), Vec::new()),
        ChangeEvent::Withdrawn { reason } => (format!("撤回：{reason}"), Vec::new()),
    };
    (on.to_string(), words, points)
}

fn of_approval(what: &str, given: &ApprovalOpinion) -> String {
    match given.text.is_empty() {
        true => format!("{}{what}", given.body),
        false => format!("{}{what}：{}", given.body, given.text),
    }
}

/// What somebody does on the page: the approval-management body reviews, the legal office replies, the body enters what
/// was confirmed or withdraws.
pub enum Done {
    Agree(ReviewForApproval),
    Reply(ReplyToChange),
    Enter,
    Withdraw(String),
}

impl Input for Done {
    fn read(form: &mut mingjing_web::Reader<'_>) -> Option<Self> {
        if form.ticked("withdraw") {
            return Some(Done::Withdraw(form.text("reason", "撤回的理由", 500)?));
        }
        if form.ticked("enter") {
            return Some(Done::Enter);
        }
        if form.ticked("approval") {
            let answer = form.choice::<ApprovalAnswer>("approval_answer", "审核意见");
            let text = form.optional("approval_text", "理由", 2000);
            return Some(Done::Agree(ReviewForApproval {
                answer: answer?,
                text: text?.unwrap_or_default(),
            }));
        }
        let mut points = Vec::new();
        for standard in Standard::ALL {
            let holds = form.choice::<YesNo>(standard.key(), standard.name());
            let remark = form.optional(remark_field(standard), "意见", 500);
            points.push((standard, holds, remark));
        }
        let answer = form.choice::<Answer>("answer", "答复");
        let text = form.optional("text", "意见", 2000);
        let document_no = form.optional("document_no", "文号", 60);
        let points: Option<Vec<Point>> = points
            .into_iter()
            .map(|(standard, holds, remark)| {
                Some(Point {
                    standard,
                    holds: holds?.0,
                    remark: remark?.unwrap_or_default(),
                })
            })
            .collect();
        Some(Done::Reply(ReplyToChange {
            answer: answer?,
            points: points?,
            text: text?.unwrap_or_default(),
            document_no: document_no?.unwrap_or_default(),
        }))
    }
}

struct YesNo(bool);

impl FromStr for YesNo {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "yes" => Ok(YesNo(true)),
            "no" => Ok(YesNo(false)),
            _ => Err(()),
        }
    }
}

pub async fn post_change(
    open_cases: Arc<dyn OpenCases>,
    desk: Desk,
    Path(change_no): Path<String>,
    form: Form<Done>,
) -> Result<Response, Problem> {
    desk.require(CHANGES)?;
    let (done, meta, fields) = match form.check() {
        Ok(all) => all,
        Err(fields) => return show(&open_cases, &desk, change_no, fields).await,
    };
    let (chronicle, request) = (&desk.house.chronicle, desk.request(&meta));
    let (result, said) = match done {
        Done::Withdraw(reason) => (
            changes::withdraw_change(chronicle, request, change_no.clone(), reason).await,
            "已撤回申报。",
        ),
        Done::Enter => {
            let entered = changes::enter_change(chronicle, request, change_no.clone(), meta.seen).await;
            (entered.map(|_| ()), "已按确认的内容更新权力库。")
        }
        Done::Agree(review) => {
            let said = match review.answer {
                ApprovalAnswer::Agree => "已同意，由法制机构审核确认。",
                ApprovalAnswer::Return => "已退回申报单位。",
            };
            let reviewed = changes::review_for_approval(chronicle, request, change_no.clone(), meta.seen, review).await;
            (reviewed, said)
        }
        Done::Reply(reply) => {
            let said = match reply.answer {
                Answer::Confirm if body_enters(&chronicle.parameters()) => {
                    "已确认，待申报单位更新权力库；书面答复可以打印。"
                }
                Answer::Confirm => "已确认，书面答复可以打印。",
                Answer::Return => "已退回申报单位。",
                Answer::Refuse => "已答复不予确认。",
            };
            let replied = changes::reply_to_change(chronicle, request, change_no.clone(), meta.seen, reply).await;
            (replied, said)
        }
    };
    match result {
        Ok(()) => Ok(desk.go_saying(&change_page(&change_no), said)),
        Err(Stop::Refusal(refusal)) if !refusal.fields.is_empty() => {
            show(&open_cases, &desk, change_no, fields.refused(&refusal)).await
        }
        Err(stop) => Err(stop.into()),
    }
}
