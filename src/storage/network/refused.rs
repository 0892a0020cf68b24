//! Addresses and names that lead to no storage, however they are spelled: those at which clouds tell their machines secrets, and
//! those of this machine itself.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Metadata services outside of the link-local networks.
const METADATA_V4: [Ipv4Addr; 3] = [
    // Azure.
    Ipv4Addr::new(168, 63, 129, 16),
    // Alibaba.
    Ipv4Addr::new(100, 100, 100, 200),
    // Oracle's older cloud.
    Ipv4Addr::new(192, 0, 0, 192),
];
/// The same in IPv6, each with the length of its network.
const METADATA_V6: [(Ipv6Addr, u32); 6] = [
    // AWS: metadata, the credentials of pods, names, time.
    (Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0), 32),
    // Google.
    (Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254), 128),
    // Oracle.
    (Ipv6Addr::new(0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe), 128),
    // Scaleway.
    (Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42), 128),
    // Akamai.
    (Ipv6Addr::new(0xfd00, 0xa9fe, 0xa9fe, 0, 0, 0, 0, 1), 128),
    // Alibaba.
    (Ipv6Addr::new(0xfd00, 0x100, 0, 0, 0, 0, 0x100, 0x200), 128),
];
/// What clouds call them. Names count too: behind a proxy it is the proxy that looks them up.
const METADATA_NAMES: [&str; 8] = [
    "metadata.google.internal",
    "metadata.goog",
    "instance-data",
    "instance-data.ec2.internal",
    "metadata.azure.internal",
    "metadata.tencentyun.com",
    "metadata.platformequinix.com",
    "api.metadata.cloud.ibm.com",
];

/// What an address is, as far as it keeps storages from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// A cloud tells its machines secrets there.
    Metadata,
    /// This machine itself.
    Own,
    /// Somebody's.
    Others,
}

impl Standing {
    /// That of an address, and of those that are written within it.
    pub(super) fn of(address: IpAddr) -> Self {
        let IpAddr::V6(v6) = address else { return Self::alone(address) };
        let all = || std::iter::once(address).chain(within(v6).map(IpAddr::V4)).map(Self::alone);
        if all().any(|standing| standing == Self::Metadata) {
            Self::Metadata
        } else if all().any(|standing| standing == Self::Own) {
            Self::Own
        } else {
            Self::Others
        }
    }

    fn alone(address: IpAddr) -> Self {
        let (metadata, own) = match address {
            // The whole of 0.0.0.0/8 means this machine, or nothing.
            IpAddr::V4(v4) => {
                (v4.is_link_local() || METADATA_V4.contains(&v4), v4.is_loopback() || v4.octets()[0] == 0)
            }
            IpAddr::V6(v6) => {
                let listed = METADATA_V6.iter().any(|(network, length)| is_within(v6, *network, *length));
                (v6.is_unicast_link_local() || listed, v6.is_loopback() || v6.is_unspecified())
            }
        };
        match (metadata, own) {
            (true, _) => Self::Metadata,
            (_, true) => Self::Own,
            _ => Self::Others,
        }
    }
}

fn is_within(address: Ipv6Addr, network: Ipv6Addr, length: u32) -> bool {
    (address.to_bits() ^ network.to_bits()).checked_shr(128 - length).unwrap_or(0) == 0
}

/// The addresses of IPv4 that one of IPv6 can stand for: what is sent there may be passed on to them.
fn within(v6: Ipv6Addr) -> impl Iterator<Item = Ipv4Addr> {
    let octets = v6.octets();
    let at = move |places: [usize; 4]| Ipv4Addr::from(places.map(|place| octets[place]));
    let last = at([12, 13, 14, 15]);
    let found = match v6.segments() {
        // Mapped, ::ffff:a.b.c.d; compatible, ::a.b.c.d; translated, ::ffff:0:a.b.c.d. RFC 4291, RFC 2765.
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] | [0, 0, 0, 0, 0xffff, 0, ..] => vec![last],
        // NAT64, and the prefixes that a network may choose for it within its own range. RFC 6052, RFC 8215.
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => vec![last],
        [0x64, 0xff9b, 1, ..] => {
            // Which of these it is, is not written in it. Nothing but zeros is none.
            let others = [at([6, 7, 9, 10]), at([7, 9, 10, 11]), at([9, 10, 11, 12])];
            std::iter::once(last).chain(others.into_iter().filter(|v4| v4.octets()[0] != 0)).collect()
        }
        // 6to4. RFC 3056.
        [0x2002, ..] => vec![at([2, 3, 4, 5])],
        // Teredo: the server, and the client with all bits turned. RFC 4380.
        [0x2001, 0, ..] => vec![at([4, 5, 6, 7]), Ipv4Addr::from_bits(!last.to_bits())],
        // ISATAP. RFC 5214.
        [.., 0 | 0x200, 0x5efe, _, _] => vec![last],
        _ => Vec::new(),
    };
    found.into_iter()
}

/// Whether clouds call their metadata service so.
pub(super) fn is_metadata_name(name: &str) -> bool {
    METADATA_NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(address: &str) -> Standing {
        Standing::of(address.parse().unwrap_or_else(|_| panic!("{address} is none")))
    }

    #[test]
    fn metadata_addresses_are_known_in_each_cloud_and_in_every_spelling() {
        for address in [
            "169.254.169.254",
            "169.254.170.2",
            "169.254.42.42",
            "168.63.129.16",
            "100.100.100.200",
            "192.0.0.192",
            "fe80::a9fe:a9fe",
            "fd00:ec2::254",
            "fd00:ec2::23",
            "fd20:ce::254",
            "fd00:c1::a9fe:a9fe",
            "fd00:42::42",
            "fd00:a9fe:a9fe::1",
            "fd00:100::100:200",
            "::ffff:169.254.169.254",
            "::169.254.169.254",
            "::ffff:0:169.254.169.254",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::169.254.169.254",
            "64:ff9b:1:a9fe:a9:fe00::",
            "64:ff9b:1:a9:fe:a9fe::",
            "64:ff9b:1:0:a9:fea9:fe00:0",
            "2002:a9fe:a9fe::",
            "2002:a9fe:a9fe:1::7",
            "2001:0:a9fe:a9fe::1",
            "2001:0:c000:207:0:0:5601:5601",
            "2001:db8::5efe:169.254.169.254",
            "2001:db8::200:5efe:169.254.169.254",
            "64:ff9b::100.100.100.200",
            "::ffff:192.0.0.192",
        ] {
            assert_eq!(standing(address), Standing::Metadata, "{address}");
        }
    }

    #[test]
    fn this_machine_is_known_in_every_spelling_and_others_are_let_be() {
        for address in [
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "0.1.2.3",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::ffff:0.0.0.0",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
        ] {
            assert_eq!(standing(address), Standing::Own, "{address}");
        }
        for address in [
            "192.0.2.7",
            "10.0.0.1",
            "100.64.0.1",
            "192.168.0.1",
            "2001:db8::7",
            "fd00:ec3::254",
            "fd12:3456::1",
            "64:ff9b::192.0.2.7",
            "64:ff9b:1::192.0.2.7",
            "2002:c000:207::1",
            "2001:0:c000:207::1",
            "::ffff:192.0.2.7",
        ] {
            assert_eq!(standing(address), Standing::Others, "{address}");
        }
    }
}
