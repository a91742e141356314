//! The table of routes. No route exists without saying who may take it: the access is checked before the handler runs.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};

use crate::api::Operation;
use crate::desk::Desk;
use crate::form::MOST_BYTES;
use crate::house::House;
use crate::observe::{Observer, observe};
use crate::problem::{Problem, Wants};
use crate::scope::Permission;
use crate::security::is_json_or_safe;
use crate::visit::{Visit, front};

/// Who may take a route. How far (which records) is the handler's question to [`Desk::require`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Public,
    /// Anybody with an account; the handler shows them their own.
    SignedIn,
    /// Whoever has this permission, however far.
    May(Permission),
}

impl Access {
    /// As the table of routes writes it.
    pub fn key(self) -> &'static str {
        match self {
            Access::Public => "public",
            Access::SignedIn => "signed_in",
            Access::May(permission) => permission.0,
        }
    }
}

/// One line of `app/routes.txt`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RouteLine {
    pub path: &'static str,
    pub method: &'static str,
    pub access: String,
}

/// The routes of one capability, or of all.
#[derive(Default)]
pub struct Routes {
    router: Router<House>,
    table: Vec<RouteLine>,
    /// Those of the API, for its document.
    pub(crate) operations: Vec<Arc<Operation>>,
}

impl Routes {
    pub fn new() -> Routes {
        Routes::default()
    }

    #[must_use]
    pub fn get<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes
    where
        H: Handler<T, House>,
        T: 'static,
    {
        self.add("GET", MethodFilter::GET, path, access, handler)
    }

    #[must_use]
    pub fn post<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes
    where
        H: Handler<T, House>,
        T: 'static,
    {
        self.add("POST", MethodFilter::POST, path, access, handler)
    }

    #[must_use]
    pub fn put<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes
    where
        H: Handler<T, House>,
        T: 'static,
    {
        self.add("PUT", MethodFilter::PUT, path, access, handler)
    }

    #[must_use]
    pub fn delete<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes
    where
        H: Handler<T, House>,
        T: 'static,
    {
        self.add("DELETE", MethodFilter::DELETE, path, access, handler)
    }

    fn add<H, T>(
        mut self,
        method: &'static str,
        filter: MethodFilter,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Routes
    where
        H: Handler<T, House>,
        T: 'static,
    {
        let guarded = on(filter, handler).layer(from_fn(move |request: Request, next: Next| {
            guard(access, request, next)
        }));
        self.router = self.router.route(path, guarded);
        self.table.push(RouteLine {
            path,
            method,
            access: access.key().to_owned(),
        });
        self
    }

    /// Gives every handler of these routes what they take as `Extension`.
    #[must_use]
    pub fn with<T: Clone + Send + Sync + 'static>(mut self, given: T) -> Routes {
        self.router = self.router.layer(axum::Extension(given));
        self
    }

    #[must_use]
    pub fn merge(mut self, other: Routes) -> Routes {
        self.router = self.router.merge(other.router);
        self.table.extend(other.table);
        self.operations.extend(other.operations);
        self
    }

    /// All lines in the order of paths: what the golden file `app/routes.txt` holds.
    pub fn table(&self) -> Vec<RouteLine> {
        let mut table = self.table.clone();
        table.sort();
        table
    }

    /// The finished site: unknown paths, wrong methods, faults and panics answer with a page of ours too.
    pub fn into_router(self, house: House) -> Router {
        self.into_observed_router(house, Arc::default())
    }

    /// As [`Routes::into_router`], with the observer that counts what is answered.
    pub fn into_observed_router(self, house: House, observer: Arc<Observer>) -> Router {
        let observed = (observer, house.chance.clone());
        self.router
            .fallback(|| async { Problem::NotFound })
            .method_not_allowed_fallback(|| async { Problem::MethodNotAllowed })
            .layer(axum::extract::DefaultBodyLimit::max(MOST_BYTES))
            .layer(axum::middleware::from_fn_with_state(house.clone(), front))
            .layer(axum::middleware::from_fn_with_state(observed, observe))
            .with_state(house)
    }
}

async fn guard(access: Access, request: Request, next: Next) -> Response {
    let Some(visit) = Visit::of(request.extensions()) else {
        // Styles and scripts are served without a visit.
        return match access {
            Access::Public => next.run(request).await,
            _ => Problem::fault("a route was reached without the front").into_response(),
        };
    };
    // A change by API is JSON, which no page of another site can send unasked. Said here and not before the router, so
    // that a wrong method is told as such.
    let readable = visit.wants != Wants::Api || is_json_or_safe(&request);
    let admitted = match access {
        Access::Public => Ok(()),
        Access::May(permission) => Desk::at(visit).require(permission).map(|_| ()),
        Access::SignedIn => Desk::at(visit).signed_in().map(|_| ()),
    };
    match admitted {
        Ok(()) if !readable => Problem::UnsupportedMediaType.into_response(),
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}
