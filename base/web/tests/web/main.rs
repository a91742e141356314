//! The web door from outside: real sockets for the accept loop, whole requests for pages, forms and uploads.

#![allow(clippy::unwrap_used, reason = "tests")]

mod asking;
mod complaint;
mod house;
mod pages;
mod scope;
mod server;
mod uploads;
