//! Power item codes, `33030300AJ-CF-0003`: body (10) - type (2) - serial (4). Seed S2, annex 2; no check digit.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The fourteen types of the annex. Stored as its two letters (`"XK"`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PowerType {
    #[serde(rename = "XK")]
    Permit,
    /// Abolished by 国发〔2015〕27号: parses for the sake of history, new items of it are refused.
    #[serde(rename = "SP")]
    NonPermitApproval,
    #[serde(rename = "CF")]
    Penalty,
    #[serde(rename = "QZ")]
    Coercion,
    #[serde(rename = "ZS")]
    Levy,
    #[serde(rename = "GF")]
    Benefit,
    #[serde(rename = "JL")]
    Reward,
    #[serde(rename = "QR")]
    Confirmation,
    #[serde(rename = "ZY")]
    Requisition,
    #[serde(rename = "CJ")]
    Adjudication,
    #[serde(rename = "JG")]
    Oversight,
    #[serde(rename = "DL")]
    Agency,
    #[serde(rename = "FW")]
    PublicService,
    #[serde(rename = "QT")]
    Other,
}

impl PowerType {
    /// In the annex's order.
    pub const ALL: [PowerType; 14] = [
        PowerType::Permit,
        PowerType::NonPermitApproval,
        PowerType::Penalty,
        PowerType::Coercion,
        PowerType::Levy,
        PowerType::Benefit,
        PowerType::Reward,
        PowerType::Confirmation,
        PowerType::Requisition,
        PowerType::Adjudication,
        PowerType::Oversight,
        PowerType::Agency,
        PowerType::PublicService,
        PowerType::Other,
    ];

    pub fn code(self) -> &'static str {
        self.code_and_name().0
    }

    pub fn name(self) -> &'static str {
        self.code_and_name().1
    }

    pub fn from_code(code: &str) -> Option<PowerType> {
        PowerType::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// 国发〔2015〕27号 ended this type; no new item may have it.
    pub fn is_abolished(self) -> bool {
        self == PowerType::NonPermitApproval
    }

    fn code_and_name(self) -> (&'static str, &'static str) {
        match self {
            PowerType::Permit => ("XK", "行政许可"),
            PowerType::NonPermitApproval => ("SP", "非行政许可的行政审批"),
            PowerType::Penalty => ("CF", "行政处罚"),
            PowerType::Coercion => ("QZ", "行政强制"),
            PowerType::Levy => ("ZS", "行政征收"),
            PowerType::Benefit => ("GF", "行政给付"),
            PowerType::Reward => ("JL", "行政奖励"),
            PowerType::Confirmation => ("QR", "行政确认"),
            PowerType::Requisition => ("ZY", "行政征用"),
            PowerType::Adjudication => ("CJ", "行政裁决"),
            PowerType::Oversight => ("JG", "行政监管"),
            PowerType::Agency => ("DL", "代理类"),
            PowerType::PublicService => ("FW", "便民服务"),
            PowerType::Other => ("QT", "其他类"),
        }
    }
}

impl fmt::Display for PowerType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whose body it is, by the zeros of the eight digits: province 2 + 000000, city 4 + 0000, county 6 + 00, else a town.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyLevel {
    Province,
    City,
    County,
    Town,
}

/// A well-formed item code. Serialised as its text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ItemCode {
    division: String,
    department: String,
    power_type: PowerType,
    serial: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ItemCodeError {
    #[error("代码前后不应有空格")]
    Spaces,
    #[error("事项编码应为“主体10位-类型2位-流水号4位”三段，用连字符分开")]
    Parts,
    #[error("主体部分应为10位（区划8位数字加部门2个字母），现为{found}位")]
    BodyLength { found: usize },
    #[error("前8位应为行政区划数字")]
    Division,
    #[error("部门代码应为两个大写拼音字母")]
    Department,
    #[error("事项类型不在14种类型代码之内")]
    PowerType,
    #[error("流水号应为4位数字，不足的在前面补零")]
    Serial,
    #[error("流水号从0001开始，不用0000")]
    SerialZero,
}

impl ItemCode {
    pub fn parse(text: &str) -> Result<ItemCode, ItemCodeError> {
        if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
            return Err(ItemCodeError::Spaces);
        }
        let mut parts = text.split('-');
        let (Some(body), Some(kind), Some(serial), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(ItemCodeError::Parts);
        };
        let found = body.chars().count();
        if found != 10 {
            return Err(ItemCodeError::BodyLength { found });
        }
        let (division, department) = body.split_at_checked(8).ok_or(ItemCodeError::Division)?;
        checked_body(division, department)?;
        let power_type = PowerType::from_code(kind).ok_or(ItemCodeError::PowerType)?;
        // `parse` alone would also take "+003".
        if serial.len() != 4 || !serial.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ItemCodeError::Serial);
        }
        let serial = serial.parse().map_err(|_| ItemCodeError::Serial)?;
        ItemCode::new(division, department, power_type, serial)
    }

    /// `division`: eight digits; for a county 6 + `00`, for a town the two digits of its [`crate::TownMap`] slot.
    pub fn new(
        division: &str,
        department: &str,
        power_type: PowerType,
        serial: u16,
    ) -> Result<ItemCode, ItemCodeError> {
        checked_body(division, department)?;
        match serial {
            0 => Err(ItemCodeError::SerialZero),
            1..=9999 => Ok(ItemCode {
                division: division.to_owned(),
                department: department.to_owned(),
                power_type,
                serial,
            }),
            _ => Err(ItemCodeError::Serial),
        }
    }

    /// The eight digits of the body's division.
    pub fn division(&self) -> &str {
        &self.division
    }

    pub fn department(&self) -> &str {
        &self.department
    }

    /// Division and department, the ten characters under which serials are counted.
    pub fn body(&self) -> String {
        format!("{}{}", self.division, self.department)
    }

    pub fn power_type(&self) -> PowerType {
        self.power_type
    }

    /// 1 to 9999, per body and type; never used again.
    pub fn serial(&self) -> u16 {
        self.serial
    }

    pub fn level(&self) -> BodyLevel {
        let zeros = |from: usize| self.division.bytes().skip(from).all(|byte| byte == b'0');
        if zeros(2) {
            BodyLevel::Province
        } else if zeros(4) {
            BodyLevel::City
        } else if zeros(6) {
            BodyLevel::County
        } else {
            BodyLevel::Town
        }
    }
}

fn checked_body(division: &str, department: &str) -> Result<(), ItemCodeError> {
    if division.len() != 8 || !division.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ItemCodeError::Division);
    }
    if department.len() != 2 || !department.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(ItemCodeError::Department);
    }
    Ok(())
}

impl fmt::Display for ItemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{}-{}-{:04}",
            self.division,
            self.department,
            self.power_type.code(),
            self.serial
        )
    }
}

impl FromStr for ItemCode {
    type Err = ItemCodeError;

    fn from_str(text: &str) -> Result<ItemCode, ItemCodeError> {
        ItemCode::parse(text)
    }
}

impl TryFrom<String> for ItemCode {
    type Error = ItemCodeError;

    fn try_from(text: String) -> Result<ItemCode, ItemCodeError> {
        ItemCode::parse(&text)
    }
}

impl From<ItemCode> for String {
    fn from(code: ItemCode) -> String {
        code.to_string()
    }
}
