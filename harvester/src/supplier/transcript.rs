//! Subtitles in SRT or WebVTT: cues with times, combined into readable segments.

use raadhuis_schema::{Entity, Id, Origin, Recording, Standing, TranscriptSegment};

use super::{UnreadableError, reading::Reading};

/// Longest segment of a transcript in milliseconds.
const LONGEST: u64 = 120_000;

/// A silence of this many milliseconds ends a segment.
const SILENCE: u64 = 8_000;

/// Words with their times in milliseconds from the start of the recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    pub start: u64,
    pub end: u64,
    pub text: String,
}

/// Parses subtitles of either format, in the order of playing. A malformed cue is skipped.
///
/// # Errors
/// The text is not empty and has no valid cue.
pub fn parse_cues(bytes: &[u8]) -> Result<Vec<Cue>, UnreadableError> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let mut cues = Vec::new();
    for block in text.split("\n\n") {
        let mut lines = block.lines().skip_while(|line| !line.contains("-->"));
        let Some((start, end)) = lines.next().and_then(parse_times) else { continue };
        let words = lines.map(str::trim).collect::<Vec<_>>().join(" ");
        let words = without_tags(&words);
        if !words.is_empty() {
            cues.push(Cue { start, end: end.max(start), text: words });
        }
    }
    let begins = text.trim_start();
    let is_empty = begins.is_empty() || begins.starts_with("WEBVTT");
    if cues.is_empty() && !is_empty {
        return Err(UnreadableError("these are no subtitles".into()));
    }
    cues.sort_by_key(|cue| cue.start);
    Ok(cues)
}

/// Start and end in `0:05:50.201 --> 06:04,641 align:start`. Hours may be missing; decimals follow a point or a comma.
fn parse_times(line: &str) -> Option<(u64, u64)> {
    let (start, end) = line.split_once("-->")?;
    Some((milliseconds(start.trim())?, milliseconds(end.split_whitespace().next()?)?))
}

fn milliseconds(clock: &str) -> Option<u64> {
    let (whole, fraction) = clock.split_once(['.', ',']).unwrap_or((clock, "0"));
    let mut seconds = 0_u64;
    for part in whole.split(':') {
        seconds = seconds.checked_mul(60)?.checked_add(part.parse::<u32>().ok()?.into())?;
    }
    let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
    seconds.checked_mul(1000)?.checked_add(fraction.parse().ok()?)
}

/// Removes the tags of voices and styles.
fn without_tags(words: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in words.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            _ if !inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Combines cues into segments that end at a silence or after two minutes.
pub fn join_cues(cues: Vec<Cue>) -> Vec<Cue> {
    let mut pieces: Vec<Cue> = Vec::new();
    for cue in cues {
        match pieces.last_mut() {
            Some(piece)
                if cue.start < piece.end.saturating_add(SILENCE) && cue.end - piece.start <= LONGEST =>
            {
                piece.end = piece.end.max(cue.end);
                piece.text.push(' ');
                piece.text.push_str(&cue.text);
            }
            _ => pieces.push(cue),
        }
    }
    pieces
}

/// Adds the transcript of a recording, segment by segment.
pub fn segments<T>(reading: &mut Reading<'_, T>, origin: &Origin, recording: &Id<Recording>, cues: Vec<Cue>) {
    for piece in join_cues(cues) {
        let segment = TranscriptSegment {
            id: Id::within(recording.as_entity(), piece.start),
            authority: reading.authority(),
            recording: recording.clone(),
            starts_at: to_seconds(piece.start),
            ends_at: to_seconds(piece.end),
            text: piece.text,
        };
        reading.describe(origin, Standing::Detail, Entity::TranscriptSegment(segment));
    }
}

pub fn to_seconds(millisecond: u64) -> u32 {
    u32::try_from(millisecond / 1000).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_formats_read_alike() {
        let vtt = "\u{feff}WEBVTT\n\nNOTE gemaakt door een mens\n\n0:05:50.201 --> 0:06:04.641 align:start\n<v spk1>Goedenavond.\n\n06:04.641 --> 06:08.6\nWelkom.";
        let srt = "1\r\n00:05:50,201 --> 00:06:04,641\r\nGoeden\r\navond.\r\n\r\n2\r\n00:07:00,000 --> 00:06:00,000\r\nWelkom.\r\n";
        let read = |text: &str| parse_cues(text.as_bytes()).unwrap();
        assert_eq!(read(vtt)[0], Cue { start: 350_201, end: 364_641, text: "Goedenavond.".into() });
        assert_eq!(read(vtt)[1].end, 368_600);
        assert_eq!(read(srt)[0].text, "Goeden avond.");
        assert_eq!(
            (read(srt)[1].start, read(srt)[1].end),
            (420_000, 420_000),
            "it never ends before it begins"
        );
        assert!(parse_cues(b"<html>toegang geweigerd</html>").is_err());
        assert_eq!(parse_cues(b"").unwrap(), []);
        assert_eq!(parse_cues(b"WEBVTT\n").unwrap(), []);
    }

    #[test]
    fn pieces_end_at_a_silence_and_after_two_minutes() {
        let cue = |start: u64, end: u64| Cue { start: start * 1000, end: end * 1000, text: "a".into() };
        let joined =
            join_cues(vec![cue(0, 4), cue(5, 9), cue(30, 60), cue(60, 140), cue(141, 150), cue(150, 160)]);
        let ends: Vec<_> = joined.iter().map(|piece| (piece.start / 1000, piece.end / 1000)).collect();
        assert_eq!(ends, [(0, 9), (30, 150), (150, 160)]);
    }

    proptest! {
        #[test]
        fn no_subtitles_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "[0-9:.,> a\n-]{0,200}") {
            let _ = parse_cues(&bytes);
            if let Ok(cues) = parse_cues(text.as_bytes()) {
                let words: usize = cues.iter().map(|cue| cue.text.len()).sum();
                let joined: usize = join_cues(cues).iter().map(|piece| piece.text.len()).sum();
                prop_assert!(joined >= words);
            }
        }
    }
}
