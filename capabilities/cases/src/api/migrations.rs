//! Plans of migration, for a body's and the legal office's own systems: the commands and readings of the pages.

use std::collections::BTreeMap;

use mingjing_bpmn::migrate::Plan;
use mingjing_chronicle::Done;
use mingjing_web::api::{Api, Cursor, Nothing, Op, Order, Paged, Paging};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::lists::PlaceQuery;
use crate::events::{FlowMoved, PlaceMoved};
use crate::migration::commands::{self, PlanRef, Trial};
use crate::migration::decide::MigrationOrder;
use crate::migration::plan::{Chosen, Outcome, PlanState, Tried, Why};
use crate::migration::seen::seen;
use crate::migration::trial::CaseTried;
use crate::migration::{CONFIRM, MIGRATIONS, PLAN};
use crate::views::charts::{self, PlanRow};

pub(super) fn routes() -> Routes {
    let (see, plan, confirm) = (Access::May(MIGRATIONS), Access::May(PLAN), Access::May(CONFIRM));
    Api::new("流程迁移")
        .read(
            Op::new("list_migrations", "迁移方案").note("先按提出日期从新到旧，再按编号"),
            "/api/v1/migrations",
            see,
            list,
        )
        .read(
            Op::new("read_migration", "迁移方案详情")
                .note("待确认的附现在试行的结果，确认以后的附轮到的每个办件的结果"),
            "/api/v1/migrations/{plan_no}",
            see,
            read,
        )
        .question(
            Op::new("try_migration", "试行迁移方案")
                .note("不改动任何办件；选中的都试，选全部的试编号在前的200件，没有试的有多少件写明"),
            "/api/v1/migrations/trial",
            plan,
            try_one,
        )
        .create(
            Op::new("file_migration", "提出迁移方案"),
            "/api/v1/migrations",
            plan,
            file,
        )
        .command(
            Op::new("confirm_migration", "确认迁移方案")
                .seen()
                .note("提出方案的人不能确认；确认后分批逐件迁移，直到没有为止"),
            "/api/v1/migrations/{plan_no}/confirm",
            confirm,
            confirm_one,
        )
        .command(
            Op::new("decline_migration", "不予确认迁移方案").seen(),
            "/api/v1/migrations/{plan_no}/decline",
            confirm,
            decline,
        )
        .command(
            Op::new("withdraw_migration", "撤回迁移方案").seen(),
            "/api/v1/migrations/{plan_no}/withdraw",
            plan,
            withdraw,
        )
        .into_routes()
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PlanPath {
    #[schemars(length(min = 1, max = 40))]
    plan_no: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MigrationBody")]
struct PlanBody {
    #[schemars(length(min = 1, max = 40))]
    item_code: String,
    #[schemars(range(min = 1))]
    from_version: i32,
    #[schemars(range(min = 1), description = "现在生效的版本")]
    to_version: i32,
    /// 原流程图的元素 → 新流程图的元素；编号、种类和法律行为都相同的不用写
    #[serde(default)]
    elements: BTreeMap<String, String>,
    /// 汇合前的顺序流，不能由元素推出的才写
    #[serde(default)]
    flows: BTreeMap<String, String>,
    /// 不再等待的边界事件、事件子流程的开始
    #[serde(default)]
    ended: Vec<String>,
    chosen: Chosen,
    #[serde(default)]
    #[schemars(length(max = 2000), description = "提出时必填")]
    reasons: String,
}

impl PlanBody {
    fn order(self) -> MigrationOrder {
        MigrationOrder {
            item_code: self.item_code,
            from_version: self.from_version,
            to_version: self.to_version,
            plan: Plan {
                elements: self.elements,
                flows: self.flows,
                ended: self.ended.into_iter().collect(),
            },
            chosen: self.chosen,
            reasons: self.reasons,
        }
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MigrationOpinion")]
struct Said {
    #[schemars(length(min = 1, max = 2000))]
    opinion: String,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MigrationLine")]
struct PlanLine {
    plan_no: String,
    item_code: String,
    item_name: String,
    from_version: i32,
    to_version: i32,
    state: PlanState,
    filed_on: String,
    filed_by: String,
    moved: i64,
    stayed: i64,
}

impl From<PlanRow> for PlanLine {
    fn from(row: PlanRow) -> PlanLine {
        PlanLine {
            plan_no: row.plan_no,
            item_code: row.item_code,
            item_name: row.item_name,
            from_version: row.from_version,
            to_version: row.to_version,
            state: row.state,
            filed_on: row.filed_on,
            filed_by: row.filed_by,
            moved: row.moved,
            stayed: row.stayed,
        }
    }
}

async fn list(desk: Desk, _: Nothing, query: PlaceQuery) -> Result<Paged<PlanLine>, Problem> {
    let scope = desk.require(MIGRATIONS)?;
    let paging = Paging::read(query.cursor.as_deref(), query.size)?;
    let (place, most) = (paging.after::<2>()?, paging.ask());
    let rows = desk
        .house
        .chronicle
        .read(move |reader| charts::plans(reader, &scope, place.as_ref(), most))
        .await?;
    let place = |row: &PlanRow| Cursor::at([&row.filed_on, &row.plan_no]);
    Ok(Paged::of(rows, paging.size, place, PlanLine::from))
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MigrationPlace")]
pub(super) struct Place {
    from: String,
    to: String,
}

impl Place {
    fn of(places: &[PlaceMoved]) -> Vec<Place> {
        let told = places.iter().map(|place| Place {
            from: place.from.clone(),
            to: place.to.clone(),
        });
        told.collect()
    }
}

/// 一个办件的结果
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MigrationResult")]
struct CaseResult {
    case_no: String,
    /// 没有的还没有轮到
    moves: Option<bool>,
    why: Vec<Why>,
    remarks: Vec<String>,
    places: Vec<Place>,
}

impl CaseResult {
    fn tried(tried: CaseTried) -> CaseResult {
        CaseResult {
            moves: Some(tried.moves()),
            case_no: tried.case_no,
            why: tried.why,
            remarks: tried.remarks,
            places: Place::of(&tried.places),
        }
    }

    fn done(case_no: &str, outcome: Option<&Outcome>) -> CaseResult {
        let (moves, why, remarks) = match outcome {
            None => (None, Vec::new(), Vec::new()),
            Some(Outcome::Moved(remarks)) => (Some(true), Vec::new(), remarks.clone()),
            Some(Outcome::Stayed(why)) => (Some(false), why.clone(), Vec::new()),
        };
        CaseResult {
            case_no: case_no.to_owned(),
            moves,
            why,
            remarks,
            places: Vec::new(),
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MigrationTrial")]
struct TrialShown {
    counted: Tried,
    /// 走着这一流程图的办件
    running: i64,
    cases: Vec<CaseResult>,
}

impl TrialShown {
    fn of(trial: Trial) -> TrialShown {
        TrialShown {
            counted: trial.counted(),
            running: trial.running,
            cases: trial.cases.into_iter().map(CaseResult::tried).collect(),
        }
    }
}

async fn try_one(desk: Desk, _: Nothing, body: PlanBody) -> Result<TrialShown, Problem> {
    desk.require(PLAN)?;
    let item = body.item_code.clone();
    let trial = commands::try_plan(&desk.house.chronicle, &desk.actor, &body.order()).await?;
    desk.note_read("item", &item, PLAN)?;
    Ok(TrialShown::of(trial))
}

async fn file(desk: Desk, _: Nothing, order: Order<PlanBody>) -> Result<Done<PlanRef>, Problem> {
    desk.require(PLAN)?;
    let request = desk.request(&order.meta);
    Ok(commands::file_plan(&desk.house.chronicle, request, order.body.order()).await?)
}

async fn confirm_one(desk: Desk, path: PlanPath, order: Order<Said>) -> Result<Done<PlanRef>, Problem> {
    desk.require(CONFIRM)?;
    let (request, seen) = (desk.request(&order.meta), order.meta.seen);
    let said = order.body.opinion;
    Ok(commands::confirm_plan(&desk.house.chronicle, request, path.plan_no, seen, said).await?)
}

async fn decline(desk: Desk, path: PlanPath, order: Order<Said>) -> Result<Done<PlanRef>, Problem> {
    desk.require(CONFIRM)?;
    let (request, seen) = (desk.request(&order.meta), order.meta.seen);
    let said = order.body.opinion;
    Ok(commands::decline_plan(&desk.house.chronicle, request, path.plan_no, seen, said).await?)
}

async fn withdraw(desk: Desk, path: PlanPath, order: Order<Said>) -> Result<Done<PlanRef>, Problem> {
    desk.require(PLAN)?;
    let (request, seen) = (desk.request(&order.meta), order.meta.seen);
    let said = order.body.opinion;
    Ok(commands::withdraw_plan(&desk.house.chronicle, request, path.plan_no, seen, said).await?)
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MigrationShown")]
struct PlanShown {
    plan_no: String,
    /// 下一步操作带上它
    version: i64,
    state: PlanState,
    item_code: String,
    item_name: String,
    from_version: i32,
    to_version: i32,
    elements: BTreeMap<String, String>,
    flows: BTreeMap<String, String>,
    ended: Vec<String>,
    chosen: Chosen,
    reasons: String,
    filed_by: String,
    /// 提出时试行的结果
    tried: Tried,
    /// 待确认的：现在试行的结果
    now: Option<Tried>,
    /// 现在走着原流程图的办件
    running: i64,
    /// 确认以后还没有结果的办件
    waiting: i64,
    said: Vec<SaidShown>,
    cases: Vec<CaseResult>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MigrationSaid")]
struct SaidShown {
    on: String,
    who: String,
    words: String,
}

async fn read(desk: Desk, path: PlanPath, _: Nothing) -> Result<PlanShown, Problem> {
    let scope = desk.require(MIGRATIONS)?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    let plan_no = path.plan_no.clone();
    let chronicle = &desk.house.chronicle;
    let read = chronicle
        .read(move |reader| seen(reader, &plan_no, &scope, &context))
        .await?;
    let shown = read.ok_or_else(|| Problem::Refusal(commands::unknown()))?;
    let now = shown.trial.as_ref().map(Trial::counted);
    let (plan, filed) = (shown.plan, shown.filed);
    let cases = match shown.trial {
        Some(trial) => trial.cases.into_iter().map(CaseResult::tried).collect(),
        None => {
            let cases = plan.cases.iter();
            cases
                .map(|case| CaseResult::done(case, plan.outcomes.get(case)))
                .collect()
        }
    };
    desk.note_read("migration_plan", &path.plan_no, MIGRATIONS)?;
    let said = plan.said.iter().map(|(on, who, words)| SaidShown {
        on: on.to_string(),
        who: who.clone(),
        words: words.clone(),
    });
    Ok(PlanShown {
        plan_no: path.plan_no,
        version: shown.version,
        state: plan.state,
        item_code: filed.item_code,
        item_name: filed.item_name,
        from_version: filed.from_version,
        to_version: filed.to_version,
        elements: filed.plan.elements,
        flows: filed.plan.flows,
        ended: filed.plan.ended.into_iter().collect(),
        chosen: filed.chosen,
        reasons: filed.reasons,
        filed_by: filed.by.name,
        tried: filed.tried,
        now,
        running: shown.running,
        waiting: shown.waiting,
        said: said.collect(),
        cases,
    })
}

/// 迁移到另一版本的流程图
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FlowMovedShown")]
pub(super) struct MovedShown {
    plan_no: String,
    from_version: i32,
    to_version: i32,
    reasons: String,
    filed_by: String,
    confirmed_by: String,
    places: Vec<Place>,
    remarks: Vec<String>,
}

impl MovedShown {
    pub(super) fn of(moves: &[std::sync::Arc<FlowMoved>]) -> Vec<MovedShown> {
        let shown = moves.iter().map(|moved| MovedShown {
            plan_no: moved.plan.clone(),
            from_version: moved.from_version,
            to_version: moved.to_version,
            reasons: moved.reasons.clone(),
            filed_by: moved.filed_by.name.clone(),
            confirmed_by: moved.confirmed_by.name.clone(),
            places: Place::of(&moved.places),
            remarks: moved.remarks.clone(),
        });
        shown.collect()
    }
}
