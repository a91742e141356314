//! The same paper is the same bytes: twice, in another process, on another thread, after other papers.

use std::process::Command;

use mingjing_paper::{Date, TEMPLATES};

use crate::{DAY, PRESS, fixture, print, with};

#[test]
fn twice_the_same_bytes_for_every_kind() {
    for kind in TEMPLATES {
        let data = fixture(kind.name);
        let first = print(kind.name, &data).unwrap();
        let second = print(kind.name, &data).unwrap();
        assert!(first.bytes == second.bytes, "{}", kind.name);
        assert_eq!(first.sha256.len(), 64);
    }
}

#[test]
fn threads_print_what_one_alone_prints() {
    let alone = print("receipt", &fixture("receipt")).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let other = print("permit_grant", &fixture("permit_grant")).unwrap();
                assert_ne!(other.sha256, alone.sha256);
                assert_eq!(print("receipt", &fixture("receipt")).unwrap(), alone);
            });
        }
    });
}

/// The test runs itself once more as a child that prints the sum.
#[test]
fn another_process_prints_the_same_bytes() {
    const CHILD: &str = "MINGJING_PAPER_TEST_CHILD";
    let pdf = print("acceptance_notice", &fixture("acceptance_notice")).unwrap();
    if std::env::var_os(CHILD).is_some() {
        println!("sum={}", pdf.sha256);
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "repeat::another_process_prints_the_same_bytes",
            "--nocapture",
        ])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains(&format!("sum={}", pdf.sha256)), "{said}");
}

#[test]
fn a_recorded_sum_is_checked_by_printing_again() {
    let data = fixture("extension_notice");
    let pdf = PRESS.render("extension_notice", &data, DAY, "case-1/7").unwrap();
    let same = |data: &serde_json::Value, date: Date, ident: &str| {
        PRESS
            .same_bytes("extension_notice", data, date, ident, &pdf.sha256)
            .unwrap()
    };
    assert!(same(&data, DAY, "case-1/7"));
    assert!(!same(&data, Date(2026, 5, 19), "case-1/7"));
    assert!(!same(&data, DAY, "case-1/8"));
    let other = with("extension_notice", "extended_due", "2026-06-19");
    assert!(!same(&other, DAY, "case-1/7"));
}

#[test]
fn the_date_may_come_from_the_calendar() {
    let data = fixture("receipt");
    let by_jiff = PRESS.render("receipt", &data, jiff::civil::date(2026, 5, 18), "x");
    let by_hand = PRESS.render("receipt", &data, DAY, "x");
    assert_eq!(by_jiff.unwrap(), by_hand.unwrap());
}
