//! What the engine provides to the guest side besides JavaScript.

use rquickjs::{function::Opt, ArrayBuffer, Ctx, Error, Exception, Function, Object, Result, TypedArray, Value};

use crate::engine::{not_stuck, note_clock_read, phase, Phase};
use crate::{bytecode, embedded, hash, host, inflate as inflating, stack, web};

/// The object that the guest side finds as `__engine`.
pub fn object<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("submit", Function::new(ctx.clone(), submit)?)?;
    object.set("ask", Function::new(ctx.clone(), ask)?)?;
    object.set("sourceMap", Function::new(ctx.clone(), embedded::source_map)?)?;
    object.set("loadLibrary", Function::new(ctx.clone(), load_library)?)?;
    object.set("encodeUtf8", Function::new(ctx.clone(), encode_utf8)?)?;
    object.set("decodeUtf8", Function::new(ctx.clone(), decode_utf8)?)?;
    object.set("encodeBase64", Function::new(ctx.clone(), encode_base64)?)?;
    object.set("decodeBase64", Function::new(ctx.clone(), decode_base64)?)?;
    object.set("parseUrl", Function::new(ctx.clone(), web::parse_url)?)?;
    object.set("changeUrl", Function::new(ctx.clone(), web::change_url)?)?;
    object.set("parseForm", Function::new(ctx.clone(), web::parse_form)?)?;
    object.set("writeForm", Function::new(ctx.clone(), web::write_form)?)?;
    object.set("inflate", Function::new(ctx.clone(), inflate)?)?;
    object.set("digest", Function::new(ctx.clone(), digest)?)?;
    object.set("narrowStack", Function::new(ctx.clone(), stack::narrow)?)?;
    object.set("widenStack", Function::new(ctx.clone(), stack::widen)?)?;
    Ok(object)
}

fn submit(ctx: Ctx<'_>, request: String) -> Result<String> {
    call_host(&ctx, &request)
}

/// Like `submit`, but with values instead of texts.
fn ask<'js>(ctx: Ctx<'js>, request: Value<'js>) -> Result<Value<'js>> {
    let request = ctx.json_stringify(request)?.ok_or(Error::Unknown)?.to_string()?;
    let answer = call_host(&ctx, &request)?;
    ctx.json_parse(answer)
}

fn call_host(ctx: &Ctx<'_>, request: &str) -> Result<String> {
    if phase() != Phase::Running {
        return Err(Exception::throw_message(
            ctx,
            "only a running workflow can ask its host for something, but this runs when the module is \
             built: move it into a workflow",
        ));
    }
    not_stuck();
    let answer = host::call(request).map_err(|code| {
        let (name, call) = (host::error_name(code), host::shortened(request));
        Exception::throw_message(ctx, &format!("the host refused the call {call} with {name} ({code})"))
    })?;
    String::from_utf8(answer).map_err(|_| Exception::throw_message(ctx, "the host's answer is not UTF-8"))
}

fn load_library(ctx: Ctx<'_>, part: usize) -> Result<Value<'_>> {
    bytecode::evaluate(&ctx, &embedded::library(part))
}

fn encode_utf8(ctx: Ctx<'_>, text: String) -> Result<ArrayBuffer<'_>> {
    ArrayBuffer::new(ctx, text.into_bytes())
}

/// Undefined if `fatal` is set and the bytes are not UTF-8.
fn decode_utf8<'js>(bytes: TypedArray<'js, u8>, fatal: bool) -> Option<String> {
    // SAFETY: no JavaScript runs while the bytes are read.
    let bytes = unsafe { bytes.as_bytes() }.unwrap_or_default();
    if fatal {
        return std::str::from_utf8(bytes).ok().map(str::to_owned);
    }
    Some(String::from_utf8_lossy(bytes).into_owned())
}

fn encode_base64<'js>(bytes: TypedArray<'js, u8>) -> String {
    // SAFETY: no JavaScript runs while the bytes are read.
    web::encode_base64(unsafe { bytes.as_bytes() }.unwrap_or_default())
}

/// Undefined if the text is not base64.
fn decode_base64(ctx: Ctx<'_>, text: String, forgiving: Opt<bool>) -> Result<Option<ArrayBuffer<'_>>> {
    web::decode_base64(&text, forgiving.0.unwrap_or(false))
        .map(|bytes| ArrayBuffer::new(ctx, bytes))
        .transpose()
}

/// Undefined if the bytes are invalid. Output beyond `limit` bytes is dropped.
fn inflate<'js>(
    ctx: Ctx<'js>,
    format: String,
    bytes: TypedArray<'js, u8>,
    limit: f64,
    is_cut: bool,
) -> Result<Option<ArrayBuffer<'js>>> {
    // SAFETY: no JavaScript runs while the bytes are read.
    let bytes = unsafe { bytes.as_bytes() }.unwrap_or_default();
    let inflated = match format.as_str() {
        "gzip" => inflating::gzip(bytes, limit as usize, is_cut),
        _ => inflating::deflate(bytes, limit as usize, is_cut),
    };
    inflated.map(|output| ArrayBuffer::new(ctx, output)).transpose()
}

/// Undefined for unknown names.
fn digest<'js>(ctx: Ctx<'js>, algorithm: String, bytes: TypedArray<'js, u8>) -> Result<Option<ArrayBuffer<'js>>> {
    // SAFETY: no JavaScript runs while the bytes are read.
    let bytes = unsafe { bytes.as_bytes() }.unwrap_or_default();
    hash::digest(&algorithm, bytes).map(|hash| ArrayBuffer::new(ctx, hash)).transpose()
}

/// The text as a JSON string.
pub fn json_string(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            control if control < ' ' => json.push_str(&format!("\\u{:04x}", control as u32)),
            other => json.push(other),
        }
    }
    json.push('"');
    json
}

/// The clock of `Date`, in microseconds since 1970. It is the workflow's clock, so that a replay sees the same times.
#[no_mangle]
pub extern "C" fn __rquickjs_host_now_us() -> f64 {
    if phase() != Phase::Running {
        // QuickJS itself also reads it, to seed its generator (which `Math.random` doesn't use any more).
        note_clock_read();
        return 0.0;
    }
    not_stuck();
    host::call("\"TimeNow\"")
        .ok()
        .and_then(|answer| microseconds(&answer))
        .unwrap_or_else(|| panic!("the host does not tell the time"))
}

fn microseconds(answer: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(answer).ok()?;
    // Integers only: reading other numbers needs tables that would be in each workflow's memory.
    let number = |field: &str| -> Option<u64> {
        let start = text.find(field)? + field.len();
        let digits = text[start..].trim_start_matches(|c: char| !c.is_ascii_digit());
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse().ok()
    };
    let seconds = number("\"secs_since_epoch\"")?;
    let nanoseconds = number("\"nanos_since_epoch\"")?;
    Some(seconds as f64 * 1e6 + (nanoseconds / 1000) as f64)
}
