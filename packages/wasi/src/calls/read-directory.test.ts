import { describe, expect, test } from "vitest";
import { rights } from "../host/rights.ts";
import type { WasiHost } from "../host/wasi-host.ts";
import { openPath } from "../testing/open-path.ts";
import { newHost, refusalOf } from "../testing/test-host.ts";
import { fdReaddir } from "./read-directory.ts";

interface Listed {
  readonly name: string;
  readonly next: number;
}

const list = (host: WasiHost, from = 0, length = 4096, fd = 3): readonly Listed[] =>
  fdReaddir.perform(host, { fd, length, from }).entries;
const names = (entries: readonly Listed[]): string[] => entries.map(({ name }) => name);

describe("fd_readdir", () => {
  test("lists the folder, `.` and `..` first", () => {
    const { host } = newHost({ files: { b: "", "a/c": "" } });
    expect(list(host)).toMatchObject([
      { name: ".", type: "folder" },
      { name: "..", type: "folder" },
      { name: "a", type: "folder" },
      { name: "b", type: "file" },
    ]);
    const inner = list(host, 0, 4096, openPath(host, "a", { open: ["directory"] }));
    expect(names(inner)).toEqual([".", "..", "c"]);
    expect(inner[1]).toMatchObject({ inode: host.root.inode });
  });

  test("continues after any entry", () => {
    const { host } = newHost({ files: { a: "", b: "", c: "" } });
    for (const [index, { next }] of list(host).entries()) {
      expect(names(list(host, next))).toEqual([".", "..", "a", "b", "c"].slice(index + 1));
    }
    expect(list(host, 2 ** 62)).toEqual([]);
  });

  test("omits nothing if names come and go meanwhile", () => {
    const { host } = newHost({ files: { a: "", b: "", c: "" } });
    const next = list(host)[2]?.next;
    host.root.remove("a", 0n);
    host.root.remove("b", 0n);
    openPath(host, "d", { open: ["create"] });
    expect(names(list(host, next))).toEqual(["c", "d"]);
  });

  test("returns no more than there is room for", () => {
    const { host } = newHost({ files: { a: "", b: "" } });
    expect(names(list(host, 0, 1))).toEqual(["."]);
    expect(names(list(host, 0, 25))).toEqual(["."]);
    expect(names(list(host, 0, 26))).toEqual([".", ".."]);
    expect(list(host, 0, 0)).toEqual([]);
  });

  test("is refused for anything but a folder, and without the right", () => {
    const { host } = newHost({ files: { a: "", "folder/": "" } });
    const folder = openPath(host, "folder", { open: ["directory"], keeps: rights.pathOpen });
    expect(refusalOf(() => list(host, 0, 9, openPath(host, "a")))).toBe("badf");
    expect(refusalOf(() => list(host, 0, 9, 0))).toBe("badf");
    expect(refusalOf(() => list(host, 0, 9, folder))).toBe("notcapable");
  });
});
