//! How many connections each network holds.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// One IPv4 address, or one IPv6 /64: what a single subscriber usually gets.
pub fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => {
            let kept = u128::from(v6) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(kept))
        }
    }
}

#[derive(Clone)]
pub struct Quota {
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
    limit: usize,
}

/// One connection's share; given back when dropped.
pub struct Share {
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
    network: IpAddr,
}

impl Quota {
    pub fn new(limit: usize) -> Quota {
        Quota {
            held: Arc::default(),
            limit,
        }
    }

    pub fn take(&self, address: IpAddr) -> Option<Share> {
        let network = network_of(address);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(network).or_insert(0);
        if *count >= self.limit {
            return None;
        }
        *count += 1;
        drop(held);
        Some(Share {
            held: Arc::clone(&self.held),
            network,
        })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_network_is_an_ipv4_address_or_an_ipv6_half() {
        let check = |address: &str, expect: &str| {
            assert_eq!(network_of(address.parse().unwrap()).to_string(), expect);
        };
        check("192.0.2.7", "192.0.2.7");
        check("::ffff:192.0.2.7", "192.0.2.7");
        check("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::");
    }

    #[test]
    fn shares_are_given_back() {
        let quota = Quota::new(2);
        let address = "192.0.2.7".parse().unwrap();
        let first = quota.take(address);
        let second = quota.take(address);
        assert!(first.is_some() && second.is_some());
        assert!(quota.take(address).is_none());
        assert!(quota.take("192.0.2.8".parse().unwrap()).is_some());
        drop(first);
        assert!(quota.take(address).is_some());
    }
}
