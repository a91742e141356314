//! People: divisions, bodies, offices, posts, officers, citizens, organisations and their agents; who may do what;
//! sign-in; the three administrators.
//!
//! Reading order: [`role`] → [`division`] → [`body`], [`officer`], [`account`], [`organisation`], [`administrators`],
//! [`api_token`], [`erasure`] (state) → [`events`] → [`decide`] (commands) → [`permissions`] (the table) → [`public`] (what others rely on) →
//! [`views`] → [`commands`], [`erasing`] and [`bootstrap`] (one transaction each) → [`password`], [`hashing`], [`sign_in`], [`session`]
//! → pages, `api`.

pub mod account;
pub mod administrators;
pub mod agency;
mod api;
pub mod api_token;
pub mod body;
pub mod bootstrap;
mod checks;
pub mod commands;
mod credential;
pub mod decide;
pub mod division;
pub mod erasing;
pub mod erasure;
pub mod events;
pub mod hashing;
pub mod jobs;
pub mod officer;
pub mod organisation;
pub mod pages;
pub mod password;
pub mod permissions;
pub mod public;
pub mod role;
pub mod session;
pub mod sign_in;
pub mod views;

use mingjing_chronicle::chronicle::Migration;

pub use hashing::{Cost, Hasher};
pub use pages::{links, routes};
pub use session::SessionBook;

/// The tables of the closed list that people owns: password hashes, counts of tries, sessions.
pub fn tables() -> Vec<Migration> {
    vec![
        Migration {
            id: "people.credential.1",
            sql: credential::TABLES,
        },
        Migration {
            id: "people.session.1",
            sql: session::TABLES,
        },
    ]
}
