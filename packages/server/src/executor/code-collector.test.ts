import { expect, test } from "vitest";
import { turn } from "../testing/until.ts";
import { CodeCollector } from "./code-collector.ts";

test("collects once per 64 MiB released, and not immediately", async () => {
  let collections = 0;
  const collector = new CodeCollector(() => (collections += 1));
  const look = async (mebibytes: number): Promise<number> => {
    const before = collections;
    collector.letGo(mebibytes * 2 ** 20);
    expect(collections).toBe(before);
    await turn();
    return collections;
  };

  expect([await look(63), await look(1), await look(63), await look(200)]).toEqual([0, 1, 1, 2]);
});
