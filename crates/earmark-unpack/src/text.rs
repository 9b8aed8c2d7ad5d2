//! Text in other clothes.

pub(crate) mod base64;
pub(crate) mod diff;
pub(crate) mod entities;
pub(crate) mod html;
pub(crate) mod mail;
pub(crate) mod markup;
pub(crate) mod mbox;
pub(crate) mod mime;
pub(crate) mod numbered;
pub(crate) mod quoted;
pub(crate) mod readable;
pub(crate) mod sixbit;
pub(crate) mod utf;
pub(crate) mod uuencode;
