import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, PostgresHosts } from "@flawless-ts/http-service/postgres";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";
import { ControlPlaneError } from "../../errors.ts";
import type { OpenStorage, StorageParts } from "../storage.ts";
import { DatabaseClock } from "./database-clock.ts";
import { PostgresBlobs } from "./postgres-blobs.ts";
import { type PostgresAddress, PostgresConnection } from "./postgres-connection.ts";
import { PostgresGossip } from "./postgres-gossip.ts";
import { PostgresNodes } from "./postgres-nodes.ts";
import { defaultSchema } from "./postgres-schema.ts";
import { PostgresStore } from "./postgres-store.ts";
import { preparePostgres } from "./prepare-postgres.ts";

/** A database for any number of equal nodes. */
export interface PostgresOptions {
  /**
   * `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. What it omits comes from PostgreSQL's own environment variables
   * (`PGHOST`, `PGUSER`, `PGPASSWORD`, `PGSSLMODE`, ...). Of several hosts, as in `postgres://A,B/DATABASE`, the
   * writable one is used. A password is never logged.
   */
  readonly url: string;
  /** The schema of its tables. Default `flawless_control_plane`. */
  readonly schema?: string | undefined;
}

const names = optionNames<PostgresOptions>({ url: true, schema: true });

/** A database that starts together with this node needs some time. */
const waitForDatabaseMs = 30_000;

/**
 * Opens a PostgreSQL database as the storage of a node.
 *
 * @throws InvalidOptionError
 * @throws ControlPlaneError `STORE_UNAVAILABLE` if the database can't be reached for 30 seconds, `STORE_TOO_NEW`
 */
export async function openPostgres(
  options: PostgresOptions,
  { gossip, maxBlobBytes, logger }: StorageParts,
): Promise<OpenStorage> {
  const address = checkedAddress(options);
  await waitForDatabase(address);
  const connect = (): PostgresConnection => new PostgresConnection(address);
  const [sending, receiving, forBlobs, forNodes] = [connect(), connect(), connect(), connect()];
  await using resources = new AsyncDisposableStack();
  for (const connection of [sending, receiving, forBlobs, forNodes]) {
    resources.defer(async () => await connection.close());
  }
  const store = resources.adopt(new PostgresStore(address), (opened) => opened.close());
  const clock = new DatabaseClock(await timeOf(forNodes));
  const messages = resources.use(
    await PostgresGossip.start(sending, receiving, (topic, message) =>
      gossip.deliver(topic, message),
    ),
  );
  const moved = resources.move();
  return {
    store,
    blobs: new PostgresBlobs(forBlobs, maxBlobBytes),
    clock,
    kind: "postgres",
    broadcast: async (topicId, message) => {
      const listening = gossip.check(topicId, message);
      await messages.send(topicId, message);
      return listening;
    },
    takePart: async (own) => {
      const nodes = moved.use(
        await PostgresNodes.start({ connection: forNodes, clock, logger, own }),
      );
      return { nodes, storage: { kind: "postgres", ask: async () => await nodes.ask() } };
    },
    [Symbol.asyncDispose]: async () => await moved.disposeAsync(),
  };
}

function checkedAddress(options: PostgresOptions): PostgresAddress {
  refuseUnknownOptions(options, names, "store.postgres");
  const { url, schema = defaultSchema } = options;
  const hosts = new PostgresHosts(url, {
    refuse: (problem) => new InvalidOptionError("store.postgres.url", problem),
  });
  // PostgreSQL truncates longer names.
  if (schema === "" || Buffer.byteLength(schema) > 63 || schema.includes("\0")) {
    throw new InvalidOptionError("store.postgres.schema", "expected a name of 1 to 63 bytes.");
  }
  return { hosts, schema };
}

async function waitForDatabase(address: PostgresAddress): Promise<void> {
  const until = performance.now() + waitForDatabaseMs;
  for (;;) {
    try {
      await preparePostgres(address);
      return;
    } catch (error) {
      const away = error instanceof ControlPlaneError && error.code === "STORE_UNAVAILABLE";
      if (!away || performance.now() >= until || isRefusal(error.cause)) throw error;
      await sleep(200);
    }
  }
}

/** Permanent errors: wrong password, no such database, no right to create tables. Others (57P03: starting) pass. */
function isRefusal(cause: unknown): boolean {
  return /^(28|3D|42|3F)/.test(codeOf(cause) ?? "");
}

async function timeOf(connection: PostgresConnection): Promise<number> {
  const [row] = await connection.query<{ now: string }>(
    "SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now",
  );
  return Number(row?.now);
}
