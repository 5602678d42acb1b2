//! Web addresses. This is the only file that makes an address of a supplier's link.

use url::Url;

/// The longest address that is kept, in bytes.
pub const LONGEST_ADDRESS: usize = 2048;

/// Parses the address that `text` holds, if it is a web address.
pub fn parse_address(text: &str) -> Option<Url> {
    if text.len() > LONGEST_ADDRESS {
        return None;
    }
    Url::parse(text.trim()).ok().filter(is_web_address)
}

/// Resolves a relative address against `base`.
pub fn join_address(base: &Url, text: &str) -> Option<Url> {
    if text.len() > LONGEST_ADDRESS {
        return None;
    }
    base.join(text.trim()).ok().filter(is_web_address)
}

/// Returns whether a browser may be sent to an address: http or https, a host, no user name, not too long.
pub fn is_web_address(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some_and(|host| !host.is_empty())
        && url.username().is_empty()
        && url.password().is_none()
        && url.as_str().len() <= LONGEST_ADDRESS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_is_an_address() {
        let base: Url = "https://raad.waterdam.example/a/".parse().unwrap();
        assert_eq!(join_address(&base, "b?c=d").unwrap().as_str(), "https://raad.waterdam.example/a/b?c=d");
        assert_eq!(parse_address(" http://raad.example ").unwrap().as_str(), "http://raad.example/");
        let long = format!("https://raad.example/{}", "a".repeat(LONGEST_ADDRESS));
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "mailto:a@b.example",
            "https://a:b@raad.example/",
            "vbscript:x",
            "blob:https://raad.example/x",
            &long,
        ] {
            assert_eq!(parse_address(bad), None, "{bad:.40}");
            assert_eq!(join_address(&base, bad), None, "{bad:.40}");
        }
        assert_eq!(parse_address("geen adres"), None);
    }
}
