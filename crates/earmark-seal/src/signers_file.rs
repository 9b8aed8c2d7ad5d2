//! Files of allowed signers: who has which SSH key (ssh-keygen(1), "ALLOWED SIGNERS").
//!
//! ```text
//! ann@harbor.example,ben@harbor.example namespaces="git" ssh-ed25519 AAAAC3Nza... laptop
//! ```

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedSigner {
    /// Number of the line, from 1.
    pub line: usize,
    /// Whose key it is: mail addresses, as a rule.
    pub principals: Vec<String>,
    /// What limits the key: `cert-authority`, `valid-after=...`, `valid-before=...`, `namespaces=...`.
    pub options: Vec<String>,
    /// The key, without its comment.
    pub key: String,
}

/// The algorithms of keys that `ssh-keygen` writes.
fn is_algorithm(word: &str) -> bool {
    ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"].iter().any(|start| word.starts_with(start))
}

/// Reads the lines that are not empty and no comments; a line that is none stands as its number.
pub fn read_allowed_signers(text: &str) -> impl Iterator<Item = Result<AllowedSigner, usize>> {
    let lines = text.lines().map(str::trim).zip(1..);
    lines
        .filter(|(line, _)| !line.is_empty() && !line.starts_with('#'))
        .map(|(line, number)| read_line(line, number).ok_or(number))
}

fn read_line(line: &str, number: usize) -> Option<AllowedSigner> {
    let words = words(line)?;
    let at = words.iter().position(|word| is_algorithm(word)).filter(|at| (1..=2).contains(at))?;
    let (algorithm, key) = (words.get(at)?, words.get(at + 1)?);
    let split = |text: &str| -> Vec<String> {
        text.split(',').filter(|one| !one.is_empty()).map(str::to_owned).collect()
    };
    let principals = split(words.first()?);
    (!principals.is_empty()).then(|| AllowedSigner {
        line: number,
        principals,
        options: if at == 2 { split(&words[1]) } else { Vec::new() },
        key: format!("{algorithm} {key}"),
    })
}

/// The words of a line; spaces within quotes separate none.
fn words(line: &str) -> Option<Vec<String>> {
    let (mut words, mut within, mut between) = (Vec::<String>::new(), false, true);
    for c in line.chars() {
        if c.is_whitespace() && !within {
            between = true;
            continue;
        }
        if between {
            words.push(String::new());
            between = false;
        }
        if c == '"' {
            within = !within;
        } else {
            words.last_mut()?.push(c);
        }
    }
    (!within).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_ssh_keygen_writes_them() {
        let text = "# ours\n\na@x.example ssh-ed25519 AAAA laptop of a\n\
                    \"b@x.example,c@x.example\" valid-before=\"20270101\",namespaces=\"git, mail\" ecdsa-sha2-nistp256 BBBB\n\
                    d@x.example\nssh-ed25519 AAAA\ne@x.example \"ssh-ed25519 AAAA\n";
        let read: Vec<_> = read_allowed_signers(text).collect();
        let first = read[0].as_ref().unwrap();
        assert_eq!((first.line, &first.key[..]), (3, "ssh-ed25519 AAAA"));
        assert_eq!(first.principals, ["a@x.example"]);
        let second = read[1].as_ref().unwrap();
        assert_eq!(second.principals, ["b@x.example", "c@x.example"]);
        assert_eq!(second.options[0], "valid-before=20270101");
        assert_eq!(read[2..], [Err(5), Err(6), Err(7)]);
    }
}
