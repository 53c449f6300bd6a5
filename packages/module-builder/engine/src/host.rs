//! The guest ABI's only import and its only export, as in the crate `flawless-wasabi` 1.0.0-beta.3.
//!
//! That crate itself is not used, because here JSON texts are written and read in JavaScript: its `submit` would
//! convert each text to a Rust value and back.

use std::alloc::Layout;
use std::ptr;

#[link(wasm_import_module = "wasabi")]
extern "C" {
    fn submit(
        in_ptr: *const u8,
        in_len: usize,
        out_ptr: *mut *mut u8,
        out_len: *mut usize,
    ) -> i32;
}

/// Room for an answer of exactly `capacity` bytes.
#[export_name = "wasabi::alloc"]
pub extern "C" fn alloc(capacity: usize) -> *mut u8 {
    Vec::leak(Vec::with_capacity(capacity)).as_mut_ptr()
}

/// Whether the build wants the script's evaluation to end: asks with a call of length 0, which no workflow makes.
pub fn wants_evaluation_to_end() -> bool {
    let mut pointer: *mut u8 = ptr::null_mut();
    let mut length = 0;
    // SAFETY: for such a call the build reads and writes nothing.
    unsafe { submit(ptr::null(), 0, &mut pointer, &mut length) != 0 }
}

/// Passes a call to the host and waits for its answer; both are JSON texts.
///
/// # Errors
/// The host's error code.
pub fn call(request: &str) -> Result<Vec<u8>, i32> {
    let mut pointer: *mut u8 = ptr::null_mut();
    let mut length = 0;
    // SAFETY: the host only reads the request, and writes both variables if it returns 0.
    let code = unsafe { submit(request.as_ptr(), request.len(), &mut pointer, &mut length) };
    if code != 0 {
        return Err(code);
    }
    debug_assert!(Layout::array::<u8>(length).is_ok());
    // SAFETY: the host got the pointer from `alloc` for exactly this length and has filled it.
    Ok(unsafe { Vec::from_raw_parts(pointer, length, length) })
}

/// The names of the host's error codes. Source: `Error` in the crate `flawless-wasabi` 1.0.0-beta.3.
pub fn error_name(code: i32) -> &'static str {
    match code {
        -1 => "NoAllocExport",
        -2 => "NoMemoryExport",
        -3 => "AllocCallFailed",
        -5 => "InputDeserializationFailed",
        -6 => "OutputSerializationFailed",
        -7 => "OutputWriteFailed",
        _ => "an unknown code",
    }
}

/// The beginning of a call, for a message.
pub fn shortened(request: &str) -> String {
    const CHARACTERS: usize = 200;
    let start: String = request.chars().take(CHARACTERS).collect();
    if start.len() < request.len() { start + "..." } else { start }
}
