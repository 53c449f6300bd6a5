import { readdirSync, writeFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { describe, expect, test } from "vitest";
import { BlobStore } from "./blob-store.ts";

async function* chunks(...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) {
    yield Buffer.alloc(size, "x");
  }
}

describe("the blob store", () => {
  test("gives the same bytes the same name, however they are split", async () => {
    using directory = new TemporaryDirectory();
    const store = new BlobStore(directory.path, 1_000_000);
    const hash = await store.store(chunks(100_000, 1, 99_999));

    expect(await store.store(chunks(200_000))).toBe(hash);
    const { sizeBytes, stream } = await store.find(hash);
    expect(sizeBytes).toBe(200_000);
    expect(await buffer(stream())).toEqual(Buffer.alloc(200_000, "x"));
    expect(readdirSync(directory.path).toSorted()).toEqual([hash, "arriving"].toSorted());
  });

  test("keeps nothing of a blob that was too large or interrupted", async () => {
    using directory = new TemporaryDirectory();
    const store = new BlobStore(directory.path, 1_000);
    await expect(store.store(chunks(999, 2))).rejects.toMatchObject({ code: "BLOB_TOO_LARGE" });
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield* chunks(10);
      throw new Error("the line broke");
    }
    await expect(store.store(breaking())).rejects.toThrow("the line broke");

    expect(readdirSync(directory.join("arriving"))).toEqual([]);
    expect(readdirSync(directory.path)).toEqual(["arriving"]);
  });

  test("removes partial files of an earlier process", () => {
    using directory = new TemporaryDirectory();
    new BlobStore(directory.path, 1_000);
    writeFileSync(directory.join("arriving", "half"), "half");
    new BlobStore(directory.path, 1_000);
    expect(readdirSync(directory.join("arriving"))).toEqual([]);
  });

  test("refuses an unusable directory", () => {
    using directory = new TemporaryDirectory();
    writeFileSync(directory.join("file"), "");
    expect(() => new BlobStore(directory.join("file"), 1_000)).toThrow(
      expect.objectContaining({ code: "DIRECTORY_UNUSABLE" }),
    );
  });
});
