"""Renames every identifier of a set of files. Written for the bench alone; knows nothing of how marks are made."""

import builtins
import keyword
import random
import re
import subprocess
import sys

COMMENT_C = r"//(?:\\\n|[^\n])*|/\*.*?(?:\*/|\Z)"
STRING = r"\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?"

TOKENS = {
    "C": re.compile(
        rf"(?P<skip>{COMMENT_C}|(?:\bL|\bu8|\bu|\bU)?(?:{STRING})|^[ \t]*\#[ \t]*include[^\n]*|\.?\d(?:[eEpP][+-]|[\w.])*)|(?P<word>[A-Za-z_]\w*)|.",
        re.S | re.M),
    "JavaScript": re.compile(
        rf"(?P<skip>{COMMENT_C}|`(?:\\.|[^`\\])*`|{STRING}|(?<=[=(,:;!&|?{{}}\n])[ \t]*/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/\w*|\.?\d[\w.]*)"
        r"|(?P<word>[A-Za-z_$][\w$]*)|.",
        re.S),
    "Rust": re.compile(
        r"(?P<skip>//[^\n]*|/\*.*?(?:\*/|\Z)|\bb?r(?P<hashes>\#*)\".*?\"(?P=hashes)|b?\"(?:\\.|[^\"\\])*\"?"
        r"|b?'(?:\\[^u\n][^'\n]*|\\u\{[^}]*\}|[^'\\\n])'|\d\w*(?:\.\d\w*)?)|(?P<word>[A-Za-z_]\w*)|.",
        re.S),
    "Python": re.compile(
        r"(?P<skip>\#[^\n]*|\b(?:[rRbBuUfF]{1,2})?(?:\"\"\".*?(?:\"\"\"|\Z)|'''.*?(?:'''|\Z))"
        rf"|\b(?:[rRbBuUfF]{{1,2}})?(?:{STRING})|(?:\"\"\".*?(?:\"\"\"|\Z)|'''.*?(?:'''|\Z))|{STRING}|\.?\d[\w.]*)|(?P<word>[A-Za-z_]\w*)|.",
        re.S),
}

C_WORDS = """auto break case char const continue default do double else enum extern float for goto if inline int long register restrict
return short signed sizeof static struct switch typedef union unsigned void volatile while define undef include ifdef ifndef elif endif
error warning pragma line defined once asm main argc argv"""
C_HEADERS = """assert ctype errno fcntl float inttypes limits locale math netdb poll pthread pwd setjmp signal stdarg stddef stdint stdio
stdlib string strings sys/mman sys/resource sys/socket sys/stat sys/time sys/types sys/un sys/wait time unistd arpa/inet netinet/in
netinet/tcp termios dirent dlfcn"""
RUST_WORDS = """as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref
return self Self static struct super trait true type union unsafe use where while macro_rules i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128
usize f32 f64 bool char str String Vec Box Option Some None Result Ok Err Rc Arc Cell RefCell Mutex Cow Iterator IntoIterator Default Clone
Copy Debug Display Eq PartialEq Ord PartialOrd Hash From Into AsRef AsMut Borrow Deref DerefMut Drop Send Sync Sized Fn FnMut FnOnce Extend
FromIterator Error Write Read std core alloc fmt mem ptr ops cmp iter slice vec string io derive cfg test inline must_use doc allow
assert assert_eq assert_ne debug_assert panic println format write unreachable unimplemented todo matches new len is_empty push pop next
iter collect map filter unwrap expect as_ref as_mut clone into from to_string to_vec get get_mut insert remove fmt eq cmp hash drop deref
Item Output Target Range Ordering Formatter Hasher Path macro_export feature target_arch any all not"""


def _c_names():
    """Every word of the system's headers: what a program in C cannot rename."""
    text = "".join(f"#include <{name}.h>\n" for name in C_HEADERS.split())
    words = set()
    for options in (["-E", "-P"], ["-E", "-dM"]):
        done = subprocess.run(["gcc", *options, "-D_GNU_SOURCE", "-xc", "-"], input=text, capture_output=True, text=True)
        words.update(re.findall(r"[A-Za-z_]\w*", done.stdout))
    return words


def _javascript_names():
    """Every name that the engine itself gives."""
    script = ("const seen=new Set();const more=o=>{for(const n of Object.getOwnPropertyNames(o)){seen.add(n)}};"
              "more(globalThis);for(const n of Object.getOwnPropertyNames(globalThis)){let v;try{v=globalThis[n]}catch{continue}"
              "if(v&&(typeof v==='object'||typeof v==='function')){more(v);if(v.prototype)more(v.prototype)}}"
              "for(const m of require('module').builtinModules){seen.add(m);let v;try{v=require(m)}catch{continue}"
              "if(v)for(const n of Object.getOwnPropertyNames(v)){seen.add(n);const p=v[n]&&v[n].prototype;if(p)more(p)}}"
              "console.log([...seen].filter(n=>/^[A-Za-z_$][\\w$]*$/.test(n)).join(' '))")
    done = subprocess.run(["node", "--no-deprecation", "-e", script], capture_output=True, text=True)
    words = """break case catch class const continue debugger default delete do else export extends finally for function if import in
    instanceof new return super switch this throw try typeof var void while with yield let static async await of get set null undefined
    true false arguments require module exports"""
    return set(done.stdout.split()) | set(words.split())


def _python_names():
    words = set(keyword.kwlist) | set(keyword.softkwlist) | set(dir(builtins)) | set(sys.stdlib_module_names) | {"self", "cls"}
    for kind in (str, bytes, list, dict, set, tuple, int, float, object, type, BaseException):
        words.update(dir(kind))
    return words


_KEPT = {}


def kept(language):
    """The words that stay as they are."""
    if language not in _KEPT:
        make = {"C": lambda: _c_names() | set(C_WORDS.split()), "JavaScript": _javascript_names, "Python": _python_names,
                "Rust": lambda: set(RUST_WORDS.split())}
        _KEPT[language] = make[language]()
    return _KEPT[language]


class Renamer:
    """New names, the same in every file it is given."""

    def __init__(self, language, seed):
        self.language = language
        self.kept = kept(language)
        self.random = random.Random(seed)
        self.names = {}
        self.taken = set()

    def name(self, old):
        if old not in self.names:
            while True:
                new = "".join(self.random.choice("bdfgklmnprstvz") + self.random.choice("aeiou") for _ in range(self.random.randint(2, 4)))
                if len(old) > 1 and old.upper() == old:
                    new = new.upper()
                elif old[0].isupper():
                    new = new.title()
                if new not in self.taken and new not in self.kept:
                    break
            self.taken.add(new)
            self.names[old] = new
        return self.names[old]

    def rename(self, text):
        def one(match):
            word = match.group("word")
            if word is None or word in self.kept or word.startswith("__"):
                return match.group(0)
            return self.name(word)

        return TOKENS[self.language].sub(one, text)


def strip(language, text):
    """Takes the comments out where no tool of the language does it."""
    def one(match):
        found = match.group(0)
        comment = found.startswith(("//", "/*")) if language != "Python" else found.startswith("#")
        if not (match.group("skip") and comment):
            return found
        return "\n" if "\n" in found else " " if found.startswith("/*") else ""

    lines = TOKENS[language].sub(one, text).split("\n")
    return "\n".join(line.rstrip() for line in lines if line.strip()) + "\n"
