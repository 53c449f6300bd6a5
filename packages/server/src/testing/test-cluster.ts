import { Flawless } from "@flawless-ts/sdk";
import type { DurationLike } from "@flawless-ts/wasm-module";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { type TestSchema, testSchema } from "@flawless-ts/test-helpers/postgres";
import { PostgresDatabase } from "../store/postgres/index.ts";
import type { Row } from "../store/postgres/postgres-database.ts";
import { openClusterServer } from "../cluster/open-cluster-server.ts";
import { type FlawlessServer, startServer } from "../server.ts";
import type { ServerOptions } from "../server-options.ts";

/** Options of all nodes. */
export interface TestClusterOptions extends Partial<ServerOptions> {
  /** Default 2 seconds: on a busy machine, nodes with short leases lose their partitions. */
  readonly lease?: DurationLike;
  /** How long requests that may be sent only once may continue when a node is closed, in milliseconds. Default: the server's. */
  readonly handOverGraceMs?: number;
  /** Default: the URL of the schema. */
  readonly urls?: readonly string[];
}

/** Several nodes in this process, on the test's own schema. */
export class TestCluster implements AsyncDisposable {
  readonly schema: TestSchema;
  readonly nodes: FlawlessServer[] = [];
  readonly #clients: Flawless[] = [];
  readonly #options: TestClusterOptions;

  static async start(nodes: number, options: TestClusterOptions = {}): Promise<TestCluster> {
    const cluster = new TestCluster(await testSchema(), options);
    try {
      for (let node = 0; node < nodes; node += 1) {
        await cluster.add();
      }
      await cluster.balanced();
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(schema: TestSchema, options: TestClusterOptions) {
    this.schema = schema;
    this.#options = options;
  }

  /** Starts another node. */
  async add(options: Partial<ServerOptions> = {}): Promise<FlawlessServer> {
    const { url, schema } = this.schema;
    const { handOverGraceMs, lease = "2 seconds", urls = [url], ...all } = this.#options;
    const postgres = {
      urls,
      schema,
      nodeId: `node-${this.nodes.length}`,
      lease,
      connections: 3,
      ...(this.nodes.length === 0 ? { partitions: 6 } : {}),
    };
    const given = { port: 0, executors: { threads: 1 }, ...all, ...options };
    const node =
      handOverGraceMs === undefined
        ? await startServer({ ...given, journal: { postgres } })
        : await openClusterServer(given, postgres, handOverGraceMs);
    this.nodes.push(node);
    return node;
  }

  /** Resolves once all partitions have owners, and each node has its share. */
  async balanced(): Promise<void> {
    for (;;) {
      const { nodes, partitions } = await this.view();
      const living = nodes.filter(({ alive }) => alive);
      // Shares are per database, and rounded up.
      const databases = this.#options.urls?.length ?? 1;
      const share = databases * Math.ceil(partitions.length / databases / living.length);
      if (
        living.length === this.nodes.length &&
        partitions.every(({ owner }) => owner !== null) &&
        living.every((node) => node.partitions <= share)
      ) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Queries the database. */
  async query(text: string): Promise<readonly Row[]> {
    const database = await PostgresDatabase.open(this.schema);
    try {
      return await database.query(text.replaceAll("SCHEMA", database.schema));
    } finally {
      await database.close();
    }
  }

  /** Takes all partitions from their owners for some time, as if another node had claimed them. */
  async takeAway(milliseconds: number): Promise<void> {
    await this.query(
      `WITH taken AS (UPDATE SCHEMA.partitions SET owner = 'nobody', epoch = epoch + 1,
         expires_at = now() + ${milliseconds} * interval '1 millisecond' RETURNING partition, epoch)
       UPDATE SCHEMA.fences f SET epoch = taken.epoch, number = 0, token = 0 FROM taken WHERE f.partition = taken.partition`,
    );
  }

  /** The cluster as a node sees it. */
  async view(node = 0): Promise<{
    readonly nodes: readonly { readonly alive: boolean; readonly partitions: number }[];
    readonly databases: readonly { readonly failure: string | null }[];
    readonly partitions: readonly {
      readonly partition: number;
      readonly owner: string | null;
      readonly epoch: number;
    }[];
  }> {
    const response = await fetch(`${this.nodes[node]?.url}/api/cluster`, {
      headers: { authorization: `Bearer ${String(this.#options.tokens ?? "none")}` },
    });
    return ((await response.json()) as { readonly ok: never }).ok;
  }

  /** A client of one node, which tries each request once. */
  client(node = 0): Flawless {
    const client = new Flawless({ url: this.nodes[node]?.url ?? "", retry: { attempts: 1 } });
    this.#clients.push(client);
    return client;
  }

  async deploy(node = 0): Promise<Awaited<ReturnType<Flawless["deploy"]>>> {
    return this.client(node).deploy(fixtureBytes("conformance"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await Promise.all(this.nodes.map((node) => node.close({ graceMs: 0 })));
  }
}
