//! The month of a day, from a table: it is needed for every entry.

use std::sync::LazyLock;

use crate::filter::day_of;

pub const YEAR_ZERO: i16 = 1800;

pub const MONTHS: usize = 4800;

/// The month of a day, counted from January 1800; `None` outside 1800–2199.
pub fn month_of(day: i64) -> Option<u16> {
    /// Precomputed for every day: calendar arithmetic for each entry would be slow.
    static MONTH_OF: LazyLock<Vec<u16>> = LazyLock::new(|| {
        (FIRST..LAST)
            .map(|day| {
                day_of(day).map_or(0, |day| {
                    (day.year() - YEAR_ZERO).cast_unsigned() * 12 + u16::from(day.month().cast_unsigned()) - 1
                })
            })
            .collect()
    });
    const FIRST: i64 = -62_091; // 1800-01-01, in days since 1970
    const LAST: i64 = 84_006; // 2200-01-01
    let place = usize::try_from(day.checked_sub(FIRST)?).ok()?;
    MONTH_OF.get(place).copied()
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::*;
    use crate::filter::day_number;

    #[test]
    fn every_day_has_its_month() {
        let month = |year: i16, month: i8, day: i8| month_of(day_number(Date::constant(year, month, day)));
        assert_eq!(month(1800, 1, 1), Some(0));
        assert_eq!(month(2000, 2, 29), Some(2401));
        assert_eq!(month(2199, 12, 31), Some(4799));
        assert_eq!((month(1799, 12, 31), month(2200, 1, 1), month_of(i64::MAX)), (None, None, None));
    }
}
