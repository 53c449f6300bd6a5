import { isIP } from "node:net";
import { HttpTransportFailure } from "./http-client.ts";
import { type HostPattern, parseHostPattern, type RequestedHost } from "./host-pattern.ts";
import { isSpecialAddress } from "./special-addresses.ts";

/**
 * Which hosts workflows may send requests to. Default: all. A pattern is `example.com`, `*.example.com`, `*`,
 * `10.0.0.0/8` or `[fd00::/8]`, with or without `:443` or `:8000-8999`.
 *
 * Rules also apply to the address that a name resolves to when the connection is made, and again after each redirect.
 */
export interface NetworkRules {
  /** If set and not empty, only these may be called. */
  readonly allowHosts?: readonly string[] | undefined;
  /** These must not be called, even if another rule allows them. */
  readonly denyHosts?: readonly string[] | undefined;
  /**
   * Only the public internet may be called: not this machine, private networks, link-local or metadata addresses, in
   * any form of IPv6. Addresses in `allowHosts` may be called nevertheless. Default: false.
   */
  readonly denyPrivate?: boolean | undefined;
}

/** A request that the rules refused. */
export interface RefusedHost {
  readonly host: string;
  readonly port: number;
  /** The address of the host's name; undefined if the name was enough. */
  readonly address: string | undefined;
  /** The rule that refused it. */
  readonly rule: string;
}

/** {@link NetworkRules}, parsed for checks. */
export class NetworkPolicy {
  readonly #allowed: readonly HostPattern[];
  readonly #denied: readonly HostPattern[];
  readonly #denyPrivate: boolean;

  /** @throws InvalidOptionError if a pattern is invalid */
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
   * Checks a request by its URL. A request to a name may still be refused once its address is known.
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

  /** Checks a connection to an address that `name` resolves to. */
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
    // The address of a name is not known yet, and may be allowed.
    const mayFollow =
      host.address === undefined && this.#allowed.some(({ byAddress }) => byAddress);
    return this.#allowed.length === 0 || allowedBy.length > 0 || mayFollow
      ? undefined
      : "not among the allowed hosts";
  }
}

/** The rules of this server don't let workflows call a host. */
export class HostRefusedFailure extends HttpTransportFailure {
  readonly refused: RefusedHost;

  constructor(refused: RefusedHost, url?: string) {
    // The address is only in the server's log: a guest must not explore the network by trying names.
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
