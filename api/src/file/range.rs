//! Byte ranges (RFC 9110, 14.2). Only one range is served; a request for several gets the whole file.

use axum::http::{HeaderMap, header};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    Whole,
    /// The first and the last byte, both included.
    Part(usize, usize),
    /// The range begins after the end of the file.
    Outside,
}

/// The bytes that a request selects of a file of `size` bytes with this tag.
pub fn select_range(headers: &HeaderMap, size: usize, tag: &str) -> Range {
    // A client that has the beginning of another version must get the whole file.
    let is_of_another = headers.get(header::IF_RANGE).is_some_and(|it| it.to_str().ok() != Some(tag));
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    match range.filter(|_| !is_of_another).and_then(|range| range.strip_prefix("bytes=")) {
        Some(range) if !range.contains(',') => parse_range(range.trim(), size).unwrap_or(Range::Whole),
        _ => Range::Whole,
    }
}

/// `None` when the text is no range; the header is then ignored.
fn parse_range(range: &str, size: usize) -> Option<Range> {
    let (from, to) = range.split_once('-')?;
    match (from, to) {
        ("", "") => None,
        ("", last) => match parse_position(last)? {
            0 => Some(Range::Outside),
            _ if size == 0 => Some(Range::Outside),
            last => Some(Range::Part(size.saturating_sub(last), size - 1)),
        },
        (from, to) => {
            let from = parse_position(from)?;
            let to = if to.is_empty() { usize::MAX } else { parse_position(to)? };
            if from > to {
                None
            } else if from >= size {
                Some(Range::Outside)
            } else {
                Some(Range::Part(from, to.min(size - 1)))
            }
        }
    }
}

/// `None` when the text holds anything but digits; a number that is too large becomes `usize::MAX`.
fn parse_position(text: &str) -> Option<usize> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_the_standard_says() {
        let check = |range: &str, expected: Range| {
            let headers = HeaderMap::from_iter([(header::RANGE, range.parse().unwrap())]);
            assert_eq!(select_range(&headers, 10, "\"x\""), expected, "{range}");
        };
        check("bytes=0-3", Range::Part(0, 3));
        check("bytes=4-", Range::Part(4, 9));
        check("bytes=-3", Range::Part(7, 9));
        check("bytes=-30", Range::Part(0, 9));
        check("bytes=5-99", Range::Part(5, 9));
        check("bytes=10-", Range::Outside);
        check("bytes=-0", Range::Outside);
        check("bytes=3-1", Range::Whole);
        check("bytes=0-1,4-5", Range::Whole);
        check("bytes=een-twee", Range::Whole);
        check("regels=0-3", Range::Whole);
        check("bytes=99999999999999999999999-", Range::Outside);
    }

    #[test]
    fn a_part_of_another_file_is_no_use() {
        let range = |tag: &str| {
            let headers =
                [(header::RANGE, "bytes=0-3".parse().unwrap()), (header::IF_RANGE, tag.parse().unwrap())];
            select_range(&HeaderMap::from_iter(headers), 10, "\"x\"")
        };
        assert_eq!(range("\"x\""), Range::Part(0, 3));
        assert_eq!(range("\"y\""), Range::Whole);
    }
}
