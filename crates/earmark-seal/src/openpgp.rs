//! OpenPGP certificates: which part of one can be encrypted to, and whether it may be (RFC 9580).
//!
//! Only signatures that the certificate's own primary key made, and that verify, count. Of several
//! the latest one that is not in the future rules; a revocation rules from its date on.

use std::io::{Read, Write};

use earmark_model::{KeyKind, UnixMillis};
use pgp::composed::{ArmorOptions, Deserializable, MessageBuilder, SignedPublicKey, SignedPublicSubKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::sym::SymmetricKeyAlgorithm;
use pgp::packet::{Signature, SignatureType};
use pgp::ser::Serialize;
use pgp::types::{EncryptionKey, KeyDetails, KeyVersion, PublicParams, Tag};
use rand_core::OsRng;

use crate::key_error::KeyError;

const SHORTEST_RSA: usize = 2048;

/// A parsed certificate, nothing of it verified yet.
#[derive(Debug, Clone)]
pub(crate) struct Certificate(SignedPublicKey);

/// The part of a certificate to encrypt to.
#[derive(Debug, Clone)]
pub(crate) struct EncryptionPart {
    part: Part,
    /// The earlier of the primary key's and the part's expiry.
    pub(crate) expires: Option<UnixMillis>,
}

#[derive(Debug, Clone)]
enum Part {
    Primary(Box<SignedPublicKey>),
    Subkey(Box<SignedPublicSubKey>),
}

/// Whether a certificate made a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignedBy {
    /// A part that might.
    InForce,
    /// A part that might not: expired, revoked, for other purposes, or the signature is from later or over a broken hash.
    OutOfForce,
    /// None of its parts.
    Nobody,
}

/// What the ruling self-signature says of a key.
struct Standing {
    encrypts: bool,
    signs: bool,
    expires: Option<UnixMillis>,
}

impl Certificate {
    /// Parses an armored or binary certificate, or several.
    pub(crate) fn parse_all(bytes: &[u8]) -> Result<Vec<Self>, KeyError> {
        let malformed = |why: pgp::errors::Error| KeyError::Malformed {
            kind: KeyKind::OpenPgp,
            why: first_line(&why.to_string()),
        };
        let armored = bytes.windows(11).take(4096).any(|window| window == b"-----BEGIN ");
        if !armored && bytes.first().is_none_or(|byte| byte & 0x80 == 0) {
            return Err(KeyError::Unknown);
        }
        if armored && !bytes.windows(26).take(4096).any(|window| window == b"BEGIN PGP PUBLIC KEY BLOCK") {
            return Err(KeyError::Unknown);
        }
        // A binary secret key begins with packet 5; the armored one is caught by its header.
        if !armored && matches!(packet_tag(bytes), Some(5 | 7)) {
            return Err(KeyError::Private);
        }
        let parsed: Result<Vec<_>, _> = if armored {
            SignedPublicKey::from_armor_many(bytes).map_err(malformed)?.0.collect()
        } else {
            SignedPublicKey::from_bytes_many(bytes).map_err(malformed)?.collect()
        };
        let parsed = parsed.map_err(malformed)?;
        if parsed.is_empty() { Err(KeyError::Unknown) } else { Ok(parsed.into_iter().map(Self).collect()) }
    }

    pub(crate) fn fingerprint(&self) -> String {
        format!("{:X}", self.0.fingerprint())
    }

    /// The addresses in user ids that the primary key signed: what stands in angle brackets, or is nothing else.
    pub(crate) fn mails(&self) -> Vec<String> {
        let bound =
            self.0.details.users.iter().filter(|user| user.verify_bindings(&self.0.primary_key).is_ok());
        let address = |id: &str| {
            let inner =
                id.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(inner, _)| inner);
            let text = inner.unwrap_or(id).trim();
            (text.contains('@') && !text.contains(char::is_whitespace)).then(|| text.to_owned())
        };
        bound.filter_map(|user| address(user.id.as_str()?)).collect()
    }

    pub(crate) fn armored(&self) -> Result<String, KeyError> {
        self.0
            .to_armored_string(ArmorOptions::default())
            .map_err(|why| KeyError::Malformed { kind: KeyKind::OpenPgp, why: first_line(&why.to_string()) })
    }

    /// The newest part that may be encrypted to at `now`, or the one reason why there is none.
    pub(crate) fn encryption_part(&self, now: UnixMillis) -> Result<EncryptionPart, KeyError> {
        let primary = &self.0.primary_key;
        // Version 6 wants another envelope, which GnuPG cannot open.
        if primary.version() != KeyVersion::V4 {
            return Err(KeyError::Unsupported(format!("OpenPGP {:?}", primary.version()).to_lowercase()));
        }
        let made = millis(primary.created_at().as_secs());
        if made > now {
            return Err(KeyError::NotYet(made));
        }
        if self.revoked(now) {
            return Err(KeyError::Revoked);
        }
        let standing = self.standing(now).ok_or(KeyError::Unbound)?;
        if let Some(expired) = standing.expires.filter(|instant| *instant <= now) {
            return Err(KeyError::Expired(expired));
        }
        self.newest_part(now, &standing)
    }

    /// Whether the primary key took itself back by `now`.
    fn revoked(&self, now: UnixMillis) -> bool {
        let primary = &self.0.primary_key;
        self.0.details.revocation_signatures.iter().any(|signature| {
            signature.typ() == Some(SignatureType::KeyRevocation)
                && not_after(signature, now)
                && signature.verify_key(primary).is_ok()
        })
    }

    /// Who of this certificate made `signature` over `text`, and whether it might at `now`.
    pub(crate) fn signed(&self, signature: &Signature, text: &[u8], now: UnixMillis) -> SignedBy {
        use HashAlgorithm::{Md5, Ripemd160, Sha1};
        let primary = &self.0.primary_key;
        let by_primary = signature.verify(primary, text).is_ok();
        let by = self.0.public_subkeys.iter().find(|subkey| signature.verify(&subkey.key, text).is_ok());
        if !by_primary && by.is_none() {
            return SignedBy::Nobody;
        }
        let sound = !matches!(signature.hash_alg(), None | Some(Md5 | Sha1 | Ripemd160));
        let in_force = |standing: &Standing| standing.expires.is_none_or(|end| end > now);
        let standing = self.standing(now).filter(|standing| in_force(standing) && !self.revoked(now));
        let may = standing.is_some_and(|standing| {
            by_primary && standing.signs || by.is_some_and(|subkey| self.subkey_signs(subkey, now))
        });
        let made = millis(primary.created_at().as_secs()) <= now;
        if sound && made && may && not_after(signature, now) {
            SignedBy::InForce
        } else {
            SignedBy::OutOfForce
        }
    }

    /// Whether a subkey may sign at `now`: bound for it by the primary key and binding itself back (RFC 9580, section
    /// 10.1.5), neither expired nor revoked.
    fn subkey_signs(&self, subkey: &SignedPublicSubKey, now: UnixMillis) -> bool {
        let primary = &self.0.primary_key;
        let bound = |signature: &&Signature| signature.verify_subkey_binding(primary, &subkey.key).is_ok();
        let own: Vec<&Signature> = subkey.signatures.iter().filter(bound).collect();
        let revoked = own.iter().any(|signature| {
            signature.typ() == Some(SignatureType::SubkeyRevocation) && not_after(signature, now)
        });
        let bindings =
            own.iter().copied().filter(|signature| signature.typ() == Some(SignatureType::SubkeyBinding));
        let Some(ruling) = latest(bindings, now) else { return false };
        let made = subkey.key.created_at().as_secs();
        let back = ruling
            .embedded_signature()
            .is_some_and(|back| back.verify_primary_key_binding(&subkey.key, primary).is_ok());
        let over = expiry(made, ruling).is_some_and(|end| end <= now);
        ruling.key_flags().sign() && back && !revoked && !over && millis(made) <= now
    }

    fn newest_part(&self, now: UnixMillis, standing: &Standing) -> Result<EncryptionPart, KeyError> {
        let (mut refusal, mut best) = (KeyError::SignOnly, None);
        for subkey in &self.0.public_subkeys {
            match self.subkey_standing(subkey, now) {
                Ok(Some(of_subkey)) => {
                    let made = subkey.key.created_at().as_secs();
                    if best.as_ref().is_none_or(|(newest, _, _)| *newest <= made) {
                        best = Some((made, subkey, of_subkey));
                    }
                }
                Ok(None) => {}
                Err(why) => refusal = why,
            }
        }
        if let Some((_, subkey, of_subkey)) = best {
            let expires = earlier(standing.expires, of_subkey.expires);
            return Ok(EncryptionPart { part: Part::Subkey(Box::new(subkey.clone())), expires });
        }
        let primary = &self.0.primary_key;
        if standing.encrypts && primary.algorithm().can_encrypt() {
            long_enough(primary.public_params())?;
            return Ok(EncryptionPart {
                part: Part::Primary(Box::new(self.0.clone())),
                expires: standing.expires,
            });
        }
        Err(refusal)
    }

    /// What the primary key says of itself, in a direct signature or on a user id that it has not
    /// taken back.
    fn standing(&self, now: UnixMillis) -> Option<Standing> {
        let primary = &self.0.primary_key;
        let direct = self.0.details.direct_signatures.iter().filter(|signature| {
            signature.typ() == Some(SignatureType::Key) && signature.verify_key(primary).is_ok()
        });
        let on_users = self.0.details.users.iter().filter_map(|user| {
            let own = user
                .signatures
                .iter()
                .filter(|signature| signature.verify_certification(primary, Tag::UserId, &user.id).is_ok());
            let last = latest(own, now)?;
            (last.typ() != Some(SignatureType::CertRevocation)).then_some(last)
        });
        let ruling = latest(direct.chain(on_users), now)?;
        let flags = ruling.key_flags();
        Some(Standing {
            encrypts: flags.encrypt_comms() || flags.encrypt_storage(),
            // A primary key of old that says nothing of its purpose may sign.
            signs: flags.sign() || !(flags.certify() || flags.encrypt_comms() || flags.encrypt_storage()),
            expires: expiry(primary.created_at().as_secs(), ruling),
        })
    }

    /// What the primary key says of a subkey: `None` when it is not one for encrypting, an error when
    /// it is one that may not be used.
    fn subkey_standing(
        &self,
        subkey: &SignedPublicSubKey,
        now: UnixMillis,
    ) -> Result<Option<Standing>, KeyError> {
        let made = subkey.key.created_at().as_secs();
        if !subkey.key.algorithm().can_encrypt() {
            return Ok(None);
        }
        let own: Vec<&Signature> = subkey
            .signatures
            .iter()
            .filter(|signature| signature.verify_subkey_binding(&self.0.primary_key, &subkey.key).is_ok())
            .collect();
        let bindings =
            own.iter().copied().filter(|signature| signature.typ() == Some(SignatureType::SubkeyBinding));
        let Some(ruling) = latest(bindings, now) else { return Ok(None) };
        let flags = ruling.key_flags();
        if !flags.encrypt_comms() && !flags.encrypt_storage() {
            return Ok(None);
        }
        let revoked = own.iter().any(|signature| {
            signature.typ() == Some(SignatureType::SubkeyRevocation) && not_after(signature, now)
        });
        if revoked {
            return Err(KeyError::Revoked);
        }
        if millis(made) > now {
            return Err(KeyError::NotYet(millis(made)));
        }
        let expires = expiry(made, ruling);
        if let Some(expired) = expires.filter(|instant| *instant <= now) {
            return Err(KeyError::Expired(expired));
        }
        long_enough(subkey.key.public_params())?;
        Ok(Some(Standing { encrypts: true, signs: false, expires }))
    }
}

/// Seals all of `plaintext` into one OpenPGP message for all `parts`: SEIPD version 1 with AES-256,
/// uncompressed (what is sealed is compressed already), which every GnuPG since 2.1 opens.
pub(crate) fn seal_openpgp<'a>(
    plaintext: impl Read,
    parts: impl Iterator<Item = &'a EncryptionPart>,
    out: impl Write,
) -> Result<(), pgp::errors::Error> {
    let mut message =
        MessageBuilder::from_reader("", plaintext).seipd_v1(OsRng, SymmetricKeyAlgorithm::AES256);
    for part in parts {
        match &part.part {
            Part::Primary(key) => add(&mut message, &**key)?,
            Part::Subkey(key) => add(&mut message, &**key)?,
        }
    }
    message.to_writer(OsRng, out)
}

fn add<R: Read, K: EncryptionKey>(
    message: &mut MessageBuilder<'_, R, pgp::composed::EncryptionSeipdV1>,
    key: &K,
) -> Result<(), pgp::errors::Error> {
    message.encrypt_to_key(OsRng, key).map(drop)
}

/// Whether the signature was made at `now` or before.
fn not_after(signature: &Signature, now: UnixMillis) -> bool {
    signature.created().is_some_and(|made| millis(made.as_secs()) <= now)
}

/// The latest signature that is neither from the future nor expired itself.
fn latest<'a>(signatures: impl Iterator<Item = &'a Signature>, now: UnixMillis) -> Option<&'a Signature> {
    signatures
        .filter(|signature| not_after(signature, now))
        .filter(|signature| {
            let lasts = signature.signature_expiration_time().map_or(0, |lasts| lasts.as_secs());
            let made = signature.created().map_or(0, |made| made.as_secs());
            lasts == 0 || millis_sum(made, lasts) > now
        })
        .max_by_key(|signature| signature.created().map_or(0, |made| made.as_secs()))
}

/// When a key made at `made` expires by the word of its ruling signature; 0 means never.
fn expiry(made: u32, ruling: &Signature) -> Option<UnixMillis> {
    let lasts = ruling.key_expiration_time().map_or(0, |lasts| lasts.as_secs());
    (lasts > 0).then(|| millis_sum(made, lasts))
}

fn earlier(one: Option<UnixMillis>, other: Option<UnixMillis>) -> Option<UnixMillis> {
    one.into_iter().chain(other).min()
}

fn millis(seconds: u32) -> UnixMillis {
    UnixMillis(i64::from(seconds) * 1000)
}

fn millis_sum(made: u32, lasts: u32) -> UnixMillis {
    UnixMillis((i64::from(made) + i64::from(lasts)) * 1000)
}

/// Refuses RSA moduli that are too short. The modulus is written first, preceded by its length in
/// bits as two bytes (RFC 9580, sections 3.2 and 5.5.5.1).
fn long_enough(params: &PublicParams) -> Result<(), KeyError> {
    let PublicParams::RSA(rsa) = params else { return Ok(()) };
    let written = rsa.to_bytes().unwrap_or_default();
    let bits = match written.as_slice() {
        [high, low, ..] => usize::from(u16::from_be_bytes([*high, *low])),
        _ => 0,
    };
    if bits < SHORTEST_RSA { Err(KeyError::ShortRsa(bits)) } else { Ok(()) }
}

/// The type of the first packet (RFC 9580, section 4.2).
fn packet_tag(bytes: &[u8]) -> Option<u8> {
    let first = *bytes.first()?;
    Some(if first & 0x40 != 0 { first & 0x3f } else { (first >> 2) & 0x0f })
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim_end_matches('.').to_owned()
}
