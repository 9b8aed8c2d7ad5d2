//! Heads of mail and MIME parts (RFC 5322, RFC 2045).

use crate::text::readable::lines;

/// The fields of a head, unfolded.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<(Vec<u8>, Vec<u8>)>);

impl Fields {
    /// Longest head that is read.
    const LONGEST: usize = 256 << 10;

    /// Splits `message` into its head and where its body starts.
    pub(crate) fn split(message: &[u8]) -> (Self, &[u8]) {
        let mut fields: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        let mut rest = message;
        while !rest.is_empty() && message.len() - rest.len() < Self::LONGEST {
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            let (line, next) = rest.split_at(end);
            let line = line.trim_ascii_end();
            if line.is_empty() {
                rest = next;
                break;
            }
            if line[0] == b' ' || line[0] == b'\t' {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(b' ');
                    value.extend_from_slice(line.trim_ascii());
                }
            } else if let Some((name, value)) = field(line) {
                fields.push((name.to_ascii_lowercase(), value.to_vec()));
            } else if !(fields.is_empty() && (line.starts_with(b"From ") || line.starts_with(b">From "))) {
                // No head any more: the empty line is missing.
                break;
            }
            rest = next;
        }
        (Self(fields), rest)
    }

    /// The value of the first field of that name (in lower case).
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|(known, _)| known == name.as_bytes()).map(|(_, value)| value.as_slice())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// A parameter of a field: `name=value` behind a semicolon (RFC 2045 section 5.1, RFC 2231 without its
    /// character sets).
    pub(crate) fn parameter(&self, field: &str, name: &str) -> Option<Vec<u8>> {
        let value = self.get(field)?;
        let mut found: Option<Vec<u8>> = None;
        for (key, text) in parameters(value) {
            let key = String::from_utf8_lossy(key).to_ascii_lowercase();
            let Some(rest) = key.strip_prefix(name) else { continue };
            match rest {
                "" => return Some(text),
                // Continuations follow in order; percent signs stay, for a name is only shown.
                _ if rest.starts_with('*') => found.get_or_insert_default().extend(text),
                _ => {}
            }
        }
        found
    }
}

/// Name and value of a field in a line.
pub(crate) fn field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr::memchr(b':', line)?;
    let name = &line[..colon];
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    ((1..=76).contains(&name.len()) && name.iter().all(is_name))
        .then(|| (name, line[colon + 1..].trim_ascii()))
}

fn parameters(value: &[u8]) -> Vec<(&[u8], Vec<u8>)> {
    let mut found = Vec::new();
    let mut rest = value;
    while let Some(at) = memchr::memchr(b';', rest) {
        rest = rest[at + 1..].trim_ascii_start();
        let Some(equals) =
            rest.iter().position(|byte| matches!(byte, b'=' | b';')).filter(|at| rest[*at] == b'=')
        else {
            continue;
        };
        let key = rest[..equals].trim_ascii();
        rest = rest[equals + 1..].trim_ascii_start();
        let mut text = Vec::new();
        if let Some(quoted) = rest.strip_prefix(b"\"") {
            let mut bytes = quoted.iter().enumerate();
            let mut end = quoted.len();
            while let Some((index, byte)) = bytes.next() {
                match byte {
                    b'"' => {
                        end = index + 1;
                        break;
                    }
                    b'\\' => text.extend(bytes.next().map(|(_, byte)| *byte)),
                    _ => text.push(*byte),
                }
            }
            rest = &quoted[end..];
        } else {
            let end = memchr::memchr(b';', rest).unwrap_or(rest.len());
            text.extend_from_slice(rest[..end].trim_ascii());
            rest = &rest[end..];
        }
        found.push((key, text));
    }
    found
}

/// Whether `content` begins like a mail: fields, of which one is a mail's own.
pub(crate) fn is_mail(content: &[u8]) -> bool {
    const OWN: &[&str] = &[
        "received",
        "return-path",
        "message-id",
        "mime-version",
        "delivered-to",
        "content-type",
        "content-transfer-encoding",
        "subject",
        "date",
        "from",
        "to",
    ];
    let first = lines(content).next().unwrap_or_default();
    if field(first).is_none() && !first.starts_with(b"From ") {
        return false;
    }
    let (fields, body) = Fields::split(&content[..content.len().min(Fields::LONGEST)]);
    let own = OWN.iter().filter(|name| fields.get(name).is_some()).count();
    let mime = fields.get("content-type").is_some_and(|value| memchr::memchr(b'/', value).is_some());
    fields.len() >= 2 && !body.is_empty() && (own >= 3 || own >= 1 && mime)
}

/// The parts between the lines `--boundary`, without what stands before and behind, and whether the end
/// mark was there.
pub(crate) fn parts<'a>(body: &'a [u8], boundary: &[u8]) -> (Vec<&'a [u8]>, bool) {
    let mark = [b"--", boundary].concat();
    let (mut parts, mut start) = (Vec::new(), None);
    for at in memchr::memmem::find_iter(body, &mark) {
        if at > 0 && body[at - 1] != b'\n' {
            continue;
        }
        let after = &body[at + mark.len()..];
        let line = after.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let is_end = line.starts_with(b"--");
        if !is_end && !line.trim_ascii().is_empty() {
            // A longer boundary of an inner part.
            continue;
        }
        if let Some(start) = start {
            let part: &[u8] = body.get(start..at).unwrap_or_default();
            let part = part.strip_suffix(b"\n").unwrap_or(part);
            parts.push(part.strip_suffix(b"\r").unwrap_or(part));
        }
        if is_end {
            return (parts, true);
        }
        start = Some((at + mark.len() + line.len() + 1).min(body.len()));
    }
    parts.extend(start.map(|start| &body[start..]));
    (parts, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_unfold_and_parameters_unquote() {
        let message =
            b"Content-Type: multipart/mixed;\r\n\tboundary=\"a;b\\\"c\"; x=y\r\nSubject: s\r\n\r\nbody";
        let (fields, body) = Fields::split(message);
        assert_eq!(body, b"body");
        assert_eq!(fields.parameter("content-type", "boundary").unwrap(), b"a;b\"c");
        assert_eq!(fields.parameter("content-type", "x").unwrap(), b"y");
        assert_eq!(fields.get("subject").unwrap(), b"s");
        let (fields, _) =
            Fields::split(b"Content-Disposition: attachment; filename*0=lo; filename*1=ng.c\n\nx");
        assert_eq!(fields.parameter("content-disposition", "filename").unwrap(), b"long.c");
    }

    #[test]
    fn parts_end_where_they_should() {
        let body = b"pre\r\n--b\r\none\r\n--bb\r\n--b\r\ntwo\r\n--b--\r\npost";
        assert_eq!(parts(body, b"b"), (vec![&b"one\r\n--bb"[..], b"two"], true));
        assert_eq!(parts(b"--b\ncut", b"b"), (vec![&b"cut"[..]], false));
        assert_eq!(parts(b"--b", b"b"), (vec![&b""[..]], false));
    }
}
