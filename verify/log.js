#!/usr/bin/env node
// Checks a published log, or a proof from one, with nothing but Node: written from docs/formats/log.md alone.
//
//   node verify/log.js FOLDER [--key NAME+ID+KEY]...       the whole log
//   node verify/log.js PROOF FOLDER|--key KEY...           one entry
//
// Prints one line for each thing that is wrong and exits with 1, or says that all holds and exits with 0. Ed25519
// signatures are checked; ML-DSA-44 lines are counted and not checked, since Node 20 cannot.

"use strict";
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const sha256 = (...parts) => {
  const hash = crypto.createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const leafHash = (entry) => sha256(Buffer.from([0]), entry);
const nodeHash = (left, right) => sha256(Buffer.from([1]), left, right);

class Malformed extends Error {}
const must = (condition, why) => {
  if (!condition) throw new Malformed(why);
};

function base64(text) {
  const bytes = Buffer.from(text, "base64");
  must(bytes.toString("base64") === text, "this is no base64");
  return bytes;
}

function verifierKey(text) {
  const [name, id] = text.split("+", 2);
  const bytes = base64(text.slice(name.length + id.length + 2));
  const hash = sha256(Buffer.from(name + "\n"), bytes);
  must(name && hash.subarray(0, 4).toString("hex") === id, `the key of ${name} has another id`);
  return { name, id, kind: bytes[0], key: bytes.subarray(1) };
}

function ed25519(key, message, signature) {
  const jwk = { kty: "OKP", crv: "Ed25519", x: key.toString("base64url") };
  const made = crypto.createPublicKey({ key: jwk, format: "jwk" });
  return signature.length === 64 && crypto.verify(null, message, made, signature);
}

function parseNote(note) {
  const split = note.lastIndexOf("\n\n");
  must(split > 0 && note.endsWith("\n"), "this is no signed note");
  const text = note.slice(0, split + 1);
  const signatures = note.slice(split + 2, -1).split("\n").map((line) => {
    const match = /^\u2014 ([^\s+]+) (\S+)$/.exec(line);
    must(match, "a signature line is none");
    const bytes = base64(match[2]);
    must(bytes.length > 4, "a signature is too short");
    return { name: match[1], id: bytes.subarray(0, 4).toString("hex"), bytes: bytes.subarray(4) };
  });
  const lines = text.slice(0, -1).split("\n");
  must(lines.length === 3 && /^(0|[1-9]\d{0,15})$/.test(lines[1]), "this is no checkpoint");
  const root = base64(lines[2]);
  must(root.length === 32, "the root is none");
  return { text, signatures, origin: lines[0], size: Number(lines[1]), root };
}

// The log's keys that sign a checkpoint of this size.
const keysAt = (trust, size) => trust.past.find((past) => size <= past.until)?.keys ?? trust.log;

// Checks a checkpoint's signatures; gives how many could not be checked.
function openNote(text, trust) {
  const note = parseNote(text);
  let unchecked = 0;
  const log = keysAt(trust, note.size);
  const wanted = new Set(log.map((key) => key.id));
  for (const signature of note.signatures) {
    const known = [...log, ...trust.witnesses].find((k) => k.name === signature.name && k.id === signature.id);
    // Under a handover a witness may have signed whom nobody knows here.
    if (!known && trust.strangers) continue;
    must(known, `a signature of ${signature.name} is by a key that is not listed`);
    if (known.kind === 1) {
      must(ed25519(known.key, Buffer.from(note.text), signature.bytes), `the signature of ${known.name} does not fit`);
    } else if (known.kind === 4) {
      const instant = signature.bytes.readBigUInt64BE();
      const message = Buffer.from(`cosignature/v1\ntime ${instant}\n${note.text}`);
      must(ed25519(known.key, message, signature.bytes.subarray(8)), `the signature of ${known.name} does not fit`);
    } else {
      must(known.kind === 6 && signature.bytes.length === 2428, `the signature of ${known.name} is none of its kind`);
      unchecked += 1;
    }
    wanted.delete(known.id);
  }
  must(wanted.size === 0, "a key of the log did not sign");
  must(log.some((key) => key.kind === 1 && key.name === note.origin), `no Ed25519 key of ${note.origin} is known`);
  return { ...note, unchecked };
}

function readTrust(folder, given) {
  const trust = { log: [], witnesses: [], past: [] };
  if (folder) {
    const text = fs.readFileSync(path.join(folder, "keys"), "utf8");
    must(text.endsWith("\n"), "`keys` is cut");
    for (const line of text.slice(0, -1).split("\n")) {
      if (line.startsWith("log ")) trust.log.push({ ...verifierKey(line.slice(4)), text: line.slice(4) });
      else if (line.startsWith("witness ")) trust.witnesses.push(verifierKey(line.slice(8)));
      else if (line.startsWith("past ")) {
        const [, until, key] = /^past (0|[1-9]\d{0,15}) (\S+)$/.exec(line) ?? [];
        must(key, "`keys` has a line that is none");
        if (trust.past.at(-1)?.until !== Number(until)) trust.past.push({ until: Number(until), keys: [] });
        trust.past.at(-1).keys.push({ ...verifierKey(key), text: key });
      }
      else must(false, "`keys` has a line that is none");
    }
  }
  for (const [index, past] of trust.past.entries()) {
    must(index === 0 || past.until > trust.past[index - 1].until, "`keys` lists past keys out of order");
    const next = trust.past[index + 1]?.keys ?? trust.log;
    checkHandover(fs.readFileSync(path.join(folder, `handover/${past.until}`), "utf8"), past, next);
  }
  for (const text of given) {
    const key = verifierKey(text);
    // Listed keys beside the given one only add signatures that must fit; a past key leads to those of today.
    const listed = [...trust.log, ...trust.past.flatMap((past) => past.keys)];
    if (!listed.some((one) => one.name === key.name && one.id === key.id)) trust.log.push(key);
  }
  must(trust.log.length > 0, "no key of the log is known");
  return trust;
}

// The hashes of complete subtrees: levels[k][i] is over the leaves from i * 2^k on.
function buildLevels(entries) {
  const levels = [entries.map(leafHash)];
  while (levels.at(-1).length > 1) {
    const below = levels.at(-1);
    levels.push(Array.from({ length: below.length >> 1 }, (_, i) => nodeHash(below[2 * i], below[2 * i + 1])));
  }
  return levels;
}

function rootOf(levels, from, to) {
  if (to === 0) return sha256();
  const length = to - from;
  const level = Math.log2(length);
  if (Number.isInteger(level)) return levels[level][from / length];
  const middle = from + 2 ** Math.floor(level);
  return nodeHash(rootOf(levels, from, middle), rootOf(levels, middle, to));
}

const tilePath = (kind, index, width) => {
  const groups = [];
  for (let rest = index; groups.length === 0 || rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`${groups.length ? "x" : ""}${String(rest % 1000).padStart(3, "0")}`);
  }
  return `tile/${kind}/${groups.join("/")}${width < 256 ? `.p/${width}` : ""}`;
};

// The number of entries of the least tree in which a tile of this name stands; NaN if it is no tile's.
function endOf(name) {
  const parts = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/.exec(name);
  if (!parts) return NaN;
  const number = Number(parts[2].replaceAll("x", "").replaceAll("/", ""));
  return (number * 256 + Number(parts[3] ?? 256)) * 256 ** (parts[1] === "entries" ? 0 : Number(parts[1]));
}

// Every tile of a tree of `size` entries: [path, kind, index, width].
function tilesOf(size, onlyPartial) {
  const tiles = [];
  const row = (kind, count) => {
    const full = Math.floor(count / 256);
    for (let index = 0; !onlyPartial && index < full; index++) tiles.push([tilePath(kind, index, 256), kind, index, 256]);
    if (count % 256) tiles.push([tilePath(kind, full, count % 256), kind, full, count % 256]);
  };
  row("entries", size);
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / 256)) row(level, count);
  return tiles;
}

function filesBelow(folder, prefix = "") {
  return fs.readdirSync(path.join(folder, prefix), { withFileTypes: true }).flatMap((item) => {
    const name = prefix + item.name;
    if (item.isDirectory()) return filesBelow(folder, `${name}/`);
    return name === ".writing" ? [] : [name];
  });
}

function readBundle(bytes) {
  const entries = [];
  for (let at = 0; at < bytes.length; ) {
    must(at + 2 <= bytes.length, "a bundle is cut");
    const end = at + 2 + bytes.readUInt16BE(at);
    must(end <= bytes.length, "a bundle is cut");
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

function checkFolder(folder, given) {
  const faults = [];
  const attempt = (what, act) => {
    try {
      return act();
    } catch (error) {
      faults.push(`${what}: ${error.message}`);
      return undefined;
    }
  };
  const trust = attempt("keys", () => readTrust(folder, given));
  if (!trust) return { faults };
  const there = new Set(filesBelow(folder));
  const heads = new Map();
  for (const name of [...there].filter((name) => name.startsWith("checkpoints/"))) {
    attempt(name, () => {
      const text = fs.readFileSync(path.join(folder, name), "utf8");
      must(Buffer.from(text).equals(fs.readFileSync(path.join(folder, name))), "it is no text");
      const head = openNote(text, trust);
      must(name === `checkpoints/${head.size}`, `it is of ${head.size} entries`);
      heads.set(head.size, { ...head, note: text });
    });
  }
  const sizes = [...heads.keys()].sort((a, b) => a - b);
  const size = sizes.at(-1) ?? 0;
  attempt("checkpoint", () => {
    const shown = fs.readFileSync(path.join(folder, "checkpoint"), "utf8");
    // A publisher that is stopped before its last step leaves an older one, or the newest before it was cosigned.
    const cosigned = () => shown.endsWith("\n") && heads.get(size)?.note.startsWith(shown) && openNote(shown, trust).size === size;
    must([...heads.values()].some((head) => head.note === shown) || cosigned(), "it is none of checkpoints/");
  });
  const entries = [];
  for (const [name, , , width] of tilesOf(size).filter(([, kind]) => kind === "entries")) {
    const read = attempt(name, () => {
      const bundle = readBundle(fs.readFileSync(path.join(folder, name)));
      must(bundle.length === width, `it holds ${bundle.length} entries`);
      return bundle;
    });
    if (!read) return { faults };
    entries.push(...read);
  }
  const levels = buildLevels(entries);
  for (const [headSize, head] of heads) {
    if (!rootOf(levels, 0, headSize).equals(head.root)) faults.push(`checkpoints/${headSize}: its root is another than the entries'`);
  }
  const wanted = new Map();
  for (const headSize of sizes) for (const tile of tilesOf(headSize, headSize !== size)) wanted.set(tile[0], tile);
  for (const [name, kind, index, width] of wanted.values()) {
    attempt(name, () => {
      const bytes = fs.readFileSync(path.join(folder, name));
      const from = index * 256;
      const expected = kind === "entries"
        ? Buffer.concat(entries.slice(from, from + width).flatMap((entry) => [Buffer.from([entry.length >> 8, entry.length & 255]), entry]))
        : Buffer.concat(levels[8 * kind].slice(from, from + width));
      must(bytes.equals(expected), "it does not hold what the entries give");
    });
  }
  for (const name of there) {
    const known = name === "keys" || trust.past.some((past) => name === `handover/${past.until}`) || name === "checkpoint" || name.startsWith("checkpoints/") || wanted.has(name);
    // A publisher that is stopped leaves tiles of entries that no checkpoint holds yet.
    if (!known && !(endOf(name) > size)) faults.push(`${name}: it does not belong in a log`);
  }
  const unchecked = [...heads.values()].reduce((sum, head) => sum + head.unchecked, 0);
  return { faults, said: `${entries.length} entries, ${heads.size} checkpoints of ${trust.log[0].name} (${unchecked} ML-DSA-44 lines not checked)` };
}

// The parts of a proof; checks nothing but its form.
function parseProof(text) {
  const split = text.indexOf("\n\n");
  const lines = text.slice(0, split).split("\n");
  must(split > 0 && lines.shift() === "c2sp.org/tlog-proof@v1", "this is no proof");
  const extra = base64(lines.shift().slice("extra ".length));
  const index = Number(/^index (0|[1-9]\d{0,15})$/.exec(lines.shift())?.[1] ?? NaN);
  must(Number.isInteger(index), "the proof names no entry");
  return { extra, index, way: lines.map(base64), note: text.slice(split + 2) };
}

// Walks from an entry to the root of a checkpoint that was opened.
function checkWay(commitment, { index, way }, head) {
  must(index < head.size && way.every((hash) => hash.length === 32), "the way is none");
  let [node, last, hash] = [index, head.size - 1, leafHash(commitment)];
  const half = (number) => Math.floor(number / 2);
  for (const step of way) {
    must(last > 0, "the way is too long");
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(step, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = nodeHash(hash, step);
    }
    [node, last] = [half(node), half(last)];
  }
  must(last === 0 && hash.equals(head.root), "the entry is not in the log");
}

const commit = (nonce, document) => sha256(Buffer.from("earmark/v1/commit\0"), nonce, Buffer.from(document));

// That the keys of `past` handed the log over to `next`.
function checkHandover(text, past, next) {
  const proof = parseProof(text);
  const head = openNote(proof.note, { log: past.keys, witnesses: [], past: [], strangers: true });
  must(head.size === past.until && proof.extra.length === 32, "a handover is of another size, or has no nonce");
  const document = JSON.stringify({ keys: next.map((key) => key.text), kind: "handover", until: String(past.until) });
  checkWay(commit(proof.extra, document), proof, head);
}

function checkProof(text, folder, given) {
  const proof = parseProof(text);
  const extra = JSON.parse(proof.extra.toString());
  const head = openNote(proof.note, readTrust(folder, given));
  must(/^[0-9a-f]{64}$/.test(extra.commitment), "the commitment is none");
  const commitment = Buffer.from(extra.commitment, "hex");
  checkWay(commitment, proof, head);
  if (extra.document === undefined) return `entry ${proof.index} of ${head.origin} (closed)`;
  const opened = commit(Buffer.from(extra.nonce, "hex"), extra.document);
  must(opened.equals(commitment), "the document is not what the entry binds");
  return `entry ${proof.index} of ${head.origin}: ${extra.document}`;
}

function main(words) {
  const given = [];
  const paths = [];
  while (words.length) {
    const word = words.shift();
    if (word === "--key") given.push(words.shift() ?? "");
    else paths.push(word);
  }
  if (paths.length < 1 || paths.length > 2) {
    console.error("usage: log.js FOLDER [--key KEY]... | PROOF [FOLDER] [--key KEY]...");
    return 2;
  }
  try {
    if (!fs.statSync(paths[0]).isDirectory()) {
      console.log(checkProof(fs.readFileSync(paths[0], "utf8"), paths[1], given));
      return 0;
    }
    const { faults, said } = checkFolder(paths[0], given);
    for (const fault of faults) console.log(`wrong: ${fault}`);
    if (faults.length === 0) console.log(`the log is sound: ${said}`);
    return faults.length === 0 ? 0 : 1;
  } catch (error) {
    console.log(`wrong: ${error.message}`);
    return 1;
  }
}

process.exitCode = main(process.argv.slice(2));
