//! Which law a case follows. Permits have a law of procedure; some other powers have one, too; the rest have the law of
//! their item. Fixed when the case begins, from the item's type of power and its chart, and kept with it.

use mingjing_bpmn::casework::GIVE_OPINION;
use mingjing_bpmn::model::Model;
use mingjing_catalogue::public::procedure_of;
use mingjing_codes::PowerType;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Course {
    Permit,
    Confirmation,
    Levy,
    /// 处罚法 51–53.
    SummaryPenalty,
    /// 强制法 16–33.
    CoerciveMeasure,
    /// 强制法 34–54.
    Enforcement,
    /// 公开条例 27–42.
    Disclosure,
    /// Another body's opinion in a joint approval (许可法 26(2)).
    Assistance,
    /// No rules of this platform cover its acts.
    Unknown,
}

impl Course {
    pub fn of(power: PowerType, chart: &Model) -> Course {
        match procedure_of(power, Some(chart)) {
            "CF/summary" => Course::SummaryPenalty,
            "QZ/measure" => Course::CoerciveMeasure,
            "QZ/enforcement" => Course::Enforcement,
            "disclosure" => Course::Disclosure,
            _ => Course::of_power(power),
        }
    }

    /// Of cases begun before the course was kept with them: these powers have one each.
    pub fn of_power(power: PowerType) -> Course {
        match power {
            PowerType::Permit => Course::Permit,
            PowerType::Confirmation => Course::Confirmation,
            PowerType::Levy => Course::Levy,
            _ => Course::Unknown,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Course::Permit => "行政许可",
            Course::Confirmation => "行政确认",
            Course::Levy => "行政征收",
            Course::SummaryPenalty => "行政处罚简易程序",
            Course::CoerciveMeasure => "行政强制措施",
            Course::Enforcement => "行政强制执行",
            Course::Disclosure => "政府信息依申请公开",
            Course::Assistance => "联合办理协办",
            Course::Unknown => "其他权力",
        }
    }

    /// Somebody asks for it or declares something; the others the body begins by itself.
    pub fn is_applied_for(self) -> bool {
        matches!(
            self,
            Course::Permit | Course::Confirmation | Course::Levy | Course::Disclosure
        )
    }

    pub fn is_ex_officio(self) -> bool {
        matches!(
            self,
            Course::SummaryPenalty | Course::CoerciveMeasure | Course::Enforcement
        )
    }

    /// Acts of the chart by which the matter is decided, the last that was done counting.
    pub(crate) fn deciding(self) -> &'static [&'static str] {
        match self {
            Course::Disclosure => &["answer"],
            Course::CoerciveMeasure => &["dispose", "lift"],
            Course::Assistance => &[GIVE_OPINION],
            _ => &["decide"],
        }
    }

    /// The day that a decision is told of is counted from a limit of this law, where one is longer than the item's.
    pub(crate) fn longest_extension(self) -> u32 {
        match self {
            // 公开条例 33(2).
            Course::Disclosure => 20,
            // 许可法 42(1).
            _ => 10,
        }
    }
}
