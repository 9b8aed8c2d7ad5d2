//! A small generator of C: random functions, macros, switches, tables and comments, in no relation to the rules.

use std::fmt::Write;

/// A stream of choices (xorshift), the same for the same seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize % limit.max(1)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const NAMES: &[&str] = &["a", "b", "count", "state", "s->len", "buf[i]", "*p", "s->next->n", "flags"];
const NUMBERS: &[&str] = &["0", "1", "8", "255", "0x1f", "0XFF", "'\\0'", "'x'", "MAX_LEN", "4096", "-1"];
const TYPES: &[&str] =
    &["int", "unsigned", "unsigned int", "const char *", "struct stream *", "char const *", "size_t"];
const COMMENTS: &[&str] = &["/* as is */", "/* if (a == b) x++; */", "// to the end"];

fn value(dice: &mut Dice, depth: usize) -> String {
    let next = |dice: &mut Dice| value(dice, depth + 1);
    match if depth > 3 { dice.below(2) } else { dice.below(12) } {
        0 | 2 | 3 => dice.pick(NAMES).to_owned(),
        1 => dice.pick(NUMBERS).to_owned(),
        4 => format!("{} {} {}", next(dice), dice.pick(&["+", "*", "&", "|", "^", "-", "<<"]), next(dice)),
        5 => format!("({} {} {})", next(dice), dice.pick(&["==", "!=", "<", ">="]), next(dice)),
        6 => format!("f({}, {})", next(dice), next(dice)),
        7 => format!("({})", next(dice)),
        8 => format!("{} ? {} : {}", condition(dice, depth + 1), next(dice), next(dice)),
        9 => format!("sizeof({})", dice.pick(NAMES)),
        10 => format!("(uInt){}", dice.pick(NAMES)),
        _ => format!("MIN({}, {})", next(dice), next(dice)),
    }
}

fn condition(dice: &mut Dice, depth: usize) -> String {
    match dice.below(7) {
        0 => dice.pick(NAMES).to_owned(),
        1 => format!("!{}", dice.pick(&["a", "state", "s->len"])),
        2 => format!("{} == NULL", dice.pick(&["p", "s->next"])),
        3 if depth < 3 => format!("{} && {}", condition(dice, depth + 1), condition(dice, depth + 1)),
        4 if depth < 3 => format!("({} || {})", condition(dice, depth + 1), condition(dice, depth + 1)),
        _ => format!("{} {} {}", value(dice, 3), dice.pick(&["==", "!=", "<", ">"]), value(dice, 3)),
    }
}

fn statement(dice: &mut Dice, indent: usize, out: &mut String) {
    let pad = "    ".repeat(indent);
    let simple = |dice: &mut Dice| match dice.below(7) {
        0 => format!("{}++;", dice.pick(&["count", "s->len", "i"])),
        1 => format!("{} += {};", dice.pick(&["a", "s->len"]), value(dice, 2)),
        2 => format!("a = a | {};", dice.pick(NUMBERS)),
        3 => format!("s->len = {};", value(dice, 1)),
        4 => format!("return {};", value(dice, 1)),
        5 => format!("f(\"some text\", {});", value(dice, 2)),
        _ => format!("ASSERT({});", condition(dice, 2)),
    };
    let kind = if indent > 3 { 0 } else { dice.below(14) };
    let _ = match kind {
        0..=4 => writeln!(out, "{pad}{}", simple(dice)),
        5 => writeln!(out, "{pad}{} {}", simple(dice), dice.pick(COMMENTS)),
        6 => writeln!(out, "{pad}if ({}) {}", condition(dice, 0), simple(dice)),
        7 => writeln!(
            out,
            "{pad}if ({})\n{pad}    {}\n{pad}else\n{pad}    {}",
            condition(dice, 0),
            simple(dice),
            simple(dice)
        ),
        8 => writeln!(
            out,
            "{pad}{}\n{pad}s->n = {};\n{pad}s->m = {};",
            dice.pick(COMMENTS),
            dice.pick(NUMBERS),
            dice.pick(NUMBERS)
        ),
        9 => writeln!(out, "#ifdef DEBUG_{}\n{pad}{}\n#endif", dice.below(3), simple(dice)),
        10 => {
            let _ = writeln!(out, "{pad}switch (state) {{");
            for case in 0..2 + dice.below(4) {
                let label = dice.pick(&["case 'a'", "case", "case KIND_"]);
                let label = if label.ends_with('\'') {
                    format!("case '{}'", char::from(b'a' + case as u8))
                } else if label == "case" {
                    format!("case {case}")
                } else {
                    format!("{label}{case}")
                };
                let _ = writeln!(out, "{pad}{label}:\n{pad}    {}", simple(dice));
                if dice.below(3) > 0 {
                    let _ = writeln!(out, "{pad}    break;");
                }
            }
            writeln!(out, "{pad}default:\n{pad}    break;\n{pad}}}")
        }
        kind => {
            let head = match kind {
                11 => format!("if ({})", condition(dice, 0)),
                12 => format!("while ({})", condition(dice, 0)),
                _ => dice
                    .pick(&["for (;;)", "while (1)", "for (i = 0; i < count; i++)", "for (; i < 8;)"])
                    .to_owned(),
            };
            let _ = writeln!(out, "{pad}{head} {{");
            for _ in 0..1 + dice.below(3) {
                statement(dice, indent + 1, out);
            }
            writeln!(out, "{pad}}}")
        }
    };
}

/// A top-level item: most are functions, `number` is in their names.
pub(crate) fn item(dice: &mut Dice, number: usize) -> String {
    let mut out = String::new();
    match dice.below(10) {
        0 => {
            for part in 0..1 + dice.below(4) {
                let _ = writeln!(out, "#define LIMIT_{number}_{part} {}", dice.pick(NUMBERS));
            }
        }
        1 => {
            let _ = writeln!(
                out,
                "#define MACRO_{number}(x) {}",
                dice.pick(&["((x) + 1)", "do { x; } while (0)", "x, y", "(x)"])
            );
        }
        2 => {
            for part in 0..1 + dice.below(4) {
                let _ = writeln!(
                    out,
                    "{} proto_{number}_{part}(int a, const char *p);",
                    dice.pick(&["int", "static unsigned", "void *"])
                );
            }
        }
        3 => {
            let _ = writeln!(
                out,
                "enum kind_{number} {{ ONE_{number} = 1, TWO_{number} = 2, THREE_{number} = 3 }};"
            );
        }
        4 => {
            let _ = writeln!(
                out,
                "struct stream_{number} {{\n    {} one;\n    {} two;\n}};",
                dice.pick(TYPES),
                dice.pick(TYPES)
            );
        }
        5 => {
            let _ = writeln!(
                out,
                "static const struct ops ops_{number} = {{\n    .open = 1,\n    .close = 2,\n    .size = {},\n}};",
                dice.pick(NUMBERS)
            );
        }
        _ => {
            if dice.below(3) == 0 {
                let _ = writeln!(out, "{}", dice.pick(&["/* About it. */", "/* Two\n * lines. */"]));
            }
            let head = dice.pick(&[
                "static int ",
                "int ",
                "unsigned ",
                "int ZEXPORT ",
                "local void ",
                "ZEXTERN int ",
                "static INLINE int ",
            ]);
            let _ = writeln!(out, "{head}function_{number}(struct stream *s, const char *p)\n{{");
            for local in 0..dice.below(4) {
                let _ =
                    writeln!(out, "    {} v{local}{};", dice.pick(TYPES), dice.pick(&["", " = 0", ", w"]));
            }
            for _ in 0..1 + dice.below(6) {
                statement(dice, 1, &mut out);
            }
            let _ = writeln!(out, "}}");
        }
    }
    out
}
