import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres, PostgresServer } from "@flawless-ts/test-helpers/postgres";
import { expect, onTestFailed, test } from "vitest";
import { OutsideWorld } from "../outside-world.ts";
import { ask } from "./ask-database.ts";
import { ClusterLoad } from "./cluster-load.ts";
import { ClusterProcesses } from "./cluster-processes.ts";

/** The number of rounds, with more for `npm run soak:cluster`. */
const rounds = process.env["FLAWLESS_SOAK_MINUTES"] === undefined ? 1 : 10;
const longestMs = 300_000;

describeUnless(missingForPostgres(), "nodes on a database with a synchronous standby", () => {
  test.each(Array.from({ length: rounds }, (_, round) => round + 1))(
    "continue by themselves if it is promoted after the primary was killed, and lose nothing accepted (%i)",
    async () => {
      const name = "standby";
      await using primary = await PostgresServer.start({
        durable: true,
        settings: { synchronous_standby_names: name },
      });
      await using standby = await PostgresServer.startStandby(primary, name, { durable: true });
      await using world = await OutsideWorld.open();
      await using cluster = await ClusterProcesses.start({
        url: primary.url,
        standbyUrl: standby.url,
      });
      onTestFailed(() => console.error(`the nodes wrote:\n${cluster.output}\n${standby.log}`));
      expect(await ask(primary, "SELECT sync_state FROM pg_stat_replication")).toEqual([
        { sync_state: "sync" },
      ]);
      const load = await ClusterLoad.begin(cluster, world);
      await load.more(30);

      await primary.killFirst();
      const before = load.accepted;
      await ask(standby, "SELECT pg_promote()");
      await load.more(30);
      await cluster.healthy();
      await load.check();
      expect(load.accepted).toBeGreaterThan(before);
      expect(await ask(standby, "SELECT pg_is_in_recovery() AS standby")).toEqual([
        { standby: false },
      ]);
    },
    longestMs,
  );
});
