//! A network as `ip:` takes it: `10.0.0.0/8`, `2001:db8::/32`.

use std::net::IpAddr;

/// An address and how many of its first bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    /// The network in CIDR notation. Bits behind the prefix do not count.
    ///
    /// # Errors
    /// What is wrong with a text of another form, and what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (address, bits) = text.split_once('/').unwrap_or((text, ""));
        let Ok(address) = address.parse::<IpAddr>() else {
            return Err(format!(
                "{address} is no whole address; write a network as 10.0.0.0/8, or the start of an address as 10.0."
            ));
        };
        let most = width(address);
        match bits.parse() {
            Ok(bits) if bits <= most => Ok(Self { address, bits }),
            _ => Err(format!("after the slash stands how many bits count, 0 to {most}; write {address}/{}", most / 2)),
        }
    }

    /// Whether a text is an address in this network.
    pub fn contains(&self, address: &str) -> bool {
        let Ok(address) = address.parse::<IpAddr>().map(|address| address.to_canonical()) else { return false };
        let prefix = |address| number(address).checked_shr(width(address) - self.bits).unwrap_or(0);
        width(address) == width(self.address) && prefix(address) == prefix(self.address)
    }
}

fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_the_addresses_that_begin_like_it() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("10.1.2.3/8", "10.9.9.9", "2001:db8::1"),
            ("203.0.113.7/32", "203.0.113.7", "203.0.113.6"),
            ("0.0.0.0/0", "255.1.1.1", "::1"),
            ("2001:db8::/32", "2001:0db8:1::", "2001:db9::"),
            ("::/0", "2001:db8::1", "10.0.0.1"),
            ("10.0.0.0/8", "::ffff:10.0.0.1", "cloudtrail.amazonaws.com"),
        ] {
            let network = Network::parse(network).unwrap();
            assert!(network.contains(inside) && !network.contains(outside), "{network:?}");
        }
        for (text, words) in [("10.0/8", "no whole address"), ("10.0.0.0/33", "0 to 32"), ("::/x", "0 to 128")] {
            assert!(Network::parse(text).unwrap_err().contains(words), "{text}");
        }
    }
}
