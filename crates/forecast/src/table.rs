//! A forecast for people: one block for each `reverse_proxy`, one line for each failure.

use std::fmt;

use crate::report::{
    Cost, Detection, Detector, Failing, Failure, Forecast, ProxyForecast, Seen, Time,
};
use crate::scenario::Scenario;

const HEADINGS: [&str; COLUMNS] = [
    "UPSTREAM",
    "FAILING",
    "BEFORE DETECTION",
    "DETECTED",
    "AFTER DETECTION",
];
const COLUMNS: usize = 5;
const GAP: &str = "  ";

pub(crate) fn render(forecast: &Forecast) -> String {
    if forecast.proxies.is_empty() {
        return "No reverse_proxy: no upstream can fail".to_owned();
    }
    let blocks: Vec<String> = forecast.proxies.iter().map(block).collect();
    blocks.join("\n\n")
}

fn block(proxy: &ProxyForecast) -> String {
    if proxy.upstreams.is_empty() {
        return format!("{}: no upstreams, every request gets a 503", proxy.label());
    }
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(proxy.failures.iter().map(row));
    let mut lines = vec![
        format!("{}: {}", proxy.label(), proxy.upstreams.join(" ")),
        "Worst time of a GET, and what the user gets:".to_owned(),
    ];
    lines.extend(align(&rows));
    lines.join("\n")
}

fn row(failure: &Failure) -> [String; COLUMNS] {
    let failing = match failure.failing {
        Failing::One => "one",
        Failing::All => "all",
    };
    [
        scenario(failure.scenario).to_owned(),
        failing.to_owned(),
        failure.before.to_string(),
        detected(failure),
        failure
            .after
            .map_or_else(|| "-".to_owned(), |cost| cost.to_string()),
    ]
}

const fn scenario(scenario: Scenario) -> &'static str {
    match scenario {
        Scenario::Refuse => "refuses",
        Scenario::BlackHole => "black-holes",
        Scenario::Hang => "hangs",
        Scenario::ServerError => "answers 5xx",
    }
}

fn detected(failure: &Failure) -> String {
    if failure.detections.is_empty() {
        let options: Vec<&str> = failure.detectable_by.iter().map(|by| by.name()).collect();
        return format!("never (set {})", options.join(" or "));
    }
    let detections: Vec<String> = failure
        .detections
        .iter()
        .map(Detection::to_string)
        .collect();
    detections.join(", ")
}

fn align(rows: &[[String; COLUMNS]]) -> Vec<String> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: [usize; COLUMNS] = std::array::from_fn(|column| width(column).unwrap_or(0));
    let line = |row: &[String; COLUMNS]| {
        let padded = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        let cells: Vec<String> = padded.collect();
        cells.join(GAP).trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.time {
            Time::Within(time) => write!(f, "{time}, {}", self.seen),
            Time::Over { least, bounded_by } => {
                write!(f, "over {least} (set {})", bounded_by.name())
            }
            Time::Unbounded { bounded_by } => {
                write!(f, "unbounded (set {})", bounded_by.name())
            }
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Answer => "another's answer",
            Self::UpstreamError => "its 5xx",
            Self::BadGateway => "502",
            Self::ServiceUnavailable => "503",
            Self::GatewayTimeout => "504",
            Self::Nothing => "nothing",
        })
    }
}

impl fmt::Display for Detection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.by {
            Detector::Passive { strikes: 1 } => write!(f, "strike {}", self.within)?,
            Detector::Passive { strikes } => write!(f, "{strikes} strikes {}", self.within)?,
            Detector::Active => write!(f, "probe {}", self.within)?,
        }
        match self.out_for {
            Some(time) => write!(f, " (out {time})"),
            None => Ok(()),
        }
    }
}
