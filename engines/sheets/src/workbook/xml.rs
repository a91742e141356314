//! A member as XML events, in memory that does not grow with the member.

use std::io::{self, BufReader, Read};

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::Broken;
use crate::archive::{Archive, Content, broken};

/// Bytes between two brackets: a tag, or the text of one cell with its escapes.
const MOST_BETWEEN: usize = 1 << 20;

/// Ends a reading whose next token would not fit into bounded memory.
pub struct Tokens<R> {
    inner: R,
    since: usize,
}

impl<R: Read> Read for Tokens<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        let piece = &into[..read];
        self.since = match memchr::memrchr2(b'<', b'>', piece) {
            Some(last) => read - last,
            None => self.since + read,
        };
        match self.since > MOST_BETWEEN {
            true => Err(io::Error::other(Broken::TooLarge(MOST_BETWEEN as u64))),
            false => Ok(read),
        }
    }
}

pub struct Xml<'a> {
    reader: Reader<BufReader<Tokens<Content<'a>>>>,
    buffer: Vec<u8>,
    member: String,
    depth: usize,
}

const MAX_DEPTH: usize = 64;

impl<'a> Xml<'a> {
    pub fn of(archive: &'a Archive<'_>, member: &str) -> Result<Xml<'a>, Broken> {
        let content = archive.member(member)?;
        let tokens = Tokens {
            inner: content,
            since: 0,
        };
        let mut reader = Reader::from_reader(BufReader::with_capacity(64 * 1024, tokens));
        reader.config_mut().check_end_names = false;
        Ok(Xml {
            reader,
            buffer: Vec::new(),
            member: member.to_owned(),
            depth: 0,
        })
    }

    /// The next event; `Eof` at the end, after which the member's checksum has been compared.
    pub fn next(&mut self) -> Result<Event<'_>, Broken> {
        self.buffer.clear();
        match self.reader.read_event_into(&mut self.buffer) {
            Ok(Event::DocType(_)) => Err(Broken::DocType(self.member.clone())),
            Ok(event) => {
                match &event {
                    Event::Start(_) => self.depth += 1,
                    Event::End(_) => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
                match self.depth > MAX_DEPTH {
                    true => Err(Broken::Xml(self.member.clone())),
                    false => Ok(event),
                }
            }
            Err(quick_xml::Error::Io(error)) => Err(broken(&error)),
            Err(_) => Err(Broken::Xml(self.member.clone())),
        }
    }
}

/// The value of an attribute whose name ends so, whatever its namespace is called.
pub fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().with_checks(false).flatten().find(|attribute| {
        let key = attribute.key.as_ref();
        key == name || key.rsplit_once(':').is_some_and(|(_, local)| local == name)
    })?;
    found
        .normalized_value(XmlVersion::Implicit1_0)
        .ok()
        .map(|value| value.into_owned())
}

/// What a reference stands for; XML's own five and numbers.
pub fn referred(reference: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(found)) = reference.resolve_char_ref() {
        return Some(found);
    }
    match &*reference.xml10_content() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}
