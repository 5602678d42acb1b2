//! Portal pages made for people. They are read only where no API gives the same facts, as best effort: at a low rate of
//! their own, only where robots.txt allows it, and never past a challenge.

use super::{Answer, AnswerClass, Lane};

/// The lane for the pages of each host, in addition to the lane of the host itself.
pub const LANE: Lane = Lane { name: "portal", hosts: &[], per_minute: 15 };

/// Texts in the pages of well-known bot checks. A check is never solved.
const GATES: [(&str, &str); 3] = [
    ("/.within.website/x/cmd/anubis", "a proof of work (Anubis)"),
    ("anubis_challenge", "a proof of work (Anubis)"),
    ("toegang geweigerd", "a refusal"),
];

/// Texts in bot checks that also occur in harmless pages: a form at the foot, a script of the host's.
const DOUBTFUL_GATES: [(&str, &str); 3] = [
    ("cdn-cgi/challenge-platform", "a challenge (Cloudflare)"),
    ("g-recaptcha", "a captcha"),
    ("h-captcha", "a captcha"),
];

/// Words that mark a speaker as a citizen, not an office-holder. Citizens are not named.
const CITIZENS: [&str; 11] = [
    "inspre",
    "insprak",
    "bewoner",
    "inwoner",
    "burger ",
    "gast ",
    "namens",
    "stichting",
    "vereniging",
    "publiek",
    "ondernemer",
];

pub fn is_citizen(role: &str) -> bool {
    let role = format!("{} ", role.to_lowercase());
    CITIZENS.iter().any(|word| role.contains(word))
}

/// Bytes of a page that are searched for a bot check: such pages are short.
const FIRST: usize = 64 << 10;

/// The name of the bot check in a page, if there is one.
fn find_gate(answer: &Answer) -> Option<&'static str> {
    let start = answer.bytes.get(..FIRST).unwrap_or(&answer.bytes);
    let start = String::from_utf8_lossy(start).to_lowercase();
    let doubtful: &[_] = if answer.status == 200 { &[] } else { &DOUBTFUL_GATES };
    let gate = GATES.iter().chain(doubtful).find(|(sign, _)| start.contains(sign));
    gate.map(|(_, name)| *name)
}

/// Judges an answer of a portal.
pub fn classify_page(answer: &Answer) -> AnswerClass {
    if let Some(gate) = find_gate(answer) {
        return AnswerClass::Blocked(format!("{gate} stands before the portal; it is not solved"));
    }
    match answer.status {
        200 => AnswerClass::Content,
        404 | 410 => AnswerClass::Gone,
        401 | 403 => AnswerClass::Blocked(format!("HTTP {} at the portal", answer.status)),
        429 => AnswerClass::Throttled,
        status => AnswerClass::Broken(format!("HTTP {status} at the portal")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_named_and_a_page_that_speaks_of_refusals_far_below_is_none() {
        let judged = |status: u16, body: &str| {
            classify_page(&Answer {
                status,
                bytes: body.to_owned().into(),
                fetched: jiff::Timestamp::UNIX_EPOCH,
                validator: None,
                parsed: crate::transport::ParsedBody::default(),
            })
        };
        let anubis = "<!doctype html><script src=\"/.within.website/x/cmd/anubis/static/js/main.mjs\">";
        assert!(matches!(judged(200, anubis), AnswerClass::Blocked(why) if why.contains("Anubis")));
        assert!(matches!(judged(403, "<title>Just a moment"), AnswerClass::Blocked(_)));
        assert!(matches!(judged(200, "<p>Toegang geweigerd: foutcode 1"), AnswerClass::Blocked(_)));
        assert_eq!(judged(200, "<ul><li>1 Opening"), AnswerClass::Content);
        assert_eq!(judged(200, "<ul><li>1 Opening</ul><form class=\"g-recaptcha\">"), AnswerClass::Content);
        assert!(matches!(
            judged(503, "<script src=\"/cdn-cgi/challenge-platform/x.js\">"),
            AnswerClass::Blocked(_)
        ));
        assert_eq!(judged(404, ""), AnswerClass::Gone);
    }
}
