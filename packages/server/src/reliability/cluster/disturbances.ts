import type { PostgresServer } from "@flawless-ts/test-helpers/postgres";
import { ask } from "./ask-database.ts";
import type { ClusterLoad } from "./cluster-load.ts";
import type { ClusterProcesses, NodeProcess } from "./cluster-processes.ts";

/** What a disturbance acts on. */
export interface Disturbed {
  readonly cluster: ClusterProcesses;
  readonly database: PostgresServer;
  readonly load: ClusterLoad;
  /** The disturbed node. */
  readonly victim: NodeProcess;
  /** The other nodes. */
  readonly others: readonly NodeProcess[];
}

/** Disturbances of a cluster under load, which are undone in the end. */
export const disturbances: Readonly<Record<string, (disturbed: Disturbed) => Promise<void>>> = {
  "a node is killed": async ({ cluster, load, victim, others }) => {
    victim.server.kill();
    await cluster.balanced(others);
    await load.more(10);
    await victim.server.restart();
  },

  "a node that hands over its partitions is killed": async ({ cluster, load, victim, others }) => {
    victim.server.terminate();
    await cluster.balanced(others);
    victim.server.kill();
    await load.more(10);
    await victim.server.restart();
  },

  "a node is stopped for longer than its lease, and goes on": async ({
    cluster,
    load,
    victim,
    others,
  }) => {
    process.kill(victim.server.pid ?? 0, "SIGSTOP");
    await cluster.balanced(others);
    await load.more(10);
    process.kill(victim.server.pid ?? 0, "SIGCONT");
  },

  "a node is cut off from the database": async ({ cluster, load, victim, others }) => {
    victim.database.silence();
    await cluster.balanced(others);
    await load.more(10);
    victim.database.open();
    victim.database.endConnections();
  },

  "nodes are cut off from each other": async ({ cluster, load }) => {
    for (const { inward } of cluster.nodes) {
      inward.silence();
      inward.endConnections();
    }
    // Workflows that any node can start by itself continue; the others wait.
    await load.more(5);
    for (const { inward } of cluster.nodes) {
      inward.open();
      inward.endConnections();
    }
  },

  "a node is cut off from the database and from other nodes": async ({
    cluster,
    load,
    victim,
    others,
  }) => {
    victim.database.cut();
    victim.inward.cut();
    await cluster.balanced(others);
    await load.more(10);
    victim.database.open();
    victim.inward.open();
  },

  "the database is killed and started again": async ({ database, load }) => {
    await database.kill();
    await database.start();
    await load.more(10);
  },

  "the disk of the database is full": async ({ cluster, database, load, victim }) => {
    await ask(database, refuseWrites);
    await cluster.seen(victim, () => true);
    await until(async () => (await fetch(`${victim.server.url}/health`)).status === 503);
    await ask(database, acceptWrites);
    await load.more(10);
  },
};

/** Fails like PostgreSQL on a full disk, with 53100. Leases are written to another table. */
const refuseWrites = `
  CREATE FUNCTION flawless.refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
  CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON flawless.workflows FOR EACH ROW EXECUTE FUNCTION flawless.refuse()`;
const acceptWrites = "DROP FUNCTION flawless.refuse CASCADE";

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo().catch(() => false))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
