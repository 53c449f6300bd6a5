import { InvalidOptionError } from "../errors/index.ts";

const scheme = "iroh+h3://";
/** Longer than any ticket with a sensible number of addresses. */
const maxCharacters = 4_096;
/** A version, and the 32 bytes of an endpoint's id. */
const idBytes = 33;
const shownDigits = 16;
const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/** A server that is reached through iroh. */
export interface Ticket {
  /** `iroh+h3://endpoint...` and a slash. */
  readonly text: string;
  /** In its place for logs and errors, as a ticket lets its bearer in: the beginning of the endpoint's id. */
  readonly shown: string;
}

/** Whether a text is meant as a ticket: with `iroh+h3://` before it, or without. */
export function isTicket(text: string): boolean {
  return /^\s*(?:iroh\+h3:|endpoint[a-z2-7]{52,}\/?\s*$)/i.test(text);
}

/**
 * Reads a ticket, with or without `iroh+h3://` before it and a slash behind.
 *
 * @param option what an error names
 * @throws {InvalidOptionError} where a part of it is missing. It does not show what came.
 */
export function readTicket(given: string, option: string = "url"): Ticket {
  const text = given.trim().toLowerCase();
  const bare = text.startsWith(scheme) ? text.slice(scheme.length) : text;
  const encoded = /^endpoint([a-z2-7]+)\/?$/.exec(bare)?.[1] ?? "";
  const bytes = text.length > maxCharacters ? [] : decodeBase32(encoded);
  // Source: the tickets of iroh 1.0, whose only version is 0.
  if (bytes.length < idBytes || bytes[0] !== 0) {
    throw new InvalidOptionError(
      option,
      "expected a ticket of an iroh endpoint, iroh+h3://endpoint, letters and digits, and a slash, but a part of it is missing or damaged.",
    );
  }
  const id = bytes
    .slice(1, idBytes)
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  return { text: `${scheme}endpoint${encoded}/`, shown: `${scheme}${id.slice(0, shownDigits)}` };
}

/** Source: RFC 4648, section 6, in lower case and without padding. */
function decodeBase32(text: string): number[] {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const character of text) {
    value = ((value << 5) | alphabet.indexOf(character)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 0xff);
    }
  }
  return bytes;
}
