//! Writing an archive: the same members make the same bytes.

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// Small members are stored, which every program reads; large ones are deflated where that saves.
const STORED_UP_TO: usize = 16 * 1024;

/// 1 January 2026, 00:00 in the format of MS-DOS: what a file tells of its day stands in its name and content.
const STAMP: [u8; 4] = [0, 0, 0x21, 0x5c];

/// At most 65 534 members and 4 GiB together, as a ZIP without its large extension.
#[derive(Default)]
pub struct Writer {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    members: u16,
}

impl Writer {
    pub fn add(&mut self, name: &str, content: &[u8]) {
        let packed = match content.len() > STORED_UP_TO {
            true => deflated(content).filter(|packed| packed.len() < content.len()),
            false => None,
        };
        let method: u8 = if packed.is_some() { 8 } else { 0 };
        let data = packed.as_deref().unwrap_or(content);
        let mut crc = Crc::new();
        crc.update(content);
        let number = |size: usize| u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes();
        let name_length = u16::try_from(name.len()).unwrap_or(u16::MAX);
        let offset = number(self.bytes.len());
        // Version 2.0, names in UTF-8.
        let mut shared = vec![20, 0, 0, 8, method, 0];
        shared.extend(STAMP);
        shared.extend(crc.sum().to_le_bytes());
        shared.extend(number(data.len()));
        shared.extend(number(content.len()));
        shared.extend(name_length.to_le_bytes());
        shared.extend([0, 0]);
        self.bytes.extend(*b"PK\x03\x04");
        self.bytes.extend(&shared);
        self.bytes.extend(name.bytes());
        self.bytes.extend(data);
        self.directory.extend(*b"PK\x01\x02\x14\x00");
        self.directory.extend(&shared);
        // No comment, first disk, no attributes.
        self.directory.extend([0; 10]);
        self.directory.extend(offset);
        self.directory.extend(name.bytes());
        self.members = self.members.saturating_add(1);
    }

    pub fn finish(mut self) -> Vec<u8> {
        let offset = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        let size = u32::try_from(self.directory.len()).unwrap_or(u32::MAX);
        self.bytes.append(&mut self.directory);
        self.bytes.extend(*b"PK\x05\x06\0\0\0\0");
        self.bytes.extend(self.members.to_le_bytes());
        self.bytes.extend(self.members.to_le_bytes());
        self.bytes.extend(size.to_le_bytes());
        self.bytes.extend(offset.to_le_bytes());
        self.bytes.extend([0, 0]);
        self.bytes
    }
}

fn deflated(content: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).ok()?;
    encoder.finish().ok()
}
