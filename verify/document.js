// Reads a reading document: JSON as it was written, every listed field of the right kind, no contradiction.
//
// docs/formats/reading.md says what is refused. Not here: checking the decision (reading.js).
"use strict";
const EarmarkDocument = (() => {
  const POSITIONS_MAX = 1000000, RECIPIENTS_MAX = 2000000, LEVELS_MAX = 64, CLASSES_MAX = 16, REVISIONS_MAX = 100000;
  const SETS_MAX = 10000, SET_MAX = 3, GIVEN_MAX = 7, THETA_MAX = 11, WEIGHTS_MAX = 8;
  const WEIGHT_ROWS_MAX = LEVELS_MAX * 8 * (CLASSES_MAX + 1) * (GIVEN_MAX + 1);
  const U8 = 255, U32 = 4294967295;
  const ORIGINAL = "@original";
  const VERDICTS = ["traced", "unmarked", "ours-untraceable", "not-ours"];

  class Malformed extends Error {}
  const refuse = (why) => { throw new Malformed(why); };

  // ---- JSON, with what `JSON.parse` hides: names given twice, and how a number was written ----

  /** A number that was not written as an integer. */
  class Real { constructor(value) { this.value = value; } }

  const REPEATED = Symbol("names given twice");

  /** Reads JSON to any depth. Integers become numbers (beyond 2^53 bigints), other numbers `Real`. */
  function parseJson(text) {
    const space = /[ \t\n\r]*/y, plain = /[^"\\\u0000-\u001f]*/y;
    const number = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y, hex = /[0-9a-fA-F]{4}/y;
    const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
    let at = 0;
    const wrong = () => refuse(at < text.length ? `it is no JSON at character ${at}` : "the JSON ends too early");
    const skip = () => { space.lastIndex = at; space.test(text); at = space.lastIndex; };
    const unit = () => {
      hex.lastIndex = at;
      if (!hex.test(text)) wrong();
      at += 4;
      return parseInt(text.slice(at - 4, at), 16);
    };
    const string = () => {
      if (text[at] !== '"') wrong();
      at += 1;
      let out = "";
      for (;;) {
        plain.lastIndex = at;
        plain.test(text);
        out += text.slice(at, plain.lastIndex);
        at = plain.lastIndex;
        if (text[at] === '"') { at += 1; return out; }
        if (text[at] !== "\\") wrong();
        const escape = text[at + 1];
        at += 2;
        if (escape !== "u") {
          if (!(escape in ESCAPES)) wrong();
          out += ESCAPES[escape];
          continue;
        }
        const first = unit();
        if (first >= 0xdc00 && first <= 0xdfff) wrong();
        out += String.fromCharCode(first);
        if (first >= 0xd800 && first <= 0xdbff) {
          if (text[at] !== "\\" || text[at + 1] !== "u") wrong();
          at += 2;
          const second = unit();
          if (second < 0xdc00 || second > 0xdfff) wrong();
          out += String.fromCharCode(second);
        }
      }
    };
    const scalar = () => {
      if (text[at] === '"') return string();
      for (const [word, value] of [["true", true], ["false", false], ["null", null]])
        if (text.startsWith(word, at)) { at += word.length; return value; }
      number.lastIndex = at;
      const found = number.exec(text);
      if (found === null) wrong();
      at = number.lastIndex;
      const value = Number(found[0]);
      if (!Number.isFinite(value)) refuse(`a number before character ${at} is out of range`);
      if (found[1] || found[2] || found[0] === "-0" || found[0].length > 20) return new Real(value);
      return Number.isSafeInteger(value) ? value : BigInt(found[0]);
    };
    const open = [];
    const name = (top) => {
      skip();
      top.name = string();
      skip();
      if (text[at] !== ":") wrong();
      at += 1;
    };
    for (;;) {
      skip();
      const c = text[at];
      let value;
      if (c === "{" || c === "[") {
        at += 1;
        skip();
        value = c === "{" ? Object.create(null) : [];
        const empty = text[at] === (c === "{" ? "}" : "]");
        if (!empty) {
          const top = { value, name: null };
          open.push(top);
          if (c === "{") name(top);
          continue;
        }
        at += 1;
      } else {
        value = scalar();
      }
      for (;;) {
        const top = open[open.length - 1];
        if (top === undefined) {
          skip();
          if (at < text.length) wrong();
          return value;
        }
        const list = Array.isArray(top.value);
        if (list) {
          top.value.push(value);
        } else {
          if (top.name in top.value) (top.value[REPEATED] ??= new Set()).add(top.name);
          top.value[top.name] = value;
        }
        skip();
        if (text[at] === ",") {
          at += 1;
          if (!list) name(top);
          break;
        }
        if (text[at] !== (list ? "]" : "}")) wrong();
        at += 1;
        open.pop();
        value = top.value;
      }
    }
  }

  // ---- The document's shape ----

  const object = (value, what, names) => {
    if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Real)
      refuse(`${what} is no object`);
    if (value[REPEATED]) for (const name of names) if (value[REPEATED].has(name)) refuse(`\`${name}\` is given twice`);
    return value;
  };
  const list = (value, what) => (Array.isArray(value) ? value : refuse(`${what} is no list`));
  const text = (value, what) => (typeof value === "string" ? value : refuse(`${what} is no text`));
  const whole = (value, most, what) =>
    typeof value === "number" && value >= 0 && value <= most ? value : refuse(`${what} is no integer up to ${most}`);
  const signed = (value, what) =>
    typeof value === "number" || (typeof value === "bigint" && BigInt.asIntN(64, value) === value)
      ? value : refuse(`${what} is no integer of 64 bits`);
  const real = (value, what) => {
    if (value instanceof Real) return value.value;
    return typeof value === "number" || typeof value === "bigint" ? Number(value) : refuse(`${what} is no number`);
  };
  const absent = (value) => value === undefined || value === null;
  const maybe = (value, read, ...more) => (absent(value) ? null : read(value, ...more));
  const lists = (value, what) => (value === undefined ? [] : list(value, what));
  const texts = (value, what) => list(value, what).map((one) => text(one, `an entry of ${what}`));
  const bounded = (count, most, what) => { if (count > most) refuse(`\`${what}\` has ${count} entries, and at most ${most} are allowed`); };
  const few = (value, most, what) => { bounded(list(value, `\`${what}\``).length, most, what); return value; };
  const unsigned = (value, what) =>
    (typeof value === "number" && value >= 0) || (typeof value === "bigint" && BigInt.asUintN(64, value) === value)
      ? value : refuse(`${what} is no integer of 64 bits`);

  function readDocument(json) {
    const names = ["version", "asset", "revisions", "plan", "reader", "matter", "look", "alpha", "alpha_look", "n",
      "levels", "classes", "positions", "codewords", "match", "decision"];
    const from = object(json, "the document", names);
    const version = whole(from.version, U32, "`version`");
    if (version !== 1) refuse(`it has version ${version}, and only version 1 is known`);
    for (const name of ["asset", "plan", "reader", "matter"]) maybe(from[name], text, `\`${name}\``);
    if (from.revisions !== undefined) texts(few(from.revisions, REVISIONS_MAX, "revisions"), "`revisions`");
    const document = { asset: from.asset ?? null, matter: from.matter ?? null };
    document.alphas = readAlpha(from);
    document.n = whole(from.n, U32, "`n`");
    document.laws = readLevels(from.levels);
    const classes = lists(from.classes, "`classes`");
    bounded(classes.length, CLASSES_MAX, "classes");
    document.errors = classes.map((one, i) => {
      const err = real(object(one, `class ${i}`, ["err"]).err, `\`err\` of class ${i}`);
      if (!(err >= 0 && err <= 0.5)) refuse(`the error rate of class ${i} must lie from 0 to 0.5`);
      return Math.max(err, 1e-4);
    });
    readPositions(document, list(from.positions, "`positions`"));
    readCodewords(document, object(from.codewords, "`codewords`", []));
    document.matched = maybe(from.match, (match) => {
      object(match, "`match`", ["level", "chance"]);
      text(match.level, "`match.level`");
      const chance = maybe(match.chance, real, "`match.chance`");
      if (chance !== null && !(chance >= 0 && chance <= 1)) refuse("`match.chance` must lie from 0 to 1");
      return match.level;
    });
    document.decision = maybe(from.decision, readDecision);
    return document;
  }

  function readAlpha(from) {
    const look = maybe(from.look, whole, U32, "`look`") ?? 1;
    const proper = (name) => maybe(from[name], (value) => {
      const alpha = real(value, `\`${name}\``);
      return alpha > 0 && alpha < 1 ? alpha : refuse(`\`${name}\` must be a number above 0 and below 1`);
    });
    const alpha = proper("alpha"), spent = proper("alpha_look");
    if (spent === null) {
      if (alpha === null) refuse("`alpha` must be a number above 0 and below 1");
      if (look !== 1) refuse(`look ${look} needs \`alpha_look\`: \`alpha\` alone means one look`);
      return { singles: alpha, pairs: 0, triples: 0, alone: true };
    }
    if (alpha !== null) {
      const most = (alpha * 6) / (Math.PI * Math.PI * look * look);
      if (look === 0 || spent > most * (1 + 1e-9)) refuse(`look ${look} may spend ${most}, and \`alpha_look\` is ${spent}`);
    }
    return { singles: spent * 0.9, pairs: spent * 0.09, triples: spent * 0.01, alone: false };
  }

  function readLevels(from) {
    const levels = list(from, "`levels`");
    bounded(levels.length, LEVELS_MAX, "levels");
    return levels.map((level, i) => {
      const wrong = `level ${i} is not a law in 256ths`;
      if (typeof level === "number") return level >= 1 && level <= 255 ? [256 - level, level] : refuse(wrong);
      const law = list(level, `level ${i}`);
      if (law.length < 2 || law.length > 8) refuse(wrong);
      let sum = 0;
      for (const p of law) sum += whole(p, 255, wrong);
      return sum === 256 && law.every((p) => p > 0) ? law : refuse(wrong);
    });
  }

  function readPositions(document, positions) {
    bounded(positions.length, POSITIONS_MAX, "positions");
    const names = ["id", "level", "y", "class", "rule", "region", "rule_passes"];
    const ids = new Set();
    document.positions = positions.map((position, i) => {
      object(position, `position ${i}`, names);
      const level = whole(position.level, document.laws.length - 1, `\`level\` of position ${i}`);
      if (position.y === undefined) refuse(`position ${i} has no \`y\``);
      const y = maybe(position.y, whole, document.laws[level].length - 1, `\`y\` of position ${i}`);
      const kind = maybe(position.class, whole, document.errors.length - 1, `\`class\` of position ${i}`);
      const id = maybe(position.id, whole, U32, `\`id\` of position ${i}`);
      if (id !== null) {
        if (ids.has(id)) refuse(`position number ${id} is listed twice`);
        ids.add(id);
      }
      maybe(position.rule, text, "`rule`");
      maybe(position.region, whole, U32, "`region`");
      const passes = position.rule_passes;
      if (!absent(passes) && typeof passes !== "boolean") refuse("`rule_passes` is neither true nor false");
      return { level, y, kind, original: y === 0 && passes !== false };
    });
    document.read = [];
    document.positions.forEach((position, i) => { if (position.y !== null) document.read.push(i); });
  }

  /** Compares as UTF-8 bytes, which is the order of code points. */
  function byBytes(a, b) {
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length; i += 1) {
      let x = a.charCodeAt(i), y = b.charCodeAt(i);
      if (x === y) continue;
      // Surrogates stand for code points above all others.
      if (x >= 0xd800 && y >= 0xd800) {
        x += x >= 0xe000 ? -0x800 : 0x2000;
        y += y >= 0xe000 ? -0x800 : 0x2000;
      }
      return x - y;
    }
    return a.length - b.length;
  }

  function readCodewords(document, from) {
    if (from[REPEATED]) refuse(`\`${[...from[REPEATED]][0]}\` has two codewords`);
    const names = Object.keys(from).sort(byBytes);
    bounded(names.length, RECIPIENTS_MAX, "codewords");
    if (document.n === 0 || names.length > document.n) refuse(`\`n\` is ${document.n}, and ${names.length} codewords are given`);
    const { positions, laws } = document;
    document.hidden = false;
    for (const name of names) {
      if (name === "" || name === ORIGINAL) refuse(`\`${name}\` cannot be a recipient's id`);
      const word = text(from[name], `the codeword of \`${name}\``);
      if (word.length !== positions.length)
        refuse(`the codeword of \`${name}\` has ${word.length} symbols, and ${positions.length} positions are listed`);
      for (let i = 0; i < word.length; i += 1) {
        const symbol = word.charCodeAt(i) - 48;
        if (symbol === -2 && positions[i].y === null) document.hidden = true;
        else if (!(symbol >= 0 && symbol < laws[positions[i].level].length))
          refuse(`the codeword of \`${name}\` has no symbol at position ${i}`);
      }
    }
    document.names = names;
    document.words = from;
  }

  function readDecision(from) {
    object(from, "`decision`", ["verdict", "suspects", "one_of", "excluded", "recipients", "positions_wanted",
      "holds_for_coalitions_up_to", "coalition", "tests", "sets", "unmarked"]);
    const verdict = text(from.verdict, "`verdict`");
    if (!VERDICTS.includes(verdict)) refuse(`\`${verdict}\` is no verdict`);
    const each = (name, names, read) => {
      const rows = lists(from[name], `\`${name}\``);
      bounded(rows.length, name === "sets" || name === "one_of" ? SETS_MAX : RECIPIENTS_MAX, name);
      return rows.map((row) => read(object(row, `an entry of \`${name}\``, names)));
    };
    const figures = (row) => ({
      score: signed(row.score, "`score`"),
      exact: maybe(row.log10_p_exact, real, "`log10_p_exact`"),
      chernoff: real(row.log10_p_chernoff, "`log10_p_chernoff`"),
    });
    const weights = (rows) => few(rows, WEIGHT_ROWS_MAX, "weights").map((row) => {
      object(row, "an entry of `weights`", ["level", "y", "s", "class", "w"]);
      return {
        level: whole(row.level, U32, "`level`"), y: whole(row.y, U8, "`y`"), s: whole(row.s, U8, "`s`"),
        kind: maybe(row.class, whole, U8, "`class`"), w: few(row.w, WEIGHTS_MAX, "w").map((w) => signed(w, "a weight")),
      };
    });
    const common = ["given", "c", "theta", "weights", "score", "log10_p_exact", "log10_p_chernoff"];
    const theta = (row) => few(row.theta, THETA_MAX, "theta").map((t) => real(t, "an entry of `theta`"));
    const given = (row) => texts(few(row.given, GIVEN_MAX, "given"), "`given`");
    const set = (row) => texts(few(row.recipients, SET_MAX, "recipients"), "`recipients`");
    const statement = (row, members) => ({
      members, given: given(row), c: whole(row.c, U32, "`c`"), theta: theta(row),
      weights: weights(row.weights), ...figures(row),
    });
    // Estimates: of the right shape, and not compared.
    maybe(from.positions_wanted, unsigned, "`positions_wanted`");
    maybe(from.coalition, (row) => {
      object(row, "`coalition`", ["members", "c", "theta", "attack"]);
      texts(few(row.members, RECIPIENTS_MAX, "members"), "`members`");
      whole(row.c, U32, "`c`");
      theta(row);
      maybe(row.attack, text, "`attack`");
    });
    const bound = (row) => real(row.log10_false_accusation_bound, "`log10_false_accusation_bound`");
    return {
      verdict,
      suspects: each("suspects", ["recipient", "score", "log10_false_accusation_bound", "given"], (row) => ({
        recipient: text(row.recipient, "`recipient`"), score: signed(row.score, "`score`"), bound: bound(row),
        given: given(row) })),
      oneOf: each("one_of", ["recipients", "log10_false_accusation_bound"], (row) => ({
        recipients: set(row), bound: bound(row) })),
      excluded: each("excluded", ["recipient", "beta"], (row) => ({
        recipient: text(row.recipient, "`recipient`"), beta: real(row.beta, "`beta`") })),
      recipients: each("recipients", ["recipient", "score", "log10_p_exact", "log10_p_chernoff"], (row) => ({
        recipient: text(row.recipient, "`recipient`"), ...figures(row) })),
      holds: maybe(from.holds_for_coalitions_up_to, whole, U32, "`holds_for_coalitions_up_to`"),
      tests: each("tests", ["recipient", ...common], (row) => statement(row, [text(row.recipient, "`recipient`")])),
      sets: each("sets", ["recipients", ...common], (row) => statement(row, set(row))),
      unmarked: maybe(from.unmarked, (row) => {
        object(row, "`unmarked`", ["t", "c", "log10_bound"]);
        return { t: whole(row.t, Number.MAX_SAFE_INTEGER, "`t`"), c: whole(row.c, U32, "`c`"), bound: real(row.log10_bound, "`log10_bound`") };
      }),
    };
  }

  return { ORIGINAL, Malformed, refuse, parseJson, readDocument, byBytes };
})();

if (typeof module !== "undefined") module.exports = EarmarkDocument;
