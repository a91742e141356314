//! FEEL numbers: decimals of up to 34 significant digits, rounded half-even (DMN 1.5, 10.3.2.3.1;
//! the value space of IEEE 754-2008 decimal128). Never a binary float: money must not drift.
//!
//! Invariants of a [`Number`]:
//! - `|coefficient| < 10^34`;
//! - it is canonical, so equal values have equal fields: a fraction has no trailing zero digit, an
//!   integer that fits 34 digits has exponent 0, a larger one has exactly 34 digits;
//! - its adjusted exponent lies in −6143 ..= 6144; above is no number, below is zero.

mod arithmetic;
mod functions;
mod text;

pub use functions::Rounding;

/// Significant digits kept.
pub const DIGITS: u32 = 34;
pub(crate) const LIMIT: i128 = 10i128.pow(DIGITS);
const MAX_ADJUSTED: i64 = 6144;
const MIN_ADJUSTED: i64 = -6143;

/// An exact decimal, `coefficient × 10^exponent`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number {
    coefficient: i128,
    exponent: i32,
}

impl Number {
    pub const ZERO: Number = Number {
        coefficient: 0,
        exponent: 0,
    };
    pub const ONE: Number = Number {
        coefficient: 1,
        exponent: 0,
    };

    /// `coefficient × 10^exponent` in canonical form, or nothing if it is out of range or has more
    /// than 34 digits (callers with more digits round first).
    pub(crate) fn canonical(mut coefficient: i128, mut exponent: i64) -> Option<Number> {
        debug_assert!(coefficient.abs() < LIMIT);
        if coefficient == 0 {
            return Some(Number::ZERO);
        }
        if exponent == 0 {
            return Some(Number {
                coefficient,
                exponent: 0,
            });
        }
        // A division of 128 bits is a call of its own; sums of money fit 64.
        if let Ok(mut small) = i64::try_from(coefficient) {
            while exponent < 0 && small % 10 == 0 {
                small /= 10;
                exponent += 1;
            }
            coefficient = i128::from(small);
        } else {
            while exponent < 0 && coefficient % 10 == 0 {
                coefficient /= 10;
                exponent += 1;
            }
        }
        while exponent > 0 && coefficient.abs() < LIMIT / 10 {
            coefficient *= 10;
            exponent -= 1;
        }
        // Between these no coefficient of 34 digits can leave the range.
        if (MIN_ADJUSTED..=MAX_ADJUSTED - i64::from(DIGITS)).contains(&exponent) {
            return Some(Number {
                coefficient,
                exponent: i32::try_from(exponent).ok()?,
            });
        }
        let adjusted = exponent + i64::from(digits(coefficient)) - 1;
        if adjusted > MAX_ADJUSTED {
            return None;
        }
        if adjusted < MIN_ADJUSTED {
            return Some(Number::ZERO);
        }
        Some(Number {
            coefficient,
            exponent: i32::try_from(exponent).ok()?,
        })
    }

    pub fn is_zero(self) -> bool {
        self.coefficient == 0
    }

    pub fn is_negative(self) -> bool {
        self.coefficient < 0
    }

    pub fn is_integer(self) -> bool {
        self.exponent >= 0
    }

    /// The value as a machine integer, if it is one and fits.
    pub fn to_i64(self) -> Option<i64> {
        if self.exponent == 0 {
            i64::try_from(self.coefficient).ok()
        } else {
            None
        }
    }

    pub fn to_i128(self) -> Option<i128> {
        (self.exponent == 0).then_some(self.coefficient)
    }

    /// The whole part as a machine integer; the fraction is cut off.
    pub fn trunc_i64(self) -> Option<i64> {
        self.round(0, Rounding::Down)?.to_i64()
    }
}

/// How many decimal digits `coefficient` has (1 for zero).
pub(crate) fn digits(coefficient: i128) -> u32 {
    coefficient.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1)
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Number {
            coefficient: i128::from(value),
            exponent: 0,
        }
    }
}

impl From<i32> for Number {
    fn from(value: i32) -> Self {
        Number::from(i64::from(value))
    }
}

impl From<usize> for Number {
    fn from(value: usize) -> Self {
        Number {
            coefficient: value as i128,
            exponent: 0,
        }
    }
}

impl std::fmt::Debug for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}
