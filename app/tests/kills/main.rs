//! The server of the real binary is killed at random moments while permits and penalties are handled; `mingjing bench
//! --kills` does it and looks at what is left. `make soak` kills a hundred times: `MINGJING_KILLS=100`.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::process::Command;

use mingjing_chronicle::Location;
use mingjing_testkit::{Place, engines};

#[test]
fn what_the_server_acknowledged_is_there_once_whenever_it_is_killed() {
    let kills = std::env::var("MINGJING_KILLS").unwrap_or_else(|_| "10".to_owned());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    for engine in engines() {
        let place = runtime.block_on(Place::new(engine));
        let mut command = Command::new(env!("CARGO_BIN_EXE_mingjing"));
        command
            .args(["bench", "--kills", &kills, "--folder"])
            .arg(place.folder());
        if let Location::Postgres { url, .. } = place.location() {
            command.args(["--database", &url]);
        }
        let output = command.output().unwrap();
        let (told, why) = (
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        );
        assert!(output.status.success(), "{engine:?}: {told}{why}");
        assert!(told.contains("\"acknowledged\""), "{told}");
        println!("{engine:?}: {told}");
    }
}
