//! Writing a planned program in a language.

use super::plan::{Function, Module, Step, Test, Value};

/// The language a program is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tongue {
    C,
    JavaScript,
    Rust,
    Python,
}

/// Writes the whole file.
pub(super) fn print(tongue: Tongue, module: &Module) -> String {
    let mut writer = Writer { tongue, out: String::new(), depth: 0, list: None };
    writer.head(module);
    for function in &module.functions {
        writer.function(function);
    }
    if tongue == Tongue::JavaScript {
        let names: Vec<&str> = module.functions.iter().map(|function| function.name.as_str()).collect();
        writer.line(&format!("module.exports = {{ {} }};", names.join(", ")));
    }
    writer.out
}

struct Writer {
    tongue: Tongue,
    out: String,
    depth: usize,
    list: Option<String>,
}

impl Writer {
    fn line(&mut self, text: &str) {
        let indent = match self.tongue {
            Tongue::JavaScript => 2,
            _ => 4,
        };
        self.out.push_str(&" ".repeat(indent * self.depth));
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn head(&mut self, module: &Module) {
        match self.tongue {
            Tongue::C => {
                self.line(&format!("/* {}: {} */", module.name, module.about));
                self.line("#include <stddef.h>\n");
            }
            Tongue::JavaScript => self.line(&format!("// {}\n'use strict';\n", module.about)),
            Tongue::Rust => self.line(&format!("//! {}\n", module.about)),
            Tongue::Python => self.line(&format!("\"\"\"{}\"\"\"\n", module.about)),
        }
        for (name, value) in &module.constants {
            self.line(&match self.tongue {
                Tongue::C => format!("#define {name} {value}"),
                Tongue::JavaScript => format!("const {name} = {value};"),
                Tongue::Rust => format!("const {name}: i64 = {value};"),
                Tongue::Python => format!("{name} = {value}"),
            });
        }
        self.out.push('\n');
    }

    fn function(&mut self, function: &Function) {
        self.list.clone_from(&function.list);
        let (name, list) = (&function.name, function.list.as_deref());
        let mut parameters: Vec<String> = function
            .numbers
            .iter()
            .map(|number| match self.tongue {
                Tongue::C => format!("long {number}"),
                Tongue::Rust => format!("{number}: i64"),
                _ => number.clone(),
            })
            .collect();
        parameters.extend(list.map(|list| match self.tongue {
            Tongue::C => format!("const long *{list}, long {list}_count"),
            Tongue::Rust => format!("{list}: &[i64]"),
            _ => list.to_owned(),
        }));
        let parameters = parameters.join(", ");
        match self.tongue {
            Tongue::C => {
                self.line(&format!("/* {} */", function.about));
                self.line(&format!("long {name}({parameters})"));
                self.line("{");
            }
            Tongue::JavaScript => {
                self.line(&format!("// {}", function.about));
                self.line(&format!("function {name}({parameters}) {{"));
            }
            Tongue::Rust => {
                self.line(&format!("/// {}", function.about));
                self.line(&format!("pub fn {name}({parameters}) -> i64 {{"));
            }
            Tongue::Python => {
                self.line(&format!("\ndef {name}({parameters}):"));
                self.line(&format!("    \"\"\"{}\"\"\"", function.about));
            }
        }
        self.steps(&function.body);
        if self.tongue != Tongue::Python {
            self.line("}");
        }
        self.out.push('\n');
    }

    fn steps(&mut self, steps: &[Step]) {
        self.depth += 1;
        for step in steps {
            self.step(step);
        }
        self.depth -= 1;
    }

    fn step(&mut self, step: &Step) {
        let python = self.tongue == Tongue::Python;
        match step {
            Step::Remark(text) => self.line(&match self.tongue {
                Tongue::C => format!("/* {text} */"),
                Tongue::Python => format!("# {text}"),
                _ => format!("// {text}"),
            }),
            Step::Let(name, value) => {
                let value = self.value(value);
                self.line(&match self.tongue {
                    Tongue::C => format!("long {name} = {value};"),
                    Tongue::JavaScript => format!("let {name} = {value};"),
                    Tongue::Rust => format!("let mut {name}: i64 = {value};"),
                    Tongue::Python => format!("{name} = {value}"),
                });
            }
            Step::Set(name, operator, value) => {
                let operator = if python && *operator == "/=" { "//=" } else { operator };
                let value = self.value(value);
                self.line(&format!("{name} {operator} {value}{}", if python { "" } else { ";" }));
            }
            Step::If(test, then, other) => {
                let test = self.test(test);
                self.open("if", &test);
                self.steps(then);
                if !other.is_empty() {
                    self.line(if python { "else:" } else { "} else {" });
                    self.steps(other);
                }
                self.close();
            }
            Step::Count(name, bound, body) => {
                let bound = self.value(bound);
                self.line(&match self.tongue {
                    Tongue::C => format!("for (long {name} = 0; {name} < {bound}; {name}++) {{"),
                    Tongue::JavaScript => format!("for (let {name} = 0; {name} < {bound}; {name}++) {{"),
                    Tongue::Rust => format!("for {name} in 0..{bound} {{"),
                    Tongue::Python => format!("for {name} in range({bound}):"),
                });
                self.steps(body);
                self.close();
            }
            Step::While(test, body) => {
                let test = self.test(test);
                self.open("while", &test);
                self.steps(body);
                self.close();
            }
            Step::Return(value) => {
                let value = self.value(value);
                self.line(&match self.tongue {
                    Tongue::Rust => value,
                    Tongue::Python => format!("return {value}"),
                    _ => format!("return {value};"),
                });
            }
        }
    }

    fn open(&mut self, keyword: &str, test: &str) {
        self.line(&match self.tongue {
            Tongue::Rust => format!("{keyword} {test} {{"),
            Tongue::Python => format!("{keyword} {test}:"),
            _ => format!("{keyword} ({test}) {{"),
        });
    }

    fn close(&mut self) {
        if self.tongue != Tongue::Python {
            self.line("}");
        }
    }

    fn test(&self, test: &Test) -> String {
        let operator = match (self.tongue, test.1) {
            (Tongue::JavaScript, "==") => "===",
            (Tongue::JavaScript, "!=") => "!==",
            (_, operator) => operator,
        };
        format!("{} {operator} {}", self.value(&test.0), self.value(&test.2))
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::Number(number) => number.to_string(),
            Value::Name(name) => name.clone(),
            Value::Pair(left, operator, right) => {
                format!("{} {operator} {}", self.operand(left), self.operand(right))
            }
            Value::Element(list, place) => match self.tongue {
                Tongue::Rust => format!("{list}[({}) as usize]", self.value(place)),
                _ => format!("{list}[{}]", self.value(place)),
            },
            Value::Length(list) => match self.tongue {
                Tongue::C => format!("{list}_count"),
                Tongue::JavaScript => format!("{list}.length"),
                Tongue::Rust => format!("{list}.len() as i64"),
                Tongue::Python => format!("len({list})"),
            },
            Value::Call(name, arguments) => {
                let mut written: Vec<String> =
                    arguments.iter().map(|argument| self.value(argument)).collect();
                let last = match arguments.last() {
                    Some(Value::Name(last)) if self.tongue == Tongue::C => Some(last),
                    _ => None,
                };
                if let Some(list) = last.filter(|&last| Some(last) == self.list.as_ref()) {
                    written.push(format!("{list}_count"));
                }
                format!("{name}({})", written.join(", "))
            }
        }
    }

    fn operand(&self, value: &Value) -> String {
        match (value, self.tongue) {
            (Value::Pair(..), _) | (Value::Length(_), Tongue::Rust) => format!("({})", self.value(value)),
            _ => self.value(value),
        }
    }
}
