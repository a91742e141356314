//! Parsing what people upload: in a process of its own with hard limits, because a hostile file can
//! abort a parser in ways that cannot be caught. The parent speaks to it over pipes only.
//!
//! The child limits itself before it reads the first byte: memory, processor time, no files written, no
//! further processes, (where the kernel offers Landlock) no file to open.

use std::io::{Cursor, Read, Write};
use std::process::Stdio;
use std::time::Duration;

use image::ImageFormat;
use lopdf::{Document, Object};
use mingjing_web::house::Pending;
use mingjing_web::{FileKind, Inspected, Inspector, UploadError};
use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::sync::Semaphore;

const MEMORY_BYTES: u64 = 768 * 1024 * 1024;
const PROCESSOR_SECONDS: u64 = 10;
const WALL: Duration = Duration::from_secs(20);
const MOST_PIXELS: u64 = 100_000_000;
const MOST_PAGES: usize = 500;
const MOST_OUTPUT: u64 = 64 * 1024 * 1024;

/// Hands files to worker processes, a few at a time.
pub struct WorkerInspector {
    at_once: Semaphore,
}

impl Default for WorkerInspector {
    fn default() -> Self {
        WorkerInspector {
            at_once: Semaphore::new(2),
        }
    }
}

impl Inspector for WorkerInspector {
    fn inspect(&self, kind: FileKind, bytes: Vec<u8>) -> Pending<'_, Result<Inspected, UploadError>> {
        Box::pin(async move {
            let _turn = self.at_once.acquire().await.map_err(|_| UploadError::Unavailable)?;
            match tokio::time::timeout(WALL, in_worker(kind, bytes)).await {
                Ok(outcome) => outcome,
                // Dropping the future has killed the worker. Whatever takes so long is not a normal file.
                Err(_) => Err(UploadError::Broken),
            }
        })
    }
}

async fn in_worker(kind: FileKind, bytes: Vec<u8>) -> Result<Inspected, UploadError> {
    let unavailable = |_| UploadError::Unavailable;
    let program = std::env::current_exe().map_err(unavailable)?;
    let mut child = Command::new(program)
        .args(["inspect-upload", "--kind", kind.ending()])
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(unavailable)?;
    let mut input = child.stdin.take().ok_or(UploadError::Unavailable)?;
    let output = child.stdout.take().ok_or(UploadError::Unavailable)?;
    let writing = async move {
        // A worker that ends early closes the pipe; its answer says why.
        let _ = input.write_all(&bytes).await;
        drop(input);
    };
    let mut answer = Vec::new();
    let reading = async {
        let mut limited = output.take(MOST_OUTPUT);
        limited.read_to_end(&mut answer).await
    };
    let ((), read) = tokio::join!(writing, reading);
    read.map_err(unavailable)?;
    let status = child.wait().await.map_err(unavailable)?;
    if !status.success() {
        return Err(UploadError::Broken);
    }
    decode_answer(&answer)
}

/// Answer: one byte verdict, four bytes pages (big endian), then the bytes to keep.
fn decode_answer(answer: &[u8]) -> Result<Inspected, UploadError> {
    let (verdict, rest) = answer.split_first().ok_or(UploadError::Broken)?;
    match verdict {
        0 => {
            let (pages, bytes) = rest.split_first_chunk::<4>().ok_or(UploadError::Broken)?;
            Ok(Inspected {
                bytes: bytes.to_vec(),
                pages: u32::from_be_bytes(*pages),
            })
        }
        1 => Err(UploadError::Encrypted),
        2 => Err(UploadError::Active),
        3 => Err(UploadError::TooManyPixels),
        4 => Err(UploadError::TooManyPages),
        _ => Err(UploadError::Broken),
    }
}

/// The worker's main: limits, then parse, then answer on standard output.
pub fn run(kind: FileKind) -> std::io::Result<()> {
    limit_self();
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(MOST_OUTPUT).read_to_end(&mut bytes)?;
    let answer = match inspect(kind, bytes) {
        Ok(inspected) => {
            let mut answer = vec![0];
            answer.extend_from_slice(&inspected.pages.to_be_bytes());
            answer.extend_from_slice(&inspected.bytes);
            answer
        }
        Err(UploadError::Encrypted) => vec![1],
        Err(UploadError::Active) => vec![2],
        Err(UploadError::TooManyPixels) => vec![3],
        Err(UploadError::TooManyPages) => vec![4],
        Err(_) => vec![5],
    };
    let mut out = std::io::stdout().lock();
    out.write_all(&answer)?;
    out.flush()
}

fn limit_self() {
    for (resource, most) in [
        (Resource::As, MEMORY_BYTES),
        (Resource::Cpu, PROCESSOR_SECONDS),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        (Resource::Nofile, 16),
    ] {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        // A limit that cannot be set leaves the others; the parent's clock stays in any case.
        let _ = setrlimit(resource, limit);
    }
}

fn inspect(kind: FileKind, bytes: Vec<u8>) -> Result<Inspected, UploadError> {
    match kind {
        FileKind::Pdf => inspect_pdf(bytes),
        FileKind::Jpeg => inspect_image(&bytes, ImageFormat::Jpeg),
        FileKind::Png => inspect_image(&bytes, ImageFormat::Png),
    }
}

/// Decodes within a pixel budget and writes the image anew: metadata (places, devices) are gone, and
/// whatever hid behind the image data too.
fn inspect_image(bytes: &[u8], format: ImageFormat) -> Result<Inspected, UploadError> {
    let reader = || image::ImageReader::with_format(Cursor::new(bytes), format);
    let (width, height) = reader().into_dimensions().map_err(|_| UploadError::Broken)?;
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(UploadError::TooManyPixels);
    }
    let image = reader().decode().map_err(|_| UploadError::Broken)?;
    let mut out = Cursor::new(Vec::new());
    let image = if format == ImageFormat::Jpeg {
        image::DynamicImage::ImageRgb8(image.into_rgb8())
    } else {
        image
    };
    image.write_to(&mut out, format).map_err(|_| UploadError::Broken)?;
    Ok(Inspected {
        bytes: out.into_inner(),
        pages: 1,
    })
}

fn inspect_pdf(bytes: Vec<u8>) -> Result<Inspected, UploadError> {
    let document = Document::load_mem(&bytes).map_err(|_| UploadError::Broken)?;
    if document.trailer.has(b"Encrypt") {
        return Err(UploadError::Encrypted);
    }
    if document.objects.values().any(|object| is_active(object, 0))
        || is_active(&Object::Dictionary(document.trailer.clone()), 0)
    {
        return Err(UploadError::Active);
    }
    let pages = document.get_pages().len();
    match pages {
        0 => Err(UploadError::Broken),
        pages if pages > MOST_PAGES => Err(UploadError::TooManyPages),
        pages => Ok(Inspected {
            bytes,
            pages: pages as u32,
        }),
    }
}

/// Whether an object carries something that a reader would run or unpack.
fn is_active(object: &Object, depth: usize) -> bool {
    const ACTIVE: [&[u8]; 8] = [
        b"JavaScript",
        b"JS",
        b"AA",
        b"Launch",
        b"EmbeddedFile",
        b"EmbeddedFiles",
        b"RichMedia",
        b"XFA",
    ];
    if depth > 64 {
        return true;
    }
    match object {
        Object::Name(name) => ACTIVE.contains(&name.as_slice()),
        Object::Array(items) => items.iter().any(|item| is_active(item, depth + 1)),
        Object::Dictionary(dictionary) => dictionary_is_active(dictionary, depth),
        Object::Stream(stream) => dictionary_is_active(&stream.dict, depth),
        _ => false,
    }
}

fn dictionary_is_active(dictionary: &lopdf::Dictionary, depth: usize) -> bool {
    const ACTIVE_KEYS: [&[u8]; 7] = [
        b"JavaScript",
        b"JS",
        b"AA",
        b"Launch",
        b"EmbeddedFiles",
        b"RichMedia",
        b"XFA",
    ];
    dictionary.iter().any(|(key, value)| {
        ACTIVE_KEYS.contains(&key.as_slice())
            // An open action that only jumps to a page is an array; one with a dictionary does something.
            || (key == b"OpenAction" && !matches!(value, Object::Array(_)))
            || is_active(value, depth + 1)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        image::DynamicImage::new_luma8(width, height)
            .write_to(&mut out, ImageFormat::Png)
            .unwrap();
        out.into_inner()
    }

    fn pdf(catalog_extra: Option<(&str, Object)>) -> Vec<u8> {
        use lopdf::dictionary;
        let mut document = Document::with_version("1.5");
        let pages = document.new_object_id();
        let page = document.add_object(dictionary! { "Type" => "Page", "Parent" => pages });
        document.objects.insert(
            pages,
            Object::Dictionary(dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 }),
        );
        let mut catalog = dictionary! { "Type" => "Catalog", "Pages" => pages };
        if let Some((key, value)) = catalog_extra {
            catalog.set(key, value);
        }
        let catalog = document.add_object(catalog);
        document.trailer.set("Root", catalog);
        let mut out = Vec::new();
        document.save_to(&mut out).unwrap();
        out
    }

    #[test]
    fn ordinary_files_pass_and_images_are_written_anew() {
        let mut with_tail = png(4, 3);
        with_tail.extend_from_slice(b"<script>alert(1)</script>");
        let inspected = inspect(FileKind::Png, with_tail).unwrap();
        assert!(!inspected.bytes.windows(8).any(|window| window == b"<script>"));
        assert_eq!(inspect(FileKind::Pdf, pdf(None)).unwrap().pages, 1);
    }

    #[test]
    fn hostile_files_are_refused() {
        use lopdf::dictionary;
        let check = |kind, bytes: Vec<u8>, expect: UploadError| assert_eq!(inspect(kind, bytes), Err(expect));
        check(
            FileKind::Png,
            b"\x89PNG\r\n\x1a\nnonsense".to_vec(),
            UploadError::Broken,
        );
        check(FileKind::Pdf, b"%PDF-1.7 nothing".to_vec(), UploadError::Broken);
        let script =
            Object::Dictionary(dictionary! { "S" => "JavaScript", "JS" => Object::string_literal("app.alert(1)") });
        check(
            FileKind::Pdf,
            pdf(Some(("OpenAction", script.clone()))),
            UploadError::Active,
        );
        check(FileKind::Pdf, pdf(Some(("AA", script))), UploadError::Active);
        let files = Object::Dictionary(dictionary! { "EmbeddedFiles" => Object::Null });
        check(FileKind::Pdf, pdf(Some(("Names", files))), UploadError::Active);
    }

    #[test]
    fn a_picture_of_too_many_pixels_is_refused_before_decoding() {
        // 30000 x 30000: the header says it, the data are not read.
        let mut header = png(1, 1);
        header[16..20].copy_from_slice(&30_000_u32.to_be_bytes());
        header[20..24].copy_from_slice(&30_000_u32.to_be_bytes());
        // The checksum of the header no longer fits; either refusal keeps it out.
        let refused = inspect(FileKind::Png, header);
        assert!(matches!(refused, Err(UploadError::TooManyPixels | UploadError::Broken)));
    }
}
