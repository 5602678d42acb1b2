//! Who asks: a key, else an address. An address that a proxy tells counts only where the operator trusts that proxy. Pure.

use std::net::IpAddr;

use axum::http::{HeaderMap, header};

use crate::Site;

/// A visitor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    /// By a key that the operator gave out.
    Key(String),
    /// By address; of IPv6 by the network of a household.
    Address(IpAddr),
}

/// Who asks.
pub fn of(peer: IpAddr, headers: &HeaderMap, site: &Site) -> Client {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok()?.strip_prefix("Bearer "));
    if let Some(key) = bearer.filter(|key| site.api_keys.iter().any(|own| own == key)) {
        return Client::Key(key.to_owned());
    }
    Client::Address(household(address(peer, headers, site)))
}

/// The last address on the way that is none of a trusted proxy.
fn address(peer: IpAddr, headers: &HeaderMap, site: &Site) -> IpAddr {
    let told = headers.get_all("x-forwarded-for").iter().filter_map(|it| it.to_str().ok());
    let way: Vec<IpAddr> =
        told.flat_map(|list| list.split(',')).map_while(|ip| ip.trim().parse().ok()).collect();
    let mut who = peer;
    for before in way.into_iter().rev() {
        if !site.trusted_proxies.contains(&who) {
            break;
        }
        who = before;
    }
    who
}

fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(
            || {
                let [a, b, c, d, ..] = v6.segments();
                IpAddr::from([a, b, c, d, 0, 0, 0, 0])
            },
            IpAddr::from,
        ),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let site = Site {
            trusted_proxies: vec![ip("10.0.0.1"), ip("10.0.0.2")],
            api_keys: vec!["sleutel".into()],
            ..Site::default()
        };
        let check = |peer: &str, forwarded: &str, expected: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", forwarded.parse().unwrap());
            assert_eq!(of(ip(peer), &headers, &site), Client::Address(ip(expected)), "{peer} {forwarded}");
        };
        check("192.0.2.9", "198.51.100.1", "192.0.2.9");
        check("10.0.0.1", "198.51.100.1", "198.51.100.1");
        check("10.0.0.1", "203.0.113.5, 198.51.100.1, 10.0.0.2", "198.51.100.1");
        check("10.0.0.1", "zomaar", "10.0.0.1");
        check("2001:db8:1:2:3:4:5:6", "x", "2001:db8:1:2::");
        check("::ffff:192.0.2.7", "x", "192.0.2.7");
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, "Bearer sleutel".parse().unwrap());
        assert_eq!(of(ip("192.0.2.9"), &headers, &site), Client::Key("sleutel".into()));
        headers.insert(header::AUTHORIZATION, "Bearer fout".parse().unwrap());
        assert_eq!(of(ip("192.0.2.9"), &headers, &site), Client::Address(ip("192.0.2.9")));
    }
}
