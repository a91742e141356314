//! Whom a reader trusts (C2SP tlog-policy): logs, witnesses, groups of them, and the quorum that must have cosigned.

use std::collections::BTreeMap;

use crate::checkpoint::SignedCheckpoint;
use crate::lines::{self, Lines, number};
use crate::refusal::{Fault, Form, Malformed, Unproven};
use crate::{KeyKind, KeyName, VerifierKey};

/// Invariants: no public key twice; groups form trees over what was defined before them, so that a witness counts in
/// one way only; one quorum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// First the logs, then the witnesses, each in the order of the file.
    keys: Vec<VerifierKey>,
    logs: usize,
    urls: Vec<Option<String>>,
    /// Name of each witness, in the order of `keys` after the logs.
    witnesses: Vec<String>,
    /// Each names only rules before it.
    rules: Vec<Rule>,
    /// Place among the rules; `None`: no cosignature is needed.
    quorum: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    /// Place among the witnesses.
    Witness(usize),
    /// So many of these rules.
    AtLeast(usize, Vec<usize>),
}

/// A checkpoint that the policy accepts: by which log's key, and which witnesses saw it when (seconds since 1970).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted<'p> {
    pub log: &'p KeyName,
    pub witnesses: Vec<(&'p str, u64)>,
}

impl Policy {
    const MOST_BYTES: usize = 1 << 16;
    const MOST_LINES: usize = 1024;

    /// The text must be UTF-8, which the format only recommends.
    pub fn parse(bytes: &[u8]) -> Result<Policy, Malformed> {
        let text = policy_text(bytes)?;
        let mut lines = Lines::new(Form::Policy, &text, 0);
        let mut reading = Reading::default();
        let mut seen = 0;
        while let Some(line) = lines.next() {
            seen += 1;
            if seen > Policy::MOST_LINES {
                return Err(lines.refuse(Fault::TooMany));
            }
            reading.line(line).map_err(|fault| lines.refuse(fault))?;
        }
        let quorum = reading.quorum.ok_or(Fault::Missing.in_whole(Form::Policy))?;
        Ok(reading.finish(quorum))
    }

    pub fn logs(&self) -> &[VerifierKey] {
        &self.keys[..self.logs]
    }

    /// Name in the policy, key, address.
    pub fn witnesses(&self) -> impl Iterator<Item = (&str, &VerifierKey, Option<&str>)> {
        let names = self.witnesses.iter().map(String::as_str);
        let keys = &self.keys[self.logs..];
        let urls = self.urls[self.logs..].iter().map(Option::as_deref);
        names.zip(keys).zip(urls).map(|((name, key), url)| (name, key, url))
    }

    pub fn log_url(&self, log: usize) -> Option<&str> {
        self.urls[..self.logs].get(log)?.as_deref()
    }

    /// Signed by a log whose name is the origin, and cosigned by the quorum. Any line of a key that stands in the
    /// policy must be good, whether the quorum needs it or not.
    pub fn accept(&self, checkpoint: &SignedCheckpoint) -> Result<Accepted<'_>, Unproven> {
        let origin = &checkpoint.checkpoint().origin;
        if !self.logs().iter().any(|log| log.name() == origin) {
            return Err(Unproven::UnknownOrigin);
        }
        let signed = checkpoint.note().verify(&self.keys)?;
        let log = signed
            .iter()
            .find(|signed| signed.key.kind() == KeyKind::Log && signed.key.name() == origin)
            .ok_or(Unproven::NoSignature)?;
        let times: Vec<Option<u64>> = self.keys[self.logs..]
            .iter()
            .map(|key| {
                signed
                    .iter()
                    .find(|signed| signed.key == key)
                    .and_then(|signed| signed.time)
            })
            .collect();
        if !self.has_quorum(&times) {
            return Err(Unproven::Quorum);
        }
        let names = self.witnesses.iter().map(String::as_str);
        Ok(Accepted {
            log: log.key.name(),
            witnesses: names
                .zip(times)
                .filter_map(|(name, time)| Some((name, time?)))
                .collect(),
        })
    }

    fn has_quorum(&self, times: &[Option<u64>]) -> bool {
        let mut holds: Vec<bool> = Vec::with_capacity(self.rules.len());
        for rule in &self.rules {
            holds.push(match rule {
                Rule::Witness(at) => times[*at].is_some(),
                Rule::AtLeast(least, members) => members.iter().filter(|member| holds[**member]).count() >= *least,
            });
        }
        self.quorum.is_none_or(|quorum| holds[quorum])
    }
}

/// Tabs separate as spaces do; nothing else in a policy is a control character.
fn policy_text(bytes: &[u8]) -> Result<String, Malformed> {
    if bytes.len() > Policy::MOST_BYTES {
        return Err(Fault::TooLong.in_whole(Form::Policy));
    }
    let spaced: Vec<u8> = bytes
        .iter()
        .map(|byte| if *byte == b'\t' { b' ' } else { *byte })
        .collect();
    let text = lines::text_of(Form::Policy, &spaced, Policy::MOST_BYTES)?;
    let deleted = |line: &str| line.contains('\x7f');
    if let Some(at) = text.lines().position(deleted) {
        return Err(Fault::ControlCharacter.at(Form::Policy, crate::refusal::Place::Line(at as u32 + 1)));
    }
    Ok(text.to_owned())
}

#[derive(Default)]
struct Reading {
    logs: Vec<(VerifierKey, Option<String>)>,
    witnesses: Vec<(String, VerifierKey, Option<String>)>,
    rules: Vec<Rule>,
    defined: BTreeMap<String, Defined>,
    quorum: Option<Option<usize>>,
}

struct Defined {
    rule: usize,
    is_member: bool,
}

impl Reading {
    fn line(&mut self, line: &str) -> Result<(), Fault> {
        let mut words = line.split(' ').filter(|word| !word.is_empty());
        match words.next() {
            None => Ok(()),
            Some(word) if word.starts_with('#') => Ok(()),
            Some("log") => self.log(&words.collect::<Vec<_>>()),
            Some("witness") => self.witness(&words.collect::<Vec<_>>()),
            Some("group") => self.group(&words.collect::<Vec<_>>()),
            Some("quorum") => self.quorum(&words.collect::<Vec<_>>()),
            Some(_) => Err(Fault::Keyword),
        }
    }

    fn log(&mut self, words: &[&str]) -> Result<(), Fault> {
        let (vkey, rest) = words.split_first().ok_or(Fault::Missing)?;
        let key = self.key(vkey, KeyKind::Log)?;
        self.logs.push((key, url(rest)?));
        Ok(())
    }

    fn witness(&mut self, words: &[&str]) -> Result<(), Fault> {
        let [name, vkey, rest @ ..] = words else {
            return Err(Fault::Missing);
        };
        let key = self.key(vkey, KeyKind::Witness)?;
        let url = url(rest)?;
        self.define(name, Rule::Witness(self.witnesses.len()))?;
        self.witnesses.push(((*name).to_owned(), key, url));
        Ok(())
    }

    fn group(&mut self, words: &[&str]) -> Result<(), Fault> {
        let [name, least, members @ ..] = words else {
            return Err(Fault::Missing);
        };
        if members.is_empty() {
            return Err(Fault::Missing);
        }
        let least = match *least {
            "any" => 1,
            "all" => members.len(),
            least => usize::try_from(number(least)?).map_err(|_| Fault::Threshold)?,
        };
        if least == 0 || least > members.len() {
            return Err(Fault::Threshold);
        }
        let members = members
            .iter()
            .map(|member| self.member(member))
            .collect::<Result<_, _>>()?;
        self.define(name, Rule::AtLeast(least, members))
    }

    fn member(&mut self, name: &str) -> Result<usize, Fault> {
        let defined = self.defined.get_mut(name).ok_or(Fault::UnknownName)?;
        if defined.is_member {
            return Err(Fault::Duplicate);
        }
        defined.is_member = true;
        Ok(defined.rule)
    }

    fn quorum(&mut self, words: &[&str]) -> Result<(), Fault> {
        let [name] = words else {
            return Err(if words.is_empty() {
                Fault::Missing
            } else {
                Fault::Surplus
            });
        };
        if self.quorum.is_some() {
            return Err(Fault::Duplicate);
        }
        self.quorum = Some(match *name {
            "none" => None,
            name => Some(self.defined.get(name).ok_or(Fault::UnknownName)?.rule),
        });
        Ok(())
    }

    /// One name space for witnesses and groups; `none` is taken.
    fn define(&mut self, name: &str, rule: Rule) -> Result<(), Fault> {
        if name == "none" || self.defined.contains_key(name) {
            return Err(Fault::Duplicate);
        }
        let defined = Defined {
            rule: self.rules.len(),
            is_member: false,
        };
        self.rules.push(rule);
        self.defined.insert(name.to_owned(), defined);
        Ok(())
    }

    fn key(&self, vkey: &str, kind: KeyKind) -> Result<VerifierKey, Fault> {
        let key = VerifierKey::read(vkey)?;
        if key.kind() != kind {
            return Err(Fault::KeyKind);
        }
        let logs = self.logs.iter().map(|(log, _)| log);
        let witnesses = self.witnesses.iter().map(|(_, witness, _)| witness);
        if logs.chain(witnesses).any(|other| other.public() == key.public()) {
            return Err(Fault::Duplicate);
        }
        Ok(key)
    }

    fn finish(self, quorum: Option<usize>) -> Policy {
        let logs = self.logs.len();
        let mut policy = Policy {
            keys: Vec::new(),
            logs,
            urls: Vec::new(),
            witnesses: Vec::new(),
            rules: self.rules,
            quorum,
        };
        for (key, url) in self.logs {
            policy.keys.push(key);
            policy.urls.push(url);
        }
        for (name, key, url) in self.witnesses {
            policy.keys.push(key);
            policy.urls.push(url);
            policy.witnesses.push(name);
        }
        policy
    }
}

fn url(words: &[&str]) -> Result<Option<String>, Fault> {
    match words {
        [] => Ok(None),
        [url] => Ok(Some((*url).to_owned())),
        _ => Err(Fault::Surplus),
    }
}
