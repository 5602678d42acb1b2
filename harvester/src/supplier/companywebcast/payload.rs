//! The shapes of Company Webcast: codes, clocks, tracks.

use serde::{Deserialize, Serialize};
use std::fmt;

use serde_json::Value;
use url::Url;

/// Host of the descriptions of recordings.
pub const SDK: &str = "https://sdk.companywebcast.com/";

/// Host of the customers' channels.
pub const CHANNEL: &str = "https://channel.royalcast.com/";

/// Host of iBabs' own player.
const CONNECT_LIVE: &str = "https://connectlive.ibabs.eu/";

/// The code of a recording: `customer/yyyymmdd_n`, or the bare id of a meeting in iBabs' own player. The day in it is
/// sometimes mistyped, and is never read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Code(String);

impl Code {
    /// Parses a code; `None` for anything else.
    pub fn parse_code(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.split_once('/') {
            Some((customer, number)) => (is_word(customer) && is_word(number)).then(|| Self(text.to_owned())),
            None if is_guid(text) => Some(Self(text.to_owned())),
            None => {
                // The form used in paths.
                let (rest, number) = text.rsplit_once('_')?;
                let (customer, day) = rest.rsplit_once('_')?;
                let is_code = is_word(customer) && day.len() == 8 && is_number(day) && is_number(number);
                is_code.then(|| Self(format!("{customer}/{day}_{number}")))
            }
        }
    }

    pub fn customer(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }

    /// The code as written in the player's paths: an underscore replaces the first slash.
    pub fn in_path(&self) -> String {
        self.0.replacen('/', "_", 1)
    }

    /// The page on which a person can play the recording.
    pub fn player_address(&self) -> Option<Url> {
        if is_guid(&self.0) {
            return Some(address(CONNECT_LIVE, &format!("Player/Player/{}", self.0)));
        }
        Some(address("https://player.companywebcast.com/", &format!("{}/nl-NL/player", self.0)))
    }

    /// The address of the subtitles in iBabs' own player; `None` for a webcast.
    pub fn connect_live(&self) -> Option<Url> {
        is_guid(&self.0).then(|| address(CONNECT_LIVE, &format!("Player/File/{}/-subtitle.vtt", self.0)))
    }

    /// The platform that hosts the recording.
    pub fn platform(&self) -> &'static str {
        if is_guid(&self.0) { "connectlive" } else { "companywebcast" }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Query parameters that give access to the tracks of a recording for a limited time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Signature {
    policy: String,
    signed: String,
    key: String,
}

impl Signature {
    /// The signature for players in an answer, at any depth. Where there are several, the one under the players' key.
    /// Field names may carry the network's name as a prefix.
    pub fn find_for_players(json: &Value) -> Option<Self> {
        let players =
            nested_values(json).into_iter().find_map(|(key, value)| (key == "players").then_some(value));
        players.and_then(Self::find_first).or_else(|| Self::find_first(json))
    }

    fn find_first(json: &Value) -> Option<Self> {
        nested_values(json).into_iter().find_map(|(_, value)| Self::from_fields(value))
    }

    fn from_fields(json: &Value) -> Option<Self> {
        Some(Self {
            policy: access_parameter(json, "Policy")?,
            signed: access_parameter(json, "Signature")?,
            key: access_parameter(json, "Key-Pair-Id")?,
        })
    }

    pub fn sign_address(&self, url: &mut Url) {
        url.query_pairs_mut()
            .append_pair("Policy", &self.policy)
            .append_pair("Signature", &self.signed)
            .append_pair("Key-Pair-Id", &self.key);
    }
}

fn access_parameter(json: &Value, name: &str) -> Option<String> {
    let written = json.get(name).or_else(|| json.get(format!("CloudFront-{name}")));
    Some(written?.as_str()?.to_owned())
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// All fields and items of a value at any depth, the outer before the inner.
fn nested_values(json: &Value) -> Vec<(&str, &Value)> {
    let mut found: Vec<(&str, &Value)> = vec![("", json)];
    let mut at = 0;
    while let Some((_, value)) = found.get(at).copied() {
        match value {
            Value::Object(fields) => found.extend(fields.iter().map(|(key, value)| (key.as_str(), value))),
            Value::Array(items) => found.extend(items.iter().map(|item| ("", item))),
            _ => {}
        }
        at += 1;
    }
    found
}

fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

pub fn address(host: &str, path: &str) -> Url {
    let mut url: Url = host.parse().unwrap_or_else(|_| unreachable!("the hosts above are addresses"));
    url.set_path(path);
    url
}

/// The seconds of `2:52:03` or `52:03`.
pub fn seconds(clock: &str) -> Option<u32> {
    let parts: Vec<u32> = clock.trim().split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    (2..=3).contains(&parts.len()).then_some(())?;
    parts.into_iter().try_fold(0_u32, |sum, part| sum.checked_mul(60)?.checked_add(part))
}

/// The milliseconds of `/Date(1706727600000)/` or `/Date(1706727600000+0100)/`: the zone is for display only.
pub fn milliseconds(date: &str) -> Option<i64> {
    let inside = date.trim().strip_prefix("/Date(")?.strip_suffix(")/")?;
    let zone = inside.get(1..)?.find(['+', '-']).map_or(inside.len(), |at| at + 1);
    inside.get(..zone)?.parse().ok()
}

/// The language of a track, and whether people corrected it, read from the track's id.
pub fn parse_track_id(id: &str) -> (&'static str, bool) {
    let id = id.to_lowercase();
    let language = if id.contains("fri") || id == "fy" { "fy" } else { "nl" };
    (language, id.contains("correct"))
}

/// Preference among tracks: corrected Dutch, then any Dutch, then any other.
pub fn track_rank(id: &str) -> u8 {
    let id = id.to_lowercase();
    if id.contains("nlcorrect") {
        0
    } else if id.contains("nl") {
        1
    } else {
        2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_a_customer_and_a_number_or_the_id_of_a_meeting() {
        let code = Code::parse_code(" gemeente-texel2/21190116_2 ").unwrap();
        assert_eq!(
            (code.customer(), code.in_path().as_str()),
            ("gemeente-texel2", "gemeente-texel2_21190116_2")
        );
        assert_eq!(code.platform(), "companywebcast");
        let live = Code::parse_code("0a67487d-1dd1-5ceb-8be8-36eadb9757be").unwrap();
        assert_eq!(live.platform(), "connectlive");
        assert!(live.connect_live().unwrap().path().ends_with("/-subtitle.vtt"));
        assert_eq!(
            Code::parse_code("gemeente_texel_20240131_1").unwrap().to_string(),
            "gemeente_texel/20240131_1"
        );
        for wrong in ["", "x", "a_b_c", "texel_20240131_", "a/b/c", "a/../b", "a/", "/20240101_1", "a/b?c"] {
            assert_eq!(Code::parse_code(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn clocks_have_two_or_three_parts_and_dates_may_have_a_zone() {
        assert_eq!(
            ["2:52:03", "52:03", "", "x", "1:2:3:4"].map(seconds),
            [Some(10_323), Some(3123), None, None, None]
        );
        assert_eq!(milliseconds("/Date(1706727600000)/"), Some(1_706_727_600_000));
        assert_eq!(milliseconds("/Date(1706727600000+0200)/"), Some(1_706_727_600_000));
        assert_eq!(milliseconds("/Date(-62135596800000)/"), Some(-62_135_596_800_000));
        assert_eq!(milliseconds("2024-01-31"), None);
    }

    #[test]
    fn corrected_dutch_is_wanted_most() {
        let mut ids = ["frisianSubtitles", "Nl-amber", "NLcorrectie"];
        ids.sort_by_key(|id| track_rank(id));
        assert_eq!(ids, ["NLcorrectie", "Nl-amber", "frisianSubtitles"]);
        assert_eq!(parse_track_id("frisianSubtitles"), ("fy", false));
        assert_eq!(parse_track_id("NLcorrecte"), ("nl", true));
    }
}
