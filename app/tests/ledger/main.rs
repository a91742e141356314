//! The real binary's public log: served, checked, proved, verified; and a row changed by hand is named.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value as Json;

fn mingjing(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_mingjing"))
        .args(arguments)
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

fn done(arguments: &[&str]) -> String {
    let (code, said, complained) = mingjing(arguments);
    assert_eq!(code, 0, "{arguments:?}: {said}{complained}");
    said
}

fn as_json(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

struct Served {
    child: Child,
    address: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(data: &str) -> Served {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mingjing"))
        .args(["demo", "--data", data, "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = lines
        .find_map(|line| line.unwrap().split_once("http://").map(|(_, rest)| rest.to_owned()))
        .expect("the server says where it is");
    Served {
        child,
        address: ready.trim_end_matches('/').to_owned(),
    }
}

/// Head of the answer in lower case, and body.
fn get(address: &str, path: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap().to_lowercase();
    (head, answer[end + 4..].to_vec())
}

fn folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("city");
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

/// Until everything that has a place is published, and nothing more got one for two seconds: a busy machine gives places
/// in several rounds.
fn published(data: &str) -> Json {
    let (mut before, mut same) = (Json::Null, 0);
    for _ in 0..240 {
        let head = as_json(&done(&["ledger", "head", "--json", "--data", data]));
        same = if head == before { same + 1 } else { 0 };
        if same >= 4 && head["published"].as_u64() > Some(400) && head["published"] == head["record"] {
            return head;
        }
        before = head;
        std::thread::sleep(Duration::from_millis(500));
    }
    panic!("the log is not published");
}

#[test]
fn the_log_of_a_city_is_served_proved_and_guards_its_record() {
    let folder = folder();
    let data = folder.to_str().unwrap();
    done(&[
        "simulate",
        "--cases",
        "8",
        "--days",
        "20",
        "--seed",
        "5",
        "--until",
        "2026-05-29",
        "--bulk",
        "--no-check",
        "--data",
        data,
    ]);
    let served = serve(data);
    let head = published(data);
    files_are_served(&served.address, &folder);
    drop(served);

    let checked = as_json(&done(&["ledger", "fsck", "--json", "--data", data]));
    assert!(checked[0]["leaves"].as_u64() >= head["published"].as_u64());
    let (code, report, _) = mingjing(&["ledger", "reconcile", "--json", "--data", data]);
    assert_eq!((code, &as_json(&report)["findings"]), (0, &serde_json::json!([])));

    let (stream, key) = (
        any_decision(&folder),
        done(&["ledger", "head", "--key", "--data", data]),
    );
    receipts_verify(data, &folder, &stream, key.trim());
    a_case_is_replayed(data, &folder, &stream);
    tampering_is_named(data, &folder, &stream);
    a_flipped_bit_is_found(data, &folder);
}

fn files_are_served(address: &str, folder: &Path) {
    let shard = std::fs::read_dir(folder.join("ledger"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let shard = shard.file_name().into_string().unwrap();
    let (head, body) = get(address, &format!("/ledger/{shard}/checkpoint"));
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert!(head.contains("content-type: text/plain; charset=utf-8"), "{head}");
    assert!(head.contains("cache-control: public, max-age=2"), "{head}");
    assert!(!head.contains("set-cookie"), "{head}");
    assert!(body.starts_with(b"127.0.0.1/330303/"));
    for path in ["tile/0/000", "tile/entries/000"] {
        let (head, body) = get(address, &format!("/ledger/{shard}/{path}"));
        assert!(head.contains("content-type: application/octet-stream"), "{head}");
        assert!(head.contains("immutable"), "{head}");
        assert_eq!(
            body,
            std::fs::read(folder.join("ledger").join(&shard).join(path)).unwrap()
        );
    }
    for path in [
        format!("/ledger/{shard}/tile/0/x"),
        format!("/ledger/{shard}/tile/0/../../checkpoint"),
        format!("/ledger/{shard}/tile/0/%2e%2e/%2e%2e/%2e%2e/keys/ledger.key"),
        "/ledger/../keys/checkpoint".to_owned(),
        "/ledger/%2e%2e/checkpoint".to_owned(),
        "/ledger/1999/checkpoint".to_owned(),
    ] {
        assert!(get(address, &path).0.starts_with("http/1.1 404"), "{path}");
    }
}

fn database(folder: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(folder.join("mingjing.db")).unwrap()
}

fn any_decision(folder: &Path) -> String {
    database(folder)
        .query_row(
            "SELECT stream || '#' || version FROM event WHERE kind = 'case.accepted' ORDER BY seq LIMIT 1",
            [],
            |row| row.get(0),
        )
        .unwrap()
}

fn receipts_verify(data: &str, folder: &Path, stream: &str, key: &str) {
    let file = folder.join("receipt.json");
    let file = file.to_str().unwrap();
    done(&[
        "ledger",
        "prove",
        stream,
        "--data",
        data,
        "--show",
        "happened_on",
        "--out",
        file,
    ]);
    let proved = as_json(&done(&["ledger", "verify", file, "--key", key, "--json"]));
    assert_eq!(proved["proved"]["fields"][0][0], "happened_on");
    done(&["ledger", "verify", file, "--data", data]);
    let policy = folder.join("policy");
    std::fs::write(&policy, format!("log {key}\nquorum none\n")).unwrap();
    done(&["ledger", "verify", file, "--policy", policy.to_str().unwrap()]);

    let text = std::fs::read_to_string(file).unwrap();
    std::fs::write(file, text.replace("\"value\":\"2026-", "\"value\":\"2027-")).unwrap();
    let (code, said, _) = mingjing(&["ledger", "verify", file, "--key", key, "--json"]);
    assert_eq!((code, &as_json(&said)["code"]), (1, &Json::from("unproven.commitment")));
}

fn a_case_is_replayed(data: &str, folder: &Path, stream: &str) {
    let case_no = case_no(stream);
    let replayed = as_json(&done(&[
        "case", "replay", case_no, "--verify", "--json", "--data", data,
    ]));
    assert_eq!(replayed["differences"], serde_json::json!([]));
    let steps = replayed["steps"].as_array().unwrap();
    let (acts, sealed): (Vec<_>, Vec<_>) = steps
        .iter()
        .map(|step| {
            (
                step["step"]["kind"].as_str().unwrap(),
                step["seal"]["seal"].as_str().unwrap(),
            )
        })
        .unzip();
    assert_eq!(acts[0], "case.submitted");
    assert!(
        sealed
            .iter()
            .all(|seal| ["sealed", "not_an_act", "waiting"].contains(seal)),
        "{sealed:?}"
    );
    assert!(sealed.iter().filter(|seal| **seal == "sealed").count() >= 3);
    let listed: String = database(folder)
        .query_row(
            &format!("SELECT state FROM {} WHERE case_no = ?1", table(folder, "case_list")),
            [case_no],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(replayed["state"]["key"], Json::from(listed));
    // At the instant of each step it stood where the whole replay says.
    for (at, step) in steps.iter().enumerate() {
        let moment = step["step"]["recorded_at"].as_str().unwrap();
        let then = as_json(&done(&[
            "case", "replay", case_no, "--at", moment, "--json", "--data", data,
        ]));
        let then = then["steps"].as_array().unwrap();
        assert!(then.len() > at, "{moment}");
        assert_eq!(then[at]["step"], step["step"]);
    }
    let (code, _, complained) = mingjing(&["case", "replay", "33030320260101ZZZZZZZZ", "--data", data]);
    assert_eq!(code, 1, "{complained}");
    assert_eq!(
        mingjing(&["case", "replay", case_no, "--at", "gestern", "--data", data]).0,
        2
    );
}

fn case_no(stream: &str) -> &str {
    stream.split_once('/').unwrap().1.rsplit_once('#').unwrap().0
}

/// The table of the generation that serves a view.
fn table(folder: &Path, logical: &str) -> String {
    database(folder)
        .query_row(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE ?1 || '_v%' ORDER BY name DESC LIMIT 1",
            [logical],
            |row| row.get(0),
        )
        .unwrap()
}

fn tampering_is_named(data: &str, folder: &Path, stream: &str) {
    let (name, version) = stream.rsplit_once('#').unwrap();
    database(folder)
        .execute_batch(&format!(
            "DROP TRIGGER event_never_updated;
             UPDATE event SET happened_on = '2026-01-02' WHERE stream = '{name}' AND version = {version};"
        ))
        .unwrap();
    let (code, said, complained) = mingjing(&["ledger", "reconcile", "--data", data]);
    assert_eq!(code, 1, "{said}");
    assert!(complained.contains(stream), "{complained}");
    assert!(complained.contains("被改动"), "{complained}");
    let (code, said, _) = mingjing(&["case", "replay", case_no(stream), "--verify", "--json", "--data", data]);
    let told = as_json(&said);
    assert_eq!(code, 1, "{told}");
    let differences = told["differences"].as_array().unwrap();
    assert!(
        differences.len() == 1
            && differences[0]
                .as_str()
                .unwrap()
                .contains(&format!("第 {version} 号记录")),
        "{told}"
    );
    let (code, _, complained) = mingjing(&["ledger", "prove", stream, "--data", data]);
    assert_eq!(code, 1, "no receipt for what was not sealed");
    assert!(complained.contains("not what was sealed"), "{complained}");
}

fn a_flipped_bit_is_found(data: &str, folder: &Path) {
    let shard = std::fs::read_dir(folder.join("ledger"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let bundle = shard.path().join("tile/entries/000");
    let mut bytes = std::fs::read(&bundle).unwrap();
    bytes[5_000] ^= 1;
    std::fs::write(&bundle, bytes).unwrap();
    let (code, _, complained) = mingjing(&["ledger", "fsck", "--data", data]);
    assert_eq!(code, 1);
    assert!(complained.contains("tile/0/000"), "{complained}");
}
