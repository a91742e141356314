//! What the log shows to everybody: its files, and the page where a receipt is verified.

mod files;
mod verify;

use std::sync::Arc;

use mingjing_web::{Access, Link, Routes};

use crate::place::Place;

/// Where anybody verifies a receipt, in their own browser.
pub fn verify_page() -> Link {
    Link::to("/verify")
}

pub fn routes(place: &Place) -> Routes {
    files::routes(Routes::new(), &Arc::from(place.files.as_path()))
        .get("/verify", Access::Public, verify::get_verify)
        .with(place.clone())
}
