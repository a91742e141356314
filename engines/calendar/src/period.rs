//! A period of time as a law states it.

use serde::{Deserialize, Serialize};

/// The unit a limit is written in. Which one applies is per statute, never global (许可法 82, 处罚法 85, 强制法 69 …).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitUnit {
    WorkingDay,
    CalendarDay,
    Month,
    Hour,
}

impl LimitUnit {
    /// The word after the number: `5个工作日`, `30日`, `3个月`, `24小时`.
    pub fn name(self) -> &'static str {
        match self {
            LimitUnit::WorkingDay => "个工作日",
            LimitUnit::CalendarDay => "日",
            LimitUnit::Month => "个月",
            LimitUnit::Hour => "小时",
        }
    }
}

/// An amount of one unit. Amount 0 in days or months means "the same day" (当日办结; on a rest day the next working day).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    pub amount: u32,
    pub unit: LimitUnit,
}

impl Period {
    pub fn working_days(amount: u32) -> Period {
        Period {
            amount,
            unit: LimitUnit::WorkingDay,
        }
    }

    pub fn calendar_days(amount: u32) -> Period {
        Period {
            amount,
            unit: LimitUnit::CalendarDay,
        }
    }

    pub fn months(amount: u32) -> Period {
        Period {
            amount,
            unit: LimitUnit::Month,
        }
    }

    /// A year is twelve months (民法典 200, 202). Too many years stay too many: `due` then answers out of range.
    pub fn years(amount: u32) -> Period {
        Period::months(amount.saturating_mul(12))
    }

    pub fn hours(amount: u32) -> Period {
        Period {
            amount,
            unit: LimitUnit::Hour,
        }
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.amount, self.unit.name())
    }
}
