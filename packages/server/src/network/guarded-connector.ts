import type { LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import type { buildConnector } from "undici";
import type { NetworkPolicy } from "./network-rules.ts";

/** Finds the addresses of a name, like Node's `dns.lookup` with `all`. */
export type Resolver = (
  hostname: string,
  options: { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

type Connector = buildConnector.connector;

const maxConnectors = 1_000;

/**
 * Connects only to addresses that the policy allows. A name is resolved once, its addresses are checked, and the
 * connection is made to one of those, so that a DNS server gains nothing from a different answer a moment later.
 *
 * @param build undici's `buildConnector`, which is loaded with the first request
 */
export function guardedConnector(
  build: typeof buildConnector,
  policy: NetworkPolicy,
  resolve: Resolver,
): Connector {
  // One per port, because the lookup doesn't get the port; each keeps TLS sessions.
  const connectors = new Map<number, Connector>();
  return (options, done) => {
    const port = Number(options.port) || (options.protocol === "https:" ? 443 : 80);
    const { hostname } = options;
    const refusal = isIP(hostname) === 0 ? undefined : policy.refusalOf(hostname, port, hostname);
    if (refusal !== undefined) {
      done(refusal, null);
      return;
    }
    let connector = connectors.get(port);
    if (connector === undefined) {
      if (connectors.size >= maxConnectors) {
        connectors.clear();
      }
      connector = build({ lookup: guardedLookup(policy, port, resolve) });
      connectors.set(port, connector);
    }
    connector(options, done);
  };
}

/** Returns only the addresses of a name that may be called. */
function guardedLookup(policy: NetworkPolicy, port: number, resolve: Resolver): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        done(error, []);
        return;
      }
      const judged = addresses.map((found) => ({
        found,
        refusal: policy.refusalOf(hostname, port, found.address),
      }));
      const allowed = judged.filter(({ refusal }) => refusal === undefined);
      const [first] = allowed;
      if (first === undefined) {
        done(judged[0]?.refusal ?? new Error(`${hostname} has no address`), []);
      } else if (options.all === true) {
        done(
          null,
          allowed.map(({ found }) => found),
        );
      } else {
        done(null, first.found.address, first.found.family);
      }
    });
  };
}
