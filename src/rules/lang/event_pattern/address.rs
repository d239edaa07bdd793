//! IP addresses, and the networks of the `cidr` operator.
//!
//! Source of the limits and the texts: event-ruler, `CIDR`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The addresses that share their first bits.
#[derive(Debug, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    bits: u32,
}

/// The address that a text is, in any of the ways to write it.
pub fn read(text: &str) -> Option<IpAddr> {
    // Most texts are no addresses: the first letter tells.
    let first = *text.as_bytes().first()?;
    (first.is_ascii_hexdigit() || first == b':').then(|| text.parse::<IpAddr>().ok().map(|ip| ip.to_canonical()))?
}

impl Network {
    /// Reads `10.0.0.0/8` or `2001:db8::/32`; bits after the mask are not looked at.
    ///
    /// # Errors
    /// Why it is none, in AWS's words.
    pub fn read(text: &str) -> Result<Self, String> {
        let [ip, mask] = text.split('/').collect::<Vec<_>>()[..] else {
            return Err("Malformed CIDR, one '/' required".into());
        };
        let mask: i32 = mask.parse().map_err(|_| "Malformed CIDR, mask bits must be an integer")?;
        let bits = u32::try_from(mask).map_err(|_| "Malformed CIDR, mask bits must not be negative")?;
        let base = ip.parse().map_err(|_| format!("Nonstandard IP address: {ip}"))?;
        match base {
            IpAddr::V4(_) if bits > 31 => Err("IPv4 mask bits must be < 32".into()),
            IpAddr::V6(_) if bits > 127 => Err("IPv6 mask bits must be < 128".into()),
            _ => Ok(Self { base, bits }),
        }
    }

    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.base, ip) {
            (IpAddr::V4(base), IpAddr::V4(ip)) => high(v4(base), self.bits + 96) == high(v4(ip), self.bits + 96),
            (IpAddr::V6(base), IpAddr::V6(ip)) => high(v6(base), self.bits) == high(v6(ip), self.bits),
            _ => false,
        }
    }
}

fn v4(ip: Ipv4Addr) -> u128 {
    u32::from(ip).into()
}

fn v6(ip: Ipv6Addr) -> u128 {
    ip.into()
}

/// The first bits of 128.
fn high(number: u128, bits: u32) -> u128 {
    number.checked_shr(128 - bits).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_what_shares_its_first_bits() {
        let holds = |network: &str, ip: &str| Network::read(network).unwrap().contains(read(ip).unwrap());
        assert!(holds("10.0.0.0/24", "10.0.0.255") && !holds("10.0.0.0/24", "10.0.1.0"));
        assert!(holds("10.0.0.7/31", "10.0.0.6") && holds("0.0.0.0/0", "255.1.2.3") && holds("::/0", "::1"));
        assert!(holds("2001:db8::/32", "2001:0DB8:ffff::") && !holds("2001:db8::/32", "2001:db9::"));
        assert!(!holds("::/0", "10.0.0.1") && !holds("0.0.0.0/0", "::1"));
        assert_eq!(read("0:0:0:0:0:0:0:1"), read("::1"));
        assert_eq!((read("10.0.0.256"), read(""), read("example.com")), (None, None, None));
    }

    #[test]
    fn what_is_no_network_is_refused_in_the_words_of_aws() {
        for (text, why) in [
            ("10.0.0.0", "Malformed CIDR, one '/' required"),
            ("10.0.0.0/8/8", "Malformed CIDR, one '/' required"),
            ("10.0.0.0/x", "Malformed CIDR, mask bits must be an integer"),
            ("10.0.0.0/-1", "Malformed CIDR, mask bits must not be negative"),
            ("10.0.0/8", "Nonstandard IP address: 10.0.0"),
            ("10.0.0.1/32", "IPv4 mask bits must be < 32"),
            ("::1/128", "IPv6 mask bits must be < 128"),
        ] {
            assert_eq!(Network::read(text).unwrap_err(), why);
        }
    }
}
