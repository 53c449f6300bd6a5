import { writeFileSync } from "node:fs";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { describe, expect, test } from "vitest";
import { ledgerContract } from "../testing/ledger-contract.ts";
import { SqliteStore, storeFileName } from "./sqlite-store.ts";

ledgerContract("the ledger in SQLite", () => {
  const directory = new TemporaryDirectory();
  return {
    open: () => SqliteStore.open(directory.path),
    cleanUp: async () => directory.remove(),
  };
});

describe("the SQLite store", () => {
  test("keeps its data across a restart", async () => {
    using directory = new TemporaryDirectory();
    const publication = {
      payload: '{"id":18446744073709551615,"text":"grün 🎉"}',
      workerTypes: ["wasm" as const],
      requestId: "request-1",
      now: 1_000.5,
    };
    const before = await SqliteStore.open(directory.path);
    await before.write("publish", "a", publication);
    const numbered = { ...publication, payload: '{"url":"u"}', from: 1, numberInPayload: true };
    await before.write("publishNext", numbered);
    await before.write("claim", { workerId: null, workerType: null, nodeId: "n", now: 2_000 });
    await before.write("report", {
      id: "job-1",
      status: "Request",
      url: "u",
      urlsLeft: 9,
      nodeId: "n",
      now: 3_000,
    });
    const jobs = await before.read("jobs", { limit: 10 });
    await before.close();

    const after = await SqliteStore.open(directory.path);
    expect(await after.read("jobs", { limit: 10 })).toEqual(jobs);
    const next = await after.write("publishNext", numbered);
    expect(next.id).toBe("job-2");
    await after.close();
    expect(jobs).toMatchObject([{ payload: publication.payload }, { progress: { urlsLeft: 9 } }]);
  });

  test("serves one control plane at a time", async () => {
    using directory = new TemporaryDirectory();
    const store = await SqliteStore.open(directory.path);
    await expect(SqliteStore.open(directory.path)).rejects.toMatchObject({
      code: "DIRECTORY_IN_USE",
    });
    await store.close();
  });

  test("refuses a file that isn't a database, and a path that isn't a directory", async () => {
    using directory = new TemporaryDirectory();
    const file = directory.join(storeFileName);
    writeFileSync(file, "a text that someone wants to keep\n".repeat(100));

    await expect(SqliteStore.open(directory.path)).rejects.toMatchObject({ code: "STORE_DAMAGED" });
    await expect(SqliteStore.open(file)).rejects.toMatchObject({ code: "DIRECTORY_UNUSABLE" });
  });

  test("reports that it is unavailable once closed", async () => {
    using directory = new TemporaryDirectory();
    const store = await SqliteStore.open(directory.path);
    await store.close();
    await expect(store.read("counts")).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      cause: new Error("The store is closed"),
    });
  });
});
