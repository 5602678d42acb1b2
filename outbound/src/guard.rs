//! Decides which addresses may be visited: public ones, and those that the operator allowed.
//!
//! Payloads and webhooks name addresses, so they could lead into the operator's own network. Every address is checked
//! when its name is resolved, after redirects too.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// The top-level domain of the loopback address, whatever a resolver answers (RFC 6761).
const LOOPBACK_DOMAIN: &str = ".localhost";

/// Hosts that the operator allowed, as `HOST:PORT`; `*.HOST:PORT` allows all names below.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    allowed: Arc<BTreeSet<String>>,
    /// Returns whether a host accepts us by our IPv4 address only.
    is_ipv4_only: Option<fn(&str) -> bool>,
}

impl Guard {
    /// A guard that permits public addresses and these hosts.
    pub fn new(allowed: impl IntoIterator<Item = String>) -> Self {
        Self {
            allowed: Arc::new(allowed.into_iter().map(|host| host.to_lowercase()).collect()),
            is_ipv4_only: None,
        }
    }

    /// Restricts the hosts for which `is_ipv4_only` is true to IPv4.
    pub fn with_ipv4_only(self, is_ipv4_only: fn(&str) -> bool) -> Self {
        Self { is_ipv4_only: Some(is_ipv4_only), ..self }
    }

    /// Checks an address by its text alone; names are checked when they are resolved.
    ///
    /// # Errors
    /// The address may not be visited; the text gives the reason.
    pub fn check_address(&self, url: &Url) -> Result<(), String> {
        let named =
            || format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(0));
        let refuse = |why: &str| Err(format!("{} is not visited: {why}", named()));
        if !matches!(url.scheme(), "http" | "https") {
            return refuse("only http and https are spoken");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("the address holds a name or a password");
        }
        let fits = |port: &str| port.parse() == Ok(url.port_or_known_default().unwrap_or(0));
        let name = url.host_str().unwrap_or_default().to_lowercase();
        if self.ports_of(&name).any(fits) {
            return Ok(());
        }
        if self.allows_name(&name) {
            return refuse("that host is allowed at another port only");
        }
        let literal = match url.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            Some(Host::Domain(_)) => None,
            None => return refuse("it names no host"),
        };
        match literal {
            Some(ip) if !is_public(ip) => {
                refuse("it is a private address; --allow-host HOST:PORT permits it")
            }
            _ => Ok(()),
        }
    }

    fn allows_name(&self, name: &str) -> bool {
        self.ports_of(name).next().is_some()
    }

    fn ports_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.allowed.iter().filter_map(move |allowed| {
            let (host, port) = allowed.rsplit_once(':')?;
            let is_below = host.strip_prefix('*').is_some_and(|above| name.ends_with(above));
            (host == name || is_below).then_some(port)
        })
    }
}

impl Guard {
    /// The addresses of a host that may be visited.
    fn select_usable(&self, host: &str, found: Vec<SocketAddr>) -> Vec<SocketAddr> {
        let is_allowed = self.allows_name(host);
        let ipv4_only = self.is_ipv4_only.is_some_and(|is_ipv4_only| is_ipv4_only(host));
        found
            .into_iter()
            .filter(|address| is_allowed || is_public(address.ip()))
            .filter(|address| address.is_ipv4() || !ipv4_only)
            .collect()
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let host = name.as_str().to_lowercase();
            let found: Vec<SocketAddr> = if host.ends_with(LOOPBACK_DOMAIN) {
                vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))]
            } else {
                tokio::net::lookup_host((host.as_str(), 0)).await?.collect()
            };
            let usable = guard.select_usable(&host, found);
            if usable.is_empty() {
                return Err(format!(
                    "{host} has no public address; --allow-host HOST:PORT permits a private one"
                )
                .into());
            }
            Ok(Box::new(usable.into_iter()) as Addrs)
        })
    }
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => is_public_v4(ip),
            None => is_public_v6(ip),
        },
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let benchmarking = a == 198 && (18..20).contains(&b);
    let protocol = (a, b, c) == (192, 0, 0);
    let reserved = a >= 240 || a == 0;
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || shared
        || benchmarking
        || protocol
        || reserved)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let first = ip.segments()[0];
    // Global unicast only, without documentation and without addresses that wrap an IPv4 address.
    (first & 0xe000) == 0x2000
        && !(first == 0x2001 && ip.segments()[1] < 0x200)
        && first != 0x2002
        && ip.segments()[..2] != [0x2001, 0x0db8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_refused_in_every_spelling() {
        let guard = Guard::default();
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://10.0.0.1:8080/",
            "http://169.254.169.254/latest",
            "http://[::1]/",
            "http://[::ffff:192.168.1.1]/",
            "http://[fe80::1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://0.0.0.0/",
            "http://100.64.0.1/",
            "ftp://example.org/",
            "file:///etc/passwd",
            "https://a:b@example.org/",
        ] {
            assert!(guard.check_address(&url.parse().unwrap()).is_err(), "{url}");
        }
        for url in ["https://api.notubiz.nl/events", "http://8.8.8.8/", "https://[2a00:1450::1]/"] {
            assert_eq!(guard.check_address(&url.parse().unwrap()), Ok(()), "{url}");
        }
    }

    #[test]
    fn an_allowed_host_is_allowed_at_its_port_only() {
        let guard = Guard::new(["127.0.0.1:4000".to_owned()]);
        assert_eq!(guard.check_address(&"http://127.0.0.1:4000/x".parse().unwrap()), Ok(()));
        assert!(guard.check_address(&"http://127.0.0.1:4001/x".parse().unwrap()).is_err());
        let guard = Guard::new(["LocalHost:4000".to_owned()]);
        assert_eq!(guard.check_address(&"http://localhost:4000/x".parse().unwrap()), Ok(()));
        assert!(guard.check_address(&"http://localhost:4001/x".parse().unwrap()).is_err());
        let guard = Guard::new(["*.localhost:4000".to_owned()]);
        assert_eq!(guard.check_address(&"http://api.notubiz.nl.localhost:4000/x".parse().unwrap()), Ok(()));
        assert!(guard.check_address(&"http://api.notubiz.nl.localhost:4001/x".parse().unwrap()).is_err());
        assert!(guard.check_address(&"http://127.0.0.1:4000/x".parse().unwrap()).is_err());
    }

    #[test]
    fn a_name_or_a_password_alone_is_refused_too() {
        for url in ["https://a@example.org/", "https://:b@example.org/"] {
            assert!(Guard::default().check_address(&url.parse().unwrap()).is_err(), "{url}");
        }
    }

    #[test]
    fn ranges_end_where_the_registries_end_them() {
        for (ip, expected) in [
            ("100.63.255.255", true),
            ("100.64.0.0", false),
            ("100.127.255.255", false),
            ("100.128.0.0", true),
            ("101.64.0.1", true),
            ("198.17.255.255", true),
            ("198.18.0.0", false),
            ("198.19.255.255", false),
            ("198.20.0.0", true),
            ("197.18.0.1", true),
            ("192.0.0.1", false),
            ("192.0.1.1", true),
            ("192.0.2.1", false),
            ("223.255.255.255", true),
            ("224.0.0.1", false),
            ("240.0.0.0", false),
            ("0.1.2.3", false),
            ("1.0.0.0", true),
            ("1fff::1", false),
            ("2000:100::1", true),
            ("2001:1ff::1", false),
            ("2001:200::1", true),
            ("2001:201::1", true),
            ("2001:db8::1", false),
            ("2001:db9::1", true),
            ("2002::1", false),
            ("3fff::1", true),
            ("4000::1", false),
            ("::ffff:8.8.8.8", true),
            ("::ffff:10.0.0.1", false),
        ] {
            assert_eq!(is_public(ip.parse().unwrap()), expected, "{ip}");
        }
    }

    #[test]
    fn a_name_is_visited_at_its_public_addresses_and_over_ipv4_where_it_must_be() {
        let found = ["8.8.8.8:0", "10.0.0.1:0", "[2a00:1450::1]:0", "[::1]:0"];
        let found: Vec<SocketAddr> = found.iter().map(|address| address.parse().unwrap()).collect();
        let select = |guard: Guard, host: &str| {
            let usable = guard.select_usable(host, found.clone());
            usable.iter().map(|address| address.ip().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(select(Guard::default(), "a.example"), ["8.8.8.8", "2a00:1450::1"]);
        let allowing = || Guard::new(["a.example:80".to_owned()]);
        assert_eq!(select(allowing(), "a.example").len(), 4);
        let ipv4_only = || allowing().with_ipv4_only(|host| host.ends_with(".example"));
        assert_eq!(select(ipv4_only(), "a.example"), ["8.8.8.8", "10.0.0.1"]);
        assert_eq!(select(ipv4_only(), "a.test"), ["8.8.8.8", "2a00:1450::1"]);
    }
}
