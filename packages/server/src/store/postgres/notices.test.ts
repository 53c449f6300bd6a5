import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres, testSchema } from "@flawless-ts/test-helpers/postgres";
import { expect, test } from "vitest";
import { globalTimers } from "../../time/timers.ts";
import { until } from "../../testing/until.ts";
import { Notices } from "./notices.ts";
import { PostgresDatabase } from "./postgres-database.ts";

describeUnless(missingForPostgres(), "notices", () => {
  test("reach all who listen to the schema, and continue after connections are lost", async () => {
    const where = await testSchema();
    const other = await testSchema();
    const heard: string[] = [];
    const strange: string[] = [];
    const database = await PostgresDatabase.open(where);
    const elsewhere = await PostgresDatabase.open(other);
    const listener = new Notices(database, globalTimers, (notice) => heard.push(notice));
    const stranger = new Notices(elsewhere, globalTimers, (notice) => strange.push(notice));
    await Promise.all([listener.begin(), stranger.begin()]);
    const speaker = new Notices(database, globalTimers, () => undefined);
    speaker.say("errands");
    speaker.say("errands");
    speaker.say("owners");
    await until(() => heard.length === 3);
    // The first notice means that it listens now: earlier ones may have been missed.
    expect(heard).toEqual(["", "errands", "owners"]);
    expect(strange).toEqual([""]);

    await elsewhere.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = $1",
      [`LISTEN ${database.schema}`],
    );
    await until(() => heard.length === 4);
    speaker.say("errands");
    await until(() => heard.length === 5);
    expect(heard.slice(3)).toEqual(["", "errands"]);
    listener.close();
    stranger.close();
    await Promise.all([database.close(), elsewhere.close()]);
  });
});
