//! The fonts of all papers: exactly the files of `fonts.sha256`, read once, checked by SHA-256.
//!
//! This is the only file of the crate that touches the disk.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

use crate::PaperError;

/// The list that app/setup/fonts.sh installs from and checks against: `sha256  name`, a file a line.
const LIST: &str = include_str!("../fonts.sha256");

/// About 50 MB in memory; load it once in a process.
pub struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) faces: Vec<Font>,
}

impl Fonts {
    /// Where the set-up puts the fonts: `$MINGJING_FONTS`, else `$XDG_CACHE_HOME/mingjing/fonts`, else
    /// `~/.cache/mingjing/fonts`. `variable` looks up an environment variable.
    pub fn default_dir(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        set("MINGJING_FONTS").or_else(|| {
            let cache = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")))?;
            Some(cache.join("mingjing").join("fonts"))
        })
    }

    /// Names of the listed files that `dir` lacks or holds with other bytes; empty if papers can be made.
    pub fn missing(dir: &Path) -> Vec<String> {
        listed()
            .filter(|(sum, name)| std::fs::read(dir.join(name)).map_or(true, |bytes| digest(&bytes) != *sum))
            .map(|(_, name)| name.to_owned())
            .collect()
    }

    /// Reads the listed files from `dir`.
    ///
    /// # Errors
    /// All absent files at once; a file that can't be read, has other bytes than listed, or is no font.
    pub fn load(dir: &Path) -> Result<Fonts, PaperError> {
        let absent: Vec<String> = listed()
            .filter(|(_, name)| !dir.join(name).is_file())
            .map(|(_, name)| name.to_owned())
            .collect();
        if !absent.is_empty() {
            return Err(PaperError::FontsMissing(absent));
        }
        let read = |name: &str| {
            std::fs::read(dir.join(name)).map_err(|source| PaperError::FontUnreadable {
                name: name.to_owned(),
                source,
            })
        };
        Fonts::gather(read)
    }

    /// The same from bytes in memory: `(file name, contents)` for every listed file.
    ///
    /// # Errors
    /// As [`Fonts::load`].
    pub fn from_bytes(mut files: Vec<(String, Vec<u8>)>) -> Result<Fonts, PaperError> {
        Fonts::gather(|name| {
            let at = files
                .iter()
                .position(|(given, _)| given == name)
                .ok_or_else(|| PaperError::FontsMissing(vec![name.to_owned()]))?;
            Ok(files.swap_remove(at).1)
        })
    }

    /// The list's SHA-256: which fonts a paper was set in, to be recorded beside it.
    pub fn fingerprint() -> String {
        digest(LIST.as_bytes())
    }

    /// Whether any of the fonts can print `character`.
    pub(crate) fn can_print(&self, character: char) -> bool {
        self.faces
            .iter()
            .any(|face| face.info().coverage.contains(u32::from(character)))
    }

    /// Takes the files in the order of the list, which fixes the order of the faces and so the bytes of papers.
    fn gather(mut read: impl FnMut(&str) -> Result<Vec<u8>, PaperError>) -> Result<Fonts, PaperError> {
        let mut faces = Vec::new();
        for (sum, name) in listed() {
            let bytes = read(name)?;
            if digest(&bytes) != sum {
                return Err(PaperError::FontDiffers(name.to_owned()));
            }
            let before = faces.len();
            faces.extend(Font::iter(Bytes::new(bytes)));
            if faces.len() == before {
                return Err(PaperError::FontBroken(name.to_owned()));
            }
        }
        let book = LazyHash::new(FontBook::from_fonts(&faces));
        Ok(Fonts { book, faces })
    }
}

/// (SHA-256 in hex, file name) of each font.
fn listed() -> impl Iterator<Item = (&'static str, &'static str)> {
    LIST.lines().filter_map(|line| line.split_once("  "))
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_default_folder_follows_the_environment() {
        fn check(variables: &[(&str, &str)], expect: Option<&str>) {
            let found = Fonts::default_dir(|name| {
                variables
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| OsString::from(value))
            });
            assert_eq!(found, expect.map(PathBuf::from), "{variables:?}");
        }
        check(&[("MINGJING_FONTS", "/f"), ("HOME", "/h")], Some("/f"));
        check(
            &[("MINGJING_FONTS", ""), ("HOME", "/h")],
            Some("/h/.cache/mingjing/fonts"),
        );
        check(&[("XDG_CACHE_HOME", "/c"), ("HOME", "/h")], Some("/c/mingjing/fonts"));
        check(&[], None);
    }

    #[test]
    fn an_empty_folder_lacks_every_font_and_says_how_to_get_them() {
        let nowhere = Path::new("/nonexistent");
        assert_eq!(Fonts::missing(nowhere).len(), listed().count());
        assert!(listed().count() >= 7);
        let said = Fonts::load(nowhere).err().unwrap().to_string();
        assert!(said.contains("FandolFang-Regular.otf"), "{said}");
        assert!(said.contains("app/setup/fonts.sh"), "{said}");
    }

    #[test]
    fn a_font_with_other_bytes_is_refused() {
        let files = listed()
            .map(|(_, name)| (name.to_owned(), b"not this font".to_vec()))
            .collect();
        assert!(matches!(Fonts::from_bytes(files), Err(PaperError::FontDiffers(_))));
    }
}
