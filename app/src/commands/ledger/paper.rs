//! `mingjing ledger verify FILE.pdf`: a paper against its seal, brought along or looked up in this deployment's data.

use mingjing_cases::pages::sealed_papers::{FoundPaper, sealed_paper};
use mingjing_cases::paper_code::Asked;
use mingjing_cases::paper_proof::{NotThisPaper, SealedPaper, prove_paper, read_seal};
use mingjing_tlog::Policy;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Log, in_words, reason, tell};
use crate::outcome::{Outcome, complain, print_json, say};

pub(super) async fn verify(
    log: &Log,
    paper: &[u8],
    beside: Option<&[u8]>,
    policy: &Policy,
    as_json: bool,
) -> Result<Outcome, String> {
    let digest = hex::encode(Sha256::digest(paper));
    let seal = match beside {
        Some(brought) => read_seal(brought),
        None => Ok(look_up(log, &digest).await?),
    };
    let outcome = seal.and_then(|seal| prove_paper(&seal, &digest, policy));
    match (&outcome, as_json) {
        (Ok(proven), true) => print_json(&json!({ "verified": true, "sha256": digest, "proved": proven })),
        (Ok(proven), false) => {
            say("这份文书就是当时封存的那一份，一个字节也没有改动。");
            if let Some(number) = &proven.paper_no {
                say(&format!("  文号 {number}"));
            }
            tell(&proven.sealed);
        }
        (Err(why), true) => print_json(&json!({ "verified": false, "code": why.code(), "why": why.to_string() })),
        (Err(why), false) => complain(&format!("验证不通过（{}）：{}", why.code(), of_paper(why))),
    }
    Ok(match outcome {
        Ok(_) => Outcome::Done,
        Err(_) => Outcome::Refused,
    })
}

async fn look_up(log: &Log, digest: &str) -> Result<SealedPaper, String> {
    let settings = log.settings()?;
    let place = log.files(&settings)?;
    let chronicle = log.open(&settings).await?;
    match sealed_paper(&chronicle, &place, &Asked::Digest(digest.to_owned())).await {
        Ok(FoundPaper::Sealed(sealed)) => Ok(*sealed),
        Ok(FoundPaper::Pending) => Err("这份文书还在等待写入公开日志，稍后再试。".to_owned()),
        Ok(FoundPaper::Nothing) => Err("本部署没有封存过这样的文件：不是这里制成的文书，或者内容被改动过。".to_owned()),
        Err(stop) => Err(in_words(&stop)),
    }
}

fn of_paper(why: &NotThisPaper) -> String {
    match why {
        NotThisPaper::NotVerified(why) => reason(why),
        NotThisPaper::NoSeal => "一起给出的文件不是文书的凭证或封存证明。".to_owned(),
        NotThisPaper::OtherBytes => "这份文件不是当时封存的那一份：内容不同。".to_owned(),
        NotThisPaper::OtherNumber => "封存证明里的文号是另一份文书的。".to_owned(),
    }
}
