//! Every file of a shard, hashed anew from its entries.

use mingjing_tlog::{Edge, Hash, Tile, print_tile};

use crate::disk::Disk;
use crate::journal::Signed;
use crate::shard::Shard;
use crate::stop::Stop;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    pub leaves: u64,
    pub tiles: u64,
}

/// Streams through bundles and tiles up to `head`, one bundle in memory at a time, and compares the root.
///
/// # Errors
/// The first file that is missing or not what its entries say, or another root.
pub fn fsck<D: Disk>(shard: &Shard<D>, head: Signed) -> Result<Checked, Stop> {
    let mut edge = Edge::new();
    let mut checked = Checked { leaves: 0, tiles: 0 };
    let rows_of_leaves = Tile::grown(0, head.size).take_while(|tile| tile.level() == 0);
    for tile in rows_of_leaves {
        let mut full = Vec::new();
        for entry in shard.entries(tile)? {
            checked.leaves += 1;
            edge.append(Hash::of_leaf(&entry), |tile, hashes| {
                full.push((tile, print_tile(hashes)))
            });
        }
        for (tile, bytes) in full {
            compare(shard, tile, &bytes, &mut checked)?;
        }
    }
    for (tile, hashes) in edge.partial() {
        compare(shard, tile, &print_tile(hashes), &mut checked)?;
    }
    if edge.root() != head.root {
        return Err(Stop::OtherRoot {
            size: head.size,
            record: head.root,
            files: edge.root(),
        });
    }
    Ok(checked)
}

fn compare<D: Disk>(shard: &Shard<D>, tile: Tile, bytes: &[u8], checked: &mut Checked) -> Result<(), Stop> {
    let there = shard.tile(tile)?;
    if there.get(..bytes.len()) != Some(bytes) {
        return Err(Stop::Damaged { path: tile.path() });
    }
    checked.tiles += 1;
    Ok(())
}
