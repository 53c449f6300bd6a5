//! The workflows of the benchmark. Every call of an activity is one step.

wit_bindgen::generate!({ path: "../bench.wit", world: "workflows", generate_all });

use bench::steps::steps;
use exports::bench::workflows::workflows::{Guest, Values};

struct Workflows;

impl Guest for Workflows {
    fn noop() -> Result<(), ()> {
        Ok(())
    }

    /// Alternates five random numbers and four times of day, then a note.
    fn ten_steps() -> Result<Values, ()> {
        let mut values = Values {
            randoms: Vec::new(),
            times: Vec::new(),
        };
        for step in 0..9 {
            if step % 2 == 0 {
                values.randoms.push(steps::random()?);
            } else {
                values.times.push(steps::time()?);
            }
        }
        steps::note()?;
        Ok(values)
    }

    /// Ten requests, one after the other.
    fn ten_requests(url: String) -> Result<Vec<u16>, String> {
        (0..10).map(|_| steps::request(&url)).collect()
    }
}

export!(Workflows);
