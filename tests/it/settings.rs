//! The settings file: below the command line, and told with its line where it is wrong.

use crate::support::Place;

/// The URLs that a crawl would begin with, or why there is none.
fn dry_run(place: &Place, more: &[&str]) -> String {
    let seed = ["crawl", "http://a.test/", "http://10.0.0.1/", "--dry-run"];
    place.run_bare(&[&seed, more].concat()).ok()
}

#[test]
fn settings_hold_unless_the_command_line_says_otherwise() {
    let place = Place::new();
    let plain = dry_run(&place, &[]);
    assert!(
        plain.contains("1 s lie between") && plain.contains("refused"),
        "{plain}"
    );
    place.write(
        "partyline.toml",
        "state = \"elsewhere\"\n[crawl]\ndelay = 7.5\nallow-private = true\nscope = \"any\"\n[demo]\nseed = 3\n",
    );
    let set = dry_run(&place, &[]);
    assert!(
        set.contains("7.5 s lie between") && !set.contains("refused"),
        "{set}"
    );
    let over = dry_run(&place, &["--delay", "3", "--no-allow-private"]);
    assert!(
        over.contains("3 s lie between") && over.contains("refused"),
        "{over}"
    );
    // Another file, and one for which `--` ends the flags.
    place.write("other.toml", "[crawl]\ndelay = 4\n");
    let named = dry_run(&place, &["--config", "other.toml"]);
    assert!(
        named.contains("4 s lie between") && named.contains("refused"),
        "{named}"
    );
    let seeds = ["crawl", "--dry-run", "--", "http://a.test/"];
    assert!(place.run_bare(&seeds).ok().contains("7.5 s lie between"));
    // The flags of all commands stand at the top.
    let gone = place.run_bare(&["stats"]);
    assert!(gone.fails(1).contains("elsewhere"));
    place.write("partyline.toml", "json = true\n");
    assert!(dry_run(&place, &[]).starts_with('{'));
    assert!(!dry_run(&place, &["--no-json"]).starts_with('{'));
}

#[test]
fn a_flag_that_may_stand_without_a_value_is_true_or_false_too() {
    let place = Place::new();
    for value in ["true", "false", "5", "\"5\""] {
        // A flag behind it is not its value, nor is a seed.
        let text = format!("[crawl]\nprofiles = {value}\ndelay = 4\n");
        place.write("partyline.toml", &text);
        let told = dry_run(&place, &[]);
        assert!(told.contains("4 s lie between"), "{value}: {told}");
        let seeds = ["crawl", "--dry-run", "--", "http://a.test/"];
        assert!(place.run_bare(&seeds).ok().contains("http://a.test/"));
    }
    place.write("partyline.toml", "[crawl]\nprofiles = [3]\n");
    let run = place.run_bare(&["crawl", "http://a.test/", "--dry-run"]);
    assert!(run.fails(2).contains("expected one value"));
}

#[test]
fn a_list_in_the_file_gives_way_to_one_on_the_command_line() {
    let place = Place::new();
    place.write(
        "partyline.toml",
        "[crawl]\nresolve = [\"a.test=1.2.3.4\", \"bad\"]\n",
    );
    let run = place.run_bare(&["crawl", "http://a.test/", "--dry-run"]);
    assert!(run.fails(2).contains("`bad`"));
    dry_run(&place, &["--resolve", "a.test=1.2.3.4"]);
}

#[test]
fn what_is_wrong_in_the_file_is_told_with_its_line() {
    let place = Place::new();
    for (text, wanted) in [
        (
            "[crawl]\n\ndely = 2\n",
            "partyline.toml:3: unknown key `dely`; the nearest is `delay`",
        ),
        (
            "quite = true\n",
            "partyline.toml:1: unknown key `quite`; the nearest is `quiet`",
        ),
        ("delay = 2\n", "partyline.toml:1: unknown key `delay`"),
        (
            "[craw]\ndelay = 2\n",
            "partyline.toml:2: unknown command [craw]; the nearest is [crawl]",
        ),
        (
            "[crawl]\ndelay = \"slow\"\n",
            "partyline.toml:2: invalid value 'slow'",
        ),
        (
            "[crawl]\nscope = \"all\"\n",
            "partyline.toml:2: invalid value 'all'",
        ),
        (
            "[crawl]\ninsecure = 1\n",
            "partyline.toml:2: insecure: expected true or false",
        ),
        (
            "[crawl]\ndelay = true\n",
            "partyline.toml:2: delay: expected a value",
        ),
        (
            "[crawl]\ndelay = [1, 2]\n",
            "partyline.toml:2: delay: expected one value",
        ),
        ("[crawl]\ndelay = \n", "partyline.toml:2: "),
        (
            "[query]\nwithin = 3\n\n[demo]\nsead = 1\n",
            "partyline.toml:5: unknown key `sead`; the nearest is `seed`",
        ),
    ] {
        place.write("partyline.toml", text);
        let told = place
            .run_bare(&["crawl", "http://a.test/", "--dry-run"])
            .fails(2);
        assert!(told.contains(wanted), "{text}: {told}");
    }
    let missing = ["stats", "--config", "missing.toml"];
    assert!(place.run_bare(&missing).fails(1).contains("missing.toml"));
    let help = place.run_bare(&["--help"]).ok();
    assert!(
        help.contains("partyline.toml") && !help.contains("--no-quiet"),
        "{help}"
    );
}
