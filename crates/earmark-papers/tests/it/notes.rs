use earmark_papers::{CopyNote, VaryingField, copy_md, varies_md};

#[test]
fn the_note_beside_a_copy() {
    insta::assert_snapshot!(copy_md(&CopyNote {
        program: "Rampart Active Protections".to_owned(),
        asset: "rdp-poc".to_owned(),
        revision: "revision 2".to_owned(),
        contact: Some("program@rampart.example".to_owned()),
        varies: true,
    }));
}

#[test]
fn the_fields_that_vary() {
    let field = |line, field: &str, range: &str| VaryingField {
        file: "poc/check_rdp.py".to_owned(),
        line,
        field: field.to_owned(),
        range: range.to_owned(),
    };
    insta::assert_snapshot!(varies_md(&[
        field(16, "buffer length", "11 or more"),
        field(4, "marker string", "any 4 bytes"),
        field(6, "retries", "any"),
    ]));
}
