//! Our engine beside dsntk in one run: the same texts, the same inputs, the same answers (compared),
//! time and allocations of each stage. Prints JSON; `make bench` calls it.
//!
//! A machine that others use disturbs wall time. So batches of both engines alternate, the fastest
//! batch counts as the time, and the mean of processor time over all batches stands beside it.

mod counting;
mod machine;
mod measure;
mod ours;
mod rules;
mod theirs;

use measure::{Figures, compare};
use std::fmt::Write;

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

struct Row {
    what: String,
    ours: Figures,
    theirs: Figures,
}

fn main() {
    let mut rows = expression();
    for count in [20, 1_000, 10_000] {
        rows.extend(table(count));
    }
    println!("{}", report(&rows));
}

/// dsntk turns its tree into closures before it evaluates; ours evaluates the tree it has read, so
/// both stages of theirs stand against the one of ours.
fn expression() -> Vec<Row> {
    let (ours, theirs) = (ours::expression(), theirs::expression());
    assert_eq!(ours.evaluate(), theirs.evaluate(), "the engines disagree");
    vec![
        row("expression of 5 steps: parse", || ours.parse(), || theirs.parse()),
        row(
            "expression of 5 steps: parse and compile",
            || ours.parse(),
            || theirs.compile(),
        ),
        row("expression of 5 steps: evaluate", || ours.run(), || theirs.run()),
    ]
}

fn table(count: usize) -> Vec<Row> {
    let xml = rules::table(count);
    // A row in the middle: neither engine gains by where it begins.
    let area = count * 10 / 2 + 3;
    let (ours, theirs) = (ours::table(&xml, area), theirs::table(&xml, area));
    assert_eq!(ours.evaluate(), theirs.evaluate(), "the engines disagree");
    let name = format!("table of {count} rows");
    vec![
        row(&format!("{name}: parse"), || ours.parse(), || theirs.parse()),
        row(&format!("{name}: compile"), || ours.compile(), || theirs.compile()),
        row(&format!("{name}: evaluate"), || ours.run(), || theirs.run()),
    ]
}

fn row(what: &str, ours: impl FnMut(), theirs: impl FnMut()) -> Row {
    eprintln!("== {what}");
    let (ours, theirs) = compare(ours, theirs);
    Row {
        what: what.to_owned(),
        ours,
        theirs,
    }
}

fn report(rows: &[Row]) -> String {
    let mut out = String::from("{\n");
    let _ = writeln!(out, "  \"machine\": {},", machine::described());
    out += "  \"units\": \"µs of the fastest batch, mean µs of processor time, allocations and bytes allocated by Rust code for one run; allocations of dsntk's C library of decimals are not seen\",\n";
    out += "  \"rows\": [\n";
    for (at, row) in rows.iter().enumerate() {
        let faster = row.theirs.fastest / row.ours.fastest;
        let comma = if at + 1 < rows.len() { "," } else { "" };
        let _ = writeln!(
            out,
            "    {{\"what\": \"{}\", \"ours\": {}, \"dsntk\": {}, \"times_faster\": {faster:.2}}}{comma}",
            row.what,
            row.ours.json(),
            row.theirs.json(),
        );
    }
    out += "  ],\n";
    let twenty = rows.iter().find(|row| row.what == "table of 20 rows: evaluate");
    let (wall, processor) = twenty.map_or((0.0, 0.0), |row| (row.ours.fastest, row.ours.processor));
    let _ = writeln!(
        out,
        "  \"evaluations_a_second_of_20_rows\": {{\"fastest_batch\": {:.0}, \"mean_by_processor_time\": {:.0}}}",
        1e6 / wall,
        1e6 / processor
    );
    out + "}"
}
