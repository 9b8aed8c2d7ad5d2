/// A compressed file's name without the compression: `a.tar.gz` and `a.tgz` give `a.tar`.
pub(crate) fn stem(name: &str) -> String {
    let Some((stem, ending)) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) else {
        return name.to_owned();
    };
    match ending.to_ascii_lowercase().as_str() {
        "gz" | "z" | "bz2" | "xz" | "zst" | "zstd" | "lzma" | "gzip" => stem.to_owned(),
        "tgz" | "tbz" | "tbz2" | "txz" | "tzst" => format!("{stem}.tar"),
        "svgz" => format!("{stem}.svg"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn only_the_compression_goes() {
        for (name, expected) in [
            ("a.tar.gz", "a.tar"),
            ("a.TGZ", "a.tar"),
            ("x.c", "x.c"),
            (".gz", ".gz"),
            ("", ""),
            ("noext", "noext"),
        ] {
            assert_eq!(stem(name), expected);
        }
    }
}
