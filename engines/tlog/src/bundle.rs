//! Entry bundles: the entries behind one tile of row 0, each after its length in two bytes, big-endian.

use crate::Tile;
use crate::refusal::{Fault, Form, Malformed, Place};

/// A longer entry has no place in a bundle.
pub const MOST_ENTRY_BYTES: usize = u16::MAX as usize;

/// At most 256 entries of at most 65 535 bytes.
pub fn print_bundle<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, Malformed> {
    if entries.len() > usize::from(Tile::FULL_WIDTH) {
        return Err(Fault::TooMany.in_whole(Form::Bundle));
    }
    let mut bytes = Vec::with_capacity(entries.iter().map(|entry| entry.as_ref().len() + 2).sum());
    for entry in entries {
        let entry = entry.as_ref();
        let length =
            u16::try_from(entry.len()).map_err(|_| Fault::TooLong.at(Form::Bundle, Place::Byte(bytes.len())))?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(entry);
    }
    Ok(bytes)
}

/// The first `width` entries. A wider bundle is taken, too, if it is whole: a partial one may be gone once it grew.
pub fn parse_bundle(bytes: &[u8], width: u16) -> Result<Vec<&[u8]>, Malformed> {
    let mut entries = Vec::with_capacity(usize::from(width.min(Tile::FULL_WIDTH)));
    let mut rest = bytes;
    while !rest.is_empty() {
        let at = Place::Byte(bytes.len() - rest.len());
        if entries.len() == usize::from(Tile::FULL_WIDTH) {
            return Err(Fault::Surplus.at(Form::Bundle, at));
        }
        let (length, after) = rest.split_first_chunk().ok_or(Fault::Missing.at(Form::Bundle, at))?;
        let (entry, after) = after
            .split_at_checked(usize::from(u16::from_be_bytes(*length)))
            .ok_or(Fault::Missing.at(Form::Bundle, at))?;
        entries.push(entry);
        rest = after;
    }
    if entries.len() < usize::from(width) {
        return Err(Fault::Missing.at(Form::Bundle, Place::Byte(bytes.len())));
    }
    entries.truncate(usize::from(width));
    Ok(entries)
}
