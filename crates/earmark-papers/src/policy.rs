//! The page's content security policy: nothing from outside, no script and no style but our own, by hash.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use earmark_model::Digest;

/// `default-src 'none'`, with our own style and scripts allowed by their SHA-256 (W3C CSP Level 3, 2.3.1).
#[must_use]
pub(crate) fn policy(style: &str, scripts: &[&str]) -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Digest::of(text.as_bytes()).0));
    let scripts: Vec<String> = scripts.iter().map(|script| hash(script)).collect();
    format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(style),
        scripts.join(" ")
    )
}
