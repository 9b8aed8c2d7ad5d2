use super::*;

fn request() -> Request {
    Request {
        partners: Some(80),
        lead_hours: None,
        ready_hours: 24.0,
        cycles: 12,
        count: "suspected".to_owned(),
        own: OwnRecord::default(),
        tiers: BTreeMap::new(),
        plot: None,
    }
}

#[test]
fn the_public_record_gives_the_known_figures_and_names_its_sources() {
    let (answer, _) = reckon(&request()).unwrap();
    let known = [(1, 1.6e-6, 6.2e-5, 3.4e-4), (3, 3.8e-5, 1.8e-4, 5.4e-4), (4, 6.7e-5, 2.5e-4, 6.3e-4)];
    assert_eq!(answer.rates.len(), known.len());
    for (line, (leaks, low, middle, high)) in answer.rates.iter().zip(known) {
        assert_eq!((line.leaks, line.exposure.to_bits()), (leaks, 16_240f64.to_bits()));
        for (ours, theirs) in [(line.exact.low, low), (line.exact.middle, middle), (line.exact.high, high)] {
            assert!((ours / theirs - 1.0).abs() < 0.03, "{line:?}");
        }
        assert!(line.exact.low < line.believed.low && line.believed.high < line.exact.high, "{line:?}");
    }
    assert!(answer.record.counts.iter().all(|count| !count.sources.is_empty()));
    // The belief about rediscovery spans what the two studies found.
    let year = answer.rediscovery_a_year;
    assert!((0.05..0.06).contains(&year.low) && (0.19..0.21).contains(&year.high), "{year:?}");
}

#[test]
fn nearly_twice_the_members_are_nearly_twice_the_risk() {
    let (answer, lead) = reckon(&request()).unwrap();
    let (now, more) = (answer.growth[1], answer.growth[2]);
    assert_eq!((now.partners, more.partners), (80, 152));
    let times = more.cycle.middle / now.cycle.middle;
    assert!((1.87..1.9).contains(&times), "{times}");
    assert!(now.cycle.low < now.cycle.middle && now.cycle.middle < now.cycle.high);
    let svg = plot(&answer, &lead).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("80 partners"));
}

#[test]
fn a_day_costs_a_leak_and_buys_partners_who_are_ready() {
    let (answer, _) = reckon(&request()).unwrap();
    let day = answer.day;
    assert!((day.ready - 0.25).abs() < 1e-12 && (day.partners_ready - 20.0).abs() < 1e-9, "{day:?}");
    assert!((day.leaked / answer.cycle.leaked.middle - 1.0).abs() < 0.03, "{day:?}");
    assert!(day.worth_if_published_later < day.worth_if_told_earlier);
    let (longer, _) = reckon(&Request { lead_hours: Some(120.0), ..request() }).unwrap();
    assert!(
        longer.day.ready < day.ready / 10.0 && longer.cycle.leaked.middle > 4.5 * answer.cycle.leaked.middle
    );
}

#[test]
fn tiers_shrink_to_the_pool() {
    let group =
        |tier: &str, leaks| Group { tier: tier.to_owned(), law: None, partners: 20.0, cycles: 60.0, leaks };
    let own = OwnRecord { groups: vec![group("one", 0), group("two", 2)], ..OwnRecord::default() };
    let tiers = [("one".to_owned(), 20), ("three".to_owned(), 5)].into();
    let (answer, _) = reckon(&Request { own, tiers, partners: None, ..request() }).unwrap();
    assert_eq!(answer.partners, 25);
    let [one, two, three] = &answer.groups[..] else { panic!("{:?}", answer.groups) };
    assert!(one.shrunk.middle < three.shrunk.middle && three.shrunk.middle < two.shrunk.middle);
    assert!(two.shrunk.middle < two.alone.unwrap().middle && three.alone.is_none());
    assert_eq!((one.partners, two.partners, three.partners), (Some(20), None, Some(5)));
    assert_eq!(answer.rates[1].leaks, 5);
}

#[test]
fn records_that_cannot_be_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    let row =
        |more: &str| format!(r#"{{"groups":[{{"tier":"one","partners":5,"cycles":4,"leaks":1{more}}}]}}"#);
    std::fs::write(&path, row(r#","law":"must report flaws""#)).unwrap();
    assert_eq!(own_record(&path).unwrap().groups[0].leaks, 1);
    let rows = "{\"tier\":\"one\",\"partners\":5,\"cycles\":4,\"leaks\":0}";
    for text in [
        row(r#","nationality":"DE""#),
        row(r#","country":"DE""#),
        row("").replace(":5", ":-5"),
        row("").replace(":5", ":0"),
        row("").replace(":4", ":1e300"),
        row("").replace("one", " "),
        format!(r#"{{"groups":[{rows},{rows}]}}"#),
        r#"{"rediscovered":1}"#.to_owned(),
        r#"{"flaw_days":-1}"#.to_owned(),
        "[".repeat(100_000),
        String::new(),
    ] {
        std::fs::write(&path, &text).unwrap();
        assert_eq!(own_record(&path).unwrap_err().kind, Kind::Malformed, "{:.80}", text);
    }
}

#[test]
fn figures_that_make_no_sense_are_refused() {
    for wrong in [
        Request { partners: Some(0), ..request() },
        Request { lead_hours: Some(f64::NAN), ..request() },
        Request { lead_hours: Some(0.0), ..request() },
        Request { ready_hours: -1.0, ..request() },
        Request { cycles: 0, ..request() },
        Request { count: "all".to_owned(), ..request() },
    ] {
        assert_eq!(reckon(&wrong).unwrap_err().kind, Kind::Malformed, "{wrong:?}");
    }
}
