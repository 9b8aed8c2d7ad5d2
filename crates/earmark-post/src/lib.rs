//! Mail out: hands whole mails to a mail server over SMTP (RFC 5321), and says what the server made of each.
//!
//! [`Postman::new`] reads the server's address, [`Postman::ready`] asks whether it can be spoken to, [`Postman::hand_over`]
//! gives it one mail. A server answers a mail with yes, later, or no ([`Answer`]); a server that cannot be reached, or
//! that does not let us in, says nothing about any mail and is always *later*.
//!
//! Not here: what a mail says (`earmark-papers`), who is told what, and trying again (`earmark-desk`).

#![forbid(unsafe_code)]

mod address;
mod postman;

pub use address::{AddressError, bare};
pub use postman::{Answer, Postman, ServerError};
