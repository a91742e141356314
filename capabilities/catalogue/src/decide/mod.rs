//! The decisions of the catalogue: a command, its rule and its tests in one file each. Pure.

pub mod cancel_item;
pub mod enter_change;
pub mod enter_edition;
pub mod file_change;
pub mod import_items;
pub mod limits_of_change;
pub mod open_adjustment;
pub mod reply_to_change;
pub mod review_for_approval;
pub mod settle_adjustment;
pub mod take_effect;
pub mod withdraw_change;
