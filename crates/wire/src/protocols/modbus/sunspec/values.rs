//! The value of a point out of its registers (V1.1 §4.2 to §4.4): types, what stands for "not implemented", scale factors.

use super::models::{Kind, Point};
use crate::protocols::modbus::identification::text;
use crate::protocols::Said;

/// Powers of ten that a scale factor may be.
const EXPONENTS: std::ops::RangeInclusive<i16> = -10..=10;

/// A scale factor; `None`: not implemented, or none that can be.
pub(super) fn exponent(register: u16) -> Option<i16> {
    let exponent = i16::from_be_bytes(register.to_be_bytes());
    Some(exponent).filter(|exponent| EXPONENTS.contains(exponent))
}

/// What the registers say. `scale`: the power of ten, where one is needed and known.
pub(super) fn said(point: &Point, registers: &[u16], scale: Option<i16>) -> Said {
    let bits = registers.iter().take(4).fold(0_u64, |bits, register| bits << 16 | u64::from(*register));
    let width = registers.len().min(4) * 16;
    let ones = if width == 64 { u64::MAX } else { (1 << width) - 1 };
    let top = 1_u64 << (width.max(1) - 1);
    let raw = bits as i64;
    match point.kind {
        Kind::Text => {
            let bytes: Vec<u8> = registers.iter().flat_map(|register| register.to_be_bytes()).take_while(|byte| *byte != 0).collect();
            Said::Text(text(&bytes))
        }
        Kind::Float => {
            let value = f64::from(f32::from_bits(bits as u32));
            if value.is_finite() {
                Said::Number { raw, value }
            } else {
                Said::Missing
            }
        }
        Kind::Signed | Kind::Scale if bits == top => Said::Missing,
        Kind::Unsigned | Kind::Code if bits == ones => Said::Missing,
        Kind::Signed | Kind::Scale => {
            // Moves the sign bit to the top and back.
            let signed = (bits << (64 - width)) as i64 >> (64 - width);
            Said::Number { raw, value: scaled(signed as f64, scale) }
        }
        Kind::Unsigned | Kind::Sum => Said::Number { raw, value: scaled(bits as f64, scale) },
        Kind::Code => Said::Number { raw, value: bits as f64 },
    }
}

/// Divides by a power of ten, which is exact where multiplying by its inverse is not.
fn scaled(value: f64, exponent: Option<i16>) -> f64 {
    match exponent {
        Some(exponent) if exponent < 0 => value / 10_f64.powi(-i32::from(exponent)),
        Some(exponent) => value * 10_f64.powi(i32::from(exponent)),
        None => value,
    }
}
