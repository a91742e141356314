//! The decisions of the catalogue: a command, its rule and its tests in one file each. Pure.

pub mod cancel_item;
pub mod enter_edition;
pub mod import_items;
pub mod open_adjustment;
pub mod settle_adjustment;
