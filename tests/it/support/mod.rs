//! Temporary states and the program under test.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A temporary directory with a state in it.
pub struct Place {
    pub dir: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Self {
        Place {
            dir: tempfile::tempdir().expect("a temporary directory"),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).expect("a writable temporary directory");
        }
        std::fs::write(&path, content).expect("a writable temporary directory");
        path
    }

    /// Runs partyline with this place's state.
    pub fn run(&self, args: &[&str]) -> Run {
        self.run_with_input(args, "")
    }

    pub fn run_with_input(&self, args: &[&str], input: &str) -> Run {
        let state = self.path("state");
        let state = state.to_str().expect("a readable temporary path");
        self.start(&[args, &["--state", state]].concat(), input)
    }

    /// Runs partyline with these arguments and no others.
    pub fn run_bare(&self, args: &[&str]) -> Run {
        self.start(args, "")
    }

    /// The same as [`Place::run`] with more in the environment.
    pub fn run_in(&self, args: &[&str], environment: &[(&str, &str)]) -> Run {
        let state = self.path("state");
        let state = state.to_str().expect("a readable temporary path");
        let child = Command::new(env!("CARGO_BIN_EXE_partyline"))
            .args(args)
            .args(["--state", state])
            .envs(environment.iter().copied())
            .current_dir(self.dir.path())
            .output();
        Run::of(child.expect("the program starts"))
    }

    fn start(&self, args: &[&str], input: &str) -> Run {
        let mut child = Command::new(env!("CARGO_BIN_EXE_partyline"))
            .args(args)
            .current_dir(self.dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        // The program may end without reading its input.
        let _ = child
            .stdin
            .take()
            .expect("piped")
            .write_all(input.as_bytes());
        Run::of(child.wait_with_output().expect("the program ends"))
    }
}

/// Gives the archive files of an unharmed state to the programs of others that `.ci/run` has them
/// checked with: it names a folder for copies.
impl Drop for Place {
    fn drop(&mut self) {
        let Some(folder) = std::env::var_os("PARTYLINE_WARC_CHECK") else {
            return;
        };
        let unique = self.dir.path().file_name().unwrap_or_default().to_owned();
        let states = [("state", ""), ("state/demo", "-demo")];
        for (state, mark) in states {
            let files = std::fs::read_dir(self.path(state).join("archive"));
            for file in files.into_iter().flatten().flatten() {
                let name = file.file_name();
                let name = format!("it{}{mark}-{}", unique.display(), name.display());
                std::fs::create_dir_all(&folder).expect("the folder can be made");
                let copy = Path::new(&folder).join(name);
                std::fs::copy(file.path(), copy).expect("the copy can be written");
            }
        }
    }
}

/// What a run printed.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    fn of(output: Output) -> Self {
        Run {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The output, where the run succeeded.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, 0, "{self:#?}");
        self.out
    }

    /// The one line on standard error of a run that failed with `code` and printed nothing.
    #[track_caller]
    pub fn fails(self, code: i32) -> String {
        assert_eq!(self.code, code, "{self:#?}");
        assert_eq!(
            self.err.lines().count(),
            1,
            "one line says what is wrong: {self:#?}"
        );
        self.err
    }

    /// Standard output as JSON Lines.
    #[track_caller]
    pub fn json(self) -> Vec<serde_json::Value> {
        let parse = |l: &str| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}"));
        self.ok().lines().map(parse).collect()
    }
}

/// Data that may stand beside the checkout; tests that need it say so and pass without it.
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data")
        .join(name);
    if !path.exists() {
        eprintln!("skipped: no {name} beside the checkout");
        return None;
    }
    Some(path)
}
