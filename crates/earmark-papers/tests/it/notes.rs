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
    let field = |field: &str| VaryingField { file: "poc/check_rdp.py".to_owned(), field: field.to_owned() };
    insta::assert_snapshot!(varies_md(&[field("buffer length"), field("marker string"), field("retries")]));
}
