//! Numbers as people read them: `1 in 12,000,000`, `1 in 10²¹`, `8.3 × 10⁻⁸`, `1 643`.
//!
//! Prose groups digits with commas, tables with thin spaces. Whatever is shown for a bound is rounded
//! so that the sentence around it stays true: chances up, the `N` of "under 1 in N" down.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A chance in words, never smaller than the one it was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OneIn {
    /// `1 in 12,000,000`: at most two digits that are not zero, below 10^9.
    Count(u64),
    /// `1 in 10²¹`: the exponent, at least 9.
    Power(u32),
}

/// Relative room for the rounding of a logarithm, so that 10^-6 reads 1 in 1,000,000 and not 1 in 990,000.
const ROUNDING: f64 = 1e-9;

/// Turns a base-10 logarithm of a chance into words; what is no chance (above 0, not a number) is `1 in 1`.
#[must_use]
pub fn one_in(log10: f64) -> OneIn {
    if log10.is_nan() || log10 >= 0.0 {
        return OneIn::Count(1);
    }
    let digits = -log10 + ROUNDING;
    if digits >= 9.0 {
        // A double holds no chance below 10^-324; the cast saturates for anything a caller invents.
        return OneIn::Power(digits.min(1e6) as u32);
    }
    let whole = 10f64.powf(digits) as u64;
    let unit = 10u64.pow(whole.max(1).ilog10().saturating_sub(1));
    OneIn::Count((whole / unit * unit).max(1))
}

impl fmt::Display for OneIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(n) => write!(f, "1 in {}", commas(*n)),
            Self::Power(exponent) => write!(f, "1 in 10{}", superscript(&exponent.to_string())),
        }
    }
}

/// A small number for a table: `0.043`, or a mantissa with a power of ten, rounded up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Small {
    /// `0.043` or `8.3`.
    pub(crate) mantissa: String,
    /// The power of ten, with a true minus sign; none where the mantissa says it all.
    pub(crate) exponent: Option<String>,
}

/// Shows the chance with base-10 logarithm `log10`, rounded up; what is no chance shows as `1`.
#[must_use]
pub(crate) fn small(log10: f64) -> Small {
    if log10.is_nan() || log10 >= 0.0 {
        return Small { mantissa: "1".to_owned(), exponent: None };
    }
    if log10 >= -2.0 {
        let thousandths = (10f64.powf(log10 - ROUNDING) * 1000.0).ceil();
        return Small { mantissa: format!("{:.3}", thousandths / 1000.0), exponent: None };
    }
    let mut exponent = log10.floor().max(-1e6);
    let mut tenths = (10f64.powf(log10 - exponent - ROUNDING) * 10.0).ceil();
    if tenths >= 100.0 {
        tenths = 10.0;
        exponent += 1.0;
    }
    Small { mantissa: format!("{:.1}", tenths / 10.0), exponent: Some(format!("\u{2212}{}", exponent.abs())) }
}

impl fmt::Display for Small {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.exponent {
            None => f.write_str(&self.mantissa),
            Some(exponent) => write!(f, "{}\u{202f}×\u{202f}10{}", self.mantissa, superscript(exponent)),
        }
    }
}

/// The digits of `n` in groups of three, with commas: for sentences.
#[must_use]
pub fn commas(n: u64) -> String {
    grouped(n, ',')
}

/// The digits of `n` in groups of three, with narrow no-break spaces: for tables.
#[must_use]
pub fn thin(n: u64) -> String {
    grouped(n, '\u{202f}')
}

/// As [`thin`], for any whole number that shows as digits.
#[must_use]
pub(crate) fn thin_digits(count: impl fmt::Display) -> String {
    grouped(count, '\u{202f}')
}

/// A score with two decimals and a true minus sign.
#[must_use]
pub(crate) fn score(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let shown = format!("{value:.2}");
    match shown.strip_prefix('-') {
        Some("0.00") => "0.00".to_owned(),
        Some(digits) => format!("\u{2212}{digits}"),
        None => shown,
    }
}

/// `1 region`, `2 regions`: a count with its noun, that no line break parts.
#[must_use]
pub(crate) fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{}\u{a0}{}", commas(n), if n == 1 { one } else { many })
}

/// `text` (digits and a minus sign) raised.
#[must_use]
pub(crate) fn superscript(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '0' => '⁰',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            '4' => '⁴',
            '5' => '⁵',
            '6' => '⁶',
            '7' => '⁷',
            '8' => '⁸',
            '9' => '⁹',
            '-' | '\u{2212}' => '⁻',
            other => other,
        })
        .collect()
}

fn grouped(n: impl fmt::Display, separator: char) -> String {
    let digits = n.to_string();
    let mut shown = String::with_capacity(digits.len() * 2);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            shown.push(separator);
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn chances_read_as_in_the_first_sentence() {
        let cases = [
            (-7.0862, "1 in 12,000,000"),
            (-6.0, "1 in 1,000,000"),
            (-21.0, "1 in 10²¹"),
            (-21.9, "1 in 10²¹"),
            (-8.9999, "1 in 990,000,000"),
            (-9.0, "1 in 10⁹"),
            (-0.5, "1 in 3"),
            (-1.7, "1 in 50"),
            (0.0, "1 in 1"),
            (3.0, "1 in 1"),
            (f64::NAN, "1 in 1"),
            (f64::NEG_INFINITY, "1 in 10¹⁰⁰⁰⁰⁰⁰"),
        ];
        for (log10, words) in cases {
            assert_eq!(one_in(log10).to_string(), words);
        }
    }

    #[test]
    fn small_numbers_for_tables() {
        let cases = [
            (-7.0862, "8.2\u{202f}×\u{202f}10⁻⁸"),
            (-1.0, "0.100"),
            (-1.372, "0.043"),
            (-3.0001, "1.0\u{202f}×\u{202f}10⁻³"),
            (-290.0, "1.0\u{202f}×\u{202f}10⁻²⁹⁰"),
            (0.0, "1"),
            (f64::NAN, "1"),
        ];
        for (log10, shown) in cases {
            assert_eq!(small(log10).to_string(), shown);
        }
    }

    #[test]
    fn groups_of_three() {
        assert_eq!(commas(0), "0");
        assert_eq!(commas(1_643), "1,643");
        assert_eq!(thin(12_345_678), "12\u{202f}345\u{202f}678");
        assert_eq!(score(-1.5), "\u{2212}1.50");
        assert_eq!(score(-0.001), "0.00");
        assert_eq!(score(f64::INFINITY), "–");
        assert_eq!(counted(1, "region", "regions"), "1\u{a0}region");
    }

    proptest! {
        #[test]
        fn words_never_understate_a_chance(log10 in -300.0f64..0.0) {
            let stated = match one_in(log10) {
                OneIn::Count(n) => -(n as f64).log10(),
                OneIn::Power(exponent) => -f64::from(exponent),
            };
            prop_assert!(stated >= log10 - 1e-8);
            prop_assert!(stated <= log10 + 1.0);
        }

        #[test]
        fn table_numbers_never_understate_a_chance(log10 in -300.0f64..0.0) {
            let shown = small(log10);
            let mantissa: f64 = shown.mantissa.parse().unwrap();
            let exponent: f64 = shown.exponent.map_or(0.0, |e| e.replace('\u{2212}', "-").parse().unwrap());
            prop_assert!(mantissa.log10() + exponent >= log10 - 1e-8);
            prop_assert!(mantissa.log10() + exponent <= log10 + 0.05);
        }
    }
}
