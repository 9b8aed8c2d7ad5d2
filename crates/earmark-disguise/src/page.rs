//! A web page that shows code, as forums and paste sites save it.

use crate::language::{Language, language};
use crate::lex::{Kind, lex};
use crate::words::is_kept;

/// Writes a page that shows `code` in color, each line in a table row beside its number.
///
/// The language is judged by `title`, which is best the file's name; a title that says nothing counts as C.
pub fn highlight_page(title: &str, code: &str) -> String {
    let language = match language(title) {
        Language::Prose | Language::Other => Language::C,
        found => found,
    };
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{0} - paste board</title>\n<style>\n\
         .ln {{ color: #999; text-align: right; padding-right: 1em; user-select: none }}\n\
         .kw {{ color: #00f }} .st {{ color: #a31515 }} .co {{ color: #080 }} .nu {{ color: #098658 }}\n</style>\n</head>\n<body>\n\
         <div class=\"nav\"><a href=\"/\">Home</a> &raquo; <a href=\"/board/7\">Downloads &amp; sources</a></div>\n\
         <h1>{0}</h1>\n<p class=\"by\">posted by <b>guest</b>, 3 replies</p>\n<table class=\"highlight\">\n",
        escape(title)
    );
    let mut number = 1_usize;
    open_row(&mut out, number);
    for token in lex(language, code) {
        let class = match token.kind {
            Kind::LineComment | Kind::BlockComment => "co",
            Kind::Quoted => "st",
            Kind::Number => "nu",
            Kind::Word if is_kept(language, token.text) => "kw",
            Kind::Word | Kind::Lifetime => "id",
            Kind::Punct => "op",
            Kind::Blank => "",
        };
        for (piece_number, piece) in token.text.split('\n').enumerate() {
            if piece_number > 0 {
                number += 1;
                out.push_str("</code></td></tr>\n");
                open_row(&mut out, number);
            }
            let piece = piece.trim_end_matches('\r');
            if class.is_empty() || piece.is_empty() {
                out.push_str(&escape(piece));
            } else {
                out.push_str(&format!("<span class=\"{class}\">{}</span>", escape(piece)));
            }
        }
    }
    out.push_str("</code></td></tr>\n</table>\n<p class=\"foot\">All posts belong to whoever wrote them.</p>\n</body>\n</html>\n");
    out
}

fn open_row(out: &mut String, number: usize) {
    out.push_str(&format!("<tr><td class=\"ln\" id=\"L{number}\">{number}</td><td class=\"code\"><code style=\"white-space:pre\">"));
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the code back as a careful person would: the code cells alone, tags off, entities back.
    fn read(page: &str) -> String {
        let mut lines = Vec::new();
        for row in page.lines().filter_map(|line| line.split_once("<code style=\"white-space:pre\">")) {
            let mut text = String::new();
            let mut tag = false;
            for letter in row.1.chars() {
                match letter {
                    '<' => tag = true,
                    '>' => tag = false,
                    _ if !tag => text.push(letter),
                    _ => {}
                }
            }
            lines.push(
                text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"),
            );
        }
        lines.join("\n")
    }

    #[test]
    fn shows_every_line_with_its_number() {
        let code = "int main(void) {\n\treturn a < b && \"x>y\"; /* two\n lines */\n}\n";
        let page = highlight_page("poc.c", code);
        assert_eq!(read(&page), code);
        assert!(page.contains("id=\"L5\">5</td>") && !page.contains("id=\"L6\""));
        assert!(page.contains("<span class=\"kw\">return</span>"));
    }
}
