//! The log's side: before a head is shown, its witnesses are asked for cosignatures. Their lines prove themselves, so plain
//! HTTP is enough; where a way must be private a tunnel makes it so.

use std::collections::HashMap;
use std::time::Duration;

use mingjing_tlog::{
    AddCheckpoint, Policy, SignedCheckpoint, VerifierKey, parse_cosignatures, parse_held_size, prove_consistency,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::disk::Disk;
use crate::shard::Shard;
use crate::stop::Stop;

/// A witness that takes longer is asked again at the next publication.
const PATIENCE: Duration = Duration::from_secs(5);
/// For each of those that are not needed any more.
const GRACE: Duration = Duration::from_secs(2);
const MOST_ANSWER_BYTES: u64 = 1 << 17;

/// Whom the log's readers trust, and where they are asked.
pub struct Witnesses {
    policy: Policy,
    /// Size that each is believed to hold.
    held: HashMap<String, u64>,
}

/// What came of asking.
#[derive(Debug)]
pub struct Asked {
    /// With all lines that came and are good.
    pub checkpoint: SignedCheckpoint,
    /// Whether a reader with this policy accepts it.
    pub quorum: bool,
    /// Who did not cosign, and why.
    pub silent: Vec<(String, String)>,
}

enum Said {
    Cosigned(Vec<mingjing_tlog::SignatureLine>),
    Holds(u64),
}

/// One to be asked.
#[derive(Clone)]
struct Witness {
    name: String,
    key: VerifierKey,
    url: String,
}

impl Witnesses {
    pub fn new(policy: Policy) -> Witnesses {
        Witnesses {
            policy,
            held: HashMap::new(),
        }
    }

    /// Asks all at once: who is slow holds up nobody, and once the quorum is there is waited for but shortly.
    ///
    /// # Errors
    /// [`Stop::WitnessAhead`]: one has seen a larger tree of this log than there is; tiles that cannot be read.
    pub async fn cosign<D: Disk>(&mut self, files: &Shard<D>, checkpoint: &SignedCheckpoint) -> Result<Asked, Stop> {
        let mut asked = Asked {
            checkpoint: checkpoint.clone(),
            quorum: false,
            silent: Vec::new(),
        };
        let mut to_ask = self.all();
        // One may hold another size than we believe: it says so, and is asked once more.
        for _ in 0..2 {
            to_ask = self.round(files, checkpoint, to_ask, &mut asked).await?;
        }
        let again = |witness: Witness| (witness.name, "it holds another size each time".to_owned());
        asked.silent.extend(to_ask.into_iter().map(again));
        asked.silent.sort();
        asked.quorum = self.policy.accept(&asked.checkpoint).is_ok();
        Ok(asked)
    }

    fn all(&self) -> Vec<Witness> {
        let listed = self.policy.witnesses();
        listed
            .filter_map(|(name, key, url)| {
                Some(Witness {
                    name: name.to_owned(),
                    key: key.clone(),
                    url: url?.to_owned(),
                })
            })
            .collect()
    }

    /// Who is to be asked once more.
    async fn round<D: Disk>(
        &mut self,
        files: &Shard<D>,
        checkpoint: &SignedCheckpoint,
        to_ask: Vec<Witness>,
        asked: &mut Asked,
    ) -> Result<Vec<Witness>, Stop> {
        let mut waiting = to_ask.clone();
        let mut asking = JoinSet::new();
        for witness in to_ask {
            let body = self.request(files, checkpoint, &witness.name)?;
            asking.spawn(async move { (post(&witness.url, &body).await, witness) });
        }
        let mut again = Vec::new();
        loop {
            let patience = match self.policy.accept(&asked.checkpoint) {
                Ok(_) => GRACE,
                Err(_) => PATIENCE,
            };
            let Ok(Some(told)) = timeout(patience, asking.join_next()).await else {
                break;
            };
            let Ok((said, witness)) = told else { continue };
            waiting.retain(|other| other.name != witness.name);
            match said {
                Ok(said) => again.extend(self.hear(witness, said, asked)?),
                Err(why) => asked.silent.push((witness.name, why)),
            }
        }
        let late = |witness: Witness| (witness.name, "no answer in time".to_owned());
        asked.silent.extend(waiting.into_iter().map(late));
        Ok(again)
    }

    fn request<D: Disk>(&self, files: &Shard<D>, checkpoint: &SignedCheckpoint, name: &str) -> Result<String, Stop> {
        let size = checkpoint.checkpoint().size;
        let old = self.held.get(name).copied().unwrap_or(0).min(size);
        let proof = prove_consistency(old, size, |tile| files.tile(tile)).map_err(|_| Stop::Damaged {
            path: format!("tiles that prove {size} from {old}"),
        })?;
        Ok(AddCheckpoint::new(old, proof, checkpoint.clone())?.to_string())
    }

    /// `Some`: it is to be asked once more.
    fn hear(&mut self, witness: Witness, said: Said, asked: &mut Asked) -> Result<Option<Witness>, Stop> {
        let size = asked.checkpoint.checkpoint().size;
        match said {
            Said::Cosigned(lines) => {
                self.held.insert(witness.name.clone(), size);
                add(asked, &witness.name, &witness.key, lines)?;
                Ok(None)
            }
            Said::Holds(held) if held > size => Err(Stop::WitnessAhead {
                witness: witness.name,
                held,
                size,
            }),
            Said::Holds(held) => {
                self.held.insert(witness.name.clone(), held);
                Ok(Some(witness))
            }
        }
    }
}

/// Only lines of the witness's own key that are good: anything else would spoil the note for its readers.
fn add(asked: &mut Asked, name: &str, key: &VerifierKey, lines: Vec<mingjing_tlog::SignatureLine>) -> Result<(), Stop> {
    for line in lines.into_iter().filter(|line| key.claims(line)) {
        let with = asked.checkpoint.note().clone().with(line)?;
        if with.verify(std::slice::from_ref(key)).is_ok() {
            asked.checkpoint = SignedCheckpoint::new(with)?;
            return Ok(());
        }
    }
    asked
        .silent
        .push((name.to_owned(), "it sent no good line of its own key".to_owned()));
    Ok(())
}

async fn post(url: &str, body: &str) -> Result<Said, String> {
    let rest = url.strip_prefix("http://").ok_or("its address is not http://")?;
    let (host, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let prefix = prefix.trim_end_matches('/');
    let path = match prefix {
        "" => "/add-checkpoint".to_owned(),
        prefix => format!("/{prefix}/add-checkpoint"),
    };
    let address = match host.contains(':') {
        true => host.to_owned(),
        false => format!("{host}:80"),
    };
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let failed = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect(address).await.map_err(failed)?;
    stream.write_all(request.as_bytes()).await.map_err(failed)?;
    let mut bytes = Vec::new();
    stream
        .take(MOST_ANSWER_BYTES)
        .read_to_end(&mut bytes)
        .await
        .map_err(failed)?;
    read_answer(&bytes)
}

/// Of an HTTP/1.1 answer that ends with its connection.
fn read_answer(bytes: &[u8]) -> Result<Said, String> {
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .ok_or("its answer is cut off")?;
    let head = std::str::from_utf8(&bytes[..end]).map_err(|_| "its answer is no HTTP")?;
    if head.to_ascii_lowercase().contains("transfer-encoding:") {
        return Err("its answer comes in chunks".to_owned());
    }
    let status = head.split(' ').nth(1).unwrap_or("");
    let body = &bytes[end + 4..];
    match status {
        "200" => parse_cosignatures(body)
            .map(Said::Cosigned)
            .map_err(|error| error.to_string()),
        "409" => parse_held_size(body)
            .map(Said::Holds)
            .map_err(|error| error.to_string()),
        other => Err(format!("it answers {other}")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn answers_are_read_or_refused() {
        let check = |answer: &str, expect: Result<u64, &str>| {
            let read = read_answer(answer.as_bytes()).map(|said| match said {
                Said::Holds(held) => held,
                Said::Cosigned(lines) => 1_000 + lines.len() as u64,
            });
            match expect {
                Ok(expect) => assert_eq!(read, Ok(expect), "{answer}"),
                Err(part) => assert!(read.unwrap_err().contains(part), "{answer}"),
            }
        };
        check("HTTP/1.1 409 Conflict\r\nContent-Length: 3\r\n\r\n17\n", Ok(17));
        check("HTTP/1.1 409 Conflict\r\n\r\n17", Err("见证答复"));
        check("HTTP/1.1 404 Not Found\r\n\r\n", Err("404"));
        check(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            Err("chunks"),
        );
        check("HTTP/1.1 200 OK\r\n", Err("cut off"));
        check("", Err("cut off"));
    }
}
