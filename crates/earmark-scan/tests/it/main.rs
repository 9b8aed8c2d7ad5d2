//! Whole ways through the crate, over generated texts: a fixed seed is a fixed garden.

mod disguise;
mod garden;
mod hostile;
mod oracle;
mod recall;
mod small;
mod upstream;
