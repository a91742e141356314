//! The two engines, and a place of its own on one of them.

use std::path::{Path, PathBuf};

use mingjing_chronicle::{Chance, Location};
use tokio_postgres::NoTls;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Address of the cluster that `base/testkit/setup/postgres.sh` starts.
const ADDRESS: &str = "MINGJING_TEST_POSTGRES";

/// The engines that can be tested here. Without a PostgreSQL cluster its half is left out and said so;
/// `make test` sets `MINGJING_REQUIRE_POSTGRES=1`, and then it fails.
pub fn engines() -> Vec<Engine> {
    let mut engines = vec![Engine::Sqlite];
    if std::env::var(ADDRESS).is_ok_and(|address| !address.is_empty()) {
        engines.push(Engine::Postgres);
        return engines;
    }
    let advice = "PostgreSQL is not tested: run eval \"$(base/testkit/setup/postgres.sh start)\" first";
    assert!(
        std::env::var("MINGJING_REQUIRE_POSTGRES").map_or(true, |required| required != "1"),
        "{advice}"
    );
    eprintln!("{advice}");
    engines
}

/// A folder, and on PostgreSQL a database; both go away with it.
pub struct Place {
    folder: PathBuf,
    database: Option<Database>,
}

struct Database {
    admin: String,
    name: String,
}

impl Place {
    pub async fn new(engine: Engine) -> Place {
        let name = format!("mingjing_test_{}", &Chance::System.id()[..16]);
        let folder = std::env::temp_dir().join(&name);
        std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => {
                let admin = std::env::var(ADDRESS).expect("engines() looked");
                run(&admin, &format!("CREATE DATABASE {name}")).await;
                Some(Database { admin, name })
            }
        };
        Place { folder, database }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn location(&self) -> Location {
        match &self.database {
            None => Location::Folder(self.folder.clone()),
            Some(database) => Location::Postgres {
                url: address_of(&database.admin, &database.name),
                blobs: self.folder.join("blobs").into(),
            },
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        if let Some(database) = self.database.take() {
            // Dropping happens inside some runtime, so the farewell needs a thread with one of its own.
            let farewell = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                let text = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", database.name);
                if let Ok(runtime) = runtime {
                    runtime.block_on(run(&database.admin, &text));
                }
            });
            let _ = farewell.join();
        }
    }
}

fn address_of(admin: &str, database: &str) -> String {
    let (server, _) = admin.rsplit_once('/').expect("an address ends with a database");
    format!("{server}/{database}")
}

async fn run(address: &str, text: &str) {
    let (client, connection) = tokio_postgres::connect(address, NoTls)
        .await
        .expect("the test cluster answers; start it anew with base/testkit/setup/postgres.sh");
    let talk = tokio::spawn(connection);
    client.batch_execute(text).await.expect("the test cluster obeys");
    drop(client);
    let _ = talk.await;
}
