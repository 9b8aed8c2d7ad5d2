#!/usr/bin/env python3
"""Puts the passage into every coat. Run once; the results are committed.

Beside Python it uses the programs xz, zstd, bzip2, zip where Python has no such writer.
"""
import base64, binascii, bz2, gzip, html, io, lzma, pathlib, quopri, subprocess, tarfile, zipfile, zlib

here = pathlib.Path(__file__).parent
passage = (here / "passage.c").read_bytes()
text = passage.decode()


def put(name, data):
    (here / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def tar(format=tarfile.USTAR_FORMAT, name="ring/passage.c"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format) as archive:
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = len(passage), 0o755, 1000000000
        archive.addfile(info, io.BytesIO(passage))
    return out.getvalue()


def zipped(method, name="ring/passage.c"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
        info.external_attr = 0o100755 << 16
        info.compress_type = method
        archive.writestr(info, passage)
    return out.getvalue()


class Pipe(io.RawIOBase):
    """A file that cannot be rewound: makes zipfile write data descriptors."""
    def __init__(self): self.data = bytearray()
    def writable(self): return True
    def seekable(self): return False
    def write(self, data): self.data += data; return len(data)


def streamed_zip(method):
    out = Pipe()
    with zipfile.ZipFile(out, "w", method) as archive:
        info = zipfile.ZipInfo("ring/passage.c", (2020, 1, 1, 0, 0, 0))
        info.compress_type = method
        archive.writestr(info, passage)
    return bytes(out.data)


half = len(passage) // 2
put("passage.gz", gzip.compress(passage, mtime=0))
put("members.gz", gzip.compress(passage[:half], mtime=0) + gzip.compress(passage[half:], mtime=0))
put("passage.zlib", zlib.compress(passage))
put("passage.bz2", bz2.compress(passage))
put("passage.xz", lzma.compress(passage))
put("passage.lzma", lzma.compress(passage, format=lzma.FORMAT_ALONE))
put("passage.zst", subprocess.run(["zstd", "-q", "-c"], input=passage, stdout=subprocess.PIPE, check=True).stdout)
put("ustar.tar", tar())
put("gnu.tar", tar(tarfile.GNU_FORMAT, "a/" * 80 + "passage.c"))
put("pax.tar", tar(tarfile.PAX_FORMAT, "b/" * 160 + "gr\u00fcn/passage.c"))
put("passage.tar.gz", gzip.compress(tar(), mtime=0))
put("passage.tar.xz", lzma.compress(tar()))
put("stored.zip", zipped(zipfile.ZIP_STORED))
put("deflated.zip", zipped(zipfile.ZIP_DEFLATED))
put("bzip2.zip", zipped(zipfile.ZIP_BZIP2))
put("lzma.zip", zipped(zipfile.ZIP_LZMA))
put("streamed.zip", streamed_zip(zipfile.ZIP_DEFLATED))
put("streamed-stored.zip", streamed_zip(zipfile.ZIP_STORED))
put("utf-16le.txt", b"\xff\xfe" + text.encode("utf-16-le"))
put("utf-16be.txt", text.encode("utf-16-be"))
put("utf-32le.txt", text.encode("utf-32-le"))
put("base64.txt", base64.encodebytes(passage))
put("numbered.txt", "".join(f"{n:6}\t{l}\n" for n, l in enumerate(text.splitlines(), 1)))
put("quoted.txt", "".join((f"> {l}" if l else ">") + "\n" for l in text.splitlines()))
uu = "".join(binascii.b2a_uu(passage[i:i + 45], backtick=True).decode() for i in range(0, len(passage), 45))
put("uuencoded.txt", "Look at this:\n\nbegin 644 passage.c\n" + uu + "`\nend\n\nBye\n")
lines = "".join(f"+{l}\n" for l in text.splitlines())
put("new.diff", f"--- /dev/null\n+++ b/ring/passage.c\n@@ -0,0 +1,{len(text.splitlines())} @@\n{lines}")
head = "From: a@example.org\nTo: b@example.org\nSubject: see below\nMIME-Version: 1.0\n"
put("base64.eml", head + 'Content-Type: multipart/mixed; boundary="=_x"\n\n--=_x\nContent-Type: text/plain\n\nAttached.\n--=_x\n'
    'Content-Type: text/x-c; name="passage.c"\nContent-Transfer-Encoding: base64\n\n' + base64.encodebytes(passage).decode() + "\n--=_x--\n")
put("quoted-printable.eml", head + "Content-Type: text/x-c; name=passage.c\nContent-Transfer-Encoding: quoted-printable\n\n"
    + quopri.encodestring(passage).decode())
put("two.mbox", "From a@example.org Sat Jan  3 01:05:34 1996\n" + head + "\nNothing here.\n\n"
    "From b@example.org Sat Jan  3 01:05:35 1996\n" + head + "Content-Type: text/x-c; name=passage.c\n\n" + text + "\n")


def span(line):
    words = html.escape(line).split(" ")
    return " ".join(f'<span class="k">{w}</span>' if w in ("static", "return", "if", "struct") else w for w in words)


page = '<!DOCTYPE html>\n<html><head><title>ring.c</title><style>pre{}</style></head><body><p>A paste &amp; more.</p>\n%s\n<p>End.</p></body></html>\n'
count = len(text.splitlines())
put("pre.html", page % f"<pre><code>{html.escape(text)}</code></pre>")
put("inline-numbers.html", page % ("<div class=highlight><pre>" + "".join(
    f'<span class="linenos">{n:3} </span>{span(l)}\n' for n, l in enumerate(text.splitlines(), 1)) + "</pre></div>"))
put("gutter-column.html", page % ('<table class="highlighttable"><tr><td class="linenos"><div class="linenodiv"><pre>'
    + "\n".join(str(n) for n in range(1, count + 1)) + '</pre></div></td><td class="code"><div><pre>'
    + "\n".join(span(l) for l in text.splitlines()) + "\n</pre></div></td></tr></table>"))
put("rows.html", page % ('<table class="blob">' + "\n".join(
    f'<tr><td id="L{n}" class="blob-num" data-line-number="{n}"></td><td class="blob-code">{span(l)}</td></tr>'
    for n, l in enumerate(text.splitlines(), 1)) + "</table>"))
put("plain-numbers.html", page % ("<pre>" + "".join(f"{n:3}: {html.escape(l)}\n" for n, l in enumerate(text.splitlines(), 1)) + "</pre>"))
put("divs.html", page % ('<pre class="prettyprint">' + "".join(
    f'<div class="line"><a class="lineno" href="#l{n}">{n}</a>{span(l) or "<br>"}</div>' for n, l in enumerate(text.splitlines(), 1)) + "</pre>"))
put("hard-spaces.html", page % ('<table><tr><td class="line">' + "<br>".join(
    html.escape(l).replace("\t", "&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;") for l in text.splitlines()) + "</td></tr></table>"))
wide = b"\xff\xfe" + text.encode("utf-16-le")
put("utf16-in-base64-in-html.html", page % ("<pre>" + base64.encodebytes(wide).decode() + "</pre>"))
put("data-address.html", page % ('<a download href="data:application/gzip;base64,' + base64.b64encode(gzip.compress(passage, mtime=0)).decode() + '">x</a>'))
outer = io.BytesIO()
with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr(zipfile.ZipInfo("in/passage.tar.gz", (2020, 1, 1, 0, 0, 0)), gzip.compress(tar(), mtime=0))
put("tar.gz-in.zip", outer.getvalue())
