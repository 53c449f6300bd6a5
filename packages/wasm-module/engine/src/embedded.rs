//! Data that the build adds, and that takes memory only in a workflow that asks for it.
//!
//! The bodies here stand for an engine without such data. The build puts others in their places, which copy out of
//! passive data segments.

use std::hint::black_box;

/// Writes the source map's text to `target`, if that is not null, and returns its length in bytes.
#[no_mangle]
#[inline(never)]
pub extern "C" fn engine_source_map(target: *mut u8) -> usize {
    nothing(target)
}

/// As `engine_source_map` for the bytecode of the part of the script's own side that few workflows need.
#[no_mangle]
#[inline(never)]
pub extern "C" fn engine_library(target: *mut u8) -> usize {
    // Else the linker might take both functions for one.
    nothing(black_box(target.wrapping_add(1)).wrapping_sub(1))
}

fn nothing(target: *mut u8) -> usize {
    // The compiler must not conclude that nothing is ever written, or that the length is always 0.
    if !black_box(target).is_null() {
        // SAFETY: never reached with anything but a place for the length that was told.
        unsafe { target.write_volatile(0) };
    }
    black_box(0)
}

/// The way back from places in the bundled script to places in the user's files, as JSON text; empty where there is none.
pub fn source_map() -> String {
    String::from_utf8(read(engine_source_map)).unwrap_or_default()
}

/// The bytecode; empty where there is none.
pub fn library() -> Vec<u8> {
    read(engine_library)
}

fn read(copy_to: extern "C" fn(*mut u8) -> usize) -> Vec<u8> {
    let length = copy_to(std::ptr::null_mut());
    let mut bytes = vec![0; length];
    if length > 0 {
        copy_to(bytes.as_mut_ptr());
    }
    bytes
}
