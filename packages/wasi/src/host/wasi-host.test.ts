import { describe, expect, test } from "vitest";
import { newHost, refusalOf } from "../testing/test-host.ts";
import { walkPath } from "./walk-path.ts";

describe("WasiHost", () => {
  test("has the files, and their parent folders", () => {
    const { host } = newHost({
      files: { "b/c/d.txt": "text", "a/": "", "b/e": new Uint8Array(3) },
    });
    expect([...host.root.entries.keys()]).toEqual(["a", "b"]);
    expect(walkPath(host.root, "b/c/d.txt", "keep").node).toMatchObject({ kind: "file", size: 4 });
    expect(walkPath(host.root, "b/e", "keep").node).toMatchObject({ kind: "file", size: 3 });
  });

  test("the test's files don't use the guest's space", () => {
    const { host } = newHost({ files: { "a/b": "x".repeat(1000) }, storageLimitBytes: 10 });
    expect(refusalOf(() => host.storage.take(11))).toBe("nospc");
    expect(refusalOf(() => host.storage.take(10))).toBeUndefined();
  });

  test("stdin is read to its end", () => {
    const { host } = newHost({ stdin: "hello" });
    expect(Buffer.from(host.readInput(3)).toString()).toBe("hel");
    expect(host.inputLeft).toBe(2);
    expect(Buffer.from(host.readInput(100)).toString()).toBe("lo");
    expect(host.readInput(100)).toHaveLength(0);
  });

  test("outputs use space like files", () => {
    const { host, outputs } = newHost({ storageLimitBytes: 5 });
    host.writeOutput("stdout", Buffer.from("abc"));
    expect(refusalOf(() => host.writeOutput("stderr", Buffer.from("def")))).toBe("nospc");
    host.writeOutput("stderr", Buffer.from("de"));
    expect(outputs).toEqual({ stdout: "abc", stderr: "de" });
  });
});
