//! Web standards that have well-maintained implementations in Rust.

use base64::{alphabet, engine::general_purpose, engine::DecodePaddingMode, prelude::*};
use form_urlencoded::Serializer;
use url::{quirks, Url};

/// The parts of a URL in the order of the guest side's `UrlParts`; undefined if the text is not a URL.
pub fn parse_url(text: String, base: Option<String>) -> Option<Vec<String>> {
    let base = match base {
        Some(base) => Some(Url::parse(&base).ok()?),
        None => None,
    };
    Some(parts(&Url::options().base_url(base.as_ref()).parse(&text).ok()?))
}

/// The parts after one of them is changed as the URL standard says. A change that it forbids has no effect, except for
/// `href`, for which the result is undefined.
pub fn change_url(href: String, part: String, value: String) -> Option<Vec<String>> {
    let mut url = Url::parse(&href).ok()?;
    match part.as_str() {
        "href" => quirks::set_href(&mut url, &value).ok()?,
        "protocol" => quirks::set_protocol(&mut url, &value).unwrap_or_default(),
        "username" => quirks::set_username(&mut url, &value).unwrap_or_default(),
        "password" => quirks::set_password(&mut url, &value).unwrap_or_default(),
        "host" => quirks::set_host(&mut url, &value).unwrap_or_default(),
        "hostname" => quirks::set_hostname(&mut url, &value).unwrap_or_default(),
        "port" => quirks::set_port(&mut url, &value).unwrap_or_default(),
        "pathname" => quirks::set_pathname(&mut url, &value),
        "search" => quirks::set_search(&mut url, &value),
        "hash" => quirks::set_hash(&mut url, &value),
        _ => {}
    }
    Some(parts(&url))
}

fn parts(url: &Url) -> Vec<String> {
    [
        quirks::href(url),
        quirks::protocol(url),
        quirks::username(url),
        quirks::password(url),
        quirks::host(url),
        quirks::hostname(url),
        quirks::port(url),
        quirks::pathname(url),
        quirks::search(url),
        quirks::hash(url),
        &quirks::origin(url),
    ]
    .map(str::to_owned)
    .to_vec()
}

/// Names and values, alternating.
pub fn parse_form(text: String) -> Vec<String> {
    form_urlencoded::parse(text.as_bytes())
        .flat_map(|(name, value)| [name.into_owned(), value.into_owned()])
        .collect()
}

/// Takes names and values, alternating.
pub fn write_form(pairs: Vec<String>) -> String {
    let mut serializer = Serializer::new(String::new());
    for pair in pairs.chunks_exact(2) {
        serializer.append_pair(&pair[0], &pair[1]);
    }
    serializer.finish()
}

pub fn encode_base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// With `forgiving`, white space and missing padding are allowed, as in `atob`.
pub fn decode_base64(text: &str, forgiving: bool) -> Option<Vec<u8>> {
    if !forgiving {
        return BASE64_STANDARD.decode(text).ok();
    }
    let config = general_purpose::GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let compact: String = text.chars().filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\x0c' | '\r')).collect();
    general_purpose::GeneralPurpose::new(&alphabet::STANDARD, config).decode(compact).ok()
}
