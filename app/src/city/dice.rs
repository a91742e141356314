//! Chance of the simulated people: drawn from the seed and a number, never from the deployment's own chance. So the same
//! seed tells the same story although every id and secret differs.

use mingjing_chronicle::Chance;
use sha2::{Digest, Sha256};

pub struct Dice(Chance);

impl Dice {
    /// The dice of one matter: the same for the same seed, matter and number.
    pub fn of(seed: u64, matter: &str, number: u64) -> Dice {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(b"mingjing/simulate/v1\0")
            .chain_update(seed.to_be_bytes())
            .chain_update(number.to_be_bytes())
            .chain_update(matter.as_bytes())
            .finalize()
            .into();
        let [a, b, c, d, e, f, g, h, ..] = digest;
        Dice(Chance::seeded(u64::from_be_bytes([a, b, c, d, e, f, g, h])))
    }

    /// 0 … `end` − 1, near enough evenly for stories; 0 where `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        let drawn = u64::from_be_bytes(self.0.bytes::<8>());
        usize::try_from(drawn % (end.max(1) as u64)).unwrap_or(0)
    }

    pub fn between(&mut self, first: u32, last: u32) -> u32 {
        let width = last.saturating_sub(first) as usize + 1;
        first + u32::try_from(self.below(width)).unwrap_or(0)
    }

    /// True in `percent` of a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_matter_falls_the_same_way_and_another_differently() {
        let throw = |seed, number| {
            let mut dice = Dice::of(seed, "life", number);
            (0..20).map(|_| dice.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(throw(1, 7), throw(1, 7));
        assert_ne!(throw(1, 7), throw(1, 8));
        assert_ne!(throw(1, 7), throw(2, 7));
        assert!((0..200).all(|number| (3..=5).contains(&Dice::of(1, "x", number).between(3, 5))));
    }
}
