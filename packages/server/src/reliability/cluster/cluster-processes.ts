import { PostgresProxy } from "@flawless-ts/test-helpers/postgres";

import { Flawless } from "@flawless-ts/sdk";
import { ServerProcess } from "../server-process.ts";

/** Options of {@link ClusterProcesses.start}. */
export interface ClusterProcessesOptions {
  /** The database's URL. */
  readonly url: string;
  /** The URL of its standby. Default: no standby. */
  readonly standbyUrl?: string;
  /** Default 3. */
  readonly nodes?: number;
  /** The lease, in milliseconds. Default 2,000. */
  readonly leaseMs?: number;
  /** A command that starts the process of a node, by its number. Default: none. */
  readonly launcher?: (node: number) => readonly string[];
}

/** A node in its own process; its connections to the database and from other nodes go through the test's proxies. */
export interface NodeProcess {
  readonly id: string;
  readonly server: ServerProcess;
  /** Between the node and the database. */
  readonly database: PostgresProxy;
  /** Between the node and the standby, if there is one. */
  readonly standby: PostgresProxy | undefined;
  /** Between other nodes and the node. */
  readonly inward: PostgresProxy;
}

/** The partitions and nodes in the response of `GET /api/cluster`. */
export interface SeenCluster {
  readonly nodes: readonly { readonly id: string; readonly alive: boolean }[];
  readonly partitions: readonly { readonly owner: string | null; readonly epoch: number }[];
}

/** Several `flawless up` on one database. */
export class ClusterProcesses implements AsyncDisposable {
  readonly nodes: NodeProcess[] = [];
  readonly leaseMs: number;
  readonly #options: ClusterProcessesOptions;
  readonly #clients: Flawless[] = [];

  static async start(options: ClusterProcessesOptions): Promise<ClusterProcesses> {
    const cluster = new ClusterProcesses(options);
    try {
      const { nodes = 3 } = options;
      // One after the other, because they create the tables.
      for (let node = 0; node < nodes; node += 1) {
        await cluster.#add(node);
      }
      await cluster.balanced();
      return cluster;
    } catch (error) {
      console.error(cluster.output);
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(options: ClusterProcessesOptions) {
    this.#options = options;
    this.leaseMs = options.leaseMs ?? 2_000;
  }

  /** A client with all addresses, as in an application. */
  client(): Flawless {
    const client = new Flawless({ url: this.nodes.map(({ server }) => server.url) as [string] });
    this.#clients.push(client);
    return client;
  }

  /** All output of the nodes. */
  get output(): string {
    return this.nodes.map(({ id, server }) => `--- ${id}\n${server.output}`).join("\n");
  }

  /** The cluster as a node sees it. */
  async seenBy({ server }: NodeProcess): Promise<SeenCluster> {
    const response = await fetch(`${server.url}/api/cluster`, {
      signal: AbortSignal.timeout(10_000),
    });
    return ((await response.json()) as { readonly ok: SeenCluster }).ok;
  }

  /** Resolves once exactly these nodes are alive and share all partitions. */
  async balanced(nodes: readonly NodeProcess[] = this.nodes): Promise<void> {
    const ids = new Set(nodes.map(({ id }) => id));
    await this.seen(nodes[0] as NodeProcess, ({ nodes: all, partitions }) => {
      const living = all.filter(({ alive }) => alive);
      const share = Math.ceil(partitions.length / ids.size);
      return (
        living.length === ids.size &&
        living.every(({ id }) => ids.has(id)) &&
        partitions.every(({ owner }) => owner !== null && ids.has(owner)) &&
        [...ids].every((id) => partitions.filter(({ owner }) => owner === id).length <= share)
      );
    });
  }

  /** Resolves once the condition holds for the cluster as a node sees it. */
  async seen(node: NodeProcess, isSo: (seen: SeenCluster) => boolean): Promise<void> {
    for (;;) {
      const seen = await this.seenBy(node).catch(() => undefined);
      if (seen !== undefined && isSo(seen)) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Resolves once all nodes are healthy. */
  async healthy(): Promise<void> {
    for (const { server } of this.nodes) {
      for (;;) {
        const answer = await fetch(`${server.url}/health`).catch(() => undefined);
        if (answer?.status === 200) {
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await Promise.all(this.nodes.map(({ server }) => server[Symbol.asyncDispose]()));
    await Promise.all(
      this.nodes.flatMap(({ database, inward, standby }) => [
        database[Symbol.asyncDispose](),
        standby?.[Symbol.asyncDispose](),
        inward[Symbol.asyncDispose](),
      ]),
    );
  }

  async #add(number: number): Promise<void> {
    const { url, launcher, standbyUrl } = this.#options;
    const database = await PostgresProxy.start(url);
    const standby = standbyUrl === undefined ? undefined : await PostgresProxy.start(standbyUrl);
    // Nobody listens there until the node has found a port of its own.
    const inward = await PostgresProxy.start("http://127.0.0.1:1");
    const id = `node-${number}`;
    const server = await ServerProcess.start({
      ...(launcher === undefined ? {} : { launcher: launcher(number) }),
      parameters: [
        ...["--journal", standby === undefined ? database.url : bothHosts(database, standby)],
        ...["--node-id", id],
        ...["--advertise-url", inward.url.replace(/\/$/, "")],
        ...["--lease", `${this.leaseMs}ms`],
        ...(number === 0 ? ["--partitions", "12"] : []),
      ],
    });
    inward.forwardTo(server.url);
    this.nodes.push({ id, server, database, standby, inward });
  }
}

function bothHosts(database: PostgresProxy, standby: PostgresProxy): string {
  const { host } = new URL(standby.url);
  const url = database.url.replace(/(\d)(?=\/)/, `$1,${host}`);
  return `${url}?target_session_attrs=read-write`;
}
