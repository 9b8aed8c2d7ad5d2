//! What a made-up program does, before it is written in any language.

use crate::dice::Dice;

/// The world a program is about.
pub(super) struct Theme {
    pub(super) name: &'static str,
    pub(super) nouns: &'static [&'static str],
    pub(super) verbs: &'static [&'static str],
}

const THEMES: [Theme; 8] = [
    Theme {
        name: "harbor",
        nouns: &[
            "berth",
            "crane",
            "hull",
            "cargo",
            "tide",
            "pilot",
            "manifest",
            "buoy",
            "anchor",
            "container",
            "quay",
            "draft",
        ],
        verbs: &["moor", "unload", "weigh", "tow", "inspect", "schedule", "clear", "assign"],
    },
    Theme {
        name: "orchard",
        nouns: &[
            "tree", "row", "basket", "harvest", "frost", "graft", "blossom", "ladder", "bushel", "soil",
            "press", "hive",
        ],
        verbs: &["prune", "pick", "water", "sort", "grade", "spray", "count", "plant"],
    },
    Theme {
        name: "railway",
        nouns: &[
            "signal",
            "switchpoint",
            "axle",
            "platform",
            "siding",
            "coach",
            "timetable",
            "driver",
            "ticket",
            "gauge",
            "yard",
            "brake",
        ],
        verbs: &["couple", "route", "delay", "dispatch", "shunt", "announce", "reserve", "brake"],
    },
    Theme {
        name: "bakery",
        nouns: &[
            "dough", "oven", "loaf", "tray", "flour", "starter", "batch", "crust", "recipe", "scale",
            "shelf", "salt",
        ],
        verbs: &["knead", "proof", "bake", "glaze", "slice", "cool", "mix", "measure"],
    },
    Theme {
        name: "observatory",
        nouns: &[
            "mirror", "star", "exposure", "dome", "filter", "catalog", "seeing", "mount", "spectrum",
            "plate", "guide", "dusk",
        ],
        verbs: &["point", "expose", "align", "reduce", "stack", "calibrate", "track", "record"],
    },
    Theme {
        name: "library",
        nouns: &[
            "book", "reader", "loan", "stack", "card", "author", "volume", "branch", "fine", "reserve",
            "archive", "label",
        ],
        verbs: &["lend", "return_late", "catalog", "bind", "renew", "shelve", "search", "recall"],
    },
    Theme {
        name: "workshop",
        nouns: &[
            "bolt",
            "lathe",
            "bench",
            "gauge",
            "part",
            "order",
            "drill",
            "sheet",
            "jig",
            "tolerance",
            "bin",
            "shift",
        ],
        verbs: &["turn", "mill", "rivet", "polish", "reject", "stamp", "fit", "assemble"],
    },
    Theme {
        name: "weather",
        nouns: &[
            "gust", "front", "station", "gauge", "pressure", "rain", "sensor", "sample", "forecast", "cloud",
            "season", "ridge",
        ],
        verbs: &["observe", "smooth", "predict", "report", "average", "compare", "warn", "log_entry"],
    },
];

/// Draws a world.
pub(super) fn theme(dice: &mut Dice) -> &'static Theme {
    &THEMES[dice.below(THEMES.len())]
}

/// A value; all are whole numbers.
pub(super) enum Value {
    Number(i64),
    Name(String),
    /// An operator between two values.
    Pair(Box<Value>, &'static str, Box<Value>),
    /// An element of a list.
    Element(String, Box<Value>),
    /// The length of a list.
    Length(String),
    Call(String, Vec<Value>),
}

/// A comparison.
pub(super) struct Test(pub(super) Value, pub(super) &'static str, pub(super) Value);

/// A statement.
pub(super) enum Step {
    Remark(String),
    Let(String, Value),
    Set(String, &'static str, Value),
    If(Test, Vec<Step>, Vec<Step>),
    /// A loop of a new name from 0 up to a value.
    Count(String, Value, Vec<Step>),
    While(Test, Vec<Step>),
    Return(Value),
}

/// A function over numbers and read-only lists.
pub(super) struct Function {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) numbers: Vec<String>,
    pub(super) list: Option<String>,
    pub(super) body: Vec<Step>,
}

/// A file's worth of functions; each calls only those before it.
pub(super) struct Module {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) constants: Vec<(String, i64)>,
    pub(super) functions: Vec<Function>,
}

/// Plans a module about `theme`.
pub(super) fn module(theme: &'static Theme, dice: &mut Dice) -> Module {
    let mut module = Module {
        name: format!("{}_{}", dice.pick(theme.nouns), dice.pick(theme.nouns)),
        about: format!(
            "Keeps every {} in order and helps to {} it.",
            dice.pick(theme.nouns),
            dice.pick(theme.verbs)
        ),
        constants: Vec::new(),
        functions: Vec::new(),
    };
    for _ in 0..1 + dice.below(4) {
        let name = format!(
            "{}_{}",
            dice.pick(&["MAX", "MIN", "DEFAULT", "SPARE"]),
            dice.pick(theme.nouns).to_uppercase()
        );
        if module.constants.iter().all(|constant| constant.0 != name) {
            module.constants.push((name, 1 + dice.below(5_000) as i64));
        }
    }
    for _ in 0..4 + dice.below(6) {
        let function = Planner {
            theme,
            dice,
            module: &module,
            names: Vec::new(),
            fixed: Vec::new(),
            list: None,
            counter: None,
            last: 0,
        }
        .function();
        if module.functions.iter().all(|other| other.name != function.name) {
            module.functions.push(function);
        }
    }
    module
}

struct Planner<'a> {
    theme: &'static Theme,
    dice: &'a mut Dice,
    module: &'a Module,
    /// Names in sight, loop counters included.
    names: Vec<String>,
    /// Those of them that must not be set.
    fixed: Vec<String>,
    list: Option<String>,
    /// The counter of the innermost loop over the list.
    counter: Option<String>,
    last: usize,
}

impl Planner<'_> {
    fn function(mut self) -> Function {
        let (verb, noun) = (self.dice.pick(self.theme.verbs), self.dice.pick(self.theme.nouns));
        let about = format!(
            "Helps to {} the {noun} {}.",
            verb.replace('_', " "),
            self.dice.pick(&["once", "as far as possible", "for the day", "with care", "again"])
        );
        if self.dice.percent(60) {
            self.list = Some(format!("{}_list", self.dice.pick(self.theme.nouns)));
        }
        let numbers: Vec<String> = (0..1 + self.dice.below(3)).map(|_| self.fresh()).collect();
        self.fixed = numbers.clone();
        let mut body = Vec::new();
        let start = self.value(0);
        let total = self.fresh();
        body.push(Step::Let(total.clone(), start));
        for _ in 0..2 + self.dice.below(4) {
            let step = self.step(0);
            body.push(step);
        }
        body.push(Step::Return(Value::Name(total)));
        Function { name: format!("{verb}_{noun}"), about, numbers, list: self.list, body }
    }

    /// A name not in sight, which then is.
    fn fresh(&mut self) -> String {
        loop {
            let noun = self.dice.pick(self.theme.nouns);
            let name = match self.dice.below(4) {
                0 => {
                    format!("{noun}_{}", self.dice.pick(&["left", "total", "index", "size", "limit", "rate"]))
                }
                1 => format!("{}_{noun}", self.dice.pick(&["old", "next", "best", "first", "worn"])),
                _ => noun.to_owned(),
            };
            self.last += 1;
            let name = if self.last > 60 { format!("{name}{}", self.last) } else { name };
            let is_list = self.list.as_ref().is_some_and(|list| *list == name);
            let reserved = matches!(name.as_str(), "static" | "return" | "match" | "yield");
            if !self.names.contains(&name) && !is_list && !reserved {
                self.names.push(name.clone());
                return name;
            }
        }
    }

    fn steps(&mut self, depth: usize) -> Vec<Step> {
        let sight = self.names.len();
        let mut steps: Vec<Step> = (0..1 + self.dice.below(3)).map(|_| self.step(depth)).collect();
        if steps.iter().all(|step| matches!(step, Step::Remark(_) | Step::Let(..))) {
            let step = self.set(depth);
            steps.push(step);
        }
        self.names.truncate(sight);
        steps
    }

    fn step(&mut self, depth: usize) -> Step {
        match self.dice.below(if depth < 3 { 12 } else { 6 }) {
            0 => {
                let (noun, verb) = (self.dice.pick(self.theme.nouns), self.dice.pick(self.theme.verbs));
                Step::Remark(format!(
                    "{verb} the {noun} {}",
                    self.dice.pick(&["first", "before the rest", "only when it is due", "twice, to be sure"])
                ))
            }
            1 | 2 => {
                let value = self.value(0);
                Step::Let(self.fresh(), value)
            }
            3..=5 => self.set(depth),
            6..=8 => {
                let test = self.test();
                let then = self.steps(depth + 1);
                let other = if self.dice.percent(40) { self.steps(depth + 1) } else { Vec::new() };
                Step::If(test, then, other)
            }
            9 | 10 => {
                let bound = match &self.list {
                    Some(list) => Value::Length(list.clone()),
                    None => Value::Number(2 + self.dice.below(30) as i64),
                };
                let name = self.fresh();
                self.fixed.push(name.clone());
                let outer = self.counter.clone();
                if self.list.is_some() {
                    self.counter = Some(name.clone());
                }
                let body = self.steps(depth + 1);
                self.counter = outer;
                self.fixed.pop();
                self.names.retain(|other| *other != name);
                Step::Count(name, bound, body)
            }
            _ => {
                // Halving what is positive ends, whatever the rest of the loop does not touch.
                let Some(name) = self.settable() else { return self.set(depth) };
                let shrink = Step::Set(name.clone(), "/=", Value::Number(2));
                Step::While(
                    Test(Value::Name(name), ">", Value::Number(1 + self.dice.below(9) as i64)),
                    vec![shrink],
                )
            }
        }
    }

    fn settable(&mut self) -> Option<String> {
        let free: Vec<&String> = self.names.iter().filter(|name| !self.fixed.contains(name)).collect();
        (!free.is_empty()).then(|| free[self.dice.below(free.len())].clone())
    }

    fn set(&mut self, _depth: usize) -> Step {
        let operator = self.dice.pick(&["+=", "+=", "-=", "="]);
        let value = self.value(0);
        match self.settable() {
            Some(name) => Step::Set(name, operator, value),
            None => Step::Let(self.fresh(), value),
        }
    }

    fn test(&mut self) -> Test {
        let left = self.value(1);
        let operator = self.dice.pick(&["<", ">", "<=", ">=", "==", "!="]);
        Test(left, operator, self.value(2))
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.dice.below(if depth < 2 { 10 } else { 4 }) {
            0 => Value::Number(self.dice.below(500) as i64),
            1 if !self.module.constants.is_empty() => {
                Value::Name(self.module.constants[self.dice.below(self.module.constants.len())].0.clone())
            }
            1..=3 if !self.names.is_empty() => {
                Value::Name(self.names[self.dice.below(self.names.len())].clone())
            }
            4..=6 => {
                let left = self.value(depth + 1);
                let operator = self.dice.pick(&["+", "-", "*", "%"]);
                let right = if operator == "%" {
                    Value::Number(2 + self.dice.below(90) as i64)
                } else {
                    self.value(depth + 1)
                };
                Value::Pair(Box::new(left), operator, Box::new(right))
            }
            7 if self.list.is_some() => {
                let list = self.list.clone().unwrap_or_default();
                if let Some(counter) = &self.counter {
                    return Value::Element(list, Box::new(Value::Name(counter.clone())));
                }
                let divided = Value::Pair(
                    Box::new(Value::Number(self.dice.below(40) as i64)),
                    "%",
                    Box::new(Value::Length(list.clone())),
                );
                Value::Element(list, Box::new(divided))
            }
            8 => self.call(depth),
            _ => Value::Number(1 + self.dice.below(60) as i64),
        }
    }

    /// Calls a function above this one that can be given what it wants.
    fn call(&mut self, depth: usize) -> Value {
        let fitting: Vec<&Function> = self
            .module
            .functions
            .iter()
            .filter(|function| function.list.is_none() || self.list.is_some())
            .collect();
        if fitting.is_empty() {
            return Value::Number(self.dice.below(100) as i64);
        }
        let function = fitting[self.dice.below(fitting.len())];
        let (name, count, list) = (function.name.clone(), function.numbers.len(), function.list.is_some());
        let mut arguments: Vec<Value> = (0..count).map(|_| self.value(depth + 2)).collect();
        if list {
            arguments.extend(self.list.clone().map(Value::Name));
        }
        Value::Call(name, arguments)
    }
}
