//! Volumes that are truly full, and truly read-only: a small file system of its own, mounted where only the test sees it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use mingjing_chronicle::Actor;
use mingjing_ledger::{Board, Place, Proved, Signer, Stop, own_policy, prove, reconcile, verify};
use mingjing_testkit::TestOffice;
use mingjing_tlog::Policy;

use crate::deeds::{begun, blueprint, checked, events, grant, grants, signer};

/// Where the child mounts its volume. Set only by the parent.
const VOLUME: &str = "MINGJING_SMALL_VOLUME";

/// What lies on the small volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Small {
    Files,
    Journal,
}

#[test]
fn a_full_or_read_only_volume_stops_the_signer_and_nothing_else() {
    in_own_mounts("real_disk::files_and_journal_on_a_small_volume", false);
}

#[test]
fn a_full_volume_refuses_the_act_and_harms_nothing_recorded() {
    in_own_mounts("real_disk::the_record_on_a_small_volume", true);
}

/// Runs a test of this file as the root of its own mounts; says so where the machine does not let it. `office`: its office
/// lies on the small volume, too (offices are opened in the temporary folder).
fn in_own_mounts(test: &str, office: bool) {
    let allowed = Command::new("unshare")
        .args(["--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"])
        .output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: this machine gives a test no file systems of its own (unshare --map-root-user --mount)");
        return;
    }
    let volume = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test.replace("::", "-"));
    std::fs::create_dir_all(&volume).unwrap();
    let mut child = Command::new("unshare");
    child
        .args(["--map-root-user", "--mount"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(VOLUME, &volume);
    if office {
        child.env("TMPDIR", &volume);
    }
    let output = child.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && told.contains("1 passed"),
        "{told}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn volume() -> PathBuf {
    PathBuf::from(std::env::var_os(VOLUME).expect("run by its parent"))
}

fn mount(options: &str) {
    let status = Command::new("mount")
        .args(["-t", "tmpfs", "-o", options, "none"])
        .arg(volume())
        .status();
    assert!(status.unwrap().success(), "mount {options}");
}

/// A receipt as a citizen keeps it, and the policy it is verified under.
struct Kept {
    receipts: Vec<String>,
    policy: Policy,
}

impl Kept {
    async fn begin(office: &TestOffice, place: &Place) -> Kept {
        let policy = own_policy(&office.chronicle, place).await.unwrap();
        Kept {
            receipts: Vec::new(),
            policy: Policy::parse(policy.as_bytes()).unwrap(),
        }
    }

    /// Of some of the acts, all over the log.
    async fn take(&mut self, office: &TestOffice, place: &Place) {
        for event in events(&office.chronicle).await.iter().step_by(11) {
            let proved = prove(&office.chronicle, place, event, |_| true).await.unwrap();
            if let Proved::Proof(proof) = proved {
                self.receipts.push(proof.receipt.to_string());
            }
        }
    }

    fn all_verify(&self) {
        assert!(
            self.receipts.len() > 3,
            "only {} receipts were kept",
            self.receipts.len()
        );
        for receipt in &self.receipts {
            verify(receipt.as_bytes(), None, &self.policy).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mounts of its own: run by a_full_or_read_only_volume_stops_the_signer_and_nothing_else"]
async fn files_and_journal_on_a_small_volume() {
    for small in [Small::Files, Small::Journal] {
        mount("size=64k,mode=755");
        outlive(small).await;
        assert!(Command::new("umount").arg(volume()).status().unwrap().success());
    }
}

async fn outlive(small: Small) {
    let office = TestOffice::sqlite(blueprint).await;
    let place = with_small(small, begun(&office).await);
    let mut kept = Kept::begin(&office, &place).await;
    let mut signing = signer(&office, &place);
    grants(&office, "before", 50).await;
    assert!(signing.round().await.unwrap());
    kept.take(&office, &place).await;

    // Full: the disk is named, acts go on, what was shown stays true.
    let mut filled = 0;
    fill(small);
    let stop = loop {
        assert!(filled < 120, "{small:?} never got full");
        grants(&office, &format!("filling-{filled}"), 2).await;
        filled += 1;
        match signing.round().await {
            Ok(_) if filled % 10 == 0 => kept.take(&office, &place).await,
            Ok(_) => {}
            Err(stop) => break stop,
        }
    };
    assert_disk(&stop, std::io::ErrorKind::StorageFull);
    let shown = checked(&place);
    drop(signing);
    grants(&office, "while-full", 5).await;
    assert!(restarted(&office, &place).await.is_err(), "there is still no room");
    assert_eq!(checked(&place), shown, "nothing is shown that is not safe");
    kept.all_verify();

    // Room again: a fresh start reads everything back and goes on.
    mount_again("size=64m");
    restarted(&office, &place).await.unwrap();
    assert_whole(&office, &place).await;
    kept.take(&office, &place).await;

    // Read-only, and writable again.
    let mut signing = signer(&office, &place);
    signing.round().await.unwrap();
    grants(&office, "while-read-only", 5).await;
    if small == Small::Files {
        mount_again("ro");
    }
    let stop = match small {
        Small::Files => {
            let outcome = signing.round().await;
            drop(signing);
            outcome
        }
        // The journal is open for writing while its signer lives, and so long no volume becomes read-only on request.
        Small::Journal => {
            drop(signing);
            mount_again("ro");
            restarted(&office, &place).await
        }
    };
    let stop = stop.expect_err("nothing can be written");
    assert_disk(&stop, std::io::ErrorKind::ReadOnlyFilesystem);
    kept.all_verify();
    mount_again("rw,size=64m");
    restarted(&office, &place).await.unwrap();
    assert_whole(&office, &place).await;
    kept.take(&office, &place).await;
    kept.all_verify();
}

/// A new process that signs.
async fn restarted(office: &TestOffice, place: &Place) -> Result<bool, Stop> {
    let mut signer = Signer::new(Arc::clone(&office.chronicle), place.clone(), Board::default())?;
    signer.round().await
}

/// The log was begun on a large disk; the part in question moves to the small one, as an operator would move it.
fn with_small(small: Small, place: Place) -> Place {
    let (from, to) = match small {
        Small::Files => (&place.files, volume().join("ledger")),
        Small::Journal => (&place.journal, volume().join("journal")),
    };
    std::fs::create_dir_all(&to).unwrap();
    if from.is_dir() {
        let copied = Command::new("cp").arg("-a").arg(from.join(".")).arg(&to).status();
        assert!(copied.unwrap().success());
    }
    match small {
        Small::Files => Place { files: to, ..place },
        Small::Journal => Place { journal: to, ..place },
    }
}

/// A journal grows by a line a head, some 70 to a page: somebody else's files take the other room.
fn fill(small: Small) {
    if small == Small::Journal {
        let full = std::fs::write(volume().join("somebody-elses"), vec![7; 128 << 10]);
        assert_eq!(full.unwrap_err().kind(), std::io::ErrorKind::StorageFull);
    }
}

fn mount_again(options: &str) {
    let options = format!("remount,{options}");
    let status = Command::new("mount").args(["-o", &options]).arg(volume()).status();
    assert!(status.unwrap().success(), "mount {options}");
}

fn assert_disk(stop: &Stop, kind: std::io::ErrorKind) {
    match stop {
        Stop::Disk { source, .. } if source.kind() == kind => {}
        other => panic!("{kind:?} was told as: {other}"),
    }
}

/// Every act has its leaf, every file is what was signed.
async fn assert_whole(office: &TestOffice, place: &Place) {
    let acts = events(&office.chronicle).await;
    let acts = acts.iter().filter(|event| !event.envelope.class.is_empty()).count();
    assert_eq!(
        checked(place),
        acts as u64 + 1,
        "every act, and the log's own first leaf"
    );
    let report = reconcile(&office.chronicle, place, None).await.unwrap();
    assert_eq!(report.findings, vec![]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mounts of its own: run by a_full_volume_refuses_the_act_and_harms_nothing_recorded"]
async fn the_record_on_a_small_volume() {
    mount("size=64m,mode=755");
    let office = TestOffice::sqlite(blueprint).await;
    let place = begun(&office).await;
    let mut kept = Kept::begin(&office, &place).await;
    grants(&office, "before", 50).await;
    assert!(signer(&office, &place).round().await.unwrap());
    kept.take(&office, &place).await;
    let acknowledged = fill_with_acts(&office, &volume()).await;
    assert!(acknowledged > 0);
    let recorded = events(&office.chronicle).await.len();
    kept.all_verify();

    std::fs::remove_file(volume().join("somebody-elses")).unwrap();
    let office = office.reopen().await;
    assert_eq!(
        events(&office.chronicle).await.len(),
        recorded,
        "what was acknowledged is there"
    );
    grants(&office, "after", 20).await;
    assert!(signer(&office, &place).round().await.unwrap());
    assert_whole(&office, &place).await;
    kept.take(&office, &place).await;
    kept.all_verify();
}

/// Acts until the disk has no room: each is either recorded or refused. How many were acknowledged.
async fn fill_with_acts(office: &TestOffice, volume: &Path) -> usize {
    let full = std::fs::write(volume.join("somebody-elses"), vec![7; 128 << 20]);
    assert_eq!(full.unwrap_err().kind(), std::io::ErrorKind::StorageFull);
    // Leaves a little: the first acts still fit.
    let rest = std::fs::File::options()
        .write(true)
        .open(volume.join("somebody-elses"))
        .unwrap();
    rest.set_len(rest.metadata().unwrap().len() - (512 << 10)).unwrap();
    let before = events(&office.chronicle).await.len();
    let mut acknowledged = 0;
    for number in 0..20_000 {
        let granted = office
            .chronicle
            .inside(Actor::system(), move |tx| {
                grant(tx, &format!("filling-{number}"), "market")
            })
            .await;
        match granted {
            Ok(_) => acknowledged += 1,
            Err(refused) => {
                let told = format!("{refused:?}");
                assert!(told.contains("Full"), "{told}");
                assert_eq!(events(&office.chronicle).await.len(), before + acknowledged);
                return acknowledged;
            }
        }
    }
    panic!("the disk never got full");
}
