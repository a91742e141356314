//! Figures of the chronicle alone, as one line of JSON:
//! `chronicle_bench FOLDER|postgres://… [clients] [commands]`.
//!
//! Clients perform commands on streams of their own and on shared ones; each command is durable before
//! its answer. CPU is that of this process; PostgreSQL's own is not in it.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a command for the command line")]

use std::sync::Arc;
use std::time::Instant;

use mingjing_chronicle::{
    About, Actor, Aggregate, Blueprint, Chance, Chronicle, Clock, Event, Fault, KeyRing, Location, Payload, Recorded,
    RecordedEvent, Request, Sql, View, operate, params,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Noted {
    amount: i64,
    note: String,
}

impl Event for Noted {
    const SCHEMA: i32 = 1;
    fn kind(&self) -> &'static str {
        "matter.noted"
    }
}

#[derive(Debug, Clone, Default)]
struct Matter {
    amount: i64,
}

impl Aggregate for Matter {
    type Event = Noted;
    const STREAM: &'static str = "matter";
    fn evolve(&mut self, recorded: &Recorded<'_, Noted>) {
        if let Payload::Known(noted) = recorded.payload {
            self.amount += noted.amount;
        }
    }
}

struct Matters;

impl View for Matters {
    fn name(&self) -> &'static str {
        "matter.list"
    }
    fn version(&self) -> i32 {
        1
    }
    fn tables(&self) -> &'static [&'static str] {
        &["matter_list"]
    }
    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {matter_list} (id TEXT PRIMARY KEY, amount BIGINT NOT NULL, note TEXT NOT NULL)",
            "CREATE INDEX {matter_list}_by_amount ON {matter_list} (amount, id)",
        ]
    }
    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == "matter"
    }
    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let Payload::Known(noted) = event.decode::<Noted>()? else {
            return Ok(());
        };
        sql.execute(
            "INSERT INTO {matter_list} (id, amount, note) VALUES ($1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET amount = {matter_list}.amount + excluded.amount, note = excluded.note",
            &params![event.envelope.stream_id(), noted.amount, &noted.note],
        )?;
        Ok(())
    }
}

/// User and system time of this process in milliseconds (100 ticks a second on Linux).
fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<_> = after_name.split_whitespace().collect();
    let ticks = |index: usize| {
        fields
            .get(index)
            .and_then(|field| field.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    (ticks(11) + ticks(12)) * 10.0
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let place = arguments
        .next()
        .expect("usage: chronicle_bench FOLDER|postgres://… [clients] [commands]");
    let clients: usize = arguments
        .next()
        .map_or(128, |text| text.parse().expect("a number of clients"));
    let commands: usize = arguments
        .next()
        .map_or(20_000, |text| text.parse().expect("a number of commands"));
    let location = if place.starts_with("postgres") {
        let blobs = std::env::temp_dir().join("chronicle-bench-blobs");
        Location::Postgres {
            url: place,
            blobs: blobs.into(),
        }
    } else {
        std::fs::create_dir_all(&place).unwrap();
        Location::Folder(place.into())
    };
    let blueprint = Blueprint::new("510100", "bench").views([Arc::new(Matters) as Arc<dyn View>]);
    let begun = Instant::now();
    let chronicle = Chronicle::open(
        location,
        blueprint,
        KeyRing::new(&[1; 32]),
        Clock::System,
        Chance::System,
    )
    .await
    .unwrap();
    let open_ms = begun.elapsed().as_secs_f64() * 1e3;
    let run = Chance::System.id();
    let (cpu, begun) = (cpu_ms(), Instant::now());
    let mut tasks = Vec::new();
    for client in 0..clients {
        let (chronicle, run) = (Arc::clone(&chronicle), run.clone());
        tasks.push(tokio::spawn(async move {
            let mut waits = Vec::new();
            for turn in 0..commands / clients {
                let id = format!("{run}-{client}-{}", turn / 12);
                let request = Request::by(Actor::system()).once(format!("{run}-{client}-{turn}"), "body");
                let begun = Instant::now();
                let done = chronicle.perform(request, move |tx| {
                    let mut matter = tx.load::<Matter>(&id)?;
                    let about = About::new(tx.context());
                    let note = "说明".repeat(100);
                    tx.append(&mut matter, vec![Noted { amount: 1, note }], &about)?;
                    Ok(matter.amount)
                });
                done.await.unwrap();
                waits.push(begun.elapsed().as_secs_f64() * 1e3);
            }
            waits
        }));
    }
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await.unwrap());
    }
    let (seconds, spent) = (begun.elapsed().as_secs_f64(), cpu_ms() - cpu);
    waits.sort_by(f64::total_cmp);
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize];
    chronicle.settle().await.unwrap();
    let (cpu, begun) = (cpu_ms(), Instant::now());
    let report = operate::rebuild_check(&chronicle).await.unwrap();
    let checked = begun.elapsed().as_secs_f64();
    let check_cpu = cpu_ms() - cpu;
    let begun = Instant::now();
    let rebuilt = operate::rebuild(&chronicle).await.unwrap();
    let rebuild = begun.elapsed().as_secs_f64();
    let figures = serde_json::json!({
        "backend": format!("{:?}", chronicle.backend()),
        "optimised": !cfg!(debug_assertions),
        "processors": std::thread::available_parallelism().map_or(0, usize::from),
        "clients": clients,
        "commands": waits.len(),
        "open_ms": open_ms,
        "commands_per_s": waits.len() as f64 / seconds,
        "cpu_ms_per_command": spent / waits.len() as f64,
        "p50_ms": at(0.5),
        "p99_ms": at(0.99),
        "check_events": report.events,
        "check_events_per_s": report.events as f64 / checked,
        "check_cpu_ms": check_cpu,
        "check_equal": report.equal(),
        "rebuild_events_per_s": rebuilt as f64 / rebuild,
    });
    println!("{figures}");
}
