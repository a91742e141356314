//! The tale of a joint approval: one application, three other bodies that give their opinion, each in a case of its own.

use super::procedures::{BLANK, done};
use super::{APPROVER, Act, By, CLERK, HANDLER, PERMIT, RELEASE, REVIEWER, Step, Tale, Turn, step, turn};

const FIRE: &str = "33030300XF";
const HEALTH: &str = "33030300WJ";
const ENVIRONMENT: &str = "33030300HB";

const fn checked(working_days: u32, body: &'static str, record: &'static str) -> Turn {
    let check = Step {
        task: "assist_check",
        outcome: "done",
        record,
        officers: true,
        place: "温州市龙湾区永中街道演示路9号",
        ..BLANK
    };
    done(working_days, By::Asked(body, "handler"), check)
}

const fn examined(working_days: u32, body: &'static str) -> Turn {
    let by = By::Asked(body, "handler");
    step(
        working_days,
        by,
        "assist_examine",
        "agree",
        ["核查和材料一致，建议同意。", ""],
    )
}

const fn reviewed(working_days: u32, body: &'static str) -> Turn {
    step(
        working_days,
        By::Asked(body, "reviewer"),
        "assist_review",
        "agree",
        ["同意。", ""],
    )
}

const fn agreed(working_days: u32, body: &'static str) -> Turn {
    step(
        working_days,
        By::Asked(body, "approver"),
        "assist_opinion",
        "agree",
        ["符合本部门的要求，同意。", ""],
    )
}

pub(super) const JOINT: Tale = Tale {
    item_code: "33030300WG-XK-0010",
    answers: PERMIT,
    turns: &[
        turn(0, By::Applicant, Act::Apply),
        turn(1, CLERK, Act::Accept),
        checked(1, HEALTH, "空调通风、公共用品消毒设施与申报一致。"),
        checked(0, ENVIRONMENT, "包间隔声材料与申报一致，边界噪声监测达标。"),
        checked(1, FIRE, "疏散通道、消火栓符合要求；二层缺两盏应急照明灯。"),
        turn(0, HANDLER, Act::Examine),
        examined(1, HEALTH),
        examined(0, ENVIRONMENT),
        reviewed(1, HEALTH),
        agreed(0, HEALTH),
        reviewed(1, ENVIRONMENT),
        agreed(0, ENVIRONMENT),
        examined(1, FIRE),
        reviewed(1, FIRE),
        done(
            1,
            By::Asked(FIRE, "approver"),
            Step {
                task: "assist_opinion",
                outcome: "conditional",
                opinion: "满足条件后同意。",
                // The conditions: see `Scene::step`.
                manner: "开业前在二层补装两盏应急照明灯，并经复查合格。",
                ..BLANK
            },
        ),
        step(
            1,
            HANDLER,
            "summarise",
            "summarised",
            ["三个部门同意，其中消防救援大队附条件；条件写入对申请人的要求。", ""],
        ),
        turn(1, REVIEWER, Act::Review),
        turn(1, APPROVER, Act::Grant { hearing_record: "" }),
        turn(1, CLERK, Act::Issue),
        turn(1, CLERK, Act::Serve),
        turn(1, RELEASE, Act::Publish),
        turn(0, CLERK, Act::Complete),
    ],
};
