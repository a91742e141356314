//! The catalogue against a real chronicle: the demo city's files, broken files, search, pages, scenarios.
#![allow(clippy::unwrap_used, reason = "tests")]

mod adjustments;
mod broken;
mod changes;
mod demo;
mod exchange;
mod library;
mod pages;
mod place_pages;
mod places;
mod proof;
mod scenarios;
mod texts;
mod world;
