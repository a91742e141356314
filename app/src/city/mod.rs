//! The demo city: invented people in real bodies, the 127 real items, and some weeks of cases. Everything
//! is done by the same commands as everybody's; a demo is a flag of its database.

pub mod lives;
mod people;
mod script;
mod story;

use std::path::Path;
use std::sync::Arc;

use jiff::{Timestamp, ToSpan};
use mingjing_catalogue::ImportOrder;
use mingjing_chronicle::{Actor, Chance, Chronicle, Clock, KeyRing, Stop, params};

use crate::house;
use crate::outcome::complain;
use crate::settings::Settings;

/// How far back the city's life begins.
const DAYS_LIVED: i64 = 60;

/// Fills an empty database; returns at once when the city stands already.
///
/// # Errors
/// What went wrong, in words.
pub async fn build(settings: &Settings, data: &Path, keys: KeyRing) -> Result<(), String> {
    let now = Clock::System.now();
    let start = now
        .checked_sub((DAYS_LIVED * 24).hours())
        .unwrap_or(Timestamp::UNIX_EPOCH);
    let clock = Clock::at(start);
    let chronicle = house::open(settings, data, keys, clock.clone(), Chance::System)
        .await
        .map_err(|fault| format!("打不开演示数据：{fault}"))?;
    if flagged(&chronicle).await? {
        return Ok(());
    }
    // The flag is set last: a city that was interrupted half-way is refused with advice, not shown half.
    if !is_empty(&chronicle).await? {
        return Err("数据目录里有一座没有建完的演示城，请删除该目录后重新启动。".to_owned());
    }
    settle_in(&chronicle).await?;
    complain("== 演示城：两个月的办件");
    lives::live(&chronicle, &clock, now)
        .await
        .map_err(|stop| in_words(&stop))?;
    chronicle
        .inside(Actor::system(), |tx| {
            tx.execute("INSERT INTO deployment (name, value) VALUES ('demo', 'yes')", &[])?;
            Ok(())
        })
        .await
        .map_err(|stop| in_words(&stop))
}

/// Bodies, people and items, without any case.
///
/// # Errors
/// What went wrong, in words.
pub async fn settle_in(chronicle: &Arc<Chronicle>) -> Result<(), String> {
    complain("== 演示城：机构与人员");
    people::settle(chronicle).await.map_err(|stop| in_words(&stop))?;
    complain("== 演示城：事项目录（127 项）");
    catalogue(chronicle).await
}

async fn flagged(chronicle: &Chronicle) -> Result<bool, String> {
    chronicle
        .read(|reader| {
            let row = reader.query_one("SELECT value FROM deployment WHERE name = 'demo'", &params![])?;
            Ok(row.is_some_and(|row| row.text(0) == "yes"))
        })
        .await
        .map_err(|fault| fault.to_string())
}

async fn is_empty(chronicle: &Chronicle) -> Result<bool, String> {
    let head = chronicle.read(|reader| reader.head()).await;
    Ok(head.map_err(|fault| fault.to_string())? == 0)
}

async fn catalogue(chronicle: &Arc<Chronicle>) -> Result<(), String> {
    for bytes in [story::CATALOGUE, story::FOOD_PERMIT] {
        let order = ImportOrder {
            bytes: bytes.to_vec(),
            attachments: story::attachments(),
            confirmed_by: Some("龙湾区司法局（演示）, 龙司演〔2026〕1号".to_owned()),
            dry_run: false,
        };
        let report = mingjing_catalogue::import(chronicle, Actor::system(), order)
            .await
            .map_err(|stop| in_words(&stop))?;
        if report.refused > 0 {
            return Err(format!("演示事项有 {} 行被拒绝：{report:?}", report.refused));
        }
    }
    story::references(chronicle).await.map_err(|stop| in_words(&stop))
}

pub fn in_words(stop: &Stop) -> String {
    match stop {
        Stop::Refusal(refusal) => {
            let fields: Vec<&str> = refusal.fields.iter().map(|field| field.message.as_str()).collect();
            format!("{}：{} {}", refusal.code, refusal.message, fields.join("；"))
        }
        Stop::Conflict(_) => "记录在此期间有了变化".to_owned(),
        Stop::Fault(fault) => fault.to_string(),
    }
}
