//! The JSON door of cases: the commands and readings of the pages, under the same permissions and scopes.
//!
//! A new act is a line in [`act`] or [`penalty`]: its command is its own body. Where the door has something to add, the
//! body is a type in [`act_bodies`].

mod act;
mod act_bodies;
mod case_shown;
mod files;
mod lists;
mod migrations;
mod office;
mod opening;
mod own;
mod penalty;
mod public;
mod ruled;
mod statistics;

use mingjing_web::Routes;
use schemars::JsonSchema;
use serde::Deserialize;

pub fn routes() -> Routes {
    office::routes()
        .merge(act::routes())
        .merge(opening::routes())
        .merge(own::routes())
        .merge(public::routes())
        .merge(penalty::routes())
        .merge(statistics::routes())
        .merge(migrations::routes())
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CasePath {
    #[schemars(length(min = 1, max = 40))]
    case_no: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PaperPath {
    #[schemars(length(min = 1, max = 40))]
    case_no: String,
    #[schemars(length(min = 1, max = 64))]
    paper_id: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FilePath {
    #[schemars(length(min = 1, max = 40))]
    case_no: String,
    #[schemars(length(min = 1, max = 128))]
    file: String,
}
