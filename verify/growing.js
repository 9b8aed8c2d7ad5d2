// Grows the sets that tests are given, and fits the strategies, again: "Growing B and fitting theta" of docs/formats/reading.md.
//
// Part of verify/reading.js, which says how to run it. Written from that page alone; needs nothing but the language.
"use strict";
const EarmarkGrowing = (() => {
  // In a page document.js stands before this file.
  const { ORIGINAL } = typeof EarmarkDocument === "undefined" ? require("./document.js") : EarmarkDocument;
  const PRIOR = 20, ROUNDS = 25, SETTLED = 1e-4, ENTER = -3, STARTS = 64, MOST = 7, TILT_MOST = 64;
  // What solving for a tilt and fitting cost in each group, in words looked at.
  const SOLVING = 150, FITTING = 6000;

  /** Bin(0 .. n; n, p). */
  function binomial(n, p) {
    let row = [1];
    for (let i = 0; i < n; i += 1) {
      const next = new Array(row.length + 1).fill(0);
      row.forEach((mass, k) => { next[k] += mass * (1 - p); next[k + 1] += mass * p; });
      row = next;
    }
    return row;
  }

  /** Whether a copy counts at a position: it holds 1, or, with more than two symbols, the symbol read. */
  const counts = (k, symbol, y) => (k === 2 ? symbol === 1 : symbol === y);

  /** l, l' and L of a position with more than two symbols. */
  function seen({ k, hit, err }) {
    const miss = Math.min(err, 1 / k), match = 1 - (k - 1) * miss;
    return { miss, match, mean: hit * match + (1 - hit) * miss };
  }

  /** w = W / 256 in a group, unrounded, one per number of the `t` tested copies that count. */
  function weights(group, { b, c, theta }, t) {
    const { k, y, s, hit, err } = group, all = [];
    if (k === 2) {
      const shown = [];
      for (let own = 0; own <= t; own += 1) {
        let q = 0;
        binomial(c - b - t, hit).forEach((chance, more) => { q += chance * theta[s + own + more]; });
        q = (1 - 2 * err) * q + err;
        shown.push(y === 1 ? q : 1 - q);
      }
      const mixed = binomial(t, hit).reduce((sum, chance, own) => sum + chance * shown[own], 0);
      return shown.map((q) => Math.log(q / mixed));
    }
    const { miss, match, mean } = seen(group), known = s * match + (b - s) * miss, below = known + (c - b) * mean;
    for (let own = 0; own <= t; own += 1)
      all.push(Math.log((known + own * match + (t - own) * miss + (c - b - t) * mean) / below));
    return all;
  }

  // ---- The fit ----

  /** theta for exactly `c` colluders, `b` of them known. */
  function maximize(groups, b, c) {
    const theta = Array.from({ length: c + 1 }, (_, s) => s / c);
    const laws = groups.map(({ hit }) => binomial(c - b, hit));
    for (let round = 0; round < ROUNDS; round += 1) {
      const looked = new Array(c + 1).fill(0), ones = new Array(c + 1).fill(0);
      groups.forEach(({ k, y, s, n, err }, g) => {
        if (k !== 2) return;
        const shares = laws[g].map((chance, more) => {
          const q = (1 - 2 * err) * theta[s + more] + err;
          return chance * (y === 1 ? q : 1 - q);
        });
        const total = shares.reduce((sum, share) => sum + share, 0);
        shares.forEach((share, more) => {
          const t = theta[s + more], q = (1 - 2 * err) * t + err, weight = (n * share) / total;
          looked[s + more] += weight;
          ones[s + more] += weight * (y === 1 ? (t * (1 - err)) / q : (t * err) / (1 - q));
        });
      });
      let moved = 0;
      for (let s = 1; s < c; s += 1) {
        const next = (ones[s] + (PRIOR * s) / c) / (looked[s] + PRIOR);
        moved = Math.max(moved, Math.abs(next - theta[s]));
        theta[s] = next;
      }
      if (moved < SETTLED) break;
    }
    return theta;
  }

  function valueOf(groups, b, c, theta) {
    let value = -c / 2;
    for (const group of groups) {
      const { k, y, s, n, hit, err } = group;
      let f;
      if (k === 2) {
        let q = 0;
        binomial(c - b, hit).forEach((chance, more) => { q += chance * theta[s + more]; });
        q = (1 - 2 * err) * q + err;
        f = y === 1 ? q : 1 - q;
      } else {
        const { miss, match, mean } = seen(group);
        f = (s * match + (b - s) * miss + (c - b) * mean) / c;
      }
      value += n * Math.log(f);
    }
    const entropy = (x, t) => x * Math.log(t) + (1 - x) * Math.log(1 - t);
    for (let s = 1; s < c; s += 1) value += PRIOR * (entropy(s / c, theta[s]) - entropy(s / c, s / c));
    return value;
  }

  /** {b, c, theta} for testing `t` copies beside `b` known ones. */
  function fit(groups, b, t) {
    const least = b === 0 ? Math.max(4, t) : b + t, most = b === 0 ? least : Math.max(least, Math.min(8, b + 3));
    let best = null;
    for (let c = least; c <= most; c += 1) {
      const theta = maximize(groups, b, c), value = least === most ? 0 : valueOf(groups, b, c, theta);
      if (best === null || value > best.value) best = { b, c, theta, value };
    }
    return best;
  }

  // ---- Lugannani and Rice ----

  /** Q(v) e^(v^2/2), v >= 0: below 3 by the series of the normal law, above by Laplace's fraction. */
  function mills(v) {
    if (v < 3) {
      let term = v, sum = v;
      for (let k = 3; term > sum * 1e-18; k += 2) sum += term *= (v * v) / k;
      return 0.5 * Math.exp(0.5 * v * v) - sum / Math.sqrt(2 * Math.PI);
    }
    let fraction = v;
    for (let k = 200; k > 0; k -= 1) fraction = v + k / fraction;
    return 1 / (fraction * Math.sqrt(2 * Math.PI));
  }

  /** Sums over a group's two values under a tilt: {value, slope, curve} of K, and more if asked. */
  function cumulants(parts, tilt) {
    let value = 0, slope = 0, k2 = 0, k3 = 0, k4 = 0;
    for (const { n, hit, w, top } of parts) {
      const off1 = w[1] - top, off0 = w[0] - top;
      const e1 = hit * Math.exp(tilt * off1), e0 = (1 - hit) * Math.exp(tilt * off0), mass = e1 + e0;
      const mean = (e1 * off1 + e0 * off0) / mass, d1 = off1 - mean, d0 = off0 - mean;
      const m2 = (e1 * d1 * d1 + e0 * d0 * d0) / mass;
      value += n * (tilt * top + Math.log(mass));
      slope += n * (top + mean);
      k2 += n * m2;
      k3 += (n * (e1 * d1 * d1 * d1 + e0 * d0 * d0 * d0)) / mass;
      k4 += n * ((e1 * d1 ** 4 + e0 * d0 ** 4) / mass - 3 * m2 * m2);
    }
    return { value, slope, k2, k3, k4 };
  }

  /** The law of an innocent's score under real weights. */
  class Law {
    constructor(groups) {
      this.parts = groups.map(({ n, hit, w }) => ({ n, hit, w, top: Math.max(w[0], w[1]) }));
      this.mean = this.scale = 0;
      for (const { n, hit, w } of this.parts) {
        this.mean += n * (hit * w[1] + (1 - hit) * w[0]);
        this.scale += n * Math.max(Math.abs(w[0]), Math.abs(w[1]));
      }
      this.start = cumulants(this.parts, 0);
      this.end = cumulants(this.parts, TILT_MOST);
    }

    /** ln p of a score. */
    tail(score) {
      if (score <= this.mean + 1e-13 * this.scale) return 0;
      if (this.end.slope <= score) return Math.min(0, this.end.value - TILT_MOST * score);
      // Newton's steps, kept between two tilts of which one is too small and one too large.
      let low = 0, high = TILT_MOST, tilt = Math.min(TILT_MOST / 2, (score - this.mean) / this.start.k2), at = this.start;
      for (let round = 0; round < 200; round += 1) {
        at = cumulants(this.parts, tilt);
        const gap = at.slope - score;
        if (gap === 0) break;
        if (gap > 0) high = tilt; else low = tilt;
        const next = tilt - gap / at.k2, step = next > low && next < high ? next : 0.5 * (low + high);
        const done = Math.abs(step - tilt) <= 1e-9 * tilt;
        tilt = step;
        if (done) { at = cumulants(this.parts, tilt); break; }
      }
      const chernoff = Math.min(0, at.value - tilt * score);
      if (!(at.k2 > 0) || tilt <= 0) return chernoff;
      const u = tilt * Math.sqrt(at.k2), r = at.k3 / at.k2 ** 1.5, h = at.k4 / (at.k2 * at.k2);
      let v = Math.sqrt(-2 * chernoff), difference = 1 / u - 1 / v;
      if (u < 0.01) {
        v = u * (1 - (r * u) / 6 + (h * u * u) / 24 - (r * r * u * u) / 72);
        difference = -r / 6 + (u * (h - r * r)) / 24;
      }
      const scaled = mills(v) + difference / Math.sqrt(2 * Math.PI);
      return scaled > 0 ? Math.min(chernoff, Math.log(scaled) - 0.5 * v * v) : chernoff;
    }
  }

  // ---- Growing ----

  function ones(word) {
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }

  /** All rows' bits at the positions read, and the sets grown from them. */
  class Growth {
    /** `budget.left`: what growing may still cost, in words looked at. */
    constructor(document, budget) {
      this.budget = budget;
      this.n = document.n;
      this.room = Math.max(0, Math.min(MOST, document.n - 2));
      this.names = document.alphas.alone ? document.names : [...document.names, ORIGINAL];
      this.places = new Map(this.names.map((name, row) => [name, row]));
      // Positions alike in level, y and class lie side by side, from a fresh word on.
      const cells = new Map();
      for (const index of document.read) {
        const { level, y, kind } = document.positions[index], key = (level * 9 + y) * 18 + (kind ?? -1) + 1;
        if (!cells.has(key)) {
          const law = document.laws[level], k = law.length;
          cells.set(key, { key, k, y, hit: law[k === 2 ? 1 : y] / 256, err: kind === null ? 0.01 : document.errors[kind], at: [] });
        }
        cells.get(key).at.push(index);
      }
      this.cells = [...cells.values()].sort((a, b) => a.key - b.key);
      this.width = 0;
      for (const cell of this.cells) {
        cell.from = this.width;
        this.width = cell.to = cell.from + Math.ceil(cell.at.length / 32);
      }
      this.bits = this.names.map((name, row) => {
        const word = row < document.names.length ? document.words[name] : null, bits = new Uint32Array(this.width);
        for (const { k, y, at, from } of this.cells)
          at.forEach((index, i) => {
            if (counts(k, word === null ? 0 : word.charCodeAt(index) - 48, y)) bits[from + (i >> 5)] |= 1 << (i & 31);
          });
        return bits;
      });
      this.splits = new Map();
      this.fits = new Map();
      this.rankings = new Map();
      this.full = null;
    }

    /** The groups that a set splits the positions into, in order, with a mask of each. */
    split(known) {
      const key = known.join();
      if (this.splits.has(key)) return this.splits.get(key);
      const groups = [];
      for (const cell of this.cells) {
        let masks = [new Uint32Array(cell.to - cell.from).fill(0xffffffff)];
        if (cell.at.length % 32 > 0) masks[0][masks[0].length - 1] = 2 ** (cell.at.length % 32) - 1;
        for (const row of known) {
          const bits = this.bits[row].subarray(cell.from, cell.to);
          const next = Array.from({ length: masks.length + 1 }, () => new Uint32Array(bits.length));
          masks.forEach((mask, s) => mask.forEach((word, i) => { next[s][i] |= word & ~bits[i]; next[s + 1][i] |= word & bits[i]; }));
          masks = next;
        }
        masks.forEach((mask, s) => {
          const n = mask.reduce((sum, word) => sum + ones(word), 0);
          if (n > 0) groups.push({ ...cell, s, n, mask });
        });
      }
      this.splits.set(key, groups);
      return groups;
    }

    /** The strategy for testing `t` copies given `known`. */
    fitted(known, t) {
      const key = `${known.join()} ${t}`;
      if (!this.fits.has(key)) {
        const groups = this.split(known);
        this.spend(FITTING * groups.length);
        this.fits.set(key, fit(groups, known.length, t));
      }
      return this.fits.get(key);
    }

    spend(work) {
      this.budget.left -= work;
      if (this.budget.left < 0) throw new TooLarge();
    }

    /** The best rows outside `known`, best first: enough of them when any four are passed over. */
    rank(known) {
      const key = known.join();
      if (this.rankings.has(key)) return this.rankings.get(key);
      const groups = this.split(known), strategy = this.fitted(known, 1);
      for (const group of groups) group.w = weights(group, strategy, 1);
      this.spend(this.names.length * (this.width * (known.length + 1) + SOLVING * groups.length));
      const law = new Law(groups), entries = [];
      for (let row = 0; row < this.names.length; row += 1) {
        if (known.includes(row)) continue;
        const bits = this.bits[row];
        let score = 0;
        for (const { from, mask, n, w } of groups) {
          let set = 0;
          for (let i = 0; i < mask.length; i += 1) set += ones(bits[from + i] & mask[i]);
          score += set * w[1] + (n - set) * w[0];
        }
        entries.push({ row, score, p: law.tail(score) });
      }
      entries.sort((a, b) => a.p - b.p || b.score - a.score || a.row - b.row);
      const best = entries.slice(0, 4 + (known.length === 0 ? STARTS : 1));
      this.rankings.set(key, best);
      return best;
    }

    /** {members, starts} grown leaving out `out`; `starts`: on whom a pair start depends, if one was tried. */
    grow(out) {
      const ln = Math.log(this.n);
      if (this.room === 0) return { members: [], starts: null };
      const first = this.rank([]).find((entry) => !out.includes(entry.row));
      if (first === undefined) return { members: [], starts: null };
      let members = [];
      if (first.p + ln < ENTER) {
        members = this.extend([first.row], out);
        if (members.length > 1 || this.room < 2) return { members, starts: null };
      }
      // Nobody stands out, or one whom nobody joins: the best pair of the others.
      const within = (entry) => !out.includes(entry.row) && !members.includes(entry.row);
      const singles = this.rank([]).filter(within).slice(0, STARTS);
      const starts = [...members, ...singles.map((entry) => entry.row)];
      let best = null;
      for (const a of singles) {
        const b = this.rank([a.row]).find(within);
        if (b !== undefined && (best === null || a.p + b.p < best.p)) best = { rows: [a.row, b.row], p: a.p + b.p };
      }
      const found = best !== null && this.room >= 2 && best.p + Math.log(((this.n * this.n) / 2) * (1 + 2 * ln)) < ENTER;
      return { members: found ? this.extend(best.rows, out) : members, starts };
    }

    /** `members`, and the best given them while it stands out and there is room; in order of rows. */
    extend(members, out) {
      const ln = Math.log(this.n);
      for (;;) {
        members.sort((a, b) => a - b);
        if (members.length >= this.room) return members;
        const next = this.rank(members).find((entry) => !out.includes(entry.row));
        if (next === undefined || !(next.p + ln < ENTER)) return members;
        members.push(next.row);
      }
    }

    /** {given, c, theta} for a copy or a set; null once the budget is spent. */
    derive(names) {
      try {
        const out = names.map((name) => this.places.get(name));
        this.full ??= this.grow([]);
        const { members, starts } = this.full;
        const apart = out.length === 1 && !members.includes(out[0]) && !(starts?.includes(out[0]) ?? false);
        const rows = apart ? members : this.grow(out).members;
        const { c, theta } = this.fitted(rows, out.length);
        return { given: rows.map((row) => this.names[row]), c, theta };
      } catch (error) {
        if (error instanceof TooLarge) return null;
        throw error;
      }
    }
  }

  /** Growing costs more than it may. */
  class TooLarge extends Error {}

  return { Growth, binomial, counts, weights };
})();

if (typeof module !== "undefined") module.exports = EarmarkGrowing;
