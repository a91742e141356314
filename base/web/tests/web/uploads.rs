use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::response::{IntoResponse, Response};
use mingjing_web::{Access, Desk, Fields, Input, Reader, Routes, Upload, UploadLimits};

use crate::asking::{Answer, ask, get};
use crate::house::house_with;

struct Handed;

impl Input for Handed {
    fn read(_: &mut Reader<'_>) -> Option<Handed> {
        Some(Handed)
    }
}

async fn take(upload: Upload<Handed>) -> Response {
    let files: Vec<String> = upload
        .files
        .iter()
        .map(|file| format!("{}={:?}:{}", file.name, file.kind, file.bytes.len()))
        .collect();
    let errors: Vec<String> = errors(&upload.fields);
    format!(
        "files [{}] errors [{}] digest {}",
        files.join(","),
        errors.join(","),
        upload.meta.digest
    )
    .into_response()
}

fn errors(fields: &Fields) -> Vec<String> {
    fields
        .errors()
        .iter()
        .map(|error| format!("{}: {}", error.field, error.message))
        .collect()
}

async fn show(desk: Desk) -> String {
    let form = desk.form();
    format!(
        "name=\"_csrf\" value=\"{}\" name=\"_key\" value=\"{}\"",
        form.token(),
        form.key()
    )
}

struct Client {
    site: Router,
    cookie: String,
    hidden: String,
}

impl Client {
    async fn new() -> Client {
        let limits = UploadLimits {
            file: 1024 * 1024,
            total: 3 * 1024 * 1024,
            files: 2,
        };
        let house = house_with(false, limits).await;
        let site = Routes::new()
            .get("/hand-in", Access::Public, show)
            .post("/hand-in", Access::Public, take)
            .into_router(house);
        let page = get(&site, "/hand-in", &[]).await;
        Client {
            cookie: page.cookie("mingjing-form").unwrap(),
            hidden: part("_csrf", None, page.hidden("_csrf").as_bytes())
                + &part("_key", None, page.hidden("_key").as_bytes()),
            site,
        }
    }

    async fn hand_in(&self, parts: String) -> Answer {
        self.send(format!("{}{parts}--XX--\r\n", self.hidden)).await
    }

    async fn send(&self, body: String) -> Answer {
        // Parts hold raw bytes written as Latin-1 characters, so that tests can write them as strings.
        let bytes: Vec<u8> = body.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let request = Request::post("/hand-in")
            .header("cookie", &self.cookie)
            .header("content-type", "multipart/form-data; boundary=XX")
            .body(Body::from(bytes))
            .unwrap();
        ask(&self.site, request).await
    }
}

fn part(name: &str, file: Option<&str>, bytes: &[u8]) -> String {
    let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
    let content: String = bytes.iter().map(|b| char::from(*b)).collect();
    format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n")
}

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n";

#[tokio::test]
async fn files_are_taken_by_content_and_refused_beside_their_field() {
    let client = Client::new().await;
    let check = async |parts: String, expect: &str| {
        let answer = client.hand_in(parts).await;
        assert!(answer.body.starts_with(expect), "{}\nexpected {expect}", answer.body);
    };
    check(part("f", Some("a.pdf"), PDF), "files [a.pdf=Pdf:17] errors []").await;
    check(
        part("f", Some("..\\\\..\\\\a.PDF"), PDF),
        "files [a.pdf=Pdf:17] errors []",
    )
    .await;
    check(part("f", Some(""), b""), "files [] errors []").await;
    check(part("f", Some("a.pdf"), b""), "files [] errors [f: 文件是空的").await;
    check(
        part("f", Some("a.png"), PDF),
        "files [] errors [f: 文件名的后缀与内容不一致",
    )
    .await;
    check(
        part("f", Some("a.svg"), b"<svg onload=alert(1)>"),
        "files [] errors [f: 只能上传",
    )
    .await;
    let large = [PDF, &vec![b' '; 1024 * 1024]].concat();
    check(part("f", Some("a.pdf"), &large), "files [] errors [f: 文件超过 1 MB").await;
    let three = part("f", Some("a.pdf"), PDF).repeat(3);
    check(
        three,
        "files [a.pdf=Pdf:17,a.pdf=Pdf:17] errors [f: 一次最多上传 2 个文件",
    )
    .await;
}

#[tokio::test]
async fn other_files_under_the_same_key_are_another_request() {
    let client = Client::new().await;
    let digest = async |bytes: &[u8]| {
        client
            .hand_in(part("f", Some("a.pdf"), bytes))
            .await
            .body
            .rsplit(' ')
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(digest(PDF).await, digest(PDF).await);
    assert_ne!(digest(PDF).await, digest(b"%PDF-1.4\n").await);
}

#[tokio::test]
async fn broken_uploads_get_an_answer() {
    let client = Client::new().await;
    let check = async |body: String, expect: u16| {
        assert_eq!(
            client.send(body.clone()).await.status.as_u16(),
            expect,
            "{}",
            &body[..body.len().min(200)]
        );
    };
    let file = part("f", Some("a.pdf"), PDF);
    check(format!("{file}{}--XX--\r\n", client.hidden), 403).await;
    check(format!("{file}--XX--\r\n"), 403).await;
    check(format!("{}{file}", client.hidden), 400).await;
    check(String::new(), 400).await;
    check("--XX\r\nnonsense".to_owned(), 400).await;
    check(
        format!(
            "{}{}--XX--\r\n",
            client.hidden,
            part("x", None, &vec![b'a'; 100 * 1024])
        ),
        413,
    )
    .await;
    check(
        format!("{}{}--XX--\r\n", client.hidden, part("x", None, b"a").repeat(300)),
        413,
    )
    .await;
    check(
        format!(
            "{}{}--XX--\r\n",
            client.hidden,
            part("f", Some("a.pdf"), &vec![b'a'; 4 * 1024 * 1024])
        ),
        413,
    )
    .await;
}
