//! The content codings `gzip` and `deflate` of HTTP.
//!
//! The container formats are parsed here, because the well-maintained crate for them adds 16 kB of tables to each
//! workflow's memory.
//!
//! Source: RFC 1952 (gzip), RFC 1950 (zlib).

use miniz_oxide::inflate::core::{decompress, inflate_flags, DecompressorOxide};
use miniz_oxide::inflate::TINFLStatus;

/// The min room for output, in bytes.
const LEAST_ROOM: usize = 16 * 1024;

/// How a stream of data ends.
enum End {
    /// It takes this many bytes of the input.
    At(usize),
    /// The output exceeds the limit.
    Limit,
    /// The input ends before the data does.
    Missing,
}

/// None if the bytes are not gzip. Output beyond `limit` bytes is dropped. With `is_cut`, the end may be missing.
pub fn gzip(bytes: &[u8], limit: usize, is_cut: bool) -> Option<Vec<u8>> {
    const TRAILER_BYTES: usize = 8;
    let mut output = Vec::new();
    let mut rest = bytes;
    loop {
        let start = output.len();
        let Some(data) = after_header(rest)? else { return is_cut.then_some(output) };
        let length = match inflate(data, false, &mut output, limit)? {
            End::At(length) => length,
            End::Limit => return Some(output),
            End::Missing => return is_cut.then_some(output),
        };
        let Some(trailer) = data.get(length..length + TRAILER_BYTES) else { return is_cut.then_some(output) };
        let member = &output[start..];
        if number(trailer) != crc32(member) || number(&trailer[4..]) != member.len() as u32 {
            return None;
        }
        rest = &data[length + TRAILER_BYTES..];
        // Several members may follow one another; anything else after a member is ignored, as in other implementations.
        if !rest.starts_with(&MAGIC) {
            return Some(output);
        }
    }
}

/// Like `gzip`, for the zlib format, or for data without it, which some servers send under the same name.
pub fn deflate(bytes: &[u8], limit: usize, is_cut: bool) -> Option<Vec<u8>> {
    let is_zlib = matches!(bytes, [method, flags, ..]
        if method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]) % 31 == 0);
    let mut output = Vec::new();
    match inflate(bytes, is_zlib, &mut output, limit)? {
        End::Missing if !is_cut => None,
        _ => Some(output),
    }
}

/// None if the data is invalid.
fn inflate(input: &[u8], is_zlib: bool, output: &mut Vec<u8>, limit: usize) -> Option<End> {
    let mut flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    if is_zlib {
        flags |= inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER;
    }
    let mut decompressor = Box::<DecompressorOxide>::default();
    let mut read = 0;
    let mut written = output.len();
    // One byte more than the limit, to detect whether it is exceeded.
    let most = limit.saturating_add(1);
    loop {
        if output.len() == written {
            let room = output.len().max(input.len()).max(LEAST_ROOM);
            output.resize(output.len().saturating_add(room).min(most), 0);
        }
        let (status, more_read, more_written) = decompress(&mut decompressor, &input[read..], output, written, flags);
        read += more_read;
        written += more_written;
        let end = match status {
            TINFLStatus::Done => End::At(read),
            TINFLStatus::HasMoreOutput if written < most => continue,
            TINFLStatus::HasMoreOutput => End::Limit,
            TINFLStatus::FailedCannotMakeProgress | TINFLStatus::NeedsMoreInput => End::Missing,
            _ => return None,
        };
        output.truncate(written.min(limit));
        return Some(if written > limit { End::Limit } else { end });
    }
}

const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// What follows a member's header. None if the header is invalid, Some(None) if it is incomplete.
fn after_header(bytes: &[u8]) -> Option<Option<&[u8]>> {
    const HEADER_BYTES: usize = 10;
    const DEFLATE: u8 = 8;
    const HAS_CHECK: u8 = 2;
    const HAS_EXTRA: u8 = 4;
    const HAS_NAME: u8 = 8;
    const HAS_COMMENT: u8 = 16;
    const RESERVED: u8 = 0xe0;
    if bytes.len() < HEADER_BYTES {
        return MAGIC.starts_with(&bytes[..bytes.len().min(2)]).then_some(None);
    }
    let (header, mut rest) = bytes.split_at(HEADER_BYTES);
    let flags = header[3];
    if header[..2] != MAGIC || header[2] != DEFLATE || flags & RESERVED != 0 {
        return None;
    }
    let skip = |rest: &mut &[u8], length: Option<usize>| -> bool {
        let after = length.and_then(|length| rest.get(length..));
        *rest = after.unwrap_or_default();
        after.is_some()
    };
    let text_length = |rest: &[u8]| rest.iter().position(|byte| *byte == 0).map(|place| place + 1);
    let extra = match rest {
        [low, high, ..] => Some(2 + u16::from_le_bytes([*low, *high]) as usize),
        _ => None,
    };
    let is_whole = (flags & HAS_EXTRA == 0 || skip(&mut rest, extra))
        && (flags & HAS_NAME == 0 || { let length = text_length(rest); skip(&mut rest, length) })
        && (flags & HAS_COMMENT == 0 || { let length = text_length(rest); skip(&mut rest, length) })
        && (flags & HAS_CHECK == 0 || skip(&mut rest, Some(2)));
    Some(is_whole.then_some(rest))
}

fn number(bytes: &[u8]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut table = [0u32; 256];
    for (index, entry) in table.iter_mut().enumerate() {
        *entry = (0..8).fold(index as u32, |value, _| {
            if value & 1 == 1 { 0xedb8_8320 ^ (value >> 1) } else { value >> 1 }
        });
    }
    !bytes.iter().fold(u32::MAX, |value, byte| table[((value ^ u32::from(*byte)) & 0xff) as usize] ^ (value >> 8))
}
