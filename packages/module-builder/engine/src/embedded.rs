//! Data that the build adds, and that takes memory only in workflows that need it.
//!
//! The function bodies here are for an engine without such data. The build replaces them with bodies that copy from
//! passive data segments.

use std::hint::black_box;

/// Writes the source map's text to `target`, unless that is null, and returns its length in bytes.
#[no_mangle]
#[inline(never)]
pub extern "C" fn engine_source_map(target: *mut u8) -> usize {
    nothing(target)
}

/// Copies `length` bytes of the data that the build embeds to `target`. The data has the guest side's parts as
/// bytecode, one after the other, and before them, as 32-bit numbers, where each begins and where the last one ends.
#[no_mangle]
#[inline(never)]
pub extern "C" fn engine_library(target: *mut u8, offset: usize, length: usize) {
    // Otherwise the compiler might remove the parameters.
    nothing(black_box(target.wrapping_add(offset + length)).wrapping_sub(offset + length));
}

fn nothing(target: *mut u8) -> usize {
    // The compiler must not conclude that nothing is ever written, or that the length is always 0.
    if !black_box(target).is_null() {
        // SAFETY: `target` has room for the returned length, if this is ever reached.
        unsafe { target.write_volatile(0) };
    }
    black_box(0)
}

/// The map from the bundled script back to the user's files, as JSON text; empty if there is none.
pub fn source_map() -> String {
    let length = engine_source_map(std::ptr::null_mut());
    let mut bytes = vec![0; length];
    if length > 0 {
        engine_source_map(bytes.as_mut_ptr());
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// The bytecode of a part of the library, by its number.
pub fn library(part: usize) -> Vec<u8> {
    const NUMBER_BYTES: usize = size_of::<u32>();
    let mut ends = [0; 2 * NUMBER_BYTES];
    engine_library(ends.as_mut_ptr(), part * NUMBER_BYTES, ends.len());
    let [start, end] = [0, NUMBER_BYTES].map(|at| {
        let bytes = [ends[at], ends[at + 1], ends[at + 2], ends[at + 3]];
        u32::from_le_bytes(bytes) as usize
    });
    let mut bytes = vec![0; end - start];
    engine_library(bytes.as_mut_ptr(), start, bytes.len());
    bytes
}
