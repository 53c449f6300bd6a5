import type { Endpoint } from "@number0/iroh";
import { bindEndpoint } from "./bind-endpoint.ts";

interface Used {
  readonly endpoint: Promise<Endpoint>;
  users: number;
}

/** The endpoints in use from which this process dials, by their options. */
const endpoints = new Map<string, Used>();

/** An endpoint in use. It must be returned, because its sockets would keep the process alive. */
export interface BorrowedEndpoint {
  readonly endpoint: Endpoint;
  release(): Promise<void>;
  /** Prevents further use: for half a minute it still assumes a peer's outdated address. */
  retire(): void;
}

/** @param relay the ticket's relay */
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
