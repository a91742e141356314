//! A chronicle with everything a test needs to hold.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use mingjing_chronicle::{Actor, Blueprint, Chance, Chronicle, Clock, Fault, KeyRing, Location, Stop, Tx};

use crate::engine::{Engine, Place, engines};
use crate::fault::FaultSwitch;

type Plan = Arc<dyn Fn() -> Blueprint + Send + Sync>;

pub struct TestOffice {
    // Declared first, so that it is closed before its place goes away.
    pub chronicle: Arc<Chronicle>,
    pub clock: Clock,
    pub switch: Arc<FaultSwitch>,
    pub engine: Engine,
    plan: Plan,
    place: Arc<Place>,
}

/// Runs one test on SQLite, and on PostgreSQL where a cluster is at hand.
pub async fn for_each_engine(plan: impl Fn() -> Blueprint + Send + Sync + 'static, test: impl AsyncFn(TestOffice)) {
    let plan: Plan = Arc::new(plan);
    for engine in engines() {
        test(TestOffice::with_plan(engine, Arc::clone(&plan)).await).await;
    }
}

impl TestOffice {
    /// Monday 2 March 2026, 09:00 in China: a working day far from any holiday.
    pub const START: &str = "2026-03-02T01:00:00Z";

    pub async fn open(engine: Engine, plan: impl Fn() -> Blueprint + Send + Sync + 'static) -> TestOffice {
        Self::with_plan(engine, Arc::new(plan)).await
    }

    /// On SQLite, for tests that are not about the engine.
    pub async fn sqlite(plan: impl Fn() -> Blueprint + Send + Sync + 'static) -> TestOffice {
        Self::open(Engine::Sqlite, plan).await
    }

    async fn with_plan(engine: Engine, plan: Plan) -> TestOffice {
        let place = Arc::new(Place::new(engine).await);
        let clock = Clock::at(Self::START.parse::<Timestamp>().expect("a literal"));
        let switch = Arc::new(FaultSwitch::default());
        let chronicle = connect(&place, &plan, &clock, &switch, 1)
            .await
            .expect("a fresh place opens");
        TestOffice {
            chronicle,
            clock,
            switch,
            engine,
            plan,
            place,
        }
    }

    /// A place with nothing in it, to restore into.
    pub async fn empty_place(engine: Engine) -> Place {
        Place::new(engine).await
    }

    /// The deployment key of every test office.
    pub fn keys() -> KeyRing {
        KeyRing::new(&[42; 32])
    }

    pub fn location(&self) -> Location {
        self.place.location()
    }

    /// A folder of this office for whatever the test puts beside the database.
    pub fn folder(&self) -> &Path {
        self.place.folder()
    }

    /// As the blueprint was given.
    pub fn blueprint(&self) -> Blueprint {
        (self.plan)()
    }

    /// A restart: everything is closed and opened again at the same place.
    pub async fn reopen(self) -> TestOffice {
        let plan = Arc::clone(&self.plan);
        self.reopen_with_plan(plan).await
    }

    /// A restart with another program (other views, followers, jobs).
    pub async fn reopen_with(self, plan: impl Fn() -> Blueprint + Send + Sync + 'static) -> TestOffice {
        self.reopen_with_plan(Arc::new(plan)).await
    }

    async fn reopen_with_plan(self, plan: Plan) -> TestOffice {
        let TestOffice {
            chronicle,
            clock,
            switch,
            engine,
            place,
            ..
        } = self;
        assert_eq!(
            Arc::strong_count(&chronicle),
            1,
            "somebody still holds the chronicle, so this is no restart"
        );
        drop(chronicle);
        switch.disarm();
        // A restart begins with other chance, as in life.
        let seed = u64::from_be_bytes(Chance::System.bytes::<8>());
        let chronicle = connect(&place, &plan, &clock, &switch, seed)
            .await
            .expect("what was closed opens again");
        TestOffice {
            chronicle,
            clock,
            switch,
            engine,
            plan,
            place,
        }
    }

    /// A second node of the same deployment. SQLite has one writer, so there it is refused.
    pub async fn another_node(&self) -> Arc<Chronicle> {
        assert_eq!(self.engine, Engine::Postgres, "only PostgreSQL has several nodes");
        connect(&self.place, &self.plan, &self.clock, &self.switch, 2)
            .await
            .expect("a second node opens")
    }

    /// Runs sequencer, followers and due jobs until nothing is left to do.
    pub async fn settle(&self) {
        self.chronicle.settle().await.expect("background work succeeds");
    }

    /// A command of the program itself that must succeed.
    pub async fn does<T, F>(&self, operation: F) -> T
    where
        T: serde::Serialize + serde::de::DeserializeOwned + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, Stop> + Send + 'static,
    {
        self.chronicle
            .inside(Actor::system(), operation)
            .await
            .expect("the command succeeds")
    }

    /// Every text this office has prepared so far must be understood by the other engine, too. Texts
    /// that name PostgreSQL's own functions are for it alone.
    pub async fn assert_portable(&self) {
        let statements = self.switch.statements();
        let other = match self.engine {
            Engine::Sqlite => Engine::Postgres,
            Engine::Postgres => Engine::Sqlite,
        };
        if !engines().contains(&other) {
            return;
        }
        let office = TestOffice::with_plan(other, Arc::clone(&self.plan)).await;
        let checked = office
            .chronicle
            .read(move |reader| {
                let mut wrong = Vec::new();
                for text in statements.iter().filter(|text| is_portable(text)) {
                    if let Err(fault) = reader.sql().check(text) {
                        wrong.push(format!("{fault}\n    in {text}"));
                    }
                }
                Ok(wrong)
            })
            .await
            .expect("checking only prepares");
        assert!(checked.is_empty(), "not portable to {other:?}:\n{}", checked.join("\n"));
    }
}

/// Table definitions ran on both engines when they were opened; transactions are each engine's own.
fn is_portable(text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or_default();
    let data = matches!(word, "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "WITH");
    data && !["pg_", "sqlite_", "information_schema", "pragma_"]
        .iter()
        .any(|own| text.contains(own))
}

async fn connect(
    place: &Place,
    plan: &Plan,
    clock: &Clock,
    switch: &Arc<FaultSwitch>,
    seed: u64,
) -> Result<Arc<Chronicle>, Fault> {
    Chronicle::open(
        place.location(),
        plan().probe(Arc::clone(switch) as _),
        TestOffice::keys(),
        clock.clone(),
        Chance::seeded(seed),
    )
    .await
}
