//! A browser reduced to what measuring needs: one request a connection, a cookie, the whole answer read.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn tells_when_to_come_again(&self) -> bool {
        self.head.to_ascii_lowercase().contains("\r\nretry-after:")
    }

    fn cookies(&self) -> String {
        let lines = self.head.split("\r\n").filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("set-cookie")
                .then(|| value.split(';').next().unwrap_or_default().trim().to_owned())
        });
        lines.collect::<Vec<_>>().join("; ")
    }

    /// The value of the last hidden field of this name.
    fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let found = self.body.rfind(&mark).map(|at| &self.body[at + mark.len()..]);
        found
            .and_then(|rest| rest.split('"').next())
            .unwrap_or_default()
            .to_owned()
    }
}

/// # Errors
/// The connection was refused or broke off.
pub async fn get(address: &str, path: &str, cookie: &str) -> Result<Answer, String> {
    ask(address, &format!("GET {path} HTTP/1.1\r\n"), cookie, "").await
}

/// Signs in by one click; the cookies of the session.
///
/// # Errors
/// The connection broke off, or nobody was let in.
pub async fn sign_in(address: &str, kind: &str, account: &str) -> Result<String, String> {
    let page = get(address, &format!("/sign-in?kind={kind}"), "").await?;
    let body = format!(
        "_csrf={}&_key={}&kind={kind}&return=&account={account}",
        page.hidden("_csrf"),
        page.hidden("_key")
    );
    let head = "POST /sign-in/demo HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let entered = ask(address, head, &page.cookies(), &body).await?;
    if entered.status == 303 {
        Ok(entered.cookies())
    } else {
        Err(format!("{account} was not let in: {}", entered.status))
    }
}

async fn ask(address: &str, first: &str, cookie: &str, body: &str) -> Result<Answer, String> {
    let told = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect(address).await.map_err(told)?;
    let cookie = if cookie.is_empty() {
        String::new()
    } else {
        format!("Cookie: {cookie}\r\n")
    };
    let request = format!(
        "{first}Host: {address}\r\n{cookie}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.map_err(told)?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.map_err(told)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").ok_or("half an answer")?;
    let status = head.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
    Ok(Answer {
        status,
        head: format!("{head}\r\n"),
        body: body.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_and_hidden_fields_are_found() {
        let answer = Answer {
            status: 303,
            head: "HTTP/1.1 303 See Other\r\nSet-Cookie: a=1; Path=/\r\nretry-after: 1\r\nset-cookie: b=2\r\n"
                .to_owned(),
            body: "<input name=\"_key\" value=\"k1\"><input name=\"_key\" value=\"k2\">".to_owned(),
        };
        assert_eq!(answer.cookies(), "a=1; b=2");
        assert_eq!(answer.hidden("_key"), "k2");
        assert_eq!(answer.hidden("_csrf"), "");
        assert!(answer.tells_when_to_come_again());
    }
}
