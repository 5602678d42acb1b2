//! What the operator says of this service: who runs it, where it stands, and whom it believes.

use std::net::IpAddr;

/// What the operator says of this service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// Who runs it, as visitors may know.
    pub operator: Option<String>,
    /// How the operator is reached: an address of mail or of a page.
    pub contact: Option<String>,
    /// Where the public finds it, without a slash at the end: `https://raadhuis.example`.
    pub address: Option<String>,
    /// The proxies that are believed when they say who asks.
    pub trusted_proxies: Vec<IpAddr>,
    /// Keys of those who may ask more.
    pub api_keys: Vec<String>,
}

impl Site {
    /// Where a link to the contact leads: mail for an address of mail, else the address itself, where it is one.
    pub fn reach(&self) -> Option<String> {
        let contact = self.contact.as_deref()?;
        if contact.starts_with("https://") || contact.starts_with("http://") {
            return Some(contact.to_owned());
        }
        (contact.contains('@') && !contact.contains(char::is_whitespace)).then(|| format!("mailto:{contact}"))
    }
}
