import type { Endpoint } from "@number0/iroh";
import { bindEndpoint } from "./bind-endpoint.ts";

interface Used {
  readonly endpoint: Promise<Endpoint>;
  users: number;
}

/** The endpoints that this process dials from, by what they are bound with, as long as they are used. */
const endpoints = new Map<string, Used>();

/** An endpoint that is used. It has to be given back: its sockets would keep the process alive. */
export interface BorrowedEndpoint {
  readonly endpoint: Endpoint;
  release(): Promise<void>;
  /** Lends it to nobody else: it goes on to believe for half a minute that a peer is where it no longer is. */
  retire(): void;
}

/** @param relay the one that a ticket names */
export async function borrowEndpoint(
  relay: string | null,
  discovery: boolean,
): Promise<BorrowedEndpoint> {
  const key = `${relay ?? ""} ${discovery}`;
  const used = endpoints.get(key) ?? { endpoint: bind(relay, discovery), users: 0 };
  endpoints.set(key, used);
  used.users += 1;
  const retire = (): void => {
    if (endpoints.get(key) === used) endpoints.delete(key);
  };
  let released = false;
  const release = async (): Promise<void> => {
    if (released) return;
    released = true;
    used.users -= 1;
    if (used.users > 0) return;
    retire();
    const endpoint = await used.endpoint.catch(() => undefined);
    await endpoint?.close();
  };
  try {
    return { endpoint: await used.endpoint, release, retire };
  } catch (error) {
    await release();
    throw error;
  }
}

async function bind(relay: string | null, discovery: boolean): Promise<Endpoint> {
  const options = { relays: relay === null ? [] : [relay], discovery, protocols: [] };
  try {
    return await bindEndpoint({ ...options, bind: ["0.0.0.0:0", "[::]:0"] });
  } catch {
    // A machine without IPv6.
    return await bindEndpoint({ ...options, bind: ["0.0.0.0:0"] });
  }
}
