//! Lists. A list knows how much it holds: values share their parts, so that forty doublings of a list
//! of two, each cheap to make, would take for ever to print or compare.

use super::Value;
use std::ops::Deref;

#[derive(Clone, Debug, Default)]
pub struct List {
    items: Vec<Value>,
    weight: usize,
}

impl List {
    pub(super) fn weight(&self) -> usize {
        self.weight
    }
}

impl From<Vec<Value>> for List {
    fn from(items: Vec<Value>) -> List {
        let weight = items
            .iter()
            .fold(1, |sum: usize, item| sum.saturating_add(item.weight()));
        List { items, weight }
    }
}

impl Deref for List {
    type Target = Vec<Value>;

    fn deref(&self) -> &Vec<Value> {
        &self.items
    }
}

impl PartialEq for List {
    fn eq(&self, other: &List) -> bool {
        self.items == other.items
    }
}
