use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::address::{AddressError, bare};

/// How long the server may be silent before it counts as away.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a mail server made of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It took it: from now on the mail is its care.
    Taken,
    /// Not now: it may take it later. With its words.
    Later(String),
    /// Never. With its words.
    Refused(String),
}

/// Why there is nobody to hand mail to.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address of the server cannot be understood.
    #[error("this is no address of a mail server: {0}")]
    Malformed(String),
    /// Mail would go over the network for all to read.
    #[error("mail to `{0}` would be sent in the clear")]
    Clear(String),
    /// The sender is no address.
    #[error(transparent)]
    Sender(#[from] AddressError),
    /// The server cannot be reached, or does not let us in.
    #[error("the mail server cannot be used: {0}")]
    Away(#[source] Error),
}

/// Somebody who hands mails to one server, over a few connections that are kept.
#[derive(Debug, Clone)]
pub struct Postman {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: lettre::Address,
}

impl Postman {
    /// For the server at `url`, in the name of `from`: `smtps://USER:PASSWORD@HOST` (TLS from the start),
    /// `smtp://USER:PASSWORD@HOST:587?tls=required` (STARTTLS), or `smtp://localhost:25` to this very machine.
    ///
    /// `connections` bounds how many are open at a time. Connects to nothing yet.
    ///
    /// # Errors
    /// [`ServerError`]; in the clear only to this machine.
    pub fn new(url: &str, from: &str, connections: u32) -> Result<Self, ServerError> {
        let from = bare(from)?;
        let host = host(url);
        let here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        if !here && url.starts_with("smtp://") && !url.contains("tls=required") {
            return Err(ServerError::Clear(host.to_owned()));
        }
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            // The reason may hold the password that stands in the address.
            .map_err(|_| ServerError::Malformed("it is written `smtps://USER:PASSWORD@HOST`".to_owned()))?;
        let pool = PoolConfig::new().max_size(connections).idle_timeout(Duration::from_secs(20));
        Ok(Self { transport: builder.timeout(Some(PATIENCE)).pool_config(pool).build(), from })
    }

    /// Asks the server for a sign of life, as whoever the address names.
    ///
    /// # Errors
    /// [`ServerError::Away`] when it gives none.
    pub async fn ready(&self) -> Result<(), ServerError> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(ServerError::Malformed("it does not speak SMTP".to_owned())),
            Err(error) => Err(ServerError::Away(error)),
        }
    }

    /// Hands one mail over, whole as it is, for the address in `to`.
    pub async fn hand_over(&self, to: &str, mail: &[u8]) -> Answer {
        let to = match bare(to) {
            Ok(to) => to,
            Err(error) => return Answer::Refused(error.to_string()),
        };
        let envelope = match Envelope::new(Some(self.from.clone()), vec![to]) {
            Ok(envelope) => envelope,
            Err(error) => return Answer::Refused(error.to_string()),
        };
        // What ends the data begins with a line end of its own.
        let mail = mail.strip_suffix(b"\r\n").unwrap_or(mail);
        match self.transport.send_raw(&envelope, mail).await {
            Ok(_) => Answer::Taken,
            Err(error) if error.is_permanent() => Answer::Refused(words(&error)),
            Err(error) => Answer::Later(words(&error)),
        }
    }
}

/// The host of a server's address, without user, port and the rest.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    if rest.starts_with('[') {
        return rest.find(']').and_then(|end| rest.get(..=end)).unwrap_or(rest);
    }
    rest.split(':').next().unwrap_or_default()
}

/// The server's words in one line.
fn words(error: &Error) -> String {
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(source) = next {
        text += &format!(": {source}");
        next = source.source();
    }
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_in_addresses() {
        for (url, wanted) in [
            ("smtp://localhost:25", "localhost"),
            ("smtp://127.0.0.1:2525", "127.0.0.1"),
            ("smtp://u:p@mail.example.org:587?tls=required", "mail.example.org"),
            ("smtp://localhost@mail.example.org", "mail.example.org"),
            ("smtp://[::1]:25/x", "[::1]"),
        ] {
            assert_eq!(host(url), wanted, "{url}");
        }
    }

    #[tokio::test]
    async fn nothing_goes_in_the_clear_but_to_this_machine() {
        let postman = |url| Postman::new(url, "psirt@example.org", 1);
        assert!(postman("smtp://localhost:25").is_ok());
        assert!(postman("smtps://u:p@mail.example.org").is_ok());
        assert!(postman("smtp://mail.example.org:587?tls=required").is_ok());
        for url in [
            "smtp://mail.example.org",
            "smtp://localhost@mail.example.org",
            "smtp://mail.example.org?tls=opportunistic",
        ] {
            assert!(matches!(postman(url), Err(ServerError::Clear(_))), "{url}");
        }
        for url in ["", "localhost", "http://mail.example.org", "smtps://"] {
            let error = postman(url).unwrap_err();
            assert!(matches!(error, ServerError::Malformed(_)), "{url}: {error}");
        }
        assert!(Postman::new("smtp://localhost", "nobody", 1).is_err());
    }
}
