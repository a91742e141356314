//! The four operations, powers and order. Operands that fit machine integers stay there; everything
//! else goes through `dashu-float` with 34 digits and half-even rounding.

use super::{LIMIT, Number};
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
        let coefficient = i128::try_from(significand).ok()?;
        if coefficient.abs() >= LIMIT {
            return None;
        }
        Number::canonical(coefficient, exponent as i64)
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
        Number::from_big(precision().add(&self.big(), &other.big()))
    }

    pub fn sub(self, other: Number) -> Option<Number> {
        self.add(other.neg())
    }

    pub fn neg(self) -> Number {
        Number { coefficient: -self.coefficient, exponent: self.exponent }
    }

    pub fn abs(self) -> Number {
        Number { coefficient: self.coefficient.abs(), exponent: self.exponent }
    }

    pub fn mul(self, other: Number) -> Option<Number> {
        let exponent = i64::from(self.exponent) + i64::from(other.exponent);
        match self.coefficient.checked_mul(other.coefficient) {
            Some(product) if product.abs() < LIMIT => Number::canonical(product, exponent),
            _ => Number::from_big(precision().mul(&self.big(), &other.big())),
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
        Number::from_big(precision().div(&self.big(), &other.big()))
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
        let wide = |n: Number| {
            IBig::from(n.coefficient) * IBig::from(10).pow((n.exponent - exponent) as usize)
        };
        let (a, b) = (wide(self), wide(other));
        let rest = &a % &b;
        let turned = rest != IBig::ZERO && (rest < IBig::ZERO) != (b < IBig::ZERO);
        let rest = if turned { rest + b } else { rest };
        let repr: Repr<10> = Repr::new(rest, exponent as isize);
        Number::from_big(precision().add(&repr, &Repr::zero()))
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
            size if size < -14_150.0 => return Some(Number::ZERO),
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

#[inline]
fn scaled(coefficient: i128, places: i32) -> Option<i128> {
    let factor = 10i128.checked_pow(places.unsigned_abs())?;
    // One binary digit is kept free so that the sum of two aligned coefficients cannot overflow.
    coefficient.checked_mul(factor).filter(|scaled| scaled.unsigned_abs() < 1 << 126)
}

fn floored(a: i128, b: i128) -> i128 {
    let rest = a % b;
    if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }
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
