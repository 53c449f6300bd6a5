import { execFileSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { directoryEntry, textEntry } from "./context-entry.ts";
import { tarStream } from "./tar.ts";

test("tar itself unpacks it: long paths, empty files, folders, permissions", async () => {
  using directory = new TemporaryDirectory();
  const from = (name: string): string => join(directory.path, name);
  const large = Buffer.alloc(3_000_001, "x");
  writeFileSync(from("large"), large);
  const long = `${"folder/".repeat(20)}${"name".repeat(20)}.js`;
  const entries = [
    { path: "bin/large", mode: 0o755, source: { file: from("large") } },
    textEntry("empty", ""),
    textEntry(long, "long"),
    directoryEntry("tmp", 0o1777),
  ];
  writeFileSync(from("out.tar"), await buffer(await tarStream(entries)));
  execFileSync("tar", ["-xpf", from("out.tar"), "-C", directory.path]);
  expect(readFileSync(from("bin/large")).equals(large)).toBe(true);
  expect(statSync(from("bin/large")).mode & 0o777).toBe(0o755);
  expect(readFileSync(from("empty"), "utf8")).toBe("");
  expect(readFileSync(from(long), "utf8")).toBe("long");
  expect(statSync(from("tmp")).mode & 0o1777).toBe(0o1777);
});

test("the same entries are the same bytes", async () => {
  const make = async (): Promise<Buffer> =>
    buffer(await tarStream([textEntry("a", "1"), textEntry("b", "2")]));
  expect((await make()).equals(await make())).toBe(true);
});

test("a missing file fails the archive", async () => {
  using directory = new TemporaryDirectory();
  const file = join(directory.path, "missing");
  const entries = [textEntry("a", "1"), { path: "missing", mode: 0o644, source: { file } }];
  await expect(buffer(await tarStream(entries))).rejects.toMatchObject({ code: "ENOENT" });
});
