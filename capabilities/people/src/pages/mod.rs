//! Pages: sign-in, registration, the own account, and the three administrators' tools.

mod account;
mod administrators;
mod agencies;
mod ask;
mod audit;
mod bodies;
mod erasures;
pub mod links;
mod officer_acts;
mod officers;
mod passwords;
mod register;
mod sign_in;
mod tokens;

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use mingjing_chronicle::{RefusalKind, Stop, Tx};
use mingjing_web::{Access, Desk, Fields, Form, Problem, Routes};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::division::Divisions;
use crate::hashing::Hasher;
use crate::permissions::{
    ACCOUNT_OWN, ADMINISTRATORS_REPLACE, AUDIT_READ, BODIES_MANAGE, ERASE, OFFICERS_MANAGE, TOKENS_MANAGE,
};

/// A handler that needs more than the house gets a clone of it first (all clones of the hasher share its slots).
macro_rules! with {
    ($own:expr, $handler:path, $($argument:ident : $kind:ty),*) => {{
        let own = $own.clone();
        move |$($argument: $kind),*| $handler(own.clone(), $($argument),*)
    }};
}

/// All routes of people. `hasher` is the one of the process, `divisions` the list in which bodies are registered.
pub fn routes(hasher: &Hasher, divisions: &Arc<Divisions>) -> Routes {
    sign_in_routes(hasher)
        .merge(own_account_routes())
        .merge(officer_routes(hasher))
        .merge(body_routes(divisions))
        .merge(administration_routes(hasher))
        .merge(token_routes())
        .merge(crate::api::routes(divisions))
}

fn sign_in_routes(hasher: &Hasher) -> Routes {
    Routes::new()
        .get("/sign-in", Access::Public, sign_in::get)
        .post(
            "/sign-in",
            Access::Public,
            with!(hasher, sign_in::post, desk: Desk, form: Form<sign_in::SignInForm>),
        )
        .post("/sign-in/demo", Access::Public, sign_in::post_demo)
        .get("/sign-in/password", Access::Public, passwords::get)
        .post(
            "/sign-in/password",
            Access::Public,
            with!(hasher, passwords::post, desk: Desk, form: Form<passwords::ChangeForm>),
        )
        .post("/sign-out", Access::SignedIn, sign_in::post_sign_out)
        .post(
            "/sign-out/everywhere",
            Access::SignedIn,
            sign_in::post_sign_out_everywhere,
        )
        .get("/register", Access::Public, register::get)
        .post(
            "/register",
            Access::Public,
            with!(hasher, register::post, desk: Desk, form: Form<register::RegisterForm>),
        )
}

fn own_account_routes() -> Routes {
    Routes::new()
        .get("/account", Access::SignedIn, account::get)
        .get("/account/stop", Access::May(ACCOUNT_OWN), account::get_stop)
        .post("/account/stop", Access::May(ACCOUNT_OWN), account::post_stop)
        .get(
            "/account/organisations/new",
            Access::May(ACCOUNT_OWN),
            account::get_organisation,
        )
        .post(
            "/account/organisations/new",
            Access::May(ACCOUNT_OWN),
            account::post_organisation,
        )
        .get("/account/agencies/new", Access::May(ACCOUNT_OWN), agencies::get)
        .post("/account/agencies/new", Access::May(ACCOUNT_OWN), agencies::post)
        .get("/account/agencies/end", Access::May(ACCOUNT_OWN), agencies::get_end)
        .post("/account/agencies/end", Access::May(ACCOUNT_OWN), agencies::post_end)
}

fn officer_routes(hasher: &Hasher) -> Routes {
    use axum::extract::Path;
    let may = Access::May(OFFICERS_MANAGE);
    Routes::new()
        .get("/admin/officers", may, officers::list)
        .get("/admin/officers/new", may, officers::get_new)
        .post(
            "/admin/officers/new",
            may,
            with!(hasher, officers::post_new, desk: Desk, form: Form<()>),
        )
        .get("/admin/officers/{account}", may, officers::get)
        .get("/admin/officers/{account}/appoint", may, officer_acts::get_appoint)
        .post("/admin/officers/{account}/appoint", may, officer_acts::post_appoint)
        .get("/admin/officers/{account}/end", may, officer_acts::get_end)
        .post("/admin/officers/{account}/end", may, officer_acts::post_end)
        .get(
            "/admin/officers/{account}/certificate",
            may,
            officer_acts::get_certificate,
        )
        .post(
            "/admin/officers/{account}/certificate",
            may,
            officer_acts::post_certificate,
        )
        .get("/admin/officers/{account}/revoke", may, officer_acts::get_revoke)
        .post("/admin/officers/{account}/revoke", may, officer_acts::post_revoke)
        .get("/admin/officers/{account}/stop", may, officer_acts::get_stop)
        .post("/admin/officers/{account}/stop", may, officer_acts::post_stop)
        .get("/admin/officers/{account}/restore", may, officer_acts::get_restore)
        .post("/admin/officers/{account}/restore", may, officer_acts::post_restore)
        .get("/admin/officers/{account}/password", may, officers::get_password)
        .post(
            "/admin/officers/{account}/password",
            may,
            with!(hasher, officers::post_password, desk: Desk, path: Path<String>, form: Form<()>),
        )
}

fn token_routes() -> Routes {
    let may = Access::May(TOKENS_MANAGE);
    Routes::new()
        .get("/admin/tokens", may, tokens::list)
        .get("/admin/tokens/new/{body}", may, tokens::get_new)
        .post("/admin/tokens/new/{body}", may, tokens::post_new)
        .get("/admin/tokens/{account}/revoke", may, tokens::get_revoke)
        .post("/admin/tokens/{account}/revoke", may, tokens::post_revoke)
}

fn body_routes(divisions: &Arc<Divisions>) -> Routes {
    let may = Access::May(BODIES_MANAGE);
    Routes::new()
        .get("/admin/bodies", may, bodies::list)
        .get("/admin/bodies/new", may, with!(divisions, bodies::get_new, desk: Desk))
        .post(
            "/admin/bodies/new",
            may,
            with!(divisions, bodies::post_new, desk: Desk, form: Form<()>),
        )
        .get("/admin/bodies/{body}", may, bodies::get)
        .get("/admin/bodies/{body}/offices", may, bodies::get_office)
        .post("/admin/bodies/{body}/offices", may, bodies::post_office)
        .get("/admin/bodies/{body}/posts", may, bodies::get_post)
        .post("/admin/bodies/{body}/posts", may, bodies::post_post)
        .get("/admin/bodies/{body}/abolish", may, bodies::get_abolish)
        .post("/admin/bodies/{body}/abolish", may, bodies::post_abolish)
}

fn administration_routes(hasher: &Hasher) -> Routes {
    let replace = Access::May(ADMINISTRATORS_REPLACE);
    Routes::new()
        .get("/admin/audit", Access::May(AUDIT_READ), audit::get)
        .get("/admin/administrators", replace, administrators::get)
        .get("/admin/administrators/replace", replace, administrators::get_propose)
        .post("/admin/administrators/replace", replace, administrators::post_propose)
        .post(
            "/admin/administrators/confirm",
            replace,
            with!(hasher, administrators::post_confirm, desk: Desk, form: Form<()>),
        )
        .post("/admin/administrators/drop", replace, administrators::post_drop)
        .get("/admin/erasures", Access::May(ERASE), erasures::get)
        .get("/admin/erasures/new", Access::May(ERASE), erasures::get_propose)
        .post("/admin/erasures/new", Access::May(ERASE), erasures::post_propose)
        .post(
            "/admin/erasures/{erasure}/confirm",
            Access::May(ERASE),
            erasures::post_confirm,
        )
        .post(
            "/admin/erasures/{erasure}/drop",
            Access::May(ERASE),
            erasures::post_drop,
        )
}

/// What came of a form: done, or the fields with what is wrong, to be shown again.
enum Sent<T> {
    Done { value: T, repeated: bool },
    Again(Fields),
}

/// Performs the command of a form. Refusals about the input come back as the form with its errors; all others are
/// pages of their own.
async fn submit<T, F>(desk: &Desk, form: Form<()>, command: F) -> Result<Sent<T>, Problem>
where
    T: Serialize + DeserializeOwned + Send + 'static,
    F: FnMut(&mut Tx<'_>) -> Result<T, Stop> + Send + 'static,
{
    if !form.fields.is_clean() {
        return Ok(Sent::Again(form.fields));
    }
    match desk.house.chronicle.perform(desk.request(&form.meta), command).await {
        Ok(done) => Ok(Sent::Done {
            value: done.value,
            repeated: done.repeated,
        }),
        Err(Stop::Refusal(refusal)) if refusal.kind == RefusalKind::Invalid => {
            Ok(Sent::Again(form.fields.refused(&refusal)))
        }
        Err(stop) => Err(stop.into()),
    }
}

/// A form shown again carries 422.
fn again(page: Response) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}
