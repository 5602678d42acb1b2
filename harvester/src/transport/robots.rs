//! What a host asks of robots. Honoured for the pages of portals, unless the operator decided otherwise for a host.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use texting_robots::Robot;
use tokio::sync::Mutex;
use url::Url;

/// The name by which robots.txt may speak of us.
const NAME: &str = "Raadhuis";

/// A robots.txt of more bytes is read up to here.
pub const LARGEST: usize = 512 << 10;

/// The rules of the hosts that were asked so far.
#[derive(Debug, Default)]
pub struct Robots {
    ignored: BTreeSet<String>,
    known: Mutex<HashMap<String, Option<Robot>>>,
}

impl Robots {
    /// Rules of all hosts but `ignored`, about which the operator decided otherwise.
    pub fn ignoring(ignored: impl IntoIterator<Item = String>) -> Self {
        Self {
            ignored: ignored.into_iter().map(|host| host.to_lowercase()).collect(),
            known: Mutex::default(),
        }
    }

    /// What a host asks of us for `url`. `fetch` gives its robots.txt, once for each host.
    pub async fn ask<F: Future<Output = Rules>>(&self, url: &Url, fetch: impl FnOnce(Url) -> F) -> Asked {
        let host = url.host_str().unwrap_or_default().to_lowercase();
        if self.ignored.contains(&host) {
            return Asked::Nothing;
        }
        let origin = url.origin().ascii_serialization();
        // Held while it is fetched, so that no host is asked twice.
        let mut known = self.known.lock().await;
        if !known.contains_key(&origin) {
            let mut address = url.clone();
            address.set_path("/robots.txt");
            address.set_query(None);
            address.set_fragment(None);
            let text = match fetch(address).await {
                Rules::Text(text) => text,
                Rules::None => Vec::new(),
                Rules::Unreachable => b"User-agent: *\nDisallow: /".to_vec(),
            };
            known.insert(origin.clone(), Robot::new(NAME, &text).ok());
        }
        let Some(rules) = known.get(&origin).and_then(Option::as_ref) else { return Asked::Nothing };
        if rules.allowed(url.as_str()) {
            rules.delay.map_or(Asked::Nothing, |seconds| {
                Asked::Pause(Duration::from_secs_f32(seconds.clamp(0.0, 60.0)))
            })
        } else {
            Asked::Leave { whole: !rules.allowed(&format!("{origin}/")) }
        }
    }
}

/// What a host asks of us for a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Nothing.
    Nothing,
    /// So much time between two pages.
    Pause(Duration),
    /// To leave the page alone, or all pages.
    Leave {
        /// Whether all.
        whole: bool,
    },
}

/// What became of the question for a robots.txt, after RFC 9309.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rules {
    /// Its text.
    Text(Vec<u8>),
    /// There is none, which allows everything.
    None,
    /// The host did not say, which allows nothing.
    Unreachable,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn robots_txt_is_honoured_unless_the_operator_decided_otherwise() {
        let rules = || Rules::Text(b"User-agent: *\nDisallow: /user\nAllow: /user/open\n".to_vec());
        let robots = Robots::ignoring(["open.waterdam.example".to_owned()]);
        let asked = async |url: &str| robots.ask(&url.parse().unwrap(), |_| async { rules() }).await;
        let allowed = async |url: &str| !matches!(asked(url).await, Asked::Leave { .. });
        assert!(!allowed("https://raad.waterdam.example/user/agenda").await);
        assert!(allowed("https://raad.waterdam.example/user/open/1").await);
        assert!(allowed("https://raad.waterdam.example/").await);
        assert!(allowed("https://open.waterdam.example/user/agenda").await);
        let silent = Robots::default();
        assert_eq!(
            silent.ask(&"https://a.example/x".parse().unwrap(), |_| async { Rules::None }).await,
            Asked::Nothing
        );
        // Asked once for each host, whatever it answers.
        assert_eq!(
            silent.ask(&"https://a.example/user".parse().unwrap(), |_| async { rules() }).await,
            Asked::Nothing
        );
        let url = "https://b.example/x".parse().unwrap();
        let unreachable = silent.ask(&url, |_| async { Rules::Unreachable }).await;
        assert_eq!(unreachable, Asked::Leave { whole: true });
        let slow = || Rules::Text(b"User-agent: *\nCrawl-delay: 10\nDisallow: /zoek\n".to_vec());
        let asked = async |path: &str| {
            silent.ask(&format!("https://c.example/{path}").parse().unwrap(), |_| async { slow() }).await
        };
        assert_eq!(asked("x").await, Asked::Pause(Duration::from_secs(10)));
        assert_eq!(asked("zoek").await, Asked::Leave { whole: false });
    }
}
