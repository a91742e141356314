//! Invented residents, as many as a simulation needs. Names, numbers and addresses are made from a counter; the
//! document numbers pass their check digit and belong to nobody: the demo division's people were all born in 1900.

use jiff::civil::{Date, date};
use mingjing_chronicle::{Actor, ActorKind, Stop, Tx};
use mingjing_codes::CitizenId;
use mingjing_people::bootstrap::{self, RegisterCitizen};
use mingjing_people::events::DocumentKind;

#[derive(Debug, Clone)]
pub struct Resident {
    pub account: String,
    pub name: String,
    pub document_no: String,
    pub phone: String,
    pub address: String,
}

const FAMILY: [&str; 20] = [
    "陈", "林", "黄", "张", "李", "王", "吴", "叶", "郑", "周", "徐", "金", "胡", "潘", "朱", "夏", "项", "谢", "戴",
    "蔡",
];
const GIVEN: [&str; 20] = [
    "小满", "立春", "白露", "谷雨", "清和", "长风", "望舒", "子衿", "若水", "听雨", "晓棠", "南乔", "知秋", "怀远",
    "映雪", "安澜", "景行", "云舒", "思齐", "嘉禾",
];
const STREETS: [&str; 5] = ["永中街道", "蒲州街道", "海滨街道", "状元街道", "瑶溪街道"];

/// The resident of this number: the same in every simulation.
pub fn resident(number: usize) -> Resident {
    Resident {
        account: format!("acc-sim-{number:07}"),
        name: format!("{}{}", FAMILY[number % 20], GIVEN[number / 20 % 20]),
        document_no: document_no(number),
        phone: format!("139{:08}", number),
        address: format!("温州市龙湾区{}模拟路{}号", STREETS[number % 5], number / 5 + 1),
    }
}

/// A number that nobody has: born in 1900 and later years that nobody alive was born in.
fn document_no(number: usize) -> String {
    let (day, order) = (number / 999, number % 999 + 1);
    let born = date(1900, 1, 1).saturating_add(jiff::Span::new().days(i64::try_from(day).unwrap_or(0)));
    let body = format!("330303{:04}{:02}{:02}{order:03}", born.year(), born.month(), born.day());
    "0123456789X"
        .chars()
        .map(|check| format!("{body}{check}"))
        .find(|text| CitizenId::parse(text, Date::constant(2026, 1, 1)).is_ok())
        .expect("one of eleven check characters is right")
}

pub fn actor(resident: &Resident) -> Actor {
    Actor {
        account: resident.account.clone(),
        kind: ActorKind::Citizen,
        posts: Vec::new(),
        roles: vec!["citizen".to_owned()],
    }
}

/// # Errors
/// [`Stop`] of the register.
pub fn register(tx: &mut Tx<'_>, resident: &Resident) -> Result<(), Stop> {
    bootstrap::register_citizen(
        tx,
        &RegisterCitizen {
            account: resident.account.clone(),
            login_name: resident.account.replace("acc-", ""),
            name: resident.name.clone(),
            document: DocumentKind::IdCard,
            document_no: resident.document_no.clone(),
            phone: resident.phone.clone(),
            address: resident.address.clone(),
        },
    )
    .map(|_| ())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn residents_are_different_people() {
        let numbers: BTreeSet<String> = (0..3_000).map(|number| resident(number).document_no).collect();
        assert_eq!(numbers.len(), 3_000);
        assert_eq!(resident(7).account, "acc-sim-0000007");
    }
}
