import { BlockList, isIP, isIPv4 } from "node:net";
import { domainToASCII } from "node:url";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { formsOf } from "./special-addresses.ts";

/** A request's host: its name and, once known, its address. */
export interface RequestedHost {
  /** In lower case, without brackets and without a trailing dot. */
  readonly name: string;
  readonly port: number;
  /** Undefined while the name has not been resolved. */
  readonly address: string | undefined;
}

/** The hosts that a rule applies to. */
export interface HostPattern {
  /** The pattern as it was written. */
  readonly text: string;
  /** Whether it matches addresses, not names. */
  readonly byAddress: boolean;
  /** Whether the pattern matches the name, or the address if it is known, and the port. */
  matches(host: RequestedHost): boolean;
}

/**
 * Parses a pattern: `example.com`, `*.example.com` (names below it), `*`, `10.0.0.7`, `10.0.0.0/8`, `[fd00::1]` or
 * `[fd00::/8]`, each with or without `:443` or `:8000-8999`.
 *
 * @throws InvalidOptionError
 */
export function parseHostPattern(text: string): HostPattern {
  const [, bracketed, plain = "", from, to] =
    /^(?:\[([^\]]+)\]|([^:[\]\s]+))(?::(\d{1,5})(?:-(\d{1,5}))?)?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const firstPort = from === undefined ? 0 : Number(from);
  const lastPort = from === undefined ? 65_535 : Number(to ?? from);
  const network = networkOf(host);
  const name = network === undefined && bracketed === undefined ? nameOf(host) : undefined;
  if ((network === undefined && name === undefined) || firstPort > lastPort || lastPort > 65_535) {
    throw new InvalidOptionError(
      "network",
      `expected a host such as example.com, *.example.com, 10.0.0.0/8 or [fd00::/8], with or without a port (:443) or ports (:8000-8999), but got ${JSON.stringify(text)}.`,
    );
  }
  return {
    text,
    byAddress: network !== undefined,
    matches(requested) {
      const { port, address } = requested;
      if (port < firstPort || port > lastPort) {
        return false;
      }
      return name === undefined
        ? address !== undefined && formsOf(address).some((form) => network?.(form))
        : matchesName(name, requested.name);
    },
  };
}

/** A test for addresses in a network; undefined if the text is not a network. */
function networkOf(text: string): ((address: string) => boolean) | undefined {
  const [base = "", digits] = text.split("/", 2);
  const family = isIP(base);
  const bits = family === 4 ? 32 : 128;
  if (family === 0 || (digits !== undefined && !/^\d{1,3}$/.test(digits))) {
    return undefined;
  }
  const prefix = Number(digits ?? bits);
  if (prefix > bits) {
    return undefined;
  }
  // A mapped address is treated as the IPv4 address that it is.
  const [form = base] = prefix === bits ? formsOf(base) : [base];
  const list = new BlockList();
  const isForm4 = isIPv4(form);
  list.addSubnet(form, prefix === bits ? (isForm4 ? 32 : 128) : prefix, isForm4 ? "ipv4" : "ipv6");
  return (address) => isIPv4(address) === isForm4 && list.check(address, isForm4 ? "ipv4" : "ipv6");
}

function nameOf(text: string): string | undefined {
  if (text === "*") {
    return text;
  }
  if (/[/\\?#@%]/.test(text)) {
    return undefined;
  }
  const wildcard = text.startsWith("*.") ? "*." : "";
  const ascii = domainToASCII(text.slice(wildcard.length).replace(/\.$/, ""));
  const isName = /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/.test(ascii);
  // A name that looks like a number would never match, because in URLs it becomes an address.
  return isName && isIP(ascii) === 0 ? `${wildcard}${ascii}` : undefined;
}

function matchesName(pattern: string, name: string): boolean {
  if (pattern === "*") {
    return true;
  }
  return pattern.startsWith("*.") ? name.endsWith(pattern.slice(1)) : name === pattern;
}
