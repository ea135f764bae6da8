//! What a finding says to do is what the person meant: `tests/data/helps.csv` lays texts and overrides over the quickstart and names
//! the codes of all errors, the place of one of them, and a part of its help. `⏎` stands for a line break.

use std::path::Path;

use copperplate::diagnostic::{Finding, Severity};
use copperplate::scenario::open;

fn place(finding: &Finding) -> String {
    let at = finding.location.as_ref().map(copperplate::diagnostic::Location::file_line).unwrap_or_default();
    at.rsplit('/').next().unwrap_or_default().to_owned()
}

#[test]
fn the_help_is_what_was_meant() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("helps");
    std::fs::create_dir_all(&folder).unwrap();
    let (base, path) = (root.join("scenarios/quickstart.toml"), folder.join("case.toml"));
    let mut cases = 0;
    for row in csv::Reader::from_path(root.join("tests/data/helps.csv")).unwrap().deserialize() {
        let (text, set, codes, at, help): (String, String, String, String, String) = row.unwrap();
        std::fs::write(&path, format!("extends = {base:?}\n{}\n", text.replace('⏎', "\n"))).unwrap();
        let sets: Vec<String> = [set.clone()].into_iter().filter(|set| !set.is_empty()).collect();
        let found = open(&path, &sets).and_then(|opened| opened.study(None).map(|_| ()));
        let errors: Vec<Finding> =
            found.err().map(|all| all.0).unwrap_or_default().into_iter().filter(|f| f.severity == Severity::Error).collect();
        let mut told: Vec<&str> = errors.iter().map(|f| f.code).collect();
        told.sort_unstable();
        assert_eq!(told.join(" "), codes, "{text} {set}: {errors:#?}");
        let said = |f: &Finding| place(f) == at && f.help.as_ref().is_some_and(|said| said.contains(&help));
        assert!(codes.is_empty() || errors.iter().any(said), "{text} {set}: {errors:#?}");
        cases += 1;
    }
    assert!(cases > 50);
}

/// Values of a scenario in another unit are doubted, and only those.
#[test]
fn thousandfold_values_of_a_scenario_are_doubted() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.toml");
    let cases = [
        ("contract[0].right.power_kw=40000", "is it in W?", "40000 W is 40 kW"),
        ("contract[1].right.cap_kw=60000", "is it in W?", "60000 W is 60 kW"),
        ("contract[0].utilisation_eur_per_mwh=0.085", "is it in €/kWh?", "0.085 €/kWh is 85 €/MWh"),
        ("contract[0].availability_eur_per_mw_h=0.006", "is it in €/kW/h?", "0.006 €/kW/h is 6 €/MW/h"),
        ("strategy.reinforce.replacement[0].rating=400000", "is it in VA?", "400000 VA is 400 kVA"),
        ("strategy.reinforce.replacement[0].load_losses_w=4.6", "is it in kW?", "4.6 kW is 4600 W"),
        ("strategy.reinforce.replacement[0].no_load_losses_w=0.43", "is it in kW?", "0.43 kW is 430 W"),
        ("contract[0].right.power_kw=150", "", ""),
        ("contract[0].utilisation_eur_per_mwh=0", "", ""),
        ("contract[0].availability_eur_per_mw_h=0.2", "", ""),
        ("strategy.reinforce.replacement[0].rating=1000", "", ""),
    ];
    for (set, message, help) in cases {
        let (_, findings) = open(&path, &[set.to_owned()]).and_then(|opened| opened.study(None)).unwrap();
        let told: Vec<&Finding> = findings.0.iter().filter(|f| f.code == "unlikely-unit").collect();
        assert_eq!(told.len(), usize::from(!message.is_empty()), "{set}: {told:#?}");
        for finding in told {
            assert!(finding.message.contains(message) && finding.help.as_ref().is_some_and(|h| h.contains(help)), "{set}: {finding:#?}");
        }
    }
}
