//! The Gregorian calendar from year 0 to 9999, and RFC 3339 on top of it.

use std::fmt;

use super::parse::{Cursor, ParseTimeError, print_fraction};

/// Days from 0001-01-01 to 1970-01-01.
const EPOCH: i64 = 719_162;
const DAY: i64 = 86_400;

/// Reads an RFC 3339 date and time, with `T` and `Z` in upper case, 0 to 9
/// digits of a fraction and any offset; no leap second. Gives the seconds since
/// 1970 and the nanoseconds.
pub(super) fn parse(text: &str) -> Result<(i64, u32), ParseTimeError> {
    let mut cursor = Cursor::new(text);
    let year = cursor.number(4, (0, 9999), "a year of 4 digits")?;
    cursor.require(b'-', "`-`")?;
    let month = cursor.number(2, (1, 12), "a month, 01 to 12")?;
    cursor.require(b'-', "`-`")?;
    let day = cursor.number(2, (1, days_of(month, year)), "a day of that month, of 2 digits")?;
    cursor.require(b'T', "`T`")?;
    let hour = cursor.number(2, (0, 23), "an hour, 00 to 23")?;
    cursor.require(b':', "`:`")?;
    let minute = cursor.number(2, (0, 59), "a minute, 00 to 59")?;
    cursor.require(b':', "`:`")?;
    let second = cursor.number(2, (0, 59), "a second, 00 to 59")?;
    let nanos = cursor.fraction()?;
    let offset = offset(&mut cursor)?;
    cursor.end()?;

    let days = days_before_year(year) + days_before_month(month, year) + i64::from(day) - 1 - EPOCH;
    let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    Ok((days * DAY + seconds - offset, nanos))
}

/// Reads `Z`, `+hh:mm` or `-hh:mm`; gives the seconds that local time is ahead.
fn offset(cursor: &mut Cursor<'_>) -> Result<i64, ParseTimeError> {
    if cursor.eat(b'Z') {
        return Ok(0);
    }
    let sign = match () {
        () if cursor.eat(b'+') => 1,
        () if cursor.eat(b'-') => -1,
        () => return cursor.expected("`Z` or an offset such as `+02:00`"),
    };
    let hour = cursor.number(2, (0, 23), "an hour, 00 to 23")?;
    cursor.require(b':', "`:`")?;
    let minute = cursor.number(2, (0, 59), "a minute, 00 to 59")?;
    Ok(sign * (i64::from(hour) * 3600 + i64::from(minute) * 60))
}

/// Prints what [`parse`] reads, in UTC. The seconds are within the years 1 to
/// 9999.
pub(super) fn print(seconds: i64, nanos: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (year, month, day) = date(seconds.div_euclid(DAY) + EPOCH);
    let second = seconds.rem_euclid(DAY);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
    print_fraction(nanos, f)?;
    f.write_str("Z")
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(month: u32, year: u32) -> u32 {
    match month {
        2 => 28 + u32::from(is_leap(year.into())),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 0001-01-01 to the first of `year`; negative for year 0.
fn days_before_year(year: u32) -> i64 {
    let years = i64::from(year) - 1;
    365 * years + years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400)
}

fn days_before_month(month: u32, year: u32) -> i64 {
    (1..month).map(|month| i64::from(days_of(month, year))).sum()
}

/// Year, month and day of the month, where `days` are those since 0001-01-01.
fn date(days: i64) -> (u32, u32, i64) {
    // A year has 365.2425 days on average: the guess is right, or one off.
    let guess = u32::try_from(days * 10_000 / 3_652_425 + 1).unwrap_or_default();
    let year = match days {
        days if days < days_before_year(guess) => guess - 1,
        days if days >= days_before_year(guess + 1) => guess + 1,
        _ => guess,
    };
    let mut day = days - days_before_year(year);
    let mut month = 1;
    while day >= i64::from(days_of(month, year)) {
        day -= i64::from(days_of(month, year));
        month += 1;
    }
    (year, month, day + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_day_of_the_calendar() {
        let mut days = 0;
        for year in 1..=9999 {
            assert_eq!(days_before_year(year), days);
            for month in 1..=12 {
                assert_eq!(days_before_year(year) + days_before_month(month, year), days);
                for day in 1..=days_of(month, year) {
                    assert_eq!(date(days), (year, month, day.into()));
                    days += 1;
                }
            }
        }
        assert_eq!(days_before_year(1970), EPOCH);
        assert_eq!(days_before_year(0), -366);
    }
}
