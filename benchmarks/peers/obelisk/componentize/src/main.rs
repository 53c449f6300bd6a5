//! Makes components of core modules, because not every Rust can build for `wasm32-wasip2`. Parameters: pairs of files,
//! the module and the component.

use std::{env, error::Error, fs};

use wit_component::ComponentEncoder;

fn main() -> Result<(), Box<dyn Error>> {
    let mut files = env::args().skip(1);
    while let (Some(module), Some(component)) = (files.next(), files.next()) {
        let encoder = ComponentEncoder::default().validate(true);
        fs::write(component, encoder.module(&fs::read(module)?)?.encode()?)?;
    }
    Ok(())
}
