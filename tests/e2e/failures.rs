//! The command that writes `docs/failures.md` plays faults to a proxy and tells what came of them.

use std::process::Command;

use evenkeel_testkit::real_caddy;

#[test]
fn faults_are_measured_beside_the_real_caddy() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/failures");
    let mut command = Command::new("python3");
    command.arg(script).arg(real_caddy());
    command.arg(env!("CARGO_BIN_EXE_evenkeel"));
    command.args(["refuses", "speaks no", "sends less", "all of two"]);

    let output = command.output().expect("Python is there");

    let page = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let row = |start: &str| {
        let mut lines = page.lines();
        let row = lines.find(|line| line.starts_with(start));
        row.unwrap_or_else(|| panic!("{start} is not in\n{page}\n{errors}"))
    };
    let refused = row("| refuses connections |");
    assert_eq!(refused.matches("| 502; ").count(), 2, "{refused}");
    assert_eq!(refused.matches("| 10 × 200; ").count(), 2, "{refused}");
    let nonsense = row("| speaks no HTTP |");
    assert_eq!(nonsense.matches("| 502; ").count(), 2, "{nonsense}");
    let short = row("| sends less than it announced |");
    assert_eq!(short.matches("| 200, cut off; ").count(), 2, "{short}");
    let down = row("| all of two are down |");
    assert_eq!(down.matches("| 502; ").count(), 2, "{down}");
}
