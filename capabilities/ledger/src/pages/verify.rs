//! `/verify`: a receipt is dropped and verified where it is dropped. The page brings the verifier and whom it trusts;
//! what is verified never leaves the browser.

use askama::Template;
use axum::Extension;
use axum::response::Response;
use mingjing_web::{Desk, Frame, Link, Problem, assets, page};

use crate::place::Place;
use crate::receipt::own_policy;

#[derive(Template)]
#[template(path = "ledger/verify.html")]
struct VerifyPage {
    frame: Frame,
    script: &'static str,
    /// Whom the page trusts, as the command line takes it.
    policy: String,
}

pub(super) async fn get_verify(desk: Desk, Extension(place): Extension<Place>) -> Result<Response, Problem> {
    let policy = own_policy(&desk.house.chronicle, &place)
        .await
        .map_err(Problem::fault)?;
    Ok(page(&VerifyPage {
        frame: desk.frame("核对文书和凭证").crumb("首页", Link::to("/")),
        script: assets::address("src/verify.js"),
        policy,
    }))
}
