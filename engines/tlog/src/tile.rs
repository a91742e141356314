//! Tiles of the tree, height 8 (C2SP tlog-tiles): which exist at a size, their paths, their hashes.

use std::fmt;

use crate::refusal::{Fault, Form, Malformed, Place};
use crate::{Hash, MOST_NUMBER, lines};

/// `width` hashes of a row: row `level` has one hash for each full tile of the row below, row 0 the leaf hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: u8,
    index: u64,
    width: u16,
}

impl Tile {
    pub const HEIGHT: u32 = 8;
    pub const FULL_WIDTH: u16 = 256;
    /// Rows above this one cannot exist: the path grammar allows 0 to 63.
    pub const MOST_LEVEL: u8 = 63;
    /// Nothing in `/tile/` has a longer path.
    const MOST_PATH_BYTES: usize = 64;

    /// `None` unless level ≤ 63 and 1 ≤ width ≤ 256.
    pub fn new(level: u8, index: u64, width: u16) -> Option<Tile> {
        let fits = level <= Tile::MOST_LEVEL && (1..=Tile::FULL_WIDTH).contains(&width) && index <= MOST_NUMBER;
        fits.then_some(Tile { level, index, width })
    }

    pub fn level(self) -> u8 {
        self.level
    }

    pub fn index(self) -> u64 {
        self.index
    }

    pub fn width(self) -> u16 {
        self.width
    }

    pub fn is_full(self) -> bool {
        self.width == Tile::FULL_WIDTH
    }

    /// The full tile that a partial one grows into: what a reader asks for when the partial one is gone.
    pub fn grown_full(self) -> Tile {
        Tile {
            width: Tile::FULL_WIDTH,
            ..self
        }
    }

    /// Bytes of its file.
    pub fn length(self) -> usize {
        usize::from(self.width) * Hash::LENGTH
    }

    /// How many hashes row `level` has in a tree of `size` leaves.
    pub fn row_length(level: u8, size: u64) -> u64 {
        size.checked_shr(u32::from(level) * Tile::HEIGHT).unwrap_or(0)
    }

    /// The tile that holds hash `at` of row `level`, as wide as it is in a tree of `size` leaves.
    pub fn holding(level: u8, at: u64, size: u64) -> Option<Tile> {
        let row = Tile::row_length(level, size);
        if at >= row {
            return None;
        }
        let index = at / u64::from(Tile::FULL_WIDTH);
        let width = (row - index * u64::from(Tile::FULL_WIDTH)).min(u64::from(Tile::FULL_WIDTH));
        Tile::new(level, index, width as u16)
    }

    /// The tiles that a tree growing from `old` to `new` leaves adds or widens, rows from the leaves up.
    pub fn grown(old: u64, new: u64) -> impl Iterator<Item = Tile> {
        let rows = (0..=Tile::MOST_LEVEL).take_while(move |level| Tile::row_length(*level, new) > 0);
        rows.flat_map(move |level| {
            let (before, after) = (Tile::row_length(level, old), Tile::row_length(level, new));
            let wide = u64::from(Tile::FULL_WIDTH);
            let indexes = if before >= after {
                0..0
            } else {
                before / wide..after.div_ceil(wide)
            };
            indexes.filter_map(move |index| Tile::holding(level, index * wide, new))
        })
    }

    /// The partial tiles at the right edge of a tree of `size` leaves: all that growing it needs to read.
    pub fn partial(size: u64) -> impl Iterator<Item = Tile> {
        (0..=Tile::MOST_LEVEL).filter_map(move |level| {
            let row = Tile::row_length(level, size);
            (!row.is_multiple_of(u64::from(Tile::FULL_WIDTH)))
                .then(|| Tile::holding(level, row - 1, size))
                .flatten()
        })
    }

    /// `tile/0/x001/x234/067`, `tile/1/001.p/17`.
    pub fn path(self) -> String {
        format!("tile/{}/{}", self.level, self.place())
    }

    /// `tile/entries/001.p/1`: the bundle with the entries of a tile of row 0.
    pub fn entries_path(self) -> String {
        format!("tile/entries/{}", self.place())
    }

    fn place(self) -> PlaceInPath {
        PlaceInPath(self)
    }

    /// Its hashes from its file. A wider file is taken, too: a partial tile may be gone once it grew.
    pub fn hashes(self, bytes: &[u8]) -> Result<Vec<Hash>, Malformed> {
        let whole = bytes.len().is_multiple_of(Hash::LENGTH) && bytes.len() <= Tile::length(self.grown_full());
        if !whole || bytes.len() < self.length() {
            return Err(Fault::Width.at(Form::Tile, Place::Byte(bytes.len())));
        }
        let chunks = bytes[..self.length()].chunks_exact(Hash::LENGTH);
        Ok(chunks.filter_map(Hash::from_slice).collect())
    }
}

/// Number and width as they stand in a path.
struct PlaceInPath(Tile);

impl fmt::Display for PlaceInPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tile { index, width, .. } = self.0;
        let mut groups = vec![index % 1000];
        let mut rest = index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for group in groups.iter().skip(1).rev() {
            write!(f, "x{group:03}/")?;
        }
        write!(f, "{:03}", groups[0])?;
        if width < Tile::FULL_WIDTH {
            write!(f, ".p/{width}")?;
        }
        Ok(())
    }
}

/// What a path below a log's prefix names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    Checkpoint,
    Tile(Tile),
    /// The bundle with the entries of this tile of row 0.
    Entries(Tile),
}

impl Resource {
    pub fn path(self) -> String {
        match self {
            Resource::Checkpoint => "checkpoint".to_owned(),
            Resource::Tile(tile) => tile.path(),
            Resource::Entries(tile) => tile.entries_path(),
        }
    }

    /// Only the one spelling of each path is taken, so that caches and folders hold a tile once.
    pub fn parse(path: &str) -> Result<Resource, Malformed> {
        let refused = |fault: Fault| fault.in_whole(Form::Path);
        if path.len() > Tile::MOST_PATH_BYTES {
            return Err(refused(Fault::TooLong));
        }
        if path == "checkpoint" {
            return Ok(Resource::Checkpoint);
        }
        let (row, place) = path
            .strip_prefix("tile/")
            .and_then(|rest| rest.split_once('/'))
            .ok_or(refused(Fault::Keyword))?;
        let (index, width) = place_of(place).map_err(refused)?;
        let level = match row {
            "entries" => 0,
            row => u8::try_from(lines::number(row).map_err(refused)?).map_err(|_| refused(Fault::Number))?,
        };
        let tile = Tile::new(level, index, width).ok_or(refused(Fault::Width))?;
        let resource = if row == "entries" {
            Resource::Entries(tile)
        } else {
            Resource::Tile(tile)
        };
        if resource.path() == path {
            Ok(resource)
        } else {
            Err(refused(Fault::Number))
        }
    }
}

fn place_of(place: &str) -> Result<(u64, u16), Fault> {
    let (groups, width) = match place.split_once(".p/") {
        None => (place, Tile::FULL_WIDTH),
        Some((groups, width)) => {
            let width = lines::number(width)?;
            // A partial tile of 256 would be a second name of the full one.
            if !(1..u64::from(Tile::FULL_WIDTH)).contains(&width) {
                return Err(Fault::Width);
            }
            (groups, width as u16)
        }
    };
    let mut index: u64 = 0;
    let mut groups = groups.split('/').peekable();
    while let Some(group) = groups.next() {
        let digits = match groups.peek() {
            Some(_) => group.strip_prefix('x').ok_or(Fault::Number)?,
            None => group,
        };
        if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Fault::Number);
        }
        let digits: u64 = digits.parse().map_err(|_| Fault::Number)?;
        index = index
            .checked_mul(1000)
            .and_then(|index| index.checked_add(digits))
            .ok_or(Fault::Number)?;
    }
    Ok((index, width))
}
