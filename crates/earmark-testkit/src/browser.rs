//! A real Chromium, driven over WebDriver (W3C WebDriver 2): open a page, run a script in it, take its picture.
//!
//! Not here: a general client. Five commands over HTTP/1.1 on loopback need no crate.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// A browser without a window; it ends with the value.
#[derive(Debug)]
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
}

impl Browser {
    /// Starts Chromium with a window of this many pixels; `None`, with the skip printed, where it is not installed.
    ///
    /// # Panics
    /// When it is installed and does not start.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test that cannot go on should say where")]
    pub fn open(width: u32, height: u32) -> Option<Self> {
        let (chromium, driver) = (crate::peer("chromium")?, crate::peer("chromedriver")?);
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let mut said = BufReader::new(driver.stdout.take().expect("its output is piped"));
        let port = loop {
            let mut line = String::new();
            assert!(said.read_line(&mut line).expect("its output is text") > 0, "chromedriver has ended");
            let port = line.trim_end().trim_end_matches('.').rsplit_once("successfully on port ");
            if let Some((_, port)) = port {
                break port.parse().expect("a port is a number");
            }
        };
        // Read on, or it would block on a full pipe.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let mut browser = Self { driver, port, session: String::new() };
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--force-device-scale-factor=1".to_owned(),
            format!("--window-size={width},{height}"),
        ];
        let options = json!({ "binary": chromium, "args": arguments });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": options } } });
        let session = browser.ask("POST", "/session", &wanted);
        browser.session = session["sessionId"].as_str().expect("a session has an id").to_owned();
        Some(browser)
    }

    /// Opens an address and waits until the page is there.
    pub fn go(&self, address: &str) {
        self.ask("POST", &format!("/session/{}/url", self.session), &json!({ "url": address }));
    }

    /// Runs the body of a function in the page; returns what it returns. A promise is waited for.
    #[must_use]
    pub fn run(&self, script: &str) -> Value {
        let body = json!({ "script": script, "args": [] });
        self.ask("POST", &format!("/session/{}/execute/sync", self.session), &body)
    }

    /// The window's picture: PNG in base 64.
    #[must_use]
    pub fn picture(&self) -> String {
        let picture = self.ask("GET", &format!("/session/{}/screenshot", self.session), &Value::Null);
        picture.as_str().unwrap_or_default().to_owned()
    }

    #[expect(clippy::expect_used, reason = "a test that cannot go on should say where")]
    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("chromedriver listens");
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.port,
            body.len()
        )
        .expect("chromedriver hears");
        let mut answer = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            answer.read_line(&mut line).expect("chromedriver answers");
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().expect("a length is a number");
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut bytes = vec![0; length];
        answer.read_exact(&mut bytes).expect("chromedriver answers in full");
        let answer: Value = serde_json::from_slice(&bytes).expect("chromedriver answers in JSON");
        let value = answer["value"].clone();
        assert!(value["error"].is_null(), "{method} {path}: {value}");
        value
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() && !std::thread::panicking() {
            self.ask("DELETE", &format!("/session/{}", self.session), &Value::Null);
        }
        // The driver ends its browser when it is told to end.
        let _ended = Command::new("kill").arg(self.driver.id().to_string()).status();
        let _ended = self.driver.wait();
    }
}
