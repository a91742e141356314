//! People as a whole: commands on both engines, separation of the administrators, sign-in, pages.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

mod browser;
mod city;
mod erasing;
mod pages;
mod register;
mod scenarios;
mod scopes;
mod separation;
mod sign_in;
mod timing;
