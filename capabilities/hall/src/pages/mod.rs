//! Pages of the hall, a file each.

mod about;
mod home;
mod search;

use mingjing_web::{Access, Link, Routes};

pub fn routes() -> Routes {
    Routes::new()
        .get("/", Access::Public, home::get_home)
        .get("/search", Access::Public, search::get_search)
        .get("/about", Access::Public, about::get_about)
        .get("/accessibility", Access::Public, about::get_accessibility)
        .get("/privacy", Access::Public, about::get_privacy)
        .get("/site-map", Access::Public, about::get_site_map)
        .get("/report-error", Access::Public, about::get_report_error)
}

pub fn home_page() -> Link {
    Link::to("/")
}

pub fn search_page() -> Link {
    Link::to("/search")
}

pub fn about_page() -> Link {
    Link::to("/about")
}

pub fn accessibility_page() -> Link {
    Link::to("/accessibility")
}

pub fn privacy_page() -> Link {
    Link::to("/privacy")
}

pub fn site_map_page() -> Link {
    Link::to("/site-map")
}

pub fn report_error_page() -> Link {
    Link::to("/report-error")
}

/// Pages of the cases that the hall leads to.
pub(crate) fn progress_page() -> Link {
    Link::to("/progress")
}

/// The log's page, by address: it stands beside the hall.
pub(crate) fn verify_page() -> Link {
    Link::to("/verify")
}

pub(crate) fn public_page() -> Link {
    Link::to("/public")
}
