//! Files in an object store that speaks S3, for deployments of several nodes. Only built with the feature `s3`: it brings
//! an HTTP client and TLS, which nothing else of the program needs.

use mingjing_chronicle::BlobPlace;

/// `s3://bucket/prefix`; the prefix may be missing.
#[cfg(feature = "s3")]
pub fn open(place: &str) -> Result<BlobPlace, String> {
    use std::sync::Arc;

    use object_store::aws::{AmazonS3Builder, S3ConditionalPut};
    use object_store::prefix::PrefixStore;

    let (bucket, prefix) = parts(place)?;
    // Two providers of cryptography may be linked in; the first line that needs one says which. A second call is harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        .with_conditional_put(S3ConditionalPut::Disabled)
        .build()
        .map_err(|error| format!("对象存储 {place} 的设置有误：{error}"))?;
    Ok(match prefix {
        "" => BlobPlace::Store(Arc::new(store)),
        prefix => BlobPlace::Store(Arc::new(PrefixStore::new(store, prefix))),
    })
}

#[cfg(not(feature = "s3"))]
pub fn open(place: &str) -> Result<BlobPlace, String> {
    parts(place)?;
    Err(format!(
        "配置里的文件位置是 {place}，但本程序编译时没有加上对象存储（cargo build --features s3）。"
    ))
}

fn parts(place: &str) -> Result<(&str, &str), String> {
    let wrong = || format!("文件位置 {place} 不是 s3://存储桶/前缀 的样子。");
    let rest = place.strip_prefix("s3://").ok_or_else(wrong)?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    if bucket.is_empty() || !bucket.chars().all(named) {
        return Err(wrong());
    }
    Ok((bucket, prefix.trim_matches('/')))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_place_is_bucket_and_prefix() {
        assert_eq!(parts("s3://files").unwrap(), ("files", ""));
        assert_eq!(parts("s3://files/longwan/").unwrap(), ("files", "longwan"));
        for wrong in ["", "files", "s3://", "s3:///x", "http://files/x", "s3://a b/c"] {
            assert!(parts(wrong).is_err(), "{wrong}");
        }
    }
}
