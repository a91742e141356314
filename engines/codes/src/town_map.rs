//! Which two digits of an item code stand for which town: stored, assigned once, never derived.
//!
//! National town codes have three digits, the annex has two; taking the last two collides for a third of the towns in
//! our four cities. Invariants: a slot keeps its town, a town keeps its slot, `00` stays the county's departments.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{DivisionCode, DivisionLevel};

/// One assignment: `330303` + `07` ↔ a nine-digit town of one scheme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TownSlot {
    /// Six digits of the county.
    pub county: String,
    /// 1 to 99.
    pub slot: u8,
    pub town: DivisionCode,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<TownSlot>", into = "Vec<TownSlot>")]
pub struct TownMap {
    towns: BTreeMap<(String, u8), DivisionCode>,
    slots: BTreeMap<DivisionCode, (String, u8)>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TownMapError {
    #[error("乡镇（街道）序号应为01至99，00留给县级部门")]
    Slot,
    #[error("应为9位乡镇（街道）代码，且属于该县（市、区）")]
    Town,
    #[error("该序号已分配给另一个乡镇（街道），不得改派")]
    SlotTaken,
    #[error("该乡镇（街道）已有另一个序号，不得改派")]
    TownTaken,
}

impl TownMap {
    /// Repeating an assignment changes nothing; any other second one is refused.
    pub fn assign(&mut self, county: &str, slot: u8, town: &DivisionCode) -> Result<(), TownMapError> {
        if !(1..=99).contains(&slot) {
            return Err(TownMapError::Slot);
        }
        let is_town = town.level() == DivisionLevel::Town && town.as_str().len() == 9;
        if !is_town || county.len() != 6 || !town.as_str().starts_with(county) {
            return Err(TownMapError::Town);
        }
        let key = (county.to_owned(), slot);
        if self.towns.get(&key).is_some_and(|holder| holder != town) {
            return Err(TownMapError::SlotTaken);
        }
        if self.slots.get(town).is_some_and(|held| *held != key) {
            return Err(TownMapError::TownTaken);
        }
        self.towns.insert(key.clone(), town.clone());
        self.slots.insert(town.clone(), key);
        Ok(())
    }

    pub fn town(&self, county: &str, slot: u8) -> Option<&DivisionCode> {
        self.towns.get(&(county.to_owned(), slot))
    }

    /// The eight digits under which a town's items are coded.
    pub fn body_division(&self, town: &DivisionCode) -> Option<String> {
        self.slots.get(town).map(|(county, slot)| format!("{county}{slot:02}"))
    }

    /// The lowest slot of a county that no town holds.
    pub fn free_slot(&self, county: &str) -> Option<u8> {
        (1..=99).find(|slot| self.town(county, *slot).is_none())
    }
}

impl TryFrom<Vec<TownSlot>> for TownMap {
    type Error = TownMapError;

    fn try_from(entries: Vec<TownSlot>) -> Result<TownMap, TownMapError> {
        let mut map = TownMap::default();
        for entry in entries {
            map.assign(&entry.county, entry.slot, &entry.town)?;
        }
        Ok(map)
    }
}

impl From<TownMap> for Vec<TownSlot> {
    fn from(map: TownMap) -> Vec<TownSlot> {
        map.towns
            .into_iter()
            .map(|((county, slot), town)| TownSlot { county, slot, town })
            .collect()
    }
}
