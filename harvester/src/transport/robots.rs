//! What a host asks of robots. Honoured for the pages of portals, unless the operator decided otherwise for a host.

use std::collections::{BTreeSet, HashMap};

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

    /// Whether `url` may be read. `fetch` gives the host's robots.txt, once for each host.
    pub async fn allow<F: Future<Output = Rules>>(&self, url: &Url, fetch: impl FnOnce(Url) -> F) -> bool {
        let host = url.host_str().unwrap_or_default().to_lowercase();
        if self.ignored.contains(&host) {
            return true;
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
        known.get(&origin).is_none_or(|rules| rules.as_ref().is_none_or(|rules| rules.allowed(url.as_str())))
    }
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
        let allowed = async |url: &str| robots.allow(&url.parse().unwrap(), |_| async { rules() }).await;
        assert!(!allowed("https://raad.waterdam.example/user/agenda").await);
        assert!(allowed("https://raad.waterdam.example/user/open/1").await);
        assert!(allowed("https://raad.waterdam.example/").await);
        assert!(allowed("https://open.waterdam.example/user/agenda").await);
        let silent = Robots::default();
        assert!(silent.allow(&"https://a.example/x".parse().unwrap(), |_| async { Rules::None }).await);
        // Asked once for each host, whatever it answers.
        assert!(silent.allow(&"https://a.example/user".parse().unwrap(), |_| async { rules() }).await);
        assert!(
            !silent.allow(&"https://b.example/x".parse().unwrap(), |_| async { Rules::Unreachable }).await
        );
    }
}
