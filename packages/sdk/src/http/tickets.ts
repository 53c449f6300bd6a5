import { InvalidOptionError } from "@flawless-ts/wasm-module/internal/client";

const scheme = "iroh+h3://";
/** Longer than any ticket with a sensible number of addresses. */
const maxCharacters = 4_096;
const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
/** Of the version, which is 0, and of the first 8 bytes of the id, with 3 bits of the next one. */
const shownCharacters = 15;

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
  // A byte for the version, which is 0 in the tickets of iroh 1.0, and the 32 bytes of an id, in the base32 of RFC 4648.
  const [, encoded] = /^endpoint(a[a-d][a-z2-7]{51,})\/?$/.exec(bare) ?? [];
  if (encoded === undefined || text.length > maxCharacters) {
    throw new InvalidOptionError(
      option,
      "expected a ticket of an iroh endpoint, iroh+h3://endpoint, letters and digits, and a slash, but a part of it is missing or damaged.",
    );
  }
  let bits = 0n;
  for (const character of encoded.slice(0, shownCharacters)) {
    bits = bits * 32n + BigInt(alphabet.indexOf(character));
  }
  const id = (bits >> 3n).toString(16).padStart(16, "0");
  return { text: `${scheme}endpoint${encoded}/`, shown: `${scheme}${id}` };
}
