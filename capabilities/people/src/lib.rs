//! People: divisions, bodies, offices, posts, officers, citizens, organisations and their agents; who may do what;
//! sign-in; the three administrators.
//!
//! Reading order: [`role`] → [`division`] → [`body`], [`officer`], [`account`], [`organisation`], [`administrators`]
//! (state) → [`events`] → [`decide`] (commands) → [`permissions`] (the table) → [`public`] (what others rely on) →
//! [`views`] → [`commands`] and [`bootstrap`] (one transaction each).

pub mod account;
pub mod administrators;
pub mod agency;
pub mod body;
pub mod bootstrap;
mod checks;
pub mod commands;
pub mod decide;
pub mod division;
pub mod events;
pub mod officer;
pub mod organisation;
pub mod permissions;
pub mod public;
pub mod role;
pub mod views;
