//! Token buckets with bounded memory: sign-in and case lookup are counted per network and per account.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Allows `burst` tries at once and one more every `refill`, for each key.
pub struct Throttle {
    burst: f64,
    refill: Duration,
    capacity: usize,
    buckets: Mutex<HashMap<String, Bucket>>,
}

struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Throttle {
    /// `capacity` is the number of keys remembered; beyond it the key that tried least is forgotten.
    pub fn new(burst: u32, refill: Duration, capacity: usize) -> Throttle {
        Throttle {
            burst: f64::from(burst.max(1)),
            refill: refill.max(Duration::from_micros(1)),
            capacity: capacity.max(1),
            buckets: Mutex::default(),
        }
    }

    /// Takes one try.
    ///
    /// # Errors
    /// How long to wait until the next one.
    pub fn take(&self, key: &str) -> Result<(), Duration> {
        self.take_at(key, Instant::now())
    }

    fn take_at(&self, key: &str, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if !buckets.contains_key(key) && buckets.len() >= self.capacity {
            self.make_room(&mut buckets, now);
        }
        let bucket = buckets.entry(key.to_owned()).or_insert(Bucket {
            tokens: self.burst,
            filled: now,
        });
        bucket.tokens = self.level(bucket, now);
        bucket.filled = now;
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return Ok(());
        }
        Err(self.refill.mul_f64(1.0 - bucket.tokens))
    }

    fn level(&self, bucket: &Bucket, now: Instant) -> f64 {
        let gained = now.saturating_duration_since(bucket.filled).as_secs_f64() / self.refill.as_secs_f64();
        (bucket.tokens + gained).min(self.burst)
    }

    /// Full buckets tell nothing. If there are none, the fullest goes: a guesser's empty bucket stays remembered.
    fn make_room(&self, buckets: &mut HashMap<String, Bucket>, now: Instant) {
        buckets.retain(|_, bucket| self.level(bucket, now) < self.burst);
        if buckets.len() < self.capacity {
            return;
        }
        let fullest = buckets
            .iter()
            .max_by(|(_, a), (_, b)| self.level(a, now).total_cmp(&self.level(b, now)))
            .map(|(key, _)| key.clone());
        if let Some(key) = fullest {
            buckets.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_one_per_refill() {
        let throttle = Throttle::new(3, Duration::from_secs(10), 100);
        let start = Instant::now();
        let at = |seconds: u64| throttle.take_at("a", start + Duration::from_secs(seconds)).is_ok();
        assert!(at(0) && at(0) && at(0));
        assert_eq!(throttle.take_at("a", start), Err(Duration::from_secs(10)));
        assert!(!at(9));
        assert!(at(10));
        assert!(!at(10));
        assert!(throttle.take_at("b", start).is_ok());
    }

    #[test]
    fn memory_is_bounded_and_the_guesser_is_not_forgotten() {
        let throttle = Throttle::new(2, Duration::from_secs(600), 50);
        let now = Instant::now();
        while throttle.take_at("guesser", now).is_ok() {}
        for other in 0..500 {
            let _ = throttle.take_at(&format!("n{other}"), now);
        }
        assert!(throttle.buckets.lock().is_ok_and(|buckets| buckets.len() <= 50));
        assert!(throttle.take_at("guesser", now).is_err());
    }
}
