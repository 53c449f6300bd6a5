import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres } from "@flawless-ts/test-helpers/postgres";
import { expect, test } from "vitest";
import { TestPartitions } from "../../testing/postgres-partition.ts";
import { create } from "../../testing/stored-workflow.ts";
import type { PostgresWorkflowStore } from "./postgres-workflow-store.ts";

/** Makes the database refuse the next `times` commits that create a workflow. */
async function refuse({ database }: TestPartitions, code: string, times = 1): Promise<void> {
  const { schema } = database;
  // A sequence doesn't go back if the transaction is rolled back.
  await database.query(`CREATE SEQUENCE ${schema}.refused`);
  await database.query(
    `CREATE FUNCTION ${schema}.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF nextval('${schema}.refused') <= ${times} THEN
         RAISE EXCEPTION 'as the test says' USING ERRCODE = '${code}';
       END IF;
       RETURN NEW;
     END $$`,
  );
  await database.query(
    `CREATE TRIGGER refuse BEFORE INSERT ON ${schema}.workflows FOR EACH ROW EXECUTE FUNCTION ${schema}.refuse()`,
  );
}

async function idsOf(store: PostgresWorkflowStore): Promise<readonly number[]> {
  return store.ids({ limit: 9 });
}

describeUnless(missingForPostgres(), "a commit that the database refuses", () => {
  test.each([
    ["40001", "a serialization failure"],
    ["40P01", "a deadlock"],
  ])("with %s, %s, is sent again at once", async (code) => {
    await using partitions = await TestPartitions.open();
    const store = await partitions.store();
    await refuse(partitions, code, 2);
    await store.commit([create(1)]);

    expect(await idsOf(store)).toEqual([1]);
  });

  test.each([
    ["53100", "a full disk"],
    ["53200", "memory that is used up"],
    ["53300", "too many connections"],
    ["57014", "a statement's time-out"],
    ["57P03", "a database that starts"],
    ["55P03", "a lock's time-out"],
    ["58030", "a disk's fault"],
    ["25006", "a standby"],
    ["40001", "a serialization failure, again and again", 99],
  ])("with %s, %s, may be tried again later", async (code, _what, times = 1) => {
    await using partitions = await TestPartitions.open();
    const store = await partitions.store();
    await refuse(partitions, code, times);
    const writes = [create(1)];

    await expect(store.commit(writes)).rejects.toMatchObject({
      name: "StoreWriteError",
      retryable: true,
      message: expect.stringContaining("as the test says"),
    });
    expect(await idsOf(store)).toEqual([]);
    await partitions.database.query(
      `DROP TRIGGER refuse ON ${partitions.database.schema}.workflows`,
    );
    await store.commit(writes);
    expect(await idsOf(store)).toEqual([1]);
  });

  test.each([
    ["42501", "a right that it has not"],
    ["XX001", "data that is damaged"],
    ["22021", "a character that is none"],
  ])("with %s, %s, is given up", async (code) => {
    await using partitions = await TestPartitions.open();
    const store = await partitions.store();
    await refuse(partitions, code);

    await expect(store.commit([create(1)])).rejects.toMatchObject({
      name: "StoreWriteError",
      retryable: false,
    });
    expect(await idsOf(store)).toEqual([]);
  });
});
