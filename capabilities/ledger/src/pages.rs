//! What the log shows to everybody: its files, and the page where a receipt is verified; and to whom watches over it.

mod files;
mod looked;
mod verify;
mod watch;

use std::sync::Arc;

use mingjing_web::{Access, Link, Routes};

use crate::place::Place;

pub use watch::{Naming, WATCH, side, watch_page};

/// Where anybody verifies a receipt, in their own browser.
pub fn verify_page() -> Link {
    Link::to("/verify")
}

/// `naming`: what the capabilities call their acts and matters.
pub fn routes(place: &Place, naming: &Arc<dyn Naming>) -> Routes {
    files::routes(Routes::new(), &Arc::from(place.files.as_path()))
        .get("/verify", Access::Public, verify::get_verify)
        .get("/desk/ledger", Access::May(WATCH), watch::get_watch)
        .get("/desk/ledger/reads", Access::May(WATCH), looked::get_looked)
        .post("/desk/ledger/check", Access::May(WATCH), watch::post_check)
        .with(Arc::clone(naming))
        .with(place.clone())
        .merge(crate::api::routes(naming))
}
