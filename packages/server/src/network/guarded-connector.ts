import type { LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import type { buildConnector } from "undici";
import type { NetworkPolicy } from "./network-rules.ts";

/** Finds the addresses of a name, as `dns.lookup` of Node does with `all`. */
export type Resolver = (
  hostname: string,
  options: { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

type Connector = buildConnector.connector;

const maxConnectors = 1_000;

/**
 * Connects to addresses that the policy allows only. A name is resolved once, its addresses are judged, and the
 * connection is made to one of those: a DNS server that gives another answer a moment later gains nothing.
 *
 * @param build undici's, which is loaded with the first request
 */
export function guardedConnector(
  build: typeof buildConnector,
  policy: NetworkPolicy,
  resolve: Resolver,
): Connector {
  // One for each port, which the lookup is not told; each keeps TLS sessions.
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

/** Gives only the addresses of a name that may be called. */
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
