import { InvalidOptionError } from "@flawless-ts/wasm-module/internal/client";

const scheme = "iroh+h3://";
/** Longer than any ticket with a sensible number of addresses. */
const maxCharacters = 4_096;
const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
/** The characters for the version, which is 0, and for the first 8 bytes and 3 bits of the id. */
const shownCharacters = 15;

/** A server that is reached through iroh. */
export interface Ticket {
  /** `iroh+h3://endpoint...` and a slash. */
  readonly text: string;
  /** The start of the endpoint's id, for logs and errors, because a ticket gives its bearer access. */
  readonly shown: string;
}

/** Whether a text is meant as a ticket, with or without `iroh+h3://`. */
export function isTicket(text: string): boolean {
  return /^\s*(?:iroh\+h3:|endpoint[a-z2-7]{52,}\/?\s*$)/i.test(text);
}

/**
 * Parses a ticket, with or without the prefix `iroh+h3://` and a slash at the end.
 *
 * @param option the option's name, for errors
 * @throws {InvalidOptionError} if a part of it is missing. It doesn't show the value.
 */
export function readTicket(given: string, option: string = "url"): Ticket {
  const text = given.trim().toLowerCase();
  const bare = text.startsWith(scheme) ? text.slice(scheme.length) : text;
  // A version byte, which is 0 in iroh 1.0's tickets, and the 32 bytes of an id, in RFC 4648's base32.
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
