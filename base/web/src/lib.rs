//! The web door: who is here, what they may do, forms, pages, problems. Knows no capability.
//!
//! Reading order: [`house`] (state) → [`routes`] (the table of routes with their access) → [`visit`] (one request)
//! → [`desk`] (the opening of every handler) → [`form`], [`upload`], [`listing`] (what comes in) → [`page`],
//! [`problem`] (what goes out) → [`scope`], [`link`] (words used by all) → [`api`] (the JSON door) → [`session`], [`security`],
//! [`throttle`] (defence) → [`server`] (the accept loop) → [`assets`], [`view`], [`parts`], [`sheet`], [`observe`], [`health`].
//!
//! Invariants:
//! - No route without an [`Access`]; it is checked before the handler runs.
//! - No form is taken without its token; no page is sent without the security headers.
//! - A refusal is a value and reads the same on page, fragment and API; a fault shows an incident number only.

pub mod api;
pub mod assets;
pub mod desk;
pub mod form;
pub mod health;
pub mod house;
pub mod link;
pub mod listing;
mod mark;
pub mod observe;
pub mod page;
pub mod parts;
pub mod problem;
pub mod reads;
pub mod routes;
pub mod scope;
pub mod security;
pub mod server;
pub mod session;
pub mod sheet;
pub mod throttle;
pub mod upload;
pub mod view;
pub mod visit;

pub use desk::Desk;
pub use form::{Fields, Form, FormMeta, Input, Reader};
pub use house::{
    Authority, Footer, House, Nav, Pending, SessionActor, Sessions, SideEntry, SideGroup, Site, Tab, Throttles,
    USUAL_API_RATE,
};
pub use link::Link;
pub use listing::{Chosen, Listing, Pager};
pub use mark::qr_svg;
pub use observe::Observer;
pub use page::{Column, Crumb, Frame, page};
pub use problem::{Problem, Told, Wants};
pub use routes::{Access, RouteLine, Routes};
pub use scope::{Breadth, Permission, Scope, ScopeSql, Subject};
pub use server::{Limits, Server};
pub use session::token_hash;
pub use sheet::{Cell, Sheet, SheetKind, send_sheets};
pub use throttle::Throttle;
pub use upload::{
    FileKind, Inspected, Inspector, KeptFile, TableFile, TableKind, TableUpload, Upload, UploadError, UploadLimits,
    UploadedFile, attachment, download, size_in_words,
};

/// The routes of the frame itself: styles and scripts, the choice of view, and the gallery of a demo.
pub fn routes(site: &Site) -> Routes {
    let routes = Routes::new()
        .get("/assets/{name}", Access::Public, assets::get_asset)
        .get("/healthz", Access::Public, health::get_health)
        .get("/readyz", Access::Public, health::get_ready)
        .get("/view", Access::Public, view::get_view);
    if site.demo {
        routes
            .get("/_parts", Access::Public, parts::get_parts)
            .post("/_parts", Access::Public, parts::post_parts)
    } else {
        routes
    }
}
