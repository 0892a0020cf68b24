//! Whether an address is this machine's on whichever of its networks: what listens on all of them is reached there as it is on
//! loopback.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

/// Addresses of nobody's, for documentation alone (RFC 5737, RFC 3849).
const NOBODYS_V4: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const NOBODYS_V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1));

/// A socket can be bound to an address of one's own alone. Where the system allows any, as machines do that take over for others,
/// this tells nothing.
pub(super) fn is_own(address: IpAddr) -> bool {
    let address = address.to_canonical();
    let can_be_bound = |address: IpAddr| UdpSocket::bind((address, 0)).is_ok();
    let nobodys = if address.is_ipv4() { NOBODYS_V4 } else { NOBODYS_V6 };
    can_be_bound(address) && !can_be_bound(nobodys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_this_machine_is_told_from_those_of_others() {
        assert!(!is_own(NOBODYS_V4) && !is_own(NOBODYS_V6) && !is_own([192, 0, 2, 7].into()));
        // Where it would send from, which sends nothing. A machine without a network has no such address.
        let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
        if socket.connect((NOBODYS_V4, 9)).is_ok() {
            let own = socket.local_addr().unwrap().ip();
            let IpAddr::V4(v4) = own else { unreachable!() };
            assert!(is_own(own) && is_own(v4.to_ipv6_mapped().into()), "{own}");
        }
    }
}
