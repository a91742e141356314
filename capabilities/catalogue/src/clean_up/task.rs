//! A body's task in a clean-up (R13, R14): the stages one after the other, each with a day and a person.
//!
//! Invariants: a stage is done once, in order; what was returned begins again with the register; who registered does not
//! review; nothing enters the catalogue before the working group approved it.

use jiff::civil::Date;
use mingjing_chronicle::{Aggregate, Context, Event, Recorded, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::exchange::handed_in::Counted;
use crate::version::Confirmation;

/// R13's order: 登记 → 审核 → 审定 → 公布, then 绘图 → 确认.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "CleanUpStage")]
pub enum Stage {
    Register,
    Review,
    Approve,
    Publish,
    Draw,
    Confirm,
}

impl Stage {
    pub const ALL: [Stage; 6] = [
        Stage::Register,
        Stage::Review,
        Stage::Approve,
        Stage::Publish,
        Stage::Draw,
        Stage::Confirm,
    ];

    pub fn key(self) -> &'static str {
        match self {
            Stage::Register => "register",
            Stage::Review => "review",
            Stage::Approve => "approve",
            Stage::Publish => "publish",
            Stage::Draw => "draw",
            Stage::Confirm => "confirm",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Stage::Register => "登记",
            Stage::Review => "法制审核",
            Stage::Approve => "工作组审定",
            Stage::Publish => "公布",
            Stage::Draw => "流程图和静态信息",
            Stage::Confirm => "审核确认",
        }
    }

    pub fn of_key(key: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| stage.key() == key)
    }

    /// Whether the body does it; the others are the legal office's.
    pub fn is_bodys(self) -> bool {
        matches!(self, Stage::Register | Stage::Draw)
    }

    fn next(self) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| *stage > self)
    }
}

/// A stage of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    pub stage: Stage,
    pub due: Date,
    /// Names of who is to do it.
    pub person: String,
    #[serde(default)]
    pub done_on: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    pub clean_up: String,
    /// Of the clean-up, e.g. `2026年权力清理`.
    pub name: String,
    /// The document that orders it.
    pub document: String,
    pub body: String,
    pub body_name: String,
    pub area: String,
    pub plan: Vec<Planned>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskEvent {
    Assigned(Box<Assigned>),
    /// On the prescribed form: the number of the table handed in.
    Registered {
        table: String,
        counts: Counted,
    },
    /// Problems discussed with the unit; it registers again.
    Returned {
        problems: String,
    },
    Reviewed {
        opinion: String,
    },
    Approved {
        /// Of the working group's decision.
        document_no: String,
        held_on: Date,
    },
    Published {
        confirmation: Confirmation,
        items: u32,
    },
    Drawn {
        remark: String,
    },
    /// The charts are not in order yet.
    RedrawAsked {
        problems: String,
    },
    Confirmed {
        opinion: String,
    },
}

impl Event for TaskEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        match self {
            TaskEvent::Assigned(_) => "clean_up_task.assigned",
            TaskEvent::Registered { .. } => "clean_up_task.registered",
            TaskEvent::Returned { .. } => "clean_up_task.returned",
            TaskEvent::Reviewed { .. } => "clean_up_task.reviewed",
            TaskEvent::Approved { .. } => "clean_up_task.approved",
            TaskEvent::Published { .. } => "clean_up_task.published",
            TaskEvent::Drawn { .. } => "clean_up_task.drawn",
            TaskEvent::RedrawAsked { .. } => "clean_up_task.redraw_asked",
            TaskEvent::Confirmed { .. } => "clean_up_task.confirmed",
        }
    }
}

/// A line of what has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub on: Date,
    pub what: &'static str,
    pub words: String,
}

#[derive(Debug, Clone, Default)]
pub struct Task {
    pub assigned: Option<Assigned>,
    /// `None` before it is assigned and once all is done.
    pub stage: Option<Stage>,
    pub table: Option<String>,
    pub registered_by: String,
    pub counts: Counted,
    /// Number and day of the working group's decision.
    pub approved: Option<(String, Date)>,
    pub steps: Vec<Step>,
}

impl Task {
    pub fn is_done(&self) -> bool {
        self.assigned.is_some() && self.stage.is_none()
    }

    pub fn planned(&self, stage: Stage) -> Option<&Planned> {
        self.assigned
            .as_ref()?
            .plan
            .iter()
            .find(|planned| planned.stage == stage)
    }

    fn done(&mut self, stage: Stage, on: Date) {
        if let Some(assigned) = &mut self.assigned
            && let Some(planned) = assigned.plan.iter_mut().find(|planned| planned.stage == stage)
        {
            planned.done_on = Some(on);
        }
        self.stage = stage.next();
    }

    fn again(&mut self, from: Stage) {
        if let Some(assigned) = &mut self.assigned {
            let later = assigned.plan.iter_mut().filter(|planned| planned.stage >= from);
            later.for_each(|planned| planned.done_on = None);
        }
        self.stage = Some(from);
    }
}

impl Aggregate for Task {
    type Event = TaskEvent;
    const STREAM: &'static str = "clean_up_task";

    fn evolve(&mut self, recorded: &Recorded<'_, TaskEvent>) {
        let on = recorded.envelope.happened_on;
        let Some(event) = recorded.payload.known() else {
            return;
        };
        let mut tell = |what: &'static str, words: &str| {
            self.steps.push(Step {
                on,
                what,
                words: words.to_owned(),
            });
        };
        match event {
            TaskEvent::Assigned(assigned) => {
                tell("下达任务", &assigned.document);
                self.stage = Some(Stage::Register);
                self.assigned = Some((**assigned).clone());
            }
            TaskEvent::Registered { table, counts } => {
                tell(
                    "单位登记",
                    &format!("新增{}项，变动{}项", counts.added, counts.changed + counts.ended),
                );
                self.table = Some(table.clone());
                self.counts = *counts;
                self.registered_by.clone_from(&recorded.envelope.actor);
                self.done(Stage::Register, on);
            }
            TaskEvent::Returned { problems } => {
                tell("法制机构提出问题，退回登记", problems);
                self.again(Stage::Register);
            }
            TaskEvent::Reviewed { opinion } => {
                tell("法制审核通过", opinion);
                self.done(Stage::Review, on);
            }
            TaskEvent::Approved { document_no, held_on } => {
                tell("工作组审定", &format!("{document_no}，{held_on}"));
                self.approved = Some((document_no.clone(), *held_on));
                self.done(Stage::Approve, on);
            }
            TaskEvent::Published { items, .. } => {
                tell("公布，进入权力目录", &format!("{items}项"));
                self.done(Stage::Publish, on);
            }
            TaskEvent::Drawn { remark } => {
                tell("流程图和静态信息完成", remark);
                self.done(Stage::Draw, on);
            }
            TaskEvent::RedrawAsked { problems } => {
                tell("流程图和静态信息退回修改", problems);
                self.again(Stage::Draw);
            }
            TaskEvent::Confirmed { opinion } => {
                tell("审核确认", opinion);
                self.done(Stage::Confirm, on);
            }
        }
    }
}

/// What the body or the legal office does next.
#[derive(Debug, Clone)]
pub enum Act {
    Register {
        table: String,
        counts: Counted,
    },
    Return {
        problems: String,
    },
    Review {
        opinion: String,
    },
    Approve {
        document_no: String,
        held_on: Date,
    },
    /// With the number of items that enter.
    Publish {
        office: String,
        items: u32,
    },
    Draw {
        remark: String,
    },
    AskRedraw {
        problems: String,
    },
    Confirm {
        opinion: String,
    },
}

impl Act {
    fn stage(&self) -> Stage {
        match self {
            Act::Register { .. } => Stage::Register,
            Act::Return { .. } | Act::Review { .. } => Stage::Review,
            Act::Approve { .. } => Stage::Approve,
            Act::Publish { .. } => Stage::Publish,
            Act::Draw { .. } => Stage::Draw,
            Act::AskRedraw { .. } | Act::Confirm { .. } => Stage::Confirm,
        }
    }
}

/// # Errors
/// A refusal for a task that is not at this stage, for a review by who registered, for a return without the problems, for
/// an approval without document or of a day to come.
pub fn decide(task: &Task, act: Act, context: &Context) -> Result<TaskEvent, Refusal> {
    let at = task.stage.map_or("已经完成", Stage::name);
    if task.stage != Some(act.stage()) {
        let message = format!("清理任务现在在“{at}”阶段，不能做这一步。");
        let refusal = Refusal::law("catalogue.clean_up.not_at_stage", message);
        return Err(refusal
            .article("需求R13（S4 四·2、四·3）")
            .advice("请刷新页面查看最新进度。"));
    }
    let reviews = matches!(
        act,
        Act::Return { .. } | Act::Review { .. } | Act::Approve { .. } | Act::Publish { .. }
    );
    if reviews && task.registered_by == context.actor.account {
        let refusal = Refusal::law("catalogue.clean_up.own", "登记的人不能审核自己的登记。");
        return Err(refusal.article("需求R20").advice("请由法制机构的其他工作人员审核。"));
    }
    let said = |text: String, field: &'static str| match text.trim() {
        "" => {
            let refusal = Refusal::invalid("catalogue.clean_up.needs_words", "请写明意见。");
            Err(refusal.article("需求R13").field(field, "请写明意见或者问题"))
        }
        text => Ok(text.to_owned()),
    };
    Ok(match act {
        Act::Register { table, counts } => TaskEvent::Registered { table, counts },
        Act::Return { problems } => TaskEvent::Returned {
            problems: said(problems, "words")?,
        },
        Act::Review { opinion } => TaskEvent::Reviewed {
            opinion: said(opinion, "words")?,
        },
        Act::Approve { document_no, held_on } => {
            if held_on > context.today {
                let refusal = Refusal::invalid("catalogue.clean_up.held_on", "审定的日期不能晚于今天。");
                return Err(refusal.field("held_on", "请填写审定的日期"));
            }
            TaskEvent::Approved {
                document_no: said(document_no, "document_no")?,
                held_on,
            }
        }
        Act::Publish { office, items } => {
            let document_no = task
                .approved
                .as_ref()
                .map(|(number, _)| number.clone())
                .unwrap_or_default();
            TaskEvent::Published {
                confirmation: Confirmation {
                    body: office,
                    document_no,
                },
                items,
            }
        }
        Act::Draw { remark } => TaskEvent::Drawn { remark },
        Act::AskRedraw { problems } => TaskEvent::RedrawAsked {
            problems: said(problems, "words")?,
        },
        Act::Confirm { opinion } => TaskEvent::Confirmed { opinion },
    })
}
