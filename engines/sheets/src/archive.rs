//! ZIP archives (PKWARE APPNOTE 6.3) in memory: stored and deflated members, no encryption, no parts, no ZIP64.
//!
//! Sizes told in the archive are never believed: what comes out is counted against [`Limits`].

mod write;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::{self, Read};

use flate2::Crc;
use flate2::read::DeflateDecoder;

use crate::Broken;

pub use write::Writer;

/// What an archive may hold.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub members: usize,
    /// Bytes of all that is unpacked, each reading counted.
    pub inflated: u64,
    /// Unpacked bytes per packed byte of one member, beyond its first MiB.
    pub ratio: u64,
}

/// Tables of people compress to a twentieth; rows that are empty to a hundredth. DEFLATE's most is about 1 : 1032.
pub const WORKBOOK: Limits = Limits {
    members: 2_000,
    inflated: 1 << 30,
    ratio: 400,
};

/// A package of the clean-up: tables, charts, bases.
pub const PACKAGE: Limits = Limits {
    members: 20_000,
    inflated: 256 << 20,
    ratio: 200,
};

const FREE_OF_RATIO: u64 = 1 << 20;

#[derive(Debug, Clone)]
struct Member {
    name: String,
    deflated: bool,
    /// Of the local header.
    offset: usize,
    packed: usize,
    crc: u32,
}

/// An archive whose directory has been read.
pub struct Archive<'a> {
    bytes: &'a [u8],
    members: Vec<Member>,
    limits: Limits,
    spent: Cell<u64>,
}

const END_OF_DIRECTORY: &[u8] = b"PK\x05\x06";
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";
const LOCAL_HEADER: &[u8] = b"PK\x03\x04";

impl<'a> Archive<'a> {
    /// # Errors
    /// What is no archive, encrypted, packed otherwise, with odd or repeated names or too many members.
    pub fn open(bytes: &'a [u8], limits: Limits) -> Result<Archive<'a>, Broken> {
        let (count, start) = end_of_directory(bytes)?;
        if count > limits.members {
            return Err(Broken::TooManyMembers(limits.members));
        }
        let mut members = Vec::with_capacity(count);
        let mut at = start;
        for _ in 0..count {
            let (member, next) = directory_entry(bytes, at)?;
            at = next;
            members.push(member);
        }
        refuse_twins(&members)?;
        Ok(Archive {
            bytes,
            members,
            limits,
            spent: Cell::new(0),
        })
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|member| member.name.as_str())
    }

    pub fn has(&self, name: &str) -> bool {
        self.members.iter().any(|member| member.name == name)
    }

    /// The content as it is unpacked. Reading fails with a [`Broken`] inside the error ([`broken`]).
    ///
    /// # Errors
    /// No such member; a header that does not fit the directory.
    pub fn member(&self, name: &str) -> Result<Content<'_>, Broken> {
        let member = self.members.iter().find(|member| member.name == name);
        let member = member.ok_or_else(|| Broken::NoMember(shown(name)))?;
        let data = data_of(self.bytes, member).ok_or(Broken::NotAnArchive)?;
        Ok(Content {
            name: &member.name,
            packed: match member.deflated {
                true => Packed::Deflated(DeflateDecoder::new(data)),
                false => Packed::Stored(data),
            },
            most: (member.packed as u64)
                .saturating_mul(self.limits.ratio)
                .max(FREE_OF_RATIO),
            given: 0,
            limits: self.limits,
            spent: &self.spent,
            crc: Crc::new(),
            expected: member.crc,
        })
    }

    /// A member whole, at most `most` bytes.
    ///
    /// # Errors
    /// As [`Archive::member`], and what its content breaks.
    pub fn read(&self, name: &str, most: u64) -> Result<Vec<u8>, Broken> {
        let mut content = self.member(name)?;
        let mut whole = Vec::new();
        let mut bounded = (&mut content).take(most + 1);
        bounded.read_to_end(&mut whole).map_err(|error| broken(&error))?;
        match whole.len() as u64 > most {
            true => Err(Broken::TooLarge(most)),
            false => Ok(whole),
        }
    }
}

fn end_of_directory(bytes: &[u8]) -> Result<(usize, usize), Broken> {
    // The record is 22 bytes and a comment of at most 65535.
    let from = bytes.len().saturating_sub(22 + 65_535);
    let tail = bytes.get(from..).unwrap_or_default();
    let found = memchr::memmem::rfind(tail, END_OF_DIRECTORY).ok_or(Broken::NotAnArchive)?;
    let record = from + found;
    let field = |at: usize| number16(bytes, record + at).ok_or(Broken::NotAnArchive);
    let (this_disk, count, all) = (field(4)?, field(8)?, field(10)?);
    let start = number32(bytes, record + 16).ok_or(Broken::NotAnArchive)?;
    // In parts, or ZIP64: none of ours needs either.
    if this_disk != 0 || count != all || count == 0xffff || start == u32::MAX {
        return Err(Broken::NotAnArchive);
    }
    Ok((usize::from(count), start as usize))
}

fn directory_entry(bytes: &[u8], at: usize) -> Result<(Member, usize), Broken> {
    if bytes.get(at..at.saturating_add(4)) != Some(DIRECTORY_ENTRY) {
        return Err(Broken::NotAnArchive);
    }
    let short = |offset: usize| number16(bytes, at + offset).ok_or(Broken::NotAnArchive);
    let long = |offset: usize| number32(bytes, at + offset).ok_or(Broken::NotAnArchive);
    let (flags, method) = (short(8)?, short(10)?);
    let (crc, packed, size, offset) = (long(16)?, long(20)?, long(24)?, long(42)?);
    let lengths = [short(28)?, short(30)?, short(32)?].map(usize::from);
    let name_end = at + 46 + lengths[0];
    let name = bytes.get(at + 46..name_end).ok_or(Broken::NotAnArchive)?;
    if flags & 1 != 0 {
        return Err(Broken::Encrypted);
    }
    if [packed, size, offset].contains(&u32::MAX) {
        return Err(Broken::NotAnArchive);
    }
    let member = Member {
        name: member_name(name)?,
        deflated: match method {
            0 => false,
            8 => true,
            _ => return Err(Broken::Method),
        },
        offset: offset as usize,
        packed: packed as usize,
        crc,
    };
    Ok((member, name_end + lengths[1] + lengths[2]))
}

/// A relative path below the archive: names are never used as paths, yet others may unpack what we hand on.
fn member_name(bytes: &[u8]) -> Result<String, Broken> {
    let name = String::from_utf8(bytes.to_vec()).map_err(|_| Broken::Name("（不是UTF-8）".to_owned()))?;
    let name = name.replace('\\', "/");
    let path = name.strip_suffix('/').unwrap_or(&name);
    let odd = |part: &str| part.is_empty() || part == "." || part == ".." || part.contains([':', '\0']);
    match name.len() > 400 || path.split('/').any(odd) {
        true => Err(Broken::Name(shown(&name))),
        false => Ok(name),
    }
}

/// Names twice, or data that several members share: the shape of bombs that unpack one block many times.
fn refuse_twins(members: &[Member]) -> Result<(), Broken> {
    let mut names = BTreeSet::new();
    let mut places: Vec<&Member> = members.iter().collect();
    places.sort_by_key(|member| member.offset);
    for member in members {
        if !names.insert(member.name.to_lowercase()) {
            return Err(Broken::Twice(shown(&member.name)));
        }
    }
    for pair in places.windows(2) {
        if let [one, next] = pair
            && one.offset + 30 + one.packed > next.offset
        {
            return Err(Broken::Twice(shown(&next.name)));
        }
    }
    Ok(())
}

fn data_of<'a>(bytes: &'a [u8], member: &Member) -> Option<&'a [u8]> {
    let at = member.offset;
    if bytes.get(at..at.checked_add(4)?)? != LOCAL_HEADER {
        return None;
    }
    let lengths = usize::from(number16(bytes, at + 26)?) + usize::from(number16(bytes, at + 28)?);
    let start = at + 30 + lengths;
    bytes.get(start..start.checked_add(member.packed)?)
}

fn number16(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes([two[0], two[1]]))
}

fn number32(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(60).collect()
}

enum Packed<'a> {
    Stored(&'a [u8]),
    Deflated(DeflateDecoder<&'a [u8]>),
}

/// A member's content, counted while it comes out.
pub struct Content<'a> {
    name: &'a str,
    packed: Packed<'a>,
    most: u64,
    given: u64,
    limits: Limits,
    spent: &'a Cell<u64>,
    crc: Crc,
    expected: u32,
}

impl Read for Content<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.packed {
            Packed::Stored(data) => data.read(into)?,
            Packed::Deflated(decoder) => decoder.read(into).map_err(|_| told(Broken::NotAnArchive))?,
        };
        if read == 0 && !into.is_empty() {
            return match self.crc.sum() == self.expected {
                true => Ok(0),
                false => Err(told(Broken::Checksum(shown(self.name)))),
            };
        }
        self.crc.update(&into[..read]);
        self.given += read as u64;
        self.spent.set(self.spent.get() + read as u64);
        if self.spent.get() > self.limits.inflated {
            return Err(told(Broken::TooLarge(self.limits.inflated)));
        }
        if self.given > self.most {
            return Err(told(Broken::Ratio(shown(self.name))));
        }
        Ok(read)
    }
}

fn told(broken: Broken) -> io::Error {
    io::Error::other(broken)
}

/// What stopped a reading.
pub fn broken(error: &io::Error) -> Broken {
    let inside = error.get_ref().and_then(|inner| inner.downcast_ref::<Broken>());
    inside.cloned().unwrap_or(Broken::NotAnArchive)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn packed(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = Writer::default();
        for (name, content) in members {
            writer.add(name, content);
        }
        writer.finish()
    }

    #[test]
    fn what_is_written_is_read() {
        let large = vec![7_u8; 300_000];
        let bytes = packed(&[("a.txt", b"abc"), ("目录/b.bin", &large), ("empty", b"")]);
        assert!(bytes.len() < 10_000, "large members are deflated");
        let archive = Archive::open(&bytes, PACKAGE).unwrap();
        assert_eq!(archive.names().collect::<Vec<_>>(), ["a.txt", "目录/b.bin", "empty"]);
        assert_eq!(archive.read("a.txt", 10).unwrap(), b"abc");
        assert_eq!(archive.read("目录/b.bin", 1 << 20).unwrap(), large);
        assert_eq!(archive.read("empty", 10).unwrap(), b"");
        assert_eq!(archive.read("目录/b.bin", 100), Err(Broken::TooLarge(100)));
        assert_eq!(archive.read("c", 10), Err(Broken::NoMember("c".to_owned())));
    }

    #[test]
    fn bombs_do_not_go_off() {
        let zeros = vec![0_u8; 64 << 20];
        let bytes = packed(&[("bomb", &zeros)]);
        let strict = Limits { ratio: 100, ..PACKAGE };
        let archive = Archive::open(&bytes, strict).unwrap();
        assert_eq!(
            archive.read("bomb", u64::MAX - 1),
            Err(Broken::Ratio("bomb".to_owned()))
        );
        let small = Limits {
            inflated: 1 << 20,
            ratio: 2_000,
            ..PACKAGE
        };
        let archive = Archive::open(&bytes, small).unwrap();
        assert_eq!(archive.read("bomb", u64::MAX - 1), Err(Broken::TooLarge(1 << 20)));
    }

    #[test]
    fn one_block_that_two_members_share_is_refused() {
        let mut bytes = packed(&[("a", b"0123456789"), ("b", b"0123456789")]);
        let start = number32(&bytes, bytes.len() - 6).unwrap() as usize;
        // The second entry's offset: after the first entry of 46 + 1 bytes.
        let place = start + 47 + 42;
        bytes[place..place + 4].copy_from_slice(&0_u32.to_le_bytes());
        assert_eq!(
            Archive::open(&bytes, PACKAGE).err(),
            Some(Broken::Twice("b".to_owned()))
        );
    }

    #[test]
    fn names_and_damage() {
        let refused = |members: &[(&str, &[u8])]| Archive::open(&packed(members), PACKAGE).err();
        assert_eq!(refused(&[("../x", b"")]), Some(Broken::Name("../x".to_owned())));
        assert_eq!(refused(&[("/x", b"")]), Some(Broken::Name("/x".to_owned())));
        assert_eq!(refused(&[("a", b""), ("A", b"")]), Some(Broken::Twice("A".to_owned())));
        assert_eq!(Archive::open(b"PK", PACKAGE).err(), Some(Broken::NotAnArchive));
        let mut bytes = packed(&[("a", b"0123456789")]);
        bytes[32] ^= 1;
        let archive = Archive::open(&bytes, PACKAGE).unwrap();
        assert_eq!(archive.read("a", 100), Err(Broken::Checksum("a".to_owned())));
        let few = Limits { members: 1, ..PACKAGE };
        let two = packed(&[("a", b""), ("b", b"")]);
        assert_eq!(Archive::open(&two, few).err(), Some(Broken::TooManyMembers(1)));
    }
}
