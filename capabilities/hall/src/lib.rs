//! The hall: the door through which everybody comes in — home, search, and what the site says about itself.
//!
//! It keeps no state: all it shows comes from the catalogue's and the cases' public queries.

mod pages;

use mingjing_chronicle::View;
use mingjing_chronicle::chronicle::Migration;

pub use pages::{about_page, accessibility_page, home_page, privacy_page, routes, search_page, site_map_page};

/// The hall has no read tables.
pub fn views() -> Vec<std::sync::Arc<dyn View>> {
    Vec::new()
}

/// The hall has no tables.
pub fn tables() -> Vec<Migration> {
    Vec::new()
}
