// Checks a reading document: scores, chances and decision are computed again from what was read.
//
//   node verify/reading.js READING.json      (or a trace report, report.html)
//
// Exit code 0: all agrees; 1: something differs; 2: used wrongly; 4: no such file; 5: no sound reading document.
// `--json` prints every recomputed figure.
//
// Written from docs/formats/reading.md alone and sharing no code with Earmark, so that neither has to be believed.
// It runs in the trace report too, without network or server, and needs nothing but the language.
//
// Not here: reading the document (document.js); growing the sets that tests are given, and fitting theta (growing.js).
"use strict";
const EarmarkReading = (() => {
  // In a page the other two files stand before this one.
  const { ORIGINAL, Malformed, refuse, parseJson, readDocument, byBytes } =
    typeof EarmarkDocument === "undefined" ? require("./document.js") : EarmarkDocument;
  const { Growth, binomial, counts, weights } =
    typeof EarmarkGrowing === "undefined" ? require("./growing.js") : EarmarkGrowing;
  const WEIGHT_MAX = 1048576, GIVEN_MAX = 7, COLLUDERS_MAX = 10, COALITION_MAX = 8;
  const FLOOR = 1e-290, LN_LEAST = -700;
  // Multiplications for one table, and for all tables of a document: some seconds, and less than a minute.
  const TABLE_WORK = 4e9, ALL_WORK = 3e10, TABLE_LENGTH = 1 << 24;
  // Where a document states no exact p, a table larger than this is not asked for either.
  const NULL_WORK = 5e8;
  const COVER_WORK = 400000000;
  // Words that growing may look at: some ten seconds.
  const GROW_WORK = 1e10;

  // ---- The upper tail of a sum of independent groups ----

  /** `groups`: [{n, atoms: [[probability, integer value], ..]}, ..], `steps` integers to the unit. */
  class Tail {
    constructor(groups, budget, steps = 256) {
      this.groups = groups.filter((group) => group.n > 0);
      this.budget = budget;
      this.tiltMost = 64 / steps;
      this.tables = [];
      this.most = this.least = this.mean = this.scale = 0;
      for (const group of this.groups) {
        const values = group.atoms.map((atom) => atom[1]);
        group.top = Math.max(...values);
        group.bottom = Math.min(...values);
        this.most += group.n * group.top;
        this.least += group.n * group.bottom;
        this.mean += group.n * group.atoms.reduce((sum, [p, v]) => sum + p * v, 0);
        this.scale += group.n * Math.max(...values.map(Math.abs));
      }
    }

    /** K at a tilt per integer, its slope and its curvature: the mean and the variance under the tilt. */
    cumulant(tilt) {
      let value = 0, slope = 0, curve = 0;
      for (const { n, atoms, top } of this.groups) {
        let mass = 0, first = 0, second = 0;
        for (const [p, v] of atoms) {
          const weight = p * Math.exp(tilt * (v - top));
          mass += weight;
          first += weight * (v - top);
          second += weight * (v - top) * (v - top);
        }
        value += n * (tilt * top + Math.log(mass));
        slope += n * (top + first / mass);
        curve += n * Math.max(0, second / mass - (first / mass) ** 2);
      }
      return { value, slope, curve };
    }

    /** The tilt per integer, at most 64 per unit, where a rising function reaches 0. */
    bisect(rising) {
      let low = 0, high = this.tiltMost;
      if (rising(high) <= 0) return high;
      for (let round = 0; round < 60; round += 1) {
        const middle = 0.5 * (low + high);
        if (rising(middle) < 0) low = middle; else high = middle;
      }
      return high;
    }

    /** The tilt under which a score is the mean, from 0 up. */
    saddle(score) {
      return score <= this.mean + 1e-13 * this.scale ? 0 : this.bisect((t) => this.cumulant(t).slope - score);
    }

    /** ln of Chernoff's bound. */
    chernoff(score, tilt = this.saddle(score)) {
      return tilt === 0 ? 0 : Math.min(0, this.cumulant(tilt).value - tilt * score);
    }

    /** {p, work}: P(sum >= score) + 1e-290; p is null where the table would be too large. */
    exact(score) {
      if (score <= this.least) return { p: 1, work: 0 };
      if (score > this.most) return { p: FLOOR, work: 0 };
      const saddle = this.saddle(score), chernoff = this.chernoff(score, saddle);
      if (chernoff < LN_LEAST) return { p: FLOOR + Math.exp(chernoff), work: 0 };
      // A table does for all scores near its mean; below the untilted mean, that one does.
      let table = this.tables.find(({ tilt, slope, curve }) =>
        (tilt === 0 && score < slope) || Math.abs(score - slope) <= 1.5 * Math.sqrt(curve));
      if (table === undefined) this.tables.push((table = { ...this.cumulant(saddle), ...this.table(saddle) }));
      const { tilt, base, above, work } = table;
      if (above === null) return { p: null, work };
      const place = Math.max(score, base);
      const rest = (above[place - base] ?? 0) * Math.exp(-tilt * (place - score));
      return { p: Math.min(1, Math.exp(table.value - tilt * score) * rest) + FLOOR, work };
    }

    /** The law under a tilt; `above[i]` is the sum over v >= base + i of e^(-tilt (v - base - i)) P(v). */
    table(tilt) {
      let base = 0, mass = Float64Array.of(1), work = 0;
      const parts = [...this.groups].sort((a, b) => a.top - a.bottom - (b.top - b.bottom));
      for (const group of parts) {
        const { atoms, times } = tilted(group, tilt);
        const values = atoms.map((atom) => atom[1]);
        const low = values.reduce((a, b) => Math.min(a, b)), span = values.reduce((a, b) => Math.max(a, b)) - low;
        for (let round = 0; round < times; round += 1) {
          work += atoms.length * mass.length;
          if (work > TABLE_WORK || mass.length + span > TABLE_LENGTH || this.budget.left < work) return { tilt, base, above: null, work };
          const next = new Float64Array(mass.length + span);
          for (const [p, v] of atoms) {
            const shift = v - low, length = mass.length;
            for (let i = 0; i < length; i += 1) next[i + shift] += p * mass[i];
          }
          let first = 0, last = next.length, left = 0;
          for (; first < last - 1 && left + next[first] < 1e-21; first += 1) left += next[first];
          for (left = 0; last > first + 1 && left + next[last - 1] < 1e-21; last -= 1) left += next[last - 1];
          mass = next.subarray(first, last);
          base += low + first;
        }
      }
      this.budget.left -= work;
      const above = new Float64Array(mass.length), fade = Math.exp(-tilt);
      for (let i = mass.length - 1, sum = 0; i >= 0; i -= 1) above[i] = sum = mass[i] + fade * sum;
      return { tilt, base, above, work };
    }
  }

  /** A group under a tilt: with two values the binomial of them, else one position's law and how often it counts. */
  function tilted({ n, atoms, top, bottom }, tilt) {
    if (top === bottom) return { atoms: [[1, n * top]], times: 1 };
    const weights = atoms.map(([p, v]) => [p * Math.exp(tilt * (v - top)), v]);
    const total = weights.reduce((sum, [weight]) => sum + weight, 0);
    if (atoms.length > 2) return { atoms: weights.map(([weight, v]) => [weight / total, v]), times: n };
    let low = 0;
    for (const [weight, v] of weights) if (v === bottom) low += weight / total;
    // Outwards from the mode by the ratios of neighbors.
    const odds = low / (1 - low), mode = Math.min(n, Math.floor((n + 1) * low));
    const kept = [[mode, 1]];
    for (let j = mode, mass = 1; j < n && mass > 1e-24; j += 1) {
      mass *= ((n - j) / (j + 1)) * odds;
      kept.push([j + 1, mass]);
    }
    for (let j = mode, mass = 1; j > 0 && mass > 1e-24; j -= 1) {
      mass *= j / ((n - j + 1) * odds);
      kept.push([j - 1, mass]);
    }
    const sum = kept.reduce((all, [, mass]) => all + mass, 0);
    return { atoms: kept.map(([j, mass]) => [mass / sum, n * top - j * (top - bottom)]), times: 1 };
  }

  // ---- One recorded test ----

  const groupKey = (level, y, kind, s) => ((level * 9 + y) * 18 + (kind ?? -1) + 1) * 9 + s;

  /** Groups the positions read by level, y, class and how many of `given` count there. */
  function split(document, given) {
    const keys = new Map(), groups = [], place = new Int32Array(document.read.length);
    const words = given.map((name) => (name === ORIGINAL ? null : document.words[name]));
    document.read.forEach((index, i) => {
      const { level, y, kind } = document.positions[index], k = document.laws[level].length;
      let s = 0;
      for (const word of words) if (counts(k, word === null ? 0 : word.charCodeAt(index) - 48, y)) s += 1;
      const key = groupKey(level, y, kind, s);
      let at = keys.get(key);
      if (at === undefined) {
        at = groups.length;
        keys.set(key, at);
        groups.push({ key, level, y, kind, s, k, n: 0, hit: document.laws[level][k === 2 ? 1 : y] / 256,
          err: kind === null ? 0.01 : document.errors[kind] });
      }
      groups[at].n += 1;
      place[i] = at;
    });
    return { groups, place };
  }

  /** Whether each weight recorded in the groups lies within 1 of what a set of `b` copies, c and theta lead to. */
  function near1(groups, { b, c, theta }, t) {
    // Derived weights are rounded, so "within 1" reaches 3/2 of what they are unrounded.
    return groups.every((group) => weights(group, { b, c, theta }, t)
      .every((weight, own) => Math.abs(group.w[own] - roundEven(256 * weight)) <= 1));
  }

  /** Checks what a test states, and makes its weights usable: one per number of tested copies that count. */
  function weigh(document, test) {
    const who = test.members.join("`, `");
    const wrong = (why) => refuse(`the recorded test of \`${who}\` is unusable: ${why}`);
    const { members, given, c, theta } = test;
    for (const name of members) {
      if (name === ORIGINAL) wrong("the original is never tested");
      if (!(name in document.words)) wrong("it has no codeword");
    }
    for (const name of given)
      if (name === ORIGINAL ? document.alphas.alone : !(name in document.words)) wrong("a copy it is given has no codeword");
    if (new Set(members).size < members.length || new Set(given).size < given.length) wrong("a copy is named twice");
    if (given.some((name) => members.includes(name))) wrong("it is conditioned on itself");
    if (given.length > GIVEN_MAX || c < given.length + members.length || c > COLLUDERS_MAX) wrong("its number of colluders is impossible");
    if (theta.length !== c + 1) wrong("`theta` does not have c + 1 entries");
    if (!theta.every((t) => t >= 0 && t <= 1)) wrong("`theta` holds something that is no probability");
    const table = new Map();
    for (const { level, y, kind, s, w } of test.weights) {
      for (const one of w) if (typeof one === "bigint" || Math.abs(one) > WEIGHT_MAX) wrong("a weight is out of range");
      const key = `${level} ${y} ${kind} ${s}`;
      if (table.has(key)) wrong("its weights give a group twice");
      table.set(key, w);
    }
    const { groups, place } = split(document, given);
    for (const group of groups) {
      const w = table.get(`${group.level} ${group.y} ${group.kind} ${group.s}`) ?? wrong("its weights leave a group out");
      group.w = w;
      if (members.length === 1 && group.k > 2) {
        const misses = w.filter((_, x) => x !== group.y);
        if (w.length !== group.k || misses.some((miss) => miss !== misses[0])) wrong("a group has the wrong weights");
        group.w = [misses[0], w[group.y]];
      } else if (w.length !== members.length + 1) {
        wrong("a group has the wrong number of weights");
      }
    }
    const follows = near1(groups, { b: given.length, c, theta }, members.length);
    return { groups, place, follows };
  }

  function roundEven(x) {
    const low = Math.floor(x), rest = x - low;
    return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1;
  }

  function scoreOf(document, { groups, place }, members) {
    const words = members.map((name) => document.words[name]);
    let score = 0;
    document.read.forEach((index, i) => {
      const { k, y, w } = groups[place[i]];
      let own = 0;
      for (const word of words) if (counts(k, word.charCodeAt(index) - 48, y)) own += 1;
      score += w[own];
    });
    return score;
  }

  function figuresOf(tail, score, recorded) {
    const chernoff = tail.chernoff(score), { p, work } = tail.exact(score);
    const none = p === null || (recorded.exact === null && work > NULL_WORK);
    return {
      score, chernoff: chernoff * Math.LOG10E, exact: none ? null : Math.log10(p),
      p: none ? Math.exp(chernoff) + FLOOR : p, unchecked: p === null && recorded.exact !== null,
    };
  }

  // ---- The verdict `unmarked`, and copies excluded ----

  function unmarkedBound(document, c, t, budget) {
    const counted = document.laws.map(() => 0);
    for (const position of document.positions) counted[position.level] += 1;
    const groups = document.laws.map((law, level) => {
      let never = 0;
      for (const p of law.slice(1)) never += (p / 256) ** c;
      return { n: counted[level], atoms: [[never, -1], [1 - never, 0]] };
    });
    return new Tail(groups, budget, 1).exact(-t).p;
  }

  /** Whether at most `c` codewords together hold a 0 at all but `t` positions; null if that takes too long. */
  function coverable(document, c, t) {
    const count = document.positions.length, width = Math.ceil(count / 64);
    const ones = (bits) => {
      let sum = 0;
      for (let word of bits) {
        word -= (word >>> 1) & 0x55555555;
        word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
        sum += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
      }
      return sum;
    };
    document.cover ??= document.names.map((name) => {
      const word = document.words[name], bits = new Uint32Array(2 * width);
      for (let i = 0; i < count; i += 1) if (word[i] !== "0" && word[i] !== ".") bits[i >> 5] |= 1 << (i & 31);
      return bits;
    });
    const rows = document.cover;
    document.zeros ??= rows.reduce((most, row) => Math.max(most, count - ones(row)), 0);
    let work = 0;
    const search = (held, left, first, more) => {
      if (left - more * document.zeros > t) return false;
      for (let index = first; index < rows.length; index += 1) {
        work += width + 1;
        if (work > COVER_WORK) return null;
        const common = held === null ? rows[index] : held.map((word, i) => word & rows[index][i]);
        const rest = ones(common);
        if (rest <= t) return true;
        if (more > 1) {
          const found = search(common, rest, index + 1, more - 1);
          if (found !== false) return found;
        }
      }
      return false;
    };
    return search(null, -Infinity, 0, c);
  }

  function deriveUnmarked(document, budget) {
    const t = document.positions.filter((position) => !position.original).length;
    let found = null;
    if (document.names.length < document.n) return found;
    for (let c = 1; c <= COALITION_MAX; c += 1) {
      const p = unmarkedBound(document, c, t, budget);
      if (p === null) return null;
      if (p > 1e-9 || coverable(document, c, t) !== false) break;
      found = { t, c, bound: Math.log10(p) };
    }
    return found;
  }

  const sameUnmarked = (a, b) => a.t === b.t && a.c === b.c && near(a.bound, b.bound);

  /** The numbers of `unmarked` that stand. */
  function standingUnmarked(document, recorded, budget, differs) {
    const derived = deriveUnmarked(document, budget);
    if (recorded === null && derived === null) return null;
    if (recorded !== null && derived !== null && sameUnmarked(recorded, derived)) return derived;
    // Where symbols are hidden, no codeword check can fail for sure: the bound must be right.
    if (recorded !== null && document.hidden) {
      const t = document.positions.filter((position) => !position.original).length;
      const p = unmarkedBound(document, Math.min(recorded.c, COALITION_MAX), t, budget);
      if (p !== null && p <= 1e-9 && sameUnmarked(recorded, { t, c: Math.min(recorded.c, COALITION_MAX), bound: Math.log10(p) })) return recorded;
    }
    differs("the recorded numbers of `unmarked` are not those of the document");
    return derived;
  }

  function deriveExcluded(document, accused, budget) {
    const kinds = new Map();
    for (const index of document.read) {
      const { kind } = document.positions[index];
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    const groups = [...kinds].map(([kind, n]) => {
      const err = kind === null ? 0.01 : document.errors[kind];
      return { n, atoms: [[err, 1], [1 - err, 0]] };
    });
    const tail = new Tail(groups, budget, 1), excluded = [], known = new Map();
    for (const recipient of document.names) {
      if (accused.has(recipient)) continue;
      const word = document.words[recipient];
      let disagreements = 0;
      for (const index of document.read) if (word.charCodeAt(index) - 48 !== document.positions[index].y) disagreements += 1;
      if (!known.has(disagreements)) known.set(disagreements, tail.exact(disagreements).p);
      const beta = known.get(disagreements);
      if (beta !== null && beta <= 1e-3) excluded.push({ recipient, beta });
    }
    return excluded;
  }

  // ---- Everything together ----

  const near = (a, b) => a === b || (a !== null && b !== null && Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)));
  const sameList = (a, b) => a.length === b.length && a.every((one, i) => one === b[i]);
  const sameFigures = (a, b) => a.score === b.score && near(a.exact, b.exact) && near(a.chernoff, b.chernoff);

  function subsets(n, t) {
    let product = 1;
    for (let i = 0; i < t; i += 1) product = (product * Math.max(0, n - i)) / (i + 1);
    return product;
  }

  /** Reads a document's text; throws `Malformed`. A trace report's page may stand in its place. */
  function read(source) {
    // Written in parts: this file stands inside a page of that kind itself.
    const opening = "<" + 'script type="application/json" id="reading">', closing = "<" + "/script>";
    const start = source.indexOf(opening), end = source.indexOf(closing, start + opening.length);
    return readDocument(parseJson(start >= 0 && end >= 0 ? source.slice(start + opening.length, end) : source));
  }

  /** Checks a document that was read; yields how many tests of how many are done, returns the outcome. */
  function* check(document) {
    const recorded = document.decision ?? refuse("it holds no decision that could be checked");
    const { n, alphas } = document, budget = { left: ALL_WORK }, differences = [], notes = [];
    const differs = (what) => { if (!differences.includes(what)) differences.push(what); };
    const quoted = (names) => `\`${names.join("`, `")}\``;

    // Tests alike in all but the recipient share their weights and tables.
    const alike = new Map();
    const tests = recorded.tests.map((test) => ({ recorded: test, members: test.members }));
    tests.forEach((test) => {
      const { given, c, theta, weights } = test.recorded;
      const key = JSON.stringify([given, c, theta, weights], (_, value) => (typeof value === "bigint" ? `${value}n` : value));
      if (!alike.has(key)) alike.set(key, []);
      alike.get(key).push(test);
    });
    const growth = new Growth(document, { left: GROW_WORK });
    let grown = true;
    /** Grows and fits again for a test, and compares. */
    const again = (test, weighed) => {
      const derived = grown ? growth.derive(test.members) : null;
      grown = derived !== null;
      if (!grown) return;
      const strategy = { b: derived.given.length, c: derived.c, theta: derived.theta };
      const same = sameList(derived.given, test.given) && derived.c === test.c && near1(weighed.groups, strategy, test.members.length);
      if (!same) differs(`deriving the test of ${quoted(test.members)} again gives another one`);
    };
    const seen = new Set();
    let done = 0;
    for (const group of alike.values()) {
      let tail = null, weighed = null;
      for (const test of group) {
        const [recipient] = test.members;
        // A copy that others are given may not be tested by their weights, so each is looked at.
        if (weighed === null || test.recorded.given.includes(recipient) || !(recipient in document.words)) {
          weighed = weigh(document, test.recorded);
          tail = new Tail(weighed.groups.map(({ n: size, hit, w }) => ({ n: size, atoms: [[hit, w[1]], [1 - hit, w[0]]] })), budget);
        }
        if (seen.has(recipient)) refuse(`the recorded test of \`${recipient}\` is unusable: it is recorded twice`);
        seen.add(recipient);
        if (!weighed.follows) differs(`the weights recorded for ${quoted(test.members)} do not follow from its set and strategy`);
        Object.assign(test, figuresOf(tail, scoreOf(document, weighed, test.members), test.recorded));
        if (test.unchecked) notes.push(`the exact p of ${quoted(test.members)} is too large a table for this program; Chernoff's bound stands in`);
        else if (!sameFigures(test, test.recorded)) differs(`the score or p recorded for ${quoted(test.members)} is not what its weights give`);
        again(test.recorded, weighed);
        done += 1;
        yield [done, tests.length];
      }
    }
    const expected = document.names.length > 2000 ? 1000 : document.names.length;
    if (tests.length < expected) {
      const missing = document.names.length > 2000 ? [] : document.names.filter((name) => !seen.has(name));
      differs(missing.length > 0 ? `the test of ${quoted(missing.slice(0, 20))} is missing` : `only ${tests.length} tests are recorded, and there must be ${expected}`);
    }

    const accused = new Set(tests.filter((test) => n * test.p <= alphas.singles).map((test) => test.members[0]));
    const sets = recorded.sets.map((set) => {
      const size = set.members.length;
      if (size !== 2 && size !== 3) refuse(`the recorded test of ${quoted(set.members)} is unusable: a set has two or three members`);
      const weighed = weigh(document, set);
      if (!weighed.follows) differs(`the weights recorded for ${quoted(set.members)} do not follow from its set and strategy`);
      const tail = new Tail(weighed.groups.map((group) => ({
        n: group.n, atoms: binomial(size, group.hit).map((chance, own) => [chance, group.w[own]]) })), budget);
      const figures = figuresOf(tail, scoreOf(document, weighed, set.members), set);
      if (figures.unchecked) notes.push(`the exact p of ${quoted(set.members)} is too large a table for this program; Chernoff's bound stands in`);
      else if (!sameFigures(figures, set)) differs(`the score or p recorded for ${quoted(set.members)} is not what its weights give`);
      again(set, weighed);
      const times = subsets(n, size);
      return { members: set.members, ...figures, bound: Math.log10(Math.min(1, times * figures.p)),
        passes: times * figures.p <= (size === 2 ? alphas.pairs : alphas.triples) };
    });
    if (!grown) notes.push("growing the sets that tests are given, and fitting their strategies, would take minutes here and is left out");
    const passing = sets.filter((set) => set.passes);
    if (passing.length < sets.length) differs("the copies or sets named are not those that the tests name");
    const within = (small, large) => small.every((name) => large.includes(name));
    passing.forEach((set, i) => {
      const smaller = passing.some((other, j) => j !== i && within(other.members, set.members) && (other.members.length < set.members.length || j < i));
      if (smaller || set.members.some((name) => accused.has(name))) differs("the copies or sets named are not those that the tests name");
    });

    const unmarked = standingUnmarked(document, recorded.unmarked, budget, differs);
    let verdict = "ours-untraceable";
    if (document.positions.length === 0 && document.matched === null) verdict = "not-ours";
    else if (accused.size > 0 || passing.length > 0) verdict = "traced";
    else if (unmarked !== null) verdict = "unmarked";
    if (verdict !== recorded.verdict) differs(`the recorded verdict is \`${recorded.verdict}\`, and \`${verdict}\` follows from the recorded tests`);

    const suspects = tests.filter((test) => accused.has(test.members[0]))
      .sort((a, b) => a.p - b.p || b.score - a.score || byBytes(a.members[0], b.members[0]))
      .map((test) => ({ recipient: test.members[0], score: test.score, given: test.recorded.given, bound: Math.log10(Math.min(1, n * test.p)) }));
    const excluded = deriveExcluded(document, accused, budget);
    restated({ recorded, tests, suspects, passing, excluded, verdict, unmarked, differs, quoted, notes });
    const figures = ({ members, score, exact, chernoff }) => ({ members, score, exact, chernoff });
    return { verdict, suspects, oneOf: passing.map(({ members, score, bound }) => ({ members, score, bound })), unmarked,
      excluded, tests: tests.map(figures), sets: sets.map(figures), differences, notes };
  }

  /** Compares the lists that people read with the tests they follow from. A list left empty states nothing. */
  function restated({ recorded, tests, suspects, passing, excluded, verdict, unmarked, differs, quoted, notes }) {
    const key = (names) => JSON.stringify(names);
    const sorted = (all) => all.map(key).sort();
    const named = "the copies or sets named are not those that the tests name";
    if (recorded.suspects.length > 0 && !sameList(sorted(recorded.suspects.map((s) => s.recipient)), sorted(suspects.map((s) => s.recipient)))) differs(named);
    if (recorded.oneOf.length > 0 && !sameList(sorted(recorded.oneOf.map((s) => s.recipients)), sorted(passing.map((s) => s.members)))) differs(named);
    const numbers = (names) => differs(`the score or p recorded for ${quoted(names)} is not what its weights give`);
    for (const suspect of recorded.suspects) {
      const other = suspects.find(({ recipient }) => recipient === suspect.recipient);
      if (other && !(suspect.score === other.score && sameList(suspect.given, other.given) && near(suspect.bound, other.bound))) numbers([suspect.recipient]);
    }
    for (const set of recorded.oneOf) {
      const other = passing.find(({ members }) => key(members) === key(set.recipients));
      if (other && !near(set.bound, other.bound)) numbers(set.recipients);
    }
    const byName = new Map(tests.map((test) => [test.members[0], test]));
    let untested = 0;
    for (const standing of recorded.recipients) {
      const test = byName.get(standing.recipient);
      if (test === undefined) untested += 1;
      else if (!test.unchecked && !sameFigures(test, standing)) numbers([standing.recipient]);
    }
    if (untested > 0) notes.push(`${untested} copies are listed without their tests, and are not checked`);
    if (recorded.excluded.length > 0) {
      const same = recorded.excluded.length === excluded.length &&
        excluded.every((one, i) => one.recipient === recorded.excluded[i].recipient && near(Math.log10(recorded.excluded[i].beta), Math.log10(one.beta)));
      if (!same) differs("the copies excluded are not those that follow");
    }
    const holds = verdict === "unmarked" ? unmarked.c : null;
    if (recorded.holds !== null && recorded.holds !== holds) differs("the recorded numbers of `unmarked` are not those of the document");
  }

  /** Checks a document's text at once. */
  function verify(source) {
    const document = read(source), steps = check(document);
    for (;;) {
      const step = steps.next();
      if (step.done) return { document, outcome: step.value };
    }
  }

  // ---- For people ----

  /** "1 in 12,000,000" for a logarithm to base 10, rounded so that it never promises more. */
  function oneIn(log10) {
    if (!(log10 < 0)) return "1 in 1";
    if (log10 < -15) return `1 in 10^${Math.floor(-log10)}`;
    const odds = 10 ** -log10, unit = 10 ** Math.max(0, Math.floor(-log10) - 1);
    return `1 in ${String(Math.floor(odds / unit) * unit).replace(/\B(?=(\d{3})+$)/g, ",")}`;
  }

  const shown = (log10) => (log10 === null ? "not computed" : `10^${log10.toFixed(6)}`);

  /** The outcome in lines of text. */
  function lines(document, outcome) {
    const out = [`verdict: ${outcome.verdict}`,
      `${document.read.length} positions read, ${document.positions.length - document.read.length} erased, of ${document.n} copies considered`];
    for (const suspect of outcome.suspects)
      out.push(`the copy issued to ${suspect.recipient} was used: score ${suspect.score}, chance of a false accusation under ${oneIn(suspect.bound)} (${shown(suspect.bound)})`);
    for (const set of outcome.oneOf)
      out.push(`at least one of the copies issued to ${set.members.join(", ")} was used: score ${set.score}, chance of a false accusation under ${oneIn(set.bound)} (${shown(set.bound)})`);
    if (outcome.unmarked !== null)
      out.push(`${outcome.unmarked.t} positions do not show the original; for any given ${outcome.unmarked.c} copies the chance of so few is ${shown(outcome.unmarked.bound)}`);
    out.push(`${outcome.tests.length} tests of copies and ${outcome.sets.length} of sets computed again`);
    for (const note of outcome.notes) out.push(`note: ${note}`);
    for (const difference of outcome.differences) out.push(`differs: ${difference}`);
    out.push(outcome.differences.length === 0 ? "agrees" : "DIFFERS from what is recorded");
    return out;
  }

  return { Malformed, read, check, verify, lines, oneIn };
})();

if (typeof module !== "undefined" && typeof require !== "undefined" && require.main === module) {
  const json = process.argv.includes("--json");
  const files = process.argv.slice(2).filter((argument) => argument !== "--json");
  /** Checks one file; prints what was found, returns the exit code. */
  const one = (file) => {
    const refused = (code, why) => {
      process.stderr.write(`\`${file}\` ${why}\n`);
      if (json) process.stdout.write(`${JSON.stringify({ refused: why })}\n`);
      return code;
    };
    let bytes, source;
    try {
      bytes = require("fs").readFileSync(file);
    } catch (error) {
      return refused(error.code === "ENOENT" ? 4 : 5, `cannot be read: ${error.code}`);
    }
    try {
      source = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return refused(5, "is no UTF-8 text, or too long");
    }
    try {
      const { document, outcome } = EarmarkReading.verify(source);
      process.stdout.write(`${json ? JSON.stringify(outcome) : EarmarkReading.lines(document, outcome).join("\n")}\n`);
      return outcome.differences.length === 0 ? 0 : 1;
    } catch (error) {
      if (!(error instanceof EarmarkReading.Malformed)) throw error;
      return refused(5, `is no sound reading document: ${error.message}`);
    }
  };
  if (files.length === 0 || files.some((file) => file.startsWith("--"))) {
    process.stderr.write("usage: node verify/reading.js [--json] READING...\n");
    process.exitCode = 2;
  } else {
    process.exitCode = Math.max(...files.map(one));
  }
} else if (typeof module !== "undefined") {
  module.exports = EarmarkReading;
}
