use std::time::Duration;

use ureq::Agent;
use ureq::http::StatusCode;

/// How long one file may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Longest body that is read, in bytes: the longest file of a log is half as long.
const LONGEST_BODY: u64 = 32 * 1024 * 1024;

/// How often a server may send us elsewhere.
const REDIRECTS: u32 = 3;

/// Why a file was not fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address is no web address.
    #[error("`{0}` is no web address")]
    Address(String),
    /// The server answered, but not with the file.
    #[error("`{url}` is answered with {status}")]
    Status {
        /// What was asked for.
        url: String,
        /// The answer's number.
        status: u16,
    },
    /// The server did not answer, or broke off, or sent more than is read.
    #[error("`{url}` cannot be fetched: {source}")]
    Network {
        /// What was asked for.
        url: String,
        /// Why.
        source: Box<ureq::Error>,
    },
}

/// A place on the web, below which files are asked for.
#[derive(Debug, Clone)]
pub struct Site {
    base: String,
    agent: Agent,
}

impl Site {
    /// The place at `base`, `http://` or `https://`. Asks nobody yet.
    ///
    /// # Errors
    /// [`FetchError::Address`].
    pub fn new(base: &str) -> Result<Self, FetchError> {
        let wrong = || FetchError::Address(base.to_owned());
        let rest =
            base.strip_prefix("http://").or_else(|| base.strip_prefix("https://")).ok_or_else(wrong)?;
        if rest.is_empty() || rest.starts_with('/') || base.contains(['?', '#', ' ']) {
            return Err(wrong());
        }
        let config = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(REDIRECTS)
            .http_status_as_error(false)
            .user_agent("earmark")
            .build();
        Ok(Self { base: base.trim_end_matches('/').to_owned(), agent: config.into() })
    }

    /// The file at `path` below the place; `None` where the server says that there is none.
    ///
    /// # Errors
    /// [`FetchError`].
    pub fn get(&self, path: &str) -> Result<Option<Vec<u8>>, FetchError> {
        let url = format!("{}/{path}", self.base);
        let failed = |source| FetchError::Network { url: url.clone(), source: Box::new(source) };
        let mut response = self.agent.get(&url).call().map_err(failed)?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(None),
            other => return Err(FetchError::Status { url, status: other.as_u16() }),
        }
        response.body_mut().with_config().limit(LONGEST_BODY).read_to_vec().map(Some).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// A server that answers each of `answers` once, and its address.
    fn server(answers: Vec<&'static [u8]>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(answer);
            }
        });
        address
    }

    #[test]
    fn answers_are_told_apart() {
        let site = Site::new(&server(vec![
            b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ntile",
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno",
            b"HTTP/1.1 503 Later\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\nConnection: close\r\n\r\nbroken off",
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\nConnection: close\r\n\r\n",
            b"nonsense\r\n\r\n",
        ]))
        .unwrap();
        assert_eq!(site.get("checkpoint").unwrap().as_deref(), Some(&b"tile"[..]));
        assert_eq!(site.get("checkpoint").unwrap(), None);
        assert!(matches!(site.get("x"), Err(FetchError::Status { status: 503, .. })));
        for _ in 0..3 {
            assert!(matches!(site.get("x"), Err(FetchError::Network { .. })));
        }
        assert!(matches!(site.get("x"), Err(FetchError::Network { .. })), "nobody is there any more");
    }

    #[test]
    fn only_web_addresses_are_places() {
        for text in
            ["", "log", "/srv/log", "ftp://log.example.com", "http://", "http:///x", "https://a.example/?q"]
        {
            assert!(matches!(Site::new(text), Err(FetchError::Address(_))), "{text}");
        }
        assert!(Site::new("https://log.example.com/early-access/").is_ok());
    }
}
