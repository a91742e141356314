//! What a template can see: itself, the house style, the fonts and its data; no file, no clock, no package.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration, Str, Value};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::Fonts;

/// Typst keeps a process-wide table of 65 535 paths and aborts when it is full: so there are two paths for
/// all papers ever made, never one per template or document.
static PAPER: LazyLock<FileId> = LazyLock::new(|| path("/paper.typ"));
static HOUSE: LazyLock<FileId> = LazyLock::new(|| path("/house.typ"));

fn path(text: &str) -> FileId {
    let path = VirtualPath::new(text).expect("a constant absolute path is valid");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// One document's world. Building its library costs about 0.25 ms, so each document has its own.
pub(crate) struct Desk<'a> {
    library: LazyHash<Library>,
    fonts: &'a Fonts,
    paper: Source,
    house: Source,
}

impl<'a> Desk<'a> {
    /// `data` is JSON text; `tight` asks the house style for closer lines.
    pub(crate) fn new(fonts: &'a Fonts, paper: &str, house: &str, data: &str, tight: bool) -> Desk<'a> {
        let mut inputs = Dict::new();
        inputs.insert(Str::from("data"), Value::Str(Str::from(data)));
        let tight = if tight { "yes" } else { "no" };
        inputs.insert(Str::from("tight"), Value::Str(Str::from(tight)));
        Desk {
            library: LazyHash::new(Library::builder().with_inputs(inputs).build()),
            fonts,
            paper: Source::new(*PAPER, paper.to_owned()),
            house: Source::new(*HOUSE, house.to_owned()),
        }
    }
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        *PAPER
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == *PAPER {
            Ok(self.paper.clone())
        } else if id == *HOUSE {
            Ok(self.house.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.faces.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
