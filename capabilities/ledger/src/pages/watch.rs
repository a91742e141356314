//! 公开日志看守: how the log stands, what was checked, and what does not agree, by act and case. Whoever supervises sees it;
//! nothing is repaired here.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::response::Response;
use jiff::Timestamp;
use mingjing_chronicle::context::shanghai;
use mingjing_chronicle::{Fault, Reader};
use mingjing_web::{Desk, Fields, Form, Frame, Link, Permission, Problem, SideEntry, SideGroup, page};

use crate::finding::Finding;
use crate::place::Place;
use crate::watch::{self, Looked, Outcome, Standing};

/// To see how the public log stands, and to ask for a check.
pub const WATCH: Permission = Permission("ledger.watch");

/// A signer that says nothing for so long is down or hangs: the alarm of logs whose merge delay is a minute.
const SILENT_SECONDS: i64 = 120;
/// Without a check for so long something is wrong with checking itself.
const UNCHECKED_HOURS: i64 = 48;

/// What others know of their streams: the log knows none of them.
pub trait Naming: Send + Sync {
    /// What an event of this kind is called.
    fn act(&self, kind: &str) -> Option<&'static str>;
    /// What a stream is called, and its page.
    fn matter(&self, stream_kind: &str, id: &str) -> Option<(String, Link)>;
    /// The stream of the matter that people know by this number.
    fn stream(&self, number: &str) -> Option<String>;
    /// Who has this account.
    ///
    /// # Errors
    /// A fault of the database.
    fn person(&self, reader: &mut Reader<'_>, account: &str) -> Result<String, Fault>;
}

pub fn watch_page() -> Link {
    Link::to("/desk/ledger")
}

/// Who looked at a matter.
pub fn looked_page() -> Link {
    watch_page().part("reads")
}

fn check_link() -> Link {
    watch_page().part("check")
}

pub fn side() -> SideGroup {
    SideGroup {
        title: "监督",
        entries: vec![
            SideEntry {
                label: "公开日志看守",
                link: watch_page(),
                permission: WATCH,
            },
            SideEntry {
                label: "谁看过办件",
                link: looked_page(),
                permission: WATCH,
            },
        ],
    }
}

#[derive(Template)]
#[template(path = "ledger/watch.html")]
struct WatchPage {
    frame: Frame,
    fields: Fields,
    alarms: Vec<Alarm>,
    logs: Vec<LogShown>,
    lag: Vec<(&'static str, String)>,
    witnesses: Vec<(String, String)>,
    unwitnessed: bool,
    checks: Vec<(String, String, String)>,
    past: Vec<(String, String, String)>,
    asked: bool,
}

struct Alarm {
    title: String,
    lines: Vec<Line>,
    more: u64,
}

struct Line {
    /// The matter and the act, where they are known.
    what: String,
    link: Option<Link>,
    words: String,
}

struct LogShown {
    origin: String,
    /// Leaves in the record, and shown to everybody.
    size: u64,
    key: String,
}

pub(super) async fn get_watch(
    desk: Desk,
    Extension(place): Extension<Place>,
    Extension(naming): Extension<Arc<dyn Naming>>,
) -> Result<Response, Problem> {
    let standing = desk.house.chronicle.read(watch::standing).await?;
    let now = desk.house.chronicle.clock().now();
    Ok(page(&WatchPage {
        frame: desk.frame("公开日志看守"),
        fields: desk.form(),
        alarms: alarms(&standing, now, &*naming),
        lag: lag(&standing),
        witnesses: witnesses(&place, &standing).map_err(Problem::fault)?,
        unwitnessed: standing.told.as_ref().is_some_and(|told| told.status.unwitnessed),
        checks: newest(&standing),
        past: standing.alarms.iter().map(told_of).collect(),
        asked: standing.asked,
        logs: standing
            .heads
            .into_iter()
            .map(|head| LogShown {
                size: head.frontier.size(),
                origin: head.origin,
                key: head.verifier,
            })
            .collect(),
    }))
}

pub(super) async fn post_check(desk: Desk, form: Form<()>) -> Result<Response, Problem> {
    let asked = desk.house.chronicle.perform(desk.request(&form.meta), |tx| {
        let at = tx.context().at;
        Ok(watch::ask(tx.sql(), at)?)
    });
    asked.await?;
    Ok(desk.go_saying(&watch_page(), "已经要求核对。几秒钟到几分钟以后刷新本页看结果。"))
}

/// What does not agree, the gravest first.
fn alarms(standing: &Standing, now: Timestamp, naming: &dyn Naming) -> Vec<Alarm> {
    let newest = standing.record.iter().chain(&standing.files);
    let mut alarms: Vec<Alarm> = newest
        .filter(|outcome| !outcome.sound())
        .map(|outcome| Alarm {
            title: alarm_title(outcome),
            lines: outcome.findings.iter().map(|finding| line(finding, naming)).collect(),
            more: outcome.found - outcome.findings.len() as u64,
        })
        .collect();
    let plain = |title: &str, words: String| Alarm {
        title: title.to_owned(),
        lines: vec![Line {
            what: String::new(),
            link: None,
            words,
        }],
        more: 0,
    };
    if standing.heads.is_empty() {
        alarms.push(plain(
            "还没有公开日志",
            "先运行 mingjing ledger create；行为正在等待封存。".to_owned(),
        ));
        return alarms;
    }
    match &standing.told {
        None => alarms.push(plain("没有进程在签名", "负责签名的节点还没有报过到。".to_owned())),
        Some(told) if seconds_since(told.at, now) > SILENT_SECONDS => alarms.push(plain(
            "没有进程在签名",
            format!("负责签名的节点最后一次报到是 {}。", moment(told.at)),
        )),
        Some(told) => {
            if let Some(why) = &told.status.stopped {
                let words = format!("{why}。办理不受影响，行为在等待封存。");
                alarms.push(plain("公开日志停止签名", words));
            }
            if told.status.unwitnessed {
                alarms.push(plain(
                    "见证人不够",
                    "新的检查点没有公布，凭证要等见证人恢复。".to_owned(),
                ));
            }
        }
    }
    let checked = standing.record.as_ref().map(|record| record.ended_at);
    if checked.is_some_and(|at| seconds_since(at, now) > UNCHECKED_HOURS * 3600) {
        alarms.push(plain(
            "很久没有核对",
            format!("超过 {UNCHECKED_HOURS} 小时没有做完一次核对。"),
        ));
    }
    alarms
}

fn alarm_title(outcome: &Outcome) -> String {
    let unfinished = |finding: &Finding| matches!(finding, Finding::Unfinished { .. });
    match outcome.looked {
        _ if outcome.findings.iter().all(unfinished) => "核对没有做完".to_owned(),
        Looked::Files => format!("公开日志 {} 的文件有问题", outcome.shard),
        _ => format!("记录与公开日志不一致：{} 处", outcome.found),
    }
}

fn line(finding: &Finding, naming: &dyn Naming) -> Line {
    let act = finding.kind().and_then(|kind| naming.act(kind));
    let place = finding.place();
    let matter = place.and_then(|(kind, id, _)| naming.matter(kind, id));
    let number = place.map(|(_, _, version)| format!("第 {version} 号记录"));
    let (name, link) = matter.map_or((None, None), |(name, link)| (Some(name), Some(link)));
    let what = [name, act.map(str::to_owned), number].into_iter().flatten();
    Line {
        what: what.collect::<Vec<_>>().join("　"),
        link,
        words: finding.in_words(),
    }
}

fn lag(standing: &Standing) -> Vec<(&'static str, String)> {
    let sized: u64 = standing.heads.last().map_or(0, |head| head.frontier.size());
    let status = standing.told.as_ref().map(|told| &told.status);
    let published = status.map_or(0, |status| status.published);
    let shown_at = status.and_then(|status| status.published_at);
    vec![
        ("还没有编成条目的事件", standing.unfollowed.to_string()),
        ("等待编号的条目", standing.waiting.to_string()),
        ("已编号、等待公布的条目", sized.saturating_sub(published).to_string()),
        ("最后一次公布", shown_at.map_or("还没有".to_owned(), moment)),
        (
            "签名的节点最后报到",
            standing
                .told
                .as_ref()
                .map_or("还没有".to_owned(), |told| moment(told.at)),
        ),
    ]
}

/// Each witness of the policy, and whether it cosigned the last time.
fn witnesses(place: &Place, standing: &Standing) -> Result<Vec<(String, String)>, crate::Stop> {
    let own: Vec<&str> = standing.heads.iter().map(|head| head.verifier.as_str()).collect();
    let Some(policy) = place.policy(&own)? else {
        return Ok(Vec::new());
    };
    let silent = standing.told.iter().flat_map(|told| &told.status.silent);
    let silent: Vec<_> = silent.collect();
    let of = |name: &str| match silent.iter().find(|(silent, _)| silent == name) {
        Some((_, why)) => format!("没有回应：{why}"),
        None => "最近一次已经见证".to_owned(),
    };
    Ok(policy
        .witnesses()
        .map(|(name, _, _)| (name.to_owned(), of(name)))
        .collect())
}

fn newest(standing: &Standing) -> Vec<(String, String, String)> {
    standing.files.iter().chain(&standing.record).map(told_of).collect()
}

/// What was looked at, when, and how it ended.
fn told_of(outcome: &Outcome) -> (String, String, String) {
    let (what, unit) = match outcome.looked {
        Looked::Files => (format!("日志 {} 的文件", outcome.shard), "个条目"),
        _ => ("记录与日志".to_owned(), "个事件"),
    };
    let ended = match outcome.found {
        0 => format!("一致（{} {unit}）", outcome.seen),
        found => format!("有 {found} 处不一致"),
    };
    (what, moment(outcome.ended_at), ended)
}

pub(super) fn moment(at: Timestamp) -> String {
    at.to_zoned(shanghai()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn seconds_since(at: Timestamp, now: Timestamp) -> i64 {
    now.as_second() - at.as_second()
}

impl WatchPage {
    fn check(&self) -> Link {
        check_link()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::finding::Named;
    use crate::signer::Status;
    use crate::watch::Told;

    struct Deeds;

    impl Naming for Deeds {
        fn act(&self, kind: &str) -> Option<&'static str> {
            (kind == "deed.granted").then_some("准予")
        }

        fn matter(&self, stream_kind: &str, id: &str) -> Option<(String, Link)> {
            (stream_kind == "deed").then(|| (format!("事 {id}"), Link::to("/deeds").part(id)))
        }

        fn stream(&self, number: &str) -> Option<String> {
            Some(format!("deed/{number}"))
        }

        fn person(&self, _: &mut Reader<'_>, account: &str) -> Result<String, Fault> {
            Ok(account.to_owned())
        }
    }

    const NOW: &str = "2026-03-02T01:00:00Z";

    fn calm() -> Standing {
        let at: Timestamp = NOW.parse().unwrap();
        Standing {
            heads: vec![crate::tables::Head {
                shard: "2026".into(),
                origin: "log.example/330303/2026".into(),
                verifier: "key".into(),
                frontier: mingjing_tlog::Frontier::new(),
                closed_day: String::new(),
                ending: false,
                open: true,
            }],
            told: Some(Told {
                at,
                status: Status::default(),
            }),
            waiting: 0,
            unfollowed: 0,
            files: Vec::new(),
            record: Some(outcome(Vec::new())),
            alarms: Vec::new(),
            asked: false,
        }
    }

    fn outcome(findings: Vec<Finding>) -> Outcome {
        let at: Timestamp = NOW.parse().unwrap();
        Outcome {
            looked: Looked::Record,
            shard: String::new(),
            begun_at: at,
            ended_at: at,
            seen: 9,
            found: findings.len() as u64,
            findings,
        }
    }

    fn check(change: impl FnOnce(&mut Standing), expect: &[&str]) {
        let mut standing = calm();
        change(&mut standing);
        let titles: Vec<String> = alarms(&standing, NOW.parse().unwrap(), &Deeds)
            .into_iter()
            .map(|alarm| alarm.title)
            .collect();
        assert_eq!(titles, expect);
    }

    #[test]
    fn whatever_keeps_the_log_from_growing_is_an_alarm() {
        check(|_| {}, &[]);
        check(|standing| standing.heads.clear(), &["还没有公开日志"]);
        check(|standing| standing.told = None, &["没有进程在签名"]);
        check(
            |standing| standing.told.as_mut().unwrap().at = "2026-03-02T00:57:00Z".parse().unwrap(),
            &["没有进程在签名"],
        );
        check(
            |standing| standing.told.as_mut().unwrap().status.stopped = Some("磁盘满了".into()),
            &["公开日志停止签名"],
        );
        check(
            |standing| standing.told.as_mut().unwrap().status.unwitnessed = true,
            &["见证人不够"],
        );
        check(
            |standing| standing.record.as_mut().unwrap().ended_at = "2026-02-27T00:00:00Z".parse().unwrap(),
            &["很久没有核对"],
        );
        let unfinished = Finding::Unfinished { why: "停电".into() };
        check(
            |standing| standing.record = Some(outcome(vec![unfinished])),
            &["核对没有做完"],
        );
    }

    #[test]
    fn a_difference_says_which_act_of_which_matter() {
        let event = Named {
            event_id: "e1".into(),
            stream: "deed/d-7#4".into(),
            kind: "deed.granted".into(),
        };
        let altered = Finding::Altered {
            event,
            shard: "2026".into(),
            place: 12,
        };
        let standing = Standing {
            record: Some(outcome(vec![altered])),
            ..calm()
        };
        let alarms = alarms(&standing, NOW.parse().unwrap(), &Deeds);
        assert_eq!(alarms[0].title, "记录与公开日志不一致：1 处");
        let line = &alarms[0].lines[0];
        assert_eq!(line.what, "事 d-7　准予　第 4 号记录");
        assert_eq!(line.link.as_ref().unwrap().to_string(), "/deeds/d-7");
        assert!(line.words.contains("第 12 号条目"));
    }
}
