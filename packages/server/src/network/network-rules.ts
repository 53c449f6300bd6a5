import { isIP } from "node:net";
import { HttpTransportFailure } from "./http-client.ts";
import { type HostPattern, parseHostPattern, type RequestedHost } from "./host-pattern.ts";
import { isSpecialAddress } from "./special-addresses.ts";

/**
 * Which hosts workflows may send requests to; by default to all. A pattern is `example.com`, `*.example.com`, `*`,
 * `10.0.0.0/8` or `[fd00::/8]`, with or without `:443` or `:8000-8999`.
 *
 * Rules count for the address that a name stands for when the connection is made, too, and again after each redirect.
 */
export interface NetworkRules {
  /** If there are any, only these may be called. */
  readonly allowHosts?: readonly string[] | undefined;
  /** These may not be called, even where another rule allows them. */
  readonly denyHosts?: readonly string[] | undefined;
  /**
   * Nothing may be called but the public internet: not this machine, private networks, link-local and metadata
   * addresses, in whichever form of IPv6 they come. What `allowHosts` names by address may be, all the same. Default
   * false.
   */
  readonly denyPrivate?: boolean | undefined;
}

/** A request that was refused by the rules. */
export interface RefusedHost {
  readonly host: string;
  readonly port: number;
  /** What the host's name stood for; undefined where the name was enough. */
  readonly address: string | undefined;
  /** The option that refuses it. */
  readonly rule: string;
}

/** {@link NetworkRules}, ready to be asked. */
export class NetworkPolicy {
  readonly #allowed: readonly HostPattern[];
  readonly #denied: readonly HostPattern[];
  readonly #denyPrivate: boolean;

  /** @throws InvalidOptionError for a pattern that is none */
  constructor(rules: NetworkRules = {}) {
    this.#allowed = (rules.allowHosts ?? []).map(parseHostPattern);
    this.#denied = (rules.denyHosts ?? []).map(parseHostPattern);
    this.#denyPrivate = rules.denyPrivate ?? false;
  }

  /** Whether it refuses anything at all. */
  get refusesAny(): boolean {
    return this.#denyPrivate || this.#allowed.length + this.#denied.length > 0;
  }

  /**
   * Judges a request by its URL. One to a name may still turn out to be refused when its address is known.
   *
   * @throws HostRefusedFailure
   */
  assertUrl(url: URL): void {
    if (!this.refusesAny) {
      return;
    }
    const name = nameIn(url);
    const host = { name, port: portOf(url), address: isIP(name) === 0 ? undefined : name };
    const rule = this.#ruleAgainst(host);
    if (rule !== undefined) {
      throw new HostRefusedFailure({ host: name, port: host.port, address: undefined, rule });
    }
  }

  /** Judges a connection to an address, which is what `name` stands for. */
  refusalOf(name: string, port: number, address: string): HostRefusedFailure | undefined {
    const rule = this.#ruleAgainst({ name: normalized(name), port, address });
    return rule === undefined
      ? undefined
      : new HostRefusedFailure({ host: name, port, address, rule });
  }

  #ruleAgainst(host: RequestedHost): string | undefined {
    const denied = this.#denied.find((pattern) => pattern.matches(host));
    if (denied !== undefined) {
      return `denied host ${denied.text}`;
    }
    const allowedBy = this.#allowed.filter((pattern) => pattern.matches(host));
    if (this.#denyPrivate && !allowedBy.some(({ byAddress }) => byAddress) && isPrivate(host)) {
      return "no private addresses";
    }
    // A name may be allowed by its address, which is not known yet.
    const mayFollow =
      host.address === undefined && this.#allowed.some(({ byAddress }) => byAddress);
    return this.#allowed.length === 0 || allowedBy.length > 0 || mayFollow
      ? undefined
      : "not among the allowed hosts";
  }
}

/** The rules of this server do not let workflows call a host. */
export class HostRefusedFailure extends HttpTransportFailure {
  readonly refused: RefusedHost;

  constructor(refused: RefusedHost, url?: string) {
    // The address stays in the server's log: a guest must not learn of the network by trying names.
    super(
      "ConnectionFailed",
      `the rules of this server do not let workflows call ${refused.host}:${refused.port}`,
      { final: true, ...(url === undefined ? {} : { url }) },
    );
    this.refused = refused;
  }
}

function isPrivate({ name, address }: RequestedHost): boolean {
  if (address !== undefined) {
    return isSpecialAddress(address);
  }
  // RFC 6761: these never leave the machine, whatever a DNS server says.
  return name === "localhost" || name.endsWith(".localhost");
}

function nameIn(url: URL): string {
  return normalized(url.hostname.replace(/^\[(.*)\]$/, "$1"));
}

function normalized(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function portOf({ port, protocol }: URL): number {
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}
