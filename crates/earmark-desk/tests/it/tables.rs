//! Partners that go out as a table and come in again.

use earmark_desk::error::Kind;
use earmark_desk::program::import::import;
use earmark_desk::program::keys;
use earmark_desk::program::partner_source::Reading;
use earmark_desk::program::partner_table::{Form, Row, parse, rows, text};
use earmark_store::PartnerStatus;
use proptest::prelude::*;

use crate::bench::Bench;

const KEYS: [&str; 2] = [
    "age1zswhwfzt4steu95tvp8vzkj2kh7529g9y9gfp7t2pjpfefchvq9qhckam9",
    "age1xdmp986t0azjktc7ze6z4lf78qnptph7jgm2tx9jk72sk9lxwshsq6egzd",
];

fn a_name() -> impl Strategy<Value = String> {
    // Quotes, commas, letters of many scripts; no space at either end, which CSV trims.
    "[\\p{L}\"'=@|,;][\\p{L}\\p{N}\"' ,;|=+-]{0,12}[\\p{L}\"';]"
}

prop_compose! {
    fn a_person()(
        person in "[a-z][a-z0-9]{0,6}", name in a_name(), mail in prop::option::of("[a-z]{1,6}@[a-z]{1,6}\\.example"),
        keys in prop::sample::subsequence(KEYS.to_vec(), 0..=2),
    ) -> (String, String, Option<String>, Vec<String>) {
        (person, name, mail, keys.into_iter().map(str::to_owned).collect())
    }
}

prop_compose! {
    fn a_partner()(
        slug in "[a-z][a-z0-9]{0,6}", name in a_name(), country in "[A-Z]{2}", tier in "(one|two)",
        status in prop::sample::select(vec![
            PartnerStatus::Applicant, PartnerStatus::Active, PartnerStatus::OnNotice, PartnerStatus::Suspended,
        ]),
        people in prop::collection::vec(a_person(), 1..3),
    ) -> Vec<Row> {
        let mut people = people;
        people.sort();
        people.dedup_by(|one, other| one.0 == other.0);
        people.into_iter().map(|(person, person_name, contact, keys)| Row {
            slug: slug.clone(), name: name.clone(), country: country.clone(), tier: tier.clone(), status: Some(status),
            person: Some(person), person_name: Some(person_name), contact, keys,
        }).collect()
    }
}

fn a_table() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(a_partner(), 0..5).prop_map(|mut partners| {
        partners.sort_by(|one, other| one[0].slug.cmp(&other[0].slug));
        partners.dedup_by(|one, other| one[0].slug == other[0].slug);
        partners.concat()
    })
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    for row in &mut rows {
        row.keys.sort();
    }
    rows.sort_by(|one, other| (&one.slug, &one.person).cmp(&(&other.slug, &other.person)));
    rows
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn what_goes_out_comes_in_again(table in a_table(), json in any::<bool>()) {
        let form = if json { Form::Json } else { Form::Csv };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let bench = Bench::empty().await;
            let first = text(&table, form).unwrap();
            prop_assert_eq!(&parse(first.as_bytes()).unwrap(), &table);
            let preview = import(&bench.desk, first.as_bytes(), &Reading::default(), false).await.unwrap();
            prop_assert!(preview.rejected.is_empty());
            let there = rows(&bench.desk).await.unwrap();
            prop_assert_eq!(sorted(there.clone()), sorted(table));
            // Coming in where it is already, it changes nothing.
            let again = text(&there, form).unwrap();
            let preview = import(&bench.desk, again.as_bytes(), &Reading::default(), false).await.unwrap();
            prop_assert!(preview.added.is_empty() && preview.changed.is_empty() && preview.rejected.is_empty());
            // And in an empty vault it makes the same.
            let other = Bench::empty().await;
            import(&other.desk, again.as_bytes(), &Reading::default(), false).await.unwrap();
            prop_assert_eq!(rows(&other.desk).await.unwrap(), there);
            Ok(())
        })?;
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(&bytes);
    }
}

async fn preview(bench: &Bench, table: &str) -> serde_json::Value {
    serde_json::to_value(import(&bench.desk, table.as_bytes(), &Reading::default(), true).await.unwrap())
        .unwrap()
}

#[tokio::test]
async fn a_preview_says_what_becomes_of_each_row_and_nothing_is_half_done() {
    let bench = Bench::new().await;
    let before = rows(&bench.desk).await.unwrap();
    let key = KEYS[0];
    let table = format!(
        "slug,name,country,tier,contact,key\n\
         amber,amber,DE,one,desk@amber.example,\n\
         birch,Birch,AT,two,new@birch.example,{key}\n\
         delta,Delta,CH,one,,\n\
         cedar,cedar,X,two,,\n\
         delta,Delta,CH,one,,\n\
         ember,Ember,CH,one,no address,\n"
    );
    let said = preview(&bench, &table).await;
    assert_eq!(said["added"], serde_json::json!([]), "delta has a bad row too");
    assert_eq!(said["unchanged"], serde_json::json!(["amber"]));
    let what = serde_json::json!(["name", "country", "tier", "person desk", format!("key {key}")]);
    assert_eq!(said["changed"], serde_json::json!([{ "slug": "birch", "what": what }]));
    let rejected: Vec<u64> =
        said["rejected"].as_array().unwrap().iter().map(|one| one["row"].as_u64().unwrap()).collect();
    assert_eq!(rejected, [4, 5, 6]);
    assert_eq!(
        import(&bench.desk, table.as_bytes(), &Reading::default(), false).await.unwrap_err().kind,
        Kind::Malformed
    );
    assert_eq!(rows(&bench.desk).await.unwrap(), before, "nothing of it happened");
    let good: Vec<&str> = table.lines().take(4).collect();
    let done = import(&bench.desk, good.join("\n").as_bytes(), &Reading::default(), false).await.unwrap();
    assert!(done.written && done.added == ["delta"]);
    assert!(keys::list(&bench.desk, "birch").await.unwrap()[0].in_use);
    let birch = rows(&bench.desk).await.unwrap().into_iter().find(|row| row.slug == "birch").unwrap();
    assert_eq!((birch.tier.as_str(), birch.contact.as_deref()), ("two", Some("new@birch.example")));
    let lines = earmark_desk::history::of(&bench.desk, "partner", "birch").await.unwrap();
    assert_eq!(lines.last().unwrap().act, "import");
}

#[tokio::test]
async fn an_import_is_no_way_round_other_rules() {
    let bench = Bench::new().await;
    bench.arm("d", &["advisory:one=-24h"]).await;
    let table = format!("slug,name,country,tier,key\namber,amber,DE,one,{}\n", KEYS[0]);
    let said = preview(&bench, &table).await;
    assert!(said["rejected"][0]["why"].as_str().unwrap().contains("embargo"), "{said}");
    let said = preview(&bench, "slug,name,country,tier,status\namber,amber,DE,one,suspended\n").await;
    assert!(said["rejected"][0]["why"].as_str().unwrap().contains("does not make it"), "{said}");
    let two = "slug,name,country,tier,person\nx,X,DE,one,a\nx,Y,DE,one,b\n";
    assert!(preview(&bench, two).await["rejected"][0]["why"].as_str().unwrap().contains("different things"));
}

fn reading(map: &[(&str, &str)], set: &[(&str, &str)]) -> Reading {
    let pairs = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    Reading { source: None, map: pairs(map), set: pairs(set) }
}

#[tokio::test]
async fn a_table_may_have_names_of_its_own_and_lack_columns() {
    let bench = Bench::empty().await;
    let table = "\u{feff}Organisation;Land;E-Mail\n".replace(';', ",")
        + "Jörg & Söhne,de,x@joerg.example\nDune,,d@dune.example\n";
    let own = reading(
        &[("name", "organisation"), ("country", "Land"), ("contact", "E-Mail")],
        &[("tier", "one"), ("country", "FR")],
    );
    let preview = import(&bench.desk, table.as_bytes(), &own, true).await.unwrap();
    assert_eq!(preview.added, ["joerg-soehne", "dune"]);
    import(&bench.desk, table.as_bytes(), &own, false).await.unwrap();
    let all = rows(&bench.desk).await.unwrap();
    let countries: Vec<&str> = all.iter().map(|row| row.country.as_str()).collect();
    assert_eq!(countries, ["FR", "DE"], "an empty cell is set, a full one is not");
    for (wrong, names) in [
        (reading(&[("name", "Firma")], &[]), "Organisation"),
        (reading(&[("nom", "Land")], &[]), "person_name"),
        (reading(&[], &[]), "slug"),
    ] {
        let refused = import(&bench.desk, table.as_bytes(), &wrong, true).await.unwrap_err();
        assert_eq!(refused.kind, Kind::Malformed);
        let text = format!("{refused:?}");
        assert!(text.contains(names), "{text}");
    }
}

#[tokio::test]
async fn cards_bring_partners_and_files_of_keys_bring_keys_to_people_who_are_there() {
    let bench = Bench::empty().await;
    let card = |name: &str, mail: &str| {
        format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nORG:Harbor Security\r\nEMAIL:{mail}\r\nADR:;;;;;;DE\r\nEND:VCARD\r\n"
        )
    };
    let cards = card("Ann Quill", "ann@harbor.example") + &card("Ben", "ben@harbor.example");
    let no_tier = import(&bench.desk, cards.as_bytes(), &Reading::default(), true).await.unwrap();
    assert_eq!(no_tier.rejected.len(), 2, "cards name no tier");
    let own = reading(&[], &[("tier", "one"), ("slug", "harbor")]);
    let preview = import(&bench.desk, cards.as_bytes(), &own, false).await.unwrap();
    assert_eq!((preview.added.as_slice(), preview.rejected.len()), (&["harbor".to_owned()][..], 0));
    let people = bench.desk.ledger().contacts(&"harbor".parse().unwrap()).await.unwrap();
    let people: Vec<&str> = people.iter().map(|one| one.slug.as_str()).collect();
    assert_eq!(people, ["ann-quill", "ben"]);

    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB8Ht8Z3j6yDWPBHQtOp/R9rjWvfMYo3MSA/K6q8D86r";
    let signers = format!(
        "ANN@harbor.example,x@y.example namespaces=\"git\" {key} laptop\nnobody@x.example {key}\n\
         ben@harbor.example valid-before=\"20270101\" {key}\nnonsense\n"
    );
    let preview = import(&bench.desk, signers.as_bytes(), &Reading::default(), true).await.unwrap();
    assert_eq!(preview.changed[0].slug, "harbor");
    let why: Vec<&str> = preview.rejected.iter().map(|one| one.slug.as_str()).collect();
    assert_eq!(why, ["nobody@x.example", "ben@harbor.example", "line 4"], "{preview:?}");
    // All or nothing; then without the lines that are none.
    import(&bench.desk, signers.as_bytes(), &Reading::default(), false).await.unwrap_err();
    assert!(keys::list(&bench.desk, "harbor").await.unwrap().is_empty());
    let first = signers.lines().next().unwrap();
    import(&bench.desk, first.as_bytes(), &Reading::default(), false).await.unwrap();
    let listed = keys::list(&bench.desk, "harbor").await.unwrap();
    assert_eq!((listed.len(), listed[0].contact.as_str()), (1, "ann-quill"));
}
