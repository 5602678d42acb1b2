//! Identifies a visitor by API key, else by address. `X-Forwarded-For` counts only when it comes from a proxy that the
//! operator trusts. Pure.

use std::net::IpAddr;

use axum::http::{HeaderMap, header};

use crate::Site;

/// The identity by which a visitor's rate is limited.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    Key(String),
    /// An address; for IPv6 the /64 network of a household.
    Address(IpAddr),
}

pub fn identify(peer: IpAddr, headers: &HeaderMap, site: &Site) -> Client {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok()?.strip_prefix("Bearer "));
    if let Some(key) = bearer.filter(|key| site.api_keys.iter().any(|own| own == key)) {
        return Client::Key(key.to_owned());
    }
    Client::Address(household_network(find_address(peer, headers, site)))
}

/// The last address in the chain of proxies that is no trusted proxy.
fn find_address(peer: IpAddr, headers: &HeaderMap, site: &Site) -> IpAddr {
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

fn household_network(address: IpAddr) -> IpAddr {
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
            assert_eq!(
                identify(ip(peer), &headers, &site),
                Client::Address(ip(expected)),
                "{peer} {forwarded}"
            );
        };
        check("192.0.2.9", "198.51.100.1", "192.0.2.9");
        check("10.0.0.1", "198.51.100.1", "198.51.100.1");
        check("10.0.0.1", "203.0.113.5, 198.51.100.1, 10.0.0.2", "198.51.100.1");
        check("10.0.0.1", "zomaar", "10.0.0.1");
        check("2001:db8:1:2:3:4:5:6", "x", "2001:db8:1:2::");
        check("::ffff:192.0.2.7", "x", "192.0.2.7");
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, "Bearer sleutel".parse().unwrap());
        assert_eq!(identify(ip("192.0.2.9"), &headers, &site), Client::Key("sleutel".into()));
        headers.insert(header::AUTHORIZATION, "Bearer fout".parse().unwrap());
        assert_eq!(identify(ip("192.0.2.9"), &headers, &site), Client::Address(ip("192.0.2.9")));
    }
}
