//! Addresses within this site. A capability has a function per page that returns a [`Link`]; nobody glues strings.

use std::fmt::{self, Display, Write};

/// A path of this site with query and fragment, percent-encoded. Cannot point elsewhere.
///
/// ```
/// use mingjing_web::Link;
/// let link = Link::to("/cases").part("川食许 1/2").query("tab", "文书").anchor("papers");
/// assert_eq!(link.to_string(), "/cases/%E5%B7%9D%E9%A3%9F%E8%AE%B8%201%2F2?tab=%E6%96%87%E4%B9%A6#papers");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Link {
    path: String,
    query: String,
    anchor: String,
}

impl Link {
    /// `path` is a literal of the program, starting with `/`.
    pub fn to(path: &'static str) -> Link {
        debug_assert!(path.starts_with('/') && !path.starts_with("//"), "a path of this site");
        Link {
            path: path.to_owned(),
            query: String::new(),
            anchor: String::new(),
        }
    }

    /// Reads an address that came back from a browser (a return path). Anything that a browser could
    /// read as another site is refused: it must start with one slash and hold no backslash or control.
    pub fn local(text: &str) -> Option<Link> {
        let other_site = text.starts_with("//") || !text.starts_with('/');
        let odd = |c: char| c == '\\' || c.is_control() || c.is_whitespace();
        if other_site || text.len() > LONGEST || text.chars().any(odd) {
            return None;
        }
        let (rest, anchor) = text.split_once('#').unwrap_or((text, ""));
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        Some(Link {
            path: encode_keeping(path, |b| b == b'/' || b == b'%'),
            query: encode_keeping(query, |b| b"=&%+,:@/".contains(&b)),
            anchor: encode_keeping(anchor, |b| b == b'%'),
        })
    }

    /// Adds one more path segment.
    #[must_use]
    pub fn part(mut self, segment: impl Display) -> Link {
        if !self.path.ends_with('/') {
            self.path.push('/');
        }
        // A segment of dots would climb up the path in the browser, even percent-encoded. No id looks like that.
        let segment = match segment.to_string() {
            dots if dots == "." || dots == ".." => "-".to_owned(),
            other => other,
        };
        self.path.push_str(&encode_keeping(&segment, |_| false));
        self
    }

    #[must_use]
    pub fn query(mut self, name: &str, value: impl Display) -> Link {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query.push_str(&encode_keeping(name, |_| false));
        self.query.push('=');
        self.query.push_str(&encode_keeping(&value.to_string(), |_| false));
        self
    }

    #[must_use]
    pub fn anchor(mut self, id: impl Display) -> Link {
        self.anchor = encode_keeping(&id.to_string(), |_| false);
        self
    }

    /// The path alone, for comparing with the page shown.
    pub fn path(&self) -> &str {
        &self.path
    }
}

const LONGEST: usize = 1024;

impl Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if !self.query.is_empty() {
            write!(f, "?{}", self.query)?;
        }
        if !self.anchor.is_empty() {
            write!(f, "#{}", self.anchor)?;
        }
        Ok(())
    }
}

/// Percent-encodes all but RFC 3986's unreserved characters and those that `keep` names.
fn encode_keeping(text: &str, keep: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || keep(byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_path_stays_on_this_site() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(
                Link::local(text).map(|link| link.to_string()).as_deref(),
                expect,
                "{text}"
            );
        };
        check("/cases?page=2#top", Some("/cases?page=2#top"));
        check("/案件", Some("/%E6%A1%88%E4%BB%B6"));
        check("//evil.example", None);
        check("/\\evil.example", None);
        check("/\t/evil.example", None);
        check("https://evil.example", None);
        check("javascript:alert(1)", None);
        check("", None);
        check("/a\r\nSet-Cookie: x=1", None);
    }

    #[test]
    fn a_segment_cannot_climb() {
        assert!(!Link::to("/cases").part("..").to_string().contains("/.."));
        assert_eq!(Link::to("/cases").part("a/b").to_string(), "/cases/a%2Fb");
    }
}
