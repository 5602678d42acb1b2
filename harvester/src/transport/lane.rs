//! Lanes: the request budgets of hosts.

/// A request budget that some hosts share, however many sources use them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Name in reports. A lane that holds for each host by itself is reported under the host's name.
    pub name: &'static str,
    /// The hosts: `a.b`, `*.a.b` for all below it, `*` for every other host, each by itself.
    pub hosts: &'static [&'static str],
    /// Requests a minute that the hosts are known to accept.
    pub per_minute: u32,
}

impl Lane {
    /// Hosts without a lane: no limit is documented, and a council's own host is small.
    pub const OTHER: Self = Self { name: "*", hosts: &["*"], per_minute: 60 };

    /// Returns whether every host is a lane by itself.
    pub fn is_each(&self) -> bool {
        self.hosts == ["*"]
    }

    /// Returns whether a host belongs to this lane.
    pub fn owns_host(&self, host: &str) -> bool {
        self.hosts.iter().any(|pattern| match pattern.strip_prefix('*') {
            Some(rest) => host.ends_with(rest),
            None => host == *pattern,
        })
    }
}

/// Returns whether a host knows clients by their IPv4 address only. Requests over IPv6 would lose our known address.
pub fn is_ipv4_only(host: &str) -> bool {
    let host = real_host(host);
    host == "ibabs.eu" || host.ends_with(".ibabs.eu")
}

/// Suffix of the names of hosts that a simulator on this machine plays.
pub const SIMULATED: &str = ".localhost";

/// The real host name, without the suffix of the simulator.
pub fn real_host(host: &str) -> &str {
    host.strip_suffix(SIMULATED).unwrap_or(host)
}

/// The name under which a group of hosts bans an address: a ban by one host holds for all of them.
pub fn ban_scope(host: &str) -> &str {
    if is_ipv4_only(host) { "ibabs.eu" } else { host }
}
