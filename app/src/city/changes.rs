//! What the city's bodies are changing in the catalogue: one change is announced, one came back, one waits for the
//! approval-management body. All of it is invented.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;
use mingjing_catalogue::change::{ChangeKind, Point, Standard, Trigger, TriggerKind};
use mingjing_catalogue::public::{Item, ItemVersion};
use mingjing_catalogue::{
    Answer, ApprovalAnswer, ChangeOrder, ReplyToChange, ReviewForApproval, drafting, file_change, reply_to_change,
    review_for_approval,
};
use mingjing_chronicle::{Chronicle, Fault, Request, Stop};

use super::cast::actor;

const LEGAL_OFFICE: &str = "acc-demo-legal";
const APPROVAL_MANAGEMENT: &str = "acc-demo-approval";

/// # Errors
/// A refusal of what the city files, which is a defect of the city; a fault.
pub async fn file(chronicle: &Arc<Chronicle>) -> Result<(), Stop> {
    let today = chronicle.clock().today();
    let announced = Filing {
        item: "33030300JT-XK-0001",
        clerk: "acc-demo-jt-release",
        kind: TriggerKind::CleanUp,
        document: "龙湾区优化营商环境工作方案（演示）",
        reasons: "材料网上核验以后，审查的时间可以缩短。",
        edit: |version| ("promised_limit", shorter(version)),
    };
    let no = announced.file(chronicle, today, today).await?;
    agree(chronicle, no.clone()).await?;
    let confirm = reply(Answer::Confirm, None, "", "龙司演〔2026〕18号");
    answer(chronicle, no, confirm).await?;

    let returned = Filing {
        item: "33030300SJ-XK-0002",
        clerk: "acc-demo-legal-reviewer",
        kind: TriggerKind::Functions,
        document: "龙湾区机构编制调整通知（演示）",
        reasons: "窗口搬迁。",
        edit: |_| ("place", "龙湾区演示路12号 政务服务中心二楼（演示）".to_owned()),
    };
    let no = returned.file(chronicle, today, today.saturating_add(14.days())).await?;
    let doubt = Some((Standard::Convenient, "只写了地点，没有写乘车路线和停车说明"));
    answer(
        chronicle,
        no,
        reply(Answer::Return, doubt, "请补充到达方式后再报。", ""),
    )
    .await?;

    let waiting = Filing {
        item: "33030300ZJ-XK-0003",
        clerk: "acc-demo-zj-release",
        kind: TriggerKind::NormAmended,
        document: "《城市道路管理规定》修改（演示）",
        reasons: "新的规定要求窗口延长办公时间。",
        edit: |_| ("hours", "工作日 8:30—12:00，13:30—17:30（演示）".to_owned()),
    };
    waiting.file(chronicle, today, today.saturating_add(30.days())).await?;
    Ok(())
}

struct Filing {
    item: &'static str,
    clerk: &'static str,
    kind: TriggerKind,
    document: &'static str,
    reasons: &'static str,
    /// A column and what it says then.
    edit: fn(&ItemVersion) -> (&'static str, String),
}

impl Filing {
    async fn file(&self, chronicle: &Arc<Chronicle>, today: Date, effective_on: Date) -> Result<String, Stop> {
        let item = self.item;
        let version = chronicle
            .read(move |reader| Ok(reader.load::<Item>(item)?.latest().cloned()))
            .await?;
        let version = version.ok_or_else(|| Fault::Internal(format!("the city has no item {item}")))?;
        let mut texts = drafting::texts(&version);
        let (column, text) = (self.edit)(&version);
        texts.insert(column, text);
        let order = ChangeOrder {
            body: version.body.clone(),
            kind: ChangeKind::Change,
            trigger: Trigger {
                kind: self.kind,
                on: today.saturating_sub(3.days()),
                document: self.document.to_owned(),
            },
            effective_on,
            reasons: self.reasons.to_owned(),
            rows: vec![drafting::row(Some(&version), item, &texts)],
            endings: Vec::new(),
        };
        let request = Request::by(actor(chronicle, self.clerk).await?);
        file_change(chronicle, request, None, order).await
    }
}

fn shorter(version: &ItemVersion) -> String {
    let amount = version.promised_limit.as_ref().map_or(2, |limit| limit.amount);
    amount.saturating_sub(1).max(1).to_string()
}

fn reply(answer: Answer, doubt: Option<(Standard, &str)>, text: &str, document_no: &str) -> ReplyToChange {
    let point = |standard| {
        let remark = doubt
            .filter(|(one, _)| *one == standard)
            .map(|(_, remark)| remark.to_owned());
        Point {
            standard,
            holds: remark.is_none(),
            remark: remark.unwrap_or_default(),
        }
    };
    ReplyToChange {
        answer,
        points: Standard::ALL.into_iter().map(point).collect(),
        text: text.to_owned(),
        document_no: document_no.to_owned(),
    }
}

async fn answer(chronicle: &Arc<Chronicle>, change_no: String, command: ReplyToChange) -> Result<(), Stop> {
    let request = Request::by(actor(chronicle, LEGAL_OFFICE).await?);
    reply_to_change(chronicle, request, change_no, None, command).await
}

async fn agree(chronicle: &Arc<Chronicle>, change_no: String) -> Result<(), Stop> {
    let request = Request::by(actor(chronicle, APPROVAL_MANAGEMENT).await?);
    let command = ReviewForApproval {
        answer: ApprovalAnswer::Agree,
        text: String::new(),
    };
    review_for_approval(chronicle, request, change_no, None, command).await
}
