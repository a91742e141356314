//! The four operations, powers and order. Operands that fit machine integers stay there; the others
//! are worked out exactly in big integers and rounded once, half-even. Powers go through
//! `dashu-float`, which rounds them correctly.

#![expect(
    clippy::should_implement_trait,
    reason = "these give nothing where the result is out of range; operators could not"
)]

use super::{LIMIT, Number};
use dashu_base::DivRem;
use dashu_float::round::Rounded;
use dashu_float::{Context, FBig, FpResult, Repr, round::mode::HalfEven};
use dashu_int::IBig;
use std::cmp::Ordering;

pub(super) type Big = FBig<HalfEven, 10>;

pub(super) fn precision() -> Context<HalfEven> {
    Context::new(super::DIGITS as usize)
}

impl Number {
    pub(super) fn big(self) -> Repr<10> {
        Repr::new(IBig::from(self.coefficient), self.exponent as isize)
    }

    pub(super) fn from_big(result: FpResult<Big>) -> Option<Number> {
        let value = match result.ok()? {
            Rounded::Exact(value) | Rounded::Inexact(value, _) => value,
        };
        if value.repr().is_infinite() {
            return None;
        }
        let (significand, exponent) = value.into_repr().into_parts();
        Number::rounded(significand, exponent as i64)
    }

    /// `significand × 10^exponent` rounded half-even to 34 digits.
    fn rounded(significand: IBig, exponent: i64) -> Option<Number> {
        if let Ok(small) = i128::try_from(&significand)
            && small.abs() < LIMIT
        {
            return Number::canonical(small, exponent);
        }
        let excess = decimal_digits(&significand) - super::DIGITS as usize;
        let divisor = IBig::from(10).pow(excess);
        let negative = significand < IBig::ZERO;
        let (quotient, rest) = significand.div_rem(&divisor);
        let quotient = i128::try_from(quotient).ok()?;
        let twice: IBig = (if negative { -rest } else { rest }) * 2;
        let up = match twice.cmp(&divisor) {
            Ordering::Greater => true,
            Ordering::Equal => quotient % 2 != 0,
            Ordering::Less => false,
        };
        let step = if negative { -1 } else { 1 };
        let exponent = exponent + excess as i64;
        match if up { quotient + step } else { quotient } {
            full if full.abs() == LIMIT => Number::canonical(full / 10, exponent + 1),
            fits => Number::canonical(fits, exponent),
        }
    }

    /// Sum, or nothing when out of range.
    pub fn add(self, other: Number) -> Option<Number> {
        if self.is_zero() {
            return Some(other);
        }
        if other.is_zero() {
            return Some(self);
        }
        if let Some((a, b, exponent)) = self.aligned(other) {
            let sum = a + b;
            if sum.abs() < LIMIT {
                return Number::canonical(sum, i64::from(exponent));
            }
        }
        let (large, small) = if self.exponent >= other.exponent {
            (self, other)
        } else {
            (other, self)
        };
        let apart = (large.exponent - small.exponent) as usize;
        // So far apart, the small one is less than half a unit in the last place of the large one.
        if apart > 2 * super::DIGITS as usize + 2 {
            return Some(large);
        }
        let sum = IBig::from(large.coefficient) * IBig::from(10).pow(apart) + IBig::from(small.coefficient);
        Number::rounded(sum, i64::from(small.exponent))
    }

    pub fn sub(self, other: Number) -> Option<Number> {
        self.add(other.neg())
    }

    pub fn neg(self) -> Number {
        Number {
            coefficient: -self.coefficient,
            exponent: self.exponent,
        }
    }

    pub fn abs(self) -> Number {
        Number {
            coefficient: self.coefficient.abs(),
            exponent: self.exponent,
        }
    }

    pub fn mul(self, other: Number) -> Option<Number> {
        let exponent = i64::from(self.exponent) + i64::from(other.exponent);
        match self.coefficient.checked_mul(other.coefficient) {
            Some(product) if product.abs() < LIMIT => Number::canonical(product, exponent),
            _ => {
                let product = IBig::from(self.coefficient) * IBig::from(other.coefficient);
                Number::rounded(product, exponent)
            }
        }
    }

    /// Quotient, or nothing for a zero divisor.
    pub fn div(self, other: Number) -> Option<Number> {
        if other.is_zero() {
            return None;
        }
        if self.coefficient % other.coefficient == 0 {
            let exponent = i64::from(self.exponent) - i64::from(other.exponent);
            return Number::canonical(self.coefficient / other.coefficient, exponent);
        }
        // One digit more than is kept, and one that says whether anything is left over.
        let digits = |n: Number| super::digits(n.coefficient);
        let places = (super::DIGITS + 1 + digits(other)).saturating_sub(digits(self));
        let (quotient, rest) =
            (IBig::from(self.coefficient) * IBig::from(10).pow(places as usize)).div_rem(IBig::from(other.coefficient));
        let sign = if self.is_negative() == other.is_negative() {
            1
        } else {
            -1
        };
        let sticky = if rest == IBig::ZERO { 0 } else { sign };
        let exponent = i64::from(self.exponent) - i64::from(other.exponent) - i64::from(places) - 1;
        Number::rounded(quotient * 10 + sticky, exponent)
    }

    /// `self − other × floor(self / other)`: the sign follows the divisor (FEEL `modulo`).
    pub fn modulo(self, other: Number) -> Option<Number> {
        if other.is_zero() {
            return None;
        }
        if let Some((a, b, exponent)) = self.aligned(other) {
            return Number::canonical(floored(a, b), i64::from(exponent));
        }
        let exponent = self.exponent.min(other.exponent);
        let wide = |n: Number| IBig::from(n.coefficient) * IBig::from(10).pow((n.exponent - exponent) as usize);
        let (a, b) = (wide(self), wide(other));
        let rest = &a % &b;
        let turned = rest != IBig::ZERO && (rest < IBig::ZERO) != (b < IBig::ZERO);
        let rest = if turned { rest + b } else { rest };
        Number::rounded(rest, i64::from(exponent))
    }

    /// `self ** other`; nothing where the result is not a real number or out of range.
    pub fn pow(self, other: Number) -> Option<Number> {
        if other.is_zero() {
            return Some(Number::ONE);
        }
        if self.is_zero() {
            return (!other.is_negative()).then_some(Number::ZERO);
        }
        if self.abs() == Number::ONE && other.is_integer() {
            let odd = other.modulo(Number::from(2)) == Some(Number::ONE);
            return Some(if odd { self } else { Number::ONE });
        }
        match self.power_size(other) {
            size if size > 14_150.0 => return None,
            // So large a power of a base near one cannot be estimated: no result, rather than zero.
            size if size < -14_150.0 => {
                return (other.abs() < Number::from(1_000_000_000_000i64)).then_some(Number::ZERO);
            }
            _ => {}
        }
        match other.to_i64() {
            Some(power) => Number::from_big(precision().powi(&self.big(), IBig::from(power))),
            None if self.is_negative() => None,
            None => Number::from_big(precision().powf(&self.big(), &other.big(), None)),
        }
    }

    /// Natural logarithm of `|self ** other|`, roughly: only to refuse results out of range before
    /// they are computed.
    fn power_size(self, other: Number) -> f64 {
        self.magnitude_ln() * other.approximate()
    }

    pub(super) fn magnitude_ln(self) -> f64 {
        (self.coefficient.unsigned_abs() as f64).ln() + f64::from(self.exponent) * std::f64::consts::LN_10
    }

    pub(super) fn approximate(self) -> f64 {
        self.coefficient as f64 * 10f64.powi(self.exponent)
    }

    /// Both coefficients at one exponent, if that fits a machine integer.
    #[inline]
    fn aligned(self, other: Number) -> Option<(i128, i128, i32)> {
        match self.exponent.cmp(&other.exponent) {
            Ordering::Equal => Some((self.coefficient, other.coefficient, self.exponent)),
            Ordering::Greater => {
                let a = scaled(self.coefficient, self.exponent - other.exponent)?;
                Some((a, other.coefficient, other.exponent))
            }
            Ordering::Less => {
                let b = scaled(other.coefficient, other.exponent - self.exponent)?;
                Some((self.coefficient, b, self.exponent))
            }
        }
    }
}

fn decimal_digits(value: &IBig) -> usize {
    let value: Repr<10> = Repr::new(value.clone(), 0);
    value.digits() + value.exponent().max(0) as usize
}

#[inline]
fn scaled(coefficient: i128, places: i32) -> Option<i128> {
    let factor = 10i128.checked_pow(places.unsigned_abs())?;
    // One binary digit is kept free so that the sum of two aligned coefficients cannot overflow.
    coefficient
        .checked_mul(factor)
        .filter(|scaled| scaled.unsigned_abs() < 1 << 126)
}

fn floored(a: i128, b: i128) -> i128 {
    let rest = a % b;
    if rest != 0 && (rest < 0) != (b < 0) {
        rest + b
    } else {
        rest
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        if let Some((a, b, _)) = self.aligned(*other) {
            return a.cmp(&b);
        }
        self.big().cmp(&other.big())
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
