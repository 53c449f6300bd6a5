import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres } from "@flawless-ts/test-helpers/postgres";
import { expect, test } from "vitest";
import { TestPartitions } from "../../testing/postgres-partition.ts";
import { ErrandTable } from "./errand-table.ts";
import { OutcomeTable } from "./outcome-table.ts";

const outcome = (id: string, text: string): { id: string; partition: number; text: string } => ({
  id,
  partition: 0,
  text,
});

describeUnless(missingForPostgres(), "the table of outcomes", () => {
  test("keeps the first outcome of each request until it is removed", async () => {
    await using partitions = await TestPartitions.open();
    const table = new OutcomeTable(partitions.database);
    await table.put([outcome("a", "1"), outcome("b", "ä\u2028")]);
    await table.put([outcome("a", "2")]);
    const found = [
      { id: "a", text: "1" },
      { id: "b", text: "ä\u2028" },
    ];
    expect(await table.find(["a", "b", "c"], 1_000)).toEqual(found);
    expect(await table.find(["b", "a"], 1_000)).toEqual(found);
    await table.remove(["a", "c"]);
    expect(await table.find(["a", "b"], 1_000)).toEqual(found.slice(1));
    expect(await table.find([], 1_000)).toEqual([]);
  });

  test("reads texts only up to a size, but at least one", async () => {
    await using partitions = await TestPartitions.open();
    const table = new OutcomeTable(partitions.database);
    await table.put(["a", "b", "c"].map((id) => outcome(id, id.repeat(600))));
    const texts = async (maxBytes: number): Promise<readonly (number | undefined)[]> =>
      (await table.find(["a", "b", "c"], maxBytes)).map(({ text }) => text?.length);
    expect(await texts(10)).toEqual([600, undefined, undefined]);
    expect(await texts(1_000)).toEqual([600, 600, undefined]);
  });

  test("has nothing that a node would do as an errand, and is cleared like old answers", async () => {
    await using partitions = await TestPartitions.open();
    const { database } = partitions;
    const [table, errands] = [new OutcomeTable(database), new ErrandTable(database)];
    await table.put([outcome("a", "1")]);
    expect(await errands.open([0], [], 10)).toEqual([]);
    expect(await errands.take(["a"])).toEqual([]);
    await errands.forget();
    expect(await table.find(["a"], 1_000)).toHaveLength(1);
    await database.query(
      `UPDATE ${database.schema}.errands SET asked_at = now() - interval '2 days'`,
    );
    await errands.forget();
    expect(await table.find(["a"], 1_000)).toEqual([]);
  });
});
