//! Which bytes of a file are asked for (RFC 9110, 14.2). One range at a time: whoever asks for more gets the whole.

use axum::http::{HeaderMap, header};

/// What is to be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// Everything.
    Whole,
    /// From one byte to another, both included.
    Part(usize, usize),
    /// Bytes that the file has not.
    Outside,
}

/// What a request asks of a file of `size` bytes with this tag.
pub fn asked(headers: &HeaderMap, size: usize, tag: &str) -> Range {
    // Whoever has the beginning of another file must have the whole of this one.
    let is_of_another = headers.get(header::IF_RANGE).is_some_and(|it| it.to_str().ok() != Some(tag));
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    match range.filter(|_| !is_of_another).and_then(|range| range.strip_prefix("bytes=")) {
        Some(range) if !range.contains(',') => read(range.trim(), size).unwrap_or(Range::Whole),
        _ => Range::Whole,
    }
}

/// `None` where it is no range at all, which is as if none was asked for.
fn read(range: &str, size: usize) -> Option<Range> {
    let (from, to) = range.split_once('-')?;
    let number = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().unwrap_or(usize::MAX))
    };
    match (from, to) {
        ("", "") => None,
        ("", last) => match number(last)? {
            0 => Some(Range::Outside),
            _ if size == 0 => Some(Range::Outside),
            last => Some(Range::Part(size.saturating_sub(last), size - 1)),
        },
        (from, to) => {
            let from = number(from)?;
            let to = if to.is_empty() { usize::MAX } else { number(to)? };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_the_standard_says() {
        let check = |range: &str, expected: Range| {
            let headers = HeaderMap::from_iter([(header::RANGE, range.parse().unwrap())]);
            assert_eq!(asked(&headers, 10, "\"x\""), expected, "{range}");
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
            asked(&HeaderMap::from_iter(headers), 10, "\"x\"")
        };
        assert_eq!(range("\"x\""), Range::Part(0, 3));
        assert_eq!(range("\"y\""), Range::Whole);
    }
}
