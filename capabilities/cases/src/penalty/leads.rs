//! Registering a lead: the first door of a penalty, one transaction.

use mingjing_catalogue::public::Item;
use mingjing_chronicle::{About, Chronicle, Done, Refusal, Request, Stop, Tx};
use mingjing_codes::PowerType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PenaltyCase;
use super::commands::{Stage, complete};
use super::decide::register_lead::{self, RegisterLead};
use super::decide::{Known, opening};
use crate::commands::Ground;
use crate::course::Course;
use crate::decide::submit::pin;
use crate::number::{self, Procedure};
use crate::timer;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RegisteredLead {
    pub case_no: String,
    pub version: i64,
}

/// # Errors
/// `penalty.register_lead.*`; a fault.
pub async fn register(
    chronicle: &Chronicle,
    request: Request,
    command: RegisterLead,
) -> Result<Done<RegisteredLead>, Stop> {
    chronicle.perform(request, move |tx| register_in(tx, &command)).await
}

/// As [`register`], inside a transaction.
///
/// # Errors
/// As [`register`].
pub fn register_in(tx: &mut Tx<'_>, command: &RegisterLead) -> Result<RegisteredLead, Stop> {
    let item = tx.consult::<Item>(&command.item_code)?;
    // RED1: nothing is begun on an item that is not in force.
    let version = item.current(tx.context().today);
    let Some(version) = version.and_then(|version| item.shared_version(version.version)) else {
        return Err(Refusal::law(
            "penalty.register_lead.item_not_active",
            "没有这个事项，或者该事项已经取消、尚未生效，不能据此办理处罚案件。",
        )
        .article("行政处罚法第三十八条第一款")
        .advice("请在事项目录中查看现行事项。")
        .into());
    };
    if version.power_type != PowerType::Penalty {
        return Err(
            Refusal::law("penalty.register_lead.not_a_penalty", "该事项不是行政处罚事项。")
                .article("行政处罚法第三十八条第一款")
                .advice("请选择类型为“行政处罚”的事项。")
                .into(),
        );
    }
    let body = version.body.clone();
    let ground = Ground::on(tx, version, &body)?;
    if Course::of(PowerType::Penalty, ground.flow.model()) == Course::SummaryPenalty {
        return Err(Refusal::law(
            "penalty.register_lead.summary_procedure",
            "该事项的流程图是简易程序，不登记线索、不立案。",
        )
        .article("行政处罚法第五十一条、第五十四条")
        .advice("违法事实确凿、可以当场处罚的，请在“依职权启动”中办理；应当适用普通程序的，请选择适用普通程序的事项。")
        .into());
    }
    let context = &ground.context;
    let case_no = number::number_in(
        Procedure::Penalty,
        &ground.body.division,
        context.today,
        &context.derive("case-no"),
    );
    let mut case = tx.load::<PenaltyCase>(&case_no)?;
    let stage = Stage::of(tx, &case)?;
    let known = Known::default();
    let scene = stage.scene(&ground, &known);
    let pinned = pin(
        super::PenaltyAct::RegisterLead,
        "行政处罚法第六十条",
        Some(opening::ninety_days()),
        &ground.setting(),
    )?;
    let verdict = register_lead::decide(&case, command, &case_no, pinned, &scene)
        .map_err(|refusal| complete(refusal, Some(super::PenaltyAct::RegisterLead)))?;
    let about = About {
        happened_on: verdict.happened_on,
        class: "penalty",
        body,
        post: verdict.post,
        item: Some(format!("{}@{}", ground.item.item_code, ground.item.version)),
        flow: Some(ground.flow.hash().to_owned()),
        cause: None,
    };
    tx.append(&mut case, verdict.events, &about)?;
    timer::wake_flow(tx, &case_no, &*case.state)?;
    Ok(RegisteredLead {
        case_no,
        version: case.version,
    })
}
