use std::io::{Read, Write};

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::secrecy::SecretString;
use zeroize::Zeroizing;

use crate::secret::{CustodyError, ProgramKeys, SecretKey};

/// Why a recovery kit was not made or not understood.
#[derive(Debug, thiserror::Error)]
pub enum KitError {
    /// The kit is locked with a passphrase, and none was given.
    #[error("this kit is locked: give its passphrase")]
    Locked,
    /// The passphrase is wrong or the kit is damaged.
    #[error("the passphrase does not open this kit, or the kit is damaged: {0}")]
    Passphrase(String),
    /// The kit lacks a key.
    #[error("this kit lacks the `{0}` key")]
    Lacks(&'static str),
    /// A key of the kit was copied wrongly.
    #[error(transparent)]
    Key(#[from] CustodyError),
}

const ARMOR: &str = "-----BEGIN AGE ENCRYPTED FILE-----";

/// The text that an owner prints and keeps offline: all keys of the vault, each with a checksum, and
/// what to do with them. With a passphrase the keys are an armored age file, which `age -d` opens too.
///
/// # Errors
/// [`KitError::Passphrase`] when age cannot lock it.
pub fn recovery_kit(
    program: &str,
    keys: &ProgramKeys,
    passphrase: Option<&str>,
) -> Result<Zeroizing<String>, KitError> {
    let mut lines = Zeroizing::new(String::new());
    for (name, key) in keys.named() {
        lines.push_str(&grouped(&key.to_text(name)?));
        lines.push('\n');
    }
    let (how, body) = match passphrase {
        None => (
            "Whoever reads this page can name the copy behind any leak, and forge such a finding.\n\
                  Print it, delete the file, lock the page away.",
            lines,
        ),
        Some(passphrase) => (
            "The keys below are locked with a passphrase, which must be kept elsewhere.\n\
                              `earmark restore` asks for it; so does `age -d` on the block below.",
            locked(&lines, passphrase)?,
        ),
    };
    Ok(Zeroizing::new(format!(
        "EARMARK RECOVERY KIT\nProgram: {}\n\n{how}\n\n\
         The keys bring back what the vault's folder `keys/` held; they do not bring back the vault.\n\
         Keep a backup of the vault as well. To restore: `earmark restore FILE --kit THIS_FILE`.\n\
         When typing them, spaces do not matter; a wrong character is noticed.\n\n{}",
        program.replace(['\n', '\r'], " "),
        *body
    )))
}

/// Reads the keys back from a kit, from the whole text or from just the lines with the keys.
///
/// # Errors
/// [`KitError`], saying which key was copied wrongly.
pub fn restore_kit(kit: &str, passphrase: Option<&str>) -> Result<ProgramKeys, KitError> {
    let opened;
    let text = match kit.find(ARMOR) {
        Some(at) => {
            opened = unlocked(&kit[at..], passphrase.ok_or(KitError::Locked)?)?;
            opened.as_str()
        }
        None => kit,
    };
    let [program, index, blinding, log] = ProgramKeys::NAMES.map(|name| key_in(text, name));
    Ok(ProgramKeys { program: program?, index: index?, blinding: blinding?, log: log? })
}

fn key_in(text: &str, name: &'static str) -> Result<SecretKey, KitError> {
    // Typed in by hand it may be in capitals, which bech32 allows.
    let prefix = format!("earmark-{name}1");
    let line = text
        .lines()
        .map(str::trim)
        .find(|line| line.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(&prefix)));
    Ok(SecretKey::from_text(name, line.ok_or(KitError::Lacks(name))?)?)
}

/// `earmark-program1 qpzr y9x8 ...`: groups of four are easier to copy.
fn grouped(text: &str) -> Zeroizing<String> {
    let (prefix, data) = text.split_at(text.rfind('1').map_or(0, |at| at + 1));
    let mut out = Zeroizing::new(prefix.to_owned());
    for (n, c) in data.chars().enumerate() {
        if n % 4 == 0 {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

fn locked(lines: &str, passphrase: &str) -> Result<Zeroizing<String>, KitError> {
    let failed = |why: std::io::Error| KitError::Passphrase(why.to_string());
    let encryptor = age::Encryptor::with_user_passphrase(SecretString::from(passphrase.to_owned()));
    let armored = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor).map_err(failed)?;
    let mut sealed = encryptor.wrap_output(armored).map_err(failed)?;
    sealed.write_all(lines.as_bytes()).map_err(failed)?;
    let bytes = sealed.finish().and_then(|armored| armored.finish()).map_err(failed)?;
    String::from_utf8(bytes).map(Zeroizing::new).map_err(|why| KitError::Passphrase(why.to_string()))
}

fn unlocked(armored: &str, passphrase: &str) -> Result<Zeroizing<String>, KitError> {
    let failed = |why: String| KitError::Passphrase(why);
    let identity = age::scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
    let decryptor = age::Decryptor::new_buffered(ArmoredReader::new(armored.as_bytes()))
        .map_err(|why| failed(why.to_string()))?;
    let mut plain = decryptor
        .decrypt(std::iter::once(&identity as &dyn age::Identity))
        .map_err(|why| failed(why.to_string()))?;
    let mut text = Zeroizing::new(String::new());
    plain.read_to_string(&mut text).map_err(|why| failed(why.to_string()))?;
    Ok(text)
}
