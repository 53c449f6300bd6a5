//! The contents of the workflows' steps, the same as on every other peer.

wit_bindgen::generate!({ path: "../bench.wit", world: "activities", generate_all });

use std::sync::atomic::{AtomicU64, Ordering};

use exports::bench::steps::steps::Guest;
use wasip2::{clocks::wall_clock, random::random::get_random_u64};
use wstd::http::{Body, Client, Request};

struct Activities;

static NOTES: AtomicU64 = AtomicU64::new(0);

impl Guest for Activities {
    /// From 0 to 1, with the 53 random bits of a double.
    fn random() -> Result<f64, ()> {
        Ok((get_random_u64() >> 11) as f64 / (1_u64 << 53) as f64)
    }

    fn time() -> Result<u64, ()> {
        let now = wall_clock::now();
        Ok(now.seconds * 1_000 + u64::from(now.nanoseconds / 1_000_000))
    }

    /// The tenth step: a line that nobody reads.
    fn note() -> Result<(), ()> {
        NOTES.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn request(url: String) -> Result<u16, String> {
        wstd::runtime::block_on(send(&url)).map_err(|error| error.to_string())
    }
}

async fn send(url: &str) -> Result<u16, wstd::http::Error> {
    let response = Client::new()
        .send(Request::get(url).body(Body::empty())?)
        .await?;
    let status = response.status().as_u16();
    response.into_body().contents().await?;
    Ok(status)
}

export!(Activities);
