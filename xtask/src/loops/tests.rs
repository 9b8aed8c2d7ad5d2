use std::fs;

use super::*;

/// Writes a crate of the given files and tells its loops.
fn loops_of(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let house = House::open(&folder.path().join("lib.rs")).unwrap();
    check(&house, folder.path())
}

#[test]
fn two_files_that_use_each_other_are_told() {
    let found = loops_of(&[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b::B; pub struct A(B);"),
        ("b.rs", "pub struct B; fn f() -> Option<super::a::A> { None }"),
    ]);
    assert_eq!(found, ["a.rs (`crate::b::B`) -> b.rs (`super::a::A`) -> a.rs"]);
}

#[test]
fn a_path_in_a_macro_counts() {
    let found = loops_of(&[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b::B; pub fn a() {}"),
        ("b.rs", "pub struct B; fn f() { println!(\"{:?}\", (1, crate::a::a())); }"),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn parents_may_declare_and_show_their_children() {
    let found = loops_of(&[
        ("lib.rs", "mod a; mod b; pub use a::A; pub use b::{inner::C, B};"),
        ("a.rs", "use crate::B; pub struct A(B);"),
        ("b.rs", "mod inner_only; pub mod inner { pub struct C; } pub struct B;"),
        ("b/inner_only.rs", "use super::B; use crate::C; fn f(_: B, _: C) {}"),
    ]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_re_export_is_followed_to_the_item() {
    // `b` takes `A` by the root's name for it, `a` takes `B` the same way: still a loop.
    let found = loops_of(&[
        ("lib.rs", "mod a; mod b; pub use a::*; pub use b::B as Bee;"),
        ("a.rs", "use crate::Bee; pub struct A(Bee);"),
        ("b.rs", "use crate::A; pub struct B; impl B { fn a() -> Option<A> { None } }"),
    ]);
    assert_eq!(found, ["a.rs (`crate::Bee`) -> b.rs (`crate::A`) -> a.rs"]);
}

#[test]
fn a_parent_that_calls_a_child_which_uses_the_parent_is_a_loop() {
    let found = loops_of(&[
        ("lib.rs", "mod finder;"),
        ("finder.rs", "mod walk; pub struct Site; pub fn find() { walk::walk(); }"),
        ("finder/walk.rs", "use super::Site; pub fn walk() -> Option<Site> { None }"),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn tests_do_not_count() {
    let found = loops_of(&[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b::B; pub struct A(B); #[cfg(test)] mod tests;"),
        ("a/tests.rs", "use super::*; use crate::b::B;"),
        ("b.rs", "pub struct B; #[cfg(test)] mod tests { use crate::a::A; }"),
    ]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn other_crates_are_not_ours() {
    let found = loops_of(&[
        ("lib.rs", "mod a; mod b; pub use std::fmt; pub use serde::*;"),
        ("a.rs", "use crate::fmt::Debug; use crate::b::f;"),
        ("b.rs", "use std::a::A; pub fn f() { ::other::a::g(); }"),
    ]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_missing_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("lib.rs"), "mod gone;").unwrap();
    let error = House::open(&folder.path().join("lib.rs")).unwrap_err();
    assert!(error.to_string().contains("gone"), "{error}");
}
