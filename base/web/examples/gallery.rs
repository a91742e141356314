//! Shows the gallery of parts at http://127.0.0.1:8099/_parts (`cargo run -p mingjing-web --example gallery`).
//! With the cookie `mingjing=clerk-clerk-clerk-clerk-clerk-00` the visitor is an official.

#[path = "../tests/web/house.rs"]
mod house;

use mingjing_web::{Limits, Server};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let house = house::house().await;
    let router = mingjing_web::routes(&house.site).into_router(house);
    let server = Server::bind(([127, 0, 0, 1], 8099).into(), Limits::default()).await?;
    server.serve(router, std::future::pending()).await;
    Ok(())
}
