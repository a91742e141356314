//! Rounding to a scale, roots, exponentials and logarithms.

use super::arithmetic::precision;
use super::{LIMIT, Number};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    HalfEven,
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
    HalfUp,
    HalfDown,
    Floor,
    Ceiling,
}

impl Number {
    /// `self` with at most `scale` digits after the point (a negative scale rounds tens, hundreds …).
    /// Nothing if the result is out of range.
    pub fn round(self, scale: i64, mode: Rounding) -> Option<Number> {
        let drop = -scale - i64::from(self.exponent);
        if drop <= 0 || self.is_zero() {
            return Some(self);
        }
        if drop > i64::from(super::DIGITS) {
            // Everything is cut: what remains is zero or one unit of the last kept place.
            let unit = rounds_away(0, i128::MAX, 1, self.is_negative(), mode);
            let unit = if self.is_negative() {
                -i128::from(unit)
            } else {
                i128::from(unit)
            };
            return Number::canonical(unit, -scale);
        }
        let divisor = 10i128.checked_pow(drop as u32)?;
        let quotient = self.coefficient / divisor;
        let rest = (self.coefficient % divisor).abs();
        let away = rounds_away(quotient, divisor, rest, self.is_negative(), mode);
        let step = if self.is_negative() { -1 } else { 1 };
        let rounded = if away { quotient + step } else { quotient };
        debug_assert!(rounded.abs() < LIMIT);
        Number::canonical(rounded, -scale)
    }

    pub fn sqrt(self) -> Option<Number> {
        if self.is_negative() {
            return None;
        }
        Number::from_big(precision().sqrt(&self.big()))
    }

    pub fn exp(self) -> Option<Number> {
        match self.approximate() {
            size if size > 14_150.0 => None,
            size if size < -14_150.0 => Some(Number::ZERO),
            _ if self.is_zero() => Some(Number::ONE),
            _ => Number::from_big(precision().exp(&self.big(), None)),
        }
    }

    /// Natural logarithm; nothing for zero and below.
    pub fn ln(self) -> Option<Number> {
        if self <= Number::ZERO {
            return None;
        }
        if self == Number::ONE {
            return Some(Number::ZERO);
        }
        Number::from_big(precision().ln(&self.big(), None))
    }
}

/// Whether cutting `rest` (of `divisor`) off a value of the given sign moves away from zero.
fn rounds_away(quotient: i128, divisor: i128, rest: i128, negative: bool, mode: Rounding) -> bool {
    if rest == 0 {
        return false;
    }
    let half = rest.cmp(&(divisor - rest));
    match mode {
        Rounding::Up => true,
        Rounding::Down => false,
        Rounding::Floor => negative,
        Rounding::Ceiling => !negative,
        Rounding::HalfUp => half.is_ge(),
        Rounding::HalfDown => half.is_gt(),
        Rounding::HalfEven => half.is_gt() || (half.is_eq() && quotient % 2 != 0),
    }
}
