//! Obeys robots.txt for portal pages, except at hosts for which the operator decided otherwise.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use texting_robots::Robot;
use tokio::sync::Mutex;
use url::Url;

/// Our user agent in robots.txt.
const NAME: &str = "Raadhuis";

/// The most bytes of a robots.txt that are read.
pub const LARGEST: usize = 512 << 10;

#[derive(Debug, Default)]
pub struct Robots {
    ignored: BTreeSet<String>,
    known: Mutex<HashMap<String, Option<Robot>>>,
}

impl Robots {
    /// Creates rules that ignore the robots.txt of the hosts in `ignored`, as the operator decided.
    pub fn ignoring(ignored: impl IntoIterator<Item = String>) -> Self {
        Self {
            ignored: ignored.into_iter().map(|host| host.to_lowercase()).collect(),
            known: Mutex::default(),
        }
    }

    /// Returns the rule of a host for `url`. Calls `fetch` for its robots.txt once for each host.
    pub async fn verdict_on<F: Future<Output = RobotsTxt>>(
        &self,
        url: &Url,
        fetch: impl FnOnce(Url) -> F,
    ) -> RobotsVerdict {
        let host = url.host_str().unwrap_or_default().to_lowercase();
        if self.ignored.contains(&host) {
            return RobotsVerdict::Nothing;
        }
        let origin = url.origin().ascii_serialization();
        // Locked during the fetch, so that no host is asked twice.
        let mut known = self.known.lock().await;
        if !known.contains_key(&origin) {
            let mut address = url.clone();
            address.set_path("/robots.txt");
            address.set_query(None);
            address.set_fragment(None);
            let text = match fetch(address).await {
                RobotsTxt::Text(text) => text,
                RobotsTxt::None => Vec::new(),
                RobotsTxt::Unreachable => b"User-agent: *\nDisallow: /".to_vec(),
            };
            known.insert(origin.clone(), Robot::new(NAME, &text).ok());
        }
        let Some(rules) = known.get(&origin).and_then(Option::as_ref) else { return RobotsVerdict::Nothing };
        if rules.allowed(url.as_str()) {
            rules.delay.map_or(RobotsVerdict::Nothing, |seconds| {
                RobotsVerdict::Pause(Duration::from_secs_f32(seconds.clamp(0.0, 60.0)))
            })
        } else {
            RobotsVerdict::Leave { whole: !rules.allowed(&format!("{origin}/")) }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RobotsVerdict {
    Nothing,
    /// The least time between two pages.
    Pause(Duration),
    Leave {
        /// True if all pages of the host are forbidden.
        whole: bool,
    },
}

/// The result of fetching a robots.txt, after RFC 9309.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RobotsTxt {
    Text(Vec<u8>),
    /// The host has none, which allows everything.
    None,
    /// The host failed to answer, which forbids everything.
    Unreachable,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn robots_txt_is_honoured_unless_the_operator_decided_otherwise() {
        let rules = || RobotsTxt::Text(b"User-agent: *\nDisallow: /user\nAllow: /user/open\n".to_vec());
        let robots = Robots::ignoring(["open.waterdam.example".to_owned()]);
        let asked = async |url: &str| robots.verdict_on(&url.parse().unwrap(), |_| async { rules() }).await;
        let allowed = async |url: &str| !matches!(asked(url).await, RobotsVerdict::Leave { .. });
        assert!(!allowed("https://raad.waterdam.example/user/agenda").await);
        assert!(allowed("https://raad.waterdam.example/user/open/1").await);
        assert!(allowed("https://raad.waterdam.example/").await);
        assert!(allowed("https://open.waterdam.example/user/agenda").await);
        let silent = Robots::default();
        assert_eq!(
            silent.verdict_on(&"https://a.example/x".parse().unwrap(), |_| async { RobotsTxt::None }).await,
            RobotsVerdict::Nothing
        );
        // Asked once for each host, whatever it answers.
        assert_eq!(
            silent.verdict_on(&"https://a.example/user".parse().unwrap(), |_| async { rules() }).await,
            RobotsVerdict::Nothing
        );
        let url = "https://b.example/x".parse().unwrap();
        let unreachable = silent.verdict_on(&url, |_| async { RobotsTxt::Unreachable }).await;
        assert_eq!(unreachable, RobotsVerdict::Leave { whole: true });
        let slow = || RobotsTxt::Text(b"User-agent: *\nCrawl-delay: 10\nDisallow: /zoek\n".to_vec());
        let asked = async |path: &str| {
            silent
                .verdict_on(&format!("https://c.example/{path}").parse().unwrap(), |_| async { slow() })
                .await
        };
        assert_eq!(asked("x").await, RobotsVerdict::Pause(Duration::from_secs(10)));
        assert_eq!(asked("zoek").await, RobotsVerdict::Leave { whole: false });
    }
}
