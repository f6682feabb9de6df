//! Address rules: which addresses a crawl of hostile pages may connect to.
//!
//! A page can name any address, and a name can resolve to any address, so without rules a
//! crawler is a tool for reaching the machines beside it. Only globally reachable unicast
//! addresses pass (the IANA special-purpose registries, RFC 6890); addresses that carry an IPv4
//! address inside them are judged by that one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Why an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused(pub &'static str);

/// Checks the host of a URL as it is written: an address never reaches the resolver, and where a
/// proxy resolves no name does. (Odd spellings such as `0x7f.1` or `2130706433` are addresses to
/// the URL parser already.)
pub fn check_host(url: &Url) -> Result<(), Refused> {
    match url.host() {
        Some(Host::Ipv4(ip)) => check(ip.into()),
        Some(Host::Ipv6(ip)) => check(ip.into()),
        Some(Host::Domain(name)) if is_local(name) => Err(Refused("local name")),
        _ => Ok(()),
    }
}

/// Domains whose names mean something only on the machine or network that asks: RFC 6761
/// (`localhost`), RFC 6762 (`local`), RFC 8375 (`home.arpa`), the private-use `internal`, and
/// what routers and host files commonly hold.
const LOCAL: &[&str] = &[
    "localhost",
    "localdomain",
    "local",
    "internal",
    "lan",
    "home.arpa",
];

/// Tells whether a host name is local by its nature; those without a dot are.
fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let within = |domain: &&str| {
        name.strip_suffix(*domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    !name.contains('.') || LOCAL.iter().any(within)
}

/// Refuses every address that is not plainly a public one.
pub fn check(ip: IpAddr) -> Result<(), Refused> {
    match ip {
        IpAddr::V4(ip) => check_v4(ip),
        IpAddr::V6(ip) => check_v6(ip),
    }
}

/// IPv4 blocks that are not public: network, prefix length, reason.
const BLOCKS: &[(Ipv4Addr, u32, &str)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8, "unspecified"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "private"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "carrier-grade NAT"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "loopback"),
    // Answers as the host's own agent inside one large cloud, although it is a public address.
    (Ipv4Addr::new(168, 63, 129, 16), 32, "cloud metadata"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "link-local"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "private"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "reserved"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "documentation"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "reserved"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "private"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "benchmark"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "documentation"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "documentation"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "multicast"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "reserved"),
];

fn check_v4(ip: Ipv4Addr) -> Result<(), Refused> {
    let bits = ip.to_bits();
    match BLOCKS
        .iter()
        .find(|(network, length, _)| (bits ^ network.to_bits()) >> (32 - length) == 0)
    {
        Some((_, _, why)) => Err(Refused(why)),
        None => Ok(()),
    }
}

fn check_v6(ip: Ipv6Addr) -> Result<(), Refused> {
    let s = ip.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match s {
        [0, 0, 0, 0, 0, 0, 0, 0] => return Err(Refused("unspecified")),
        [0, 0, 0, 0, 0, 0, 0, 1] => return Err(Refused("loopback")),
        // IPv4-compatible, -mapped and -translated (RFC 4291, RFC 2765).
        [0, 0, 0, 0, 0, 0 | 0xffff, a, b] | [0, 0, 0, 0, 0xffff, 0, a, b] => {
            return check_v4(v4(a, b));
        }
        // NAT64, well-known prefix (RFC 6052).
        [0x64, 0xff9b, 0, 0, 0, 0, a, b] => return check_v4(v4(a, b)),
        // 6to4 (RFC 3056).
        [0x2002, a, b, ..] => return check_v4(v4(a, b)),
        // Teredo, ORCHID, benchmarking and other protocol assignments.
        [0x2001, x, ..] if x < 0x200 => return Err(Refused("reserved")),
        [0x2001, 0xdb8, ..] => return Err(Refused("documentation")),
        [0x3fff, x, ..] if x < 0x1000 => return Err(Refused("documentation")),
        [0xfc00..=0xfdff, ..] => return Err(Refused("private")),
        [0xfe80..=0xfebf, ..] => return Err(Refused("link-local")),
        [0xff00..=0xffff, ..] => return Err(Refused("multicast")),
        // Everything that is global unicast lies in 2000::/3.
        [x, ..] if x & 0xe000 != 0x2000 => return Err(Refused("reserved")),
        _ => {}
    }
    // ISATAP (RFC 5214): an IPv4 address in the interface identifier.
    if matches!(s, [_, _, _, _, 0 | 0x200, 0x5efe, _, _]) {
        return check_v4(v4(s[6], s[7]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(host: &str) -> bool {
        let url = Url::parse(&format!("http://{host}/")).unwrap();
        assert!(
            !matches!(url.host(), Some(Host::Domain(_)) | None),
            "{host} is no address to the URL parser"
        );
        check_host(&url).is_err()
    }

    #[test]
    fn no_spelling_of_a_private_address_passes() {
        let forms = [
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "127.255.255.254",
            "0x7f.1",
            "0x7f000001",
            "2130706433",
            "017700000001",
            "0177.0.0.1",
            "0x7F.0x0.0x0.0x1",
            "127.0.0.1.",
            "１２７.0.0.1",
            "①②⑦.0.0.1",
            "127。0。0。1",
            "%31%32%37.0.0.1",
            "0.0.0.0",
            "0",
            "0x0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "0xa.1",
            "167772161",
            "012.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "192.168.1",
            "0xc0a80001",
            "3232235521",
            "100.64.0.1",
            "100.100.100.200",
            "100.127.255.255",
            "169.254.169.254",
            "169.254.0.1",
            "2852039166",
            "0xa9fea9fe",
            "0251.0376.0251.0376",
            "168.63.129.16",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "4294967295",
            "[::]",
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
            "[::127.0.0.1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::ffff:a9fe:a9fe]",
            "[::ffff:0:127.0.0.1]",
            "[::10.0.0.1]",
            "[64:ff9b::127.0.0.1]",
            "[64:ff9b::a00:1]",
            "[64:ff9b:1::1]",
            "[2002:7f00:1::]",
            "[2002:a9fe:a9fe::1]",
            "[2002:c0a8:1::1]",
            "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
            "[2001:db8::1]",
            "[2001:10::1]",
            "[2001:20::1]",
            "[2001:2::1]",
            "[3fff::1]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[fdff::1]",
            "[fe80::1]",
            "[febf::1]",
            "[fec0::1]",
            "[ff02::1]",
            "[ff0e::1]",
            "[100::1]",
            "[5f00::1]",
            "[4000::1]",
            "[::2]",
            "[2606:4700::5efe:7f00:1]",
            "[2606:4700::200:5efe:10.0.0.1]",
        ];
        assert!(forms.len() >= 60);
        for form in forms {
            assert!(refused(form), "{form} passed");
        }
    }

    #[test]
    fn public_addresses_pass() {
        for form in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "192.169.0.0",
            "223.255.255.255",
            "203.0.112.1",
            "47.95.1.1",
            "[2606:4700:4700::1111]",
            "[2400:3200::1]",
            "[::ffff:8.8.8.8]",
            "[64:ff9b::808:808]",
            "[2002:808:808::1]",
            "[2001:4860:4860::8888]",
        ] {
            assert!(!refused(form), "{form} was refused");
        }
    }

    #[test]
    fn names_are_left_to_the_resolver_unless_they_are_local() {
        let check = |host: &str| check_host(&Url::parse(&format!("http://{host}/")).unwrap());
        for host in [
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "localhost.localdomain",
            "intranet",
            "printer.local",
            "metadata.google.internal",
            "router.lan",
            "nas.home.arpa",
            "home.arpa.",
        ] {
            assert_eq!(check(host), Err(Refused("local name")), "{host}");
        }
        for host in [
            "a.cn",
            "local.cn",
            "notlocal.cn",
            "xlan.cn",
            "localhost.cn",
            "e164.arpa",
        ] {
            assert_eq!(check(host), Ok(()), "{host}");
        }
    }
}
