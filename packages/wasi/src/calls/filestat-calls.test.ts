import { describe, expect, test } from "vitest";
import { rights } from "../host/rights.ts";
import { openPath } from "../testing/open-path.ts";
import { newHost, refusalOf } from "../testing/test-host.ts";
import * as calls from "./filestat-calls.ts";
import { pathSymlink } from "./path-calls.ts";

const times = { accessed: 11n, modified: 22n };
const options = { files: { a: "hello", "folder/b": "" }, clock: 1 } as const;

describe("fd_filestat_get and path_filestat_get", () => {
  test("describe files, folders and streams", () => {
    const { host } = newHost(options);
    const status = { accessed: 1_000_000n, modified: 1_000_000n, changed: 1_000_000n };
    const file = { type: "file", links: 1, size: 5, ...status };
    expect(calls.fdFilestatGet.perform(host, { fd: openPath(host, "a") })).toMatchObject(file);
    expect(calls.pathFilestatGet.perform(host, { fd: 3, link: "keep", path: "a" })).toMatchObject(
      file,
    );
    expect(calls.fdFilestatGet.perform(host, { fd: 3 })).toMatchObject({
      type: "folder",
      ...status,
    });
    expect(calls.fdFilestatGet.perform(host, { fd: 1 })).toMatchObject({ type: "output", size: 0 });
  });

  test("two names of one file have the same number, other files have others", () => {
    const { host } = newHost(options);
    const inode = (path: string): number =>
      calls.pathFilestatGet.perform(host, { fd: 3, link: "keep", path }).inode;
    expect(inode("a")).toBe(inode("folder/../a"));
    expect(new Set(["a", "folder", "folder/b", "."].map(inode)).size).toBe(4);
  });

  test("describe a link or its target", () => {
    const { host } = newHost(options);
    pathSymlink.perform(host, { fd: 3, path: "link", target: "a" });
    const status = (link: "keep" | "follow"): object =>
      calls.pathFilestatGet.perform(host, { fd: 3, link, path: "link" });
    expect(status("keep")).toMatchObject({ type: "link", size: 1 });
    expect(status("follow")).toMatchObject({ type: "file", size: 5 });
  });

  test("are refused if there is nothing, or without the right", () => {
    const { host } = newHost(options);
    const get = (path: string, fd = 3): unknown =>
      refusalOf(() => calls.pathFilestatGet.perform(host, { fd, link: "keep", path }));
    const file = openPath(host, "a", { keeps: rights.fdRead });
    const folder = openPath(host, "folder", { open: ["directory"], keeps: rights.pathOpen });
    expect([get("x"), get("x", file), get("b", folder)]).toEqual(["noent", "badf", "notcapable"]);
    expect(refusalOf(() => calls.fdFilestatGet.perform(host, { fd: file }))).toBe("notcapable");
  });
});

describe("fd_filestat_set_size", () => {
  test("truncates and extends", () => {
    const { host } = newHost(options);
    const fd = openPath(host, "a");
    const set = (size: number, number = fd): unknown =>
      refusalOf(() => calls.fdFilestatSetSize.perform(host, { fd: number, size }));
    const { file } = host.descriptors.file(fd, 0, "spipe");
    expect([set(2), file.size, set(9), file.size]).toEqual([{}, 2, {}, 9]);
    expect([set(-1), set(1, 3), set(1, 1)]).toEqual(["inval", "badf", "badf"]);
    expect(set(1, openPath(host, "a", { keeps: rights.fdWrite }))).toBe("notcapable");
    expect(set(1, openPath(host, "a", { rights: rights.fdRead }))).toBe("inval");
  });
});

describe("fd_filestat_set_times and path_filestat_set_times", () => {
  test.each([
    [0, [1_000_000n, 1_000_000n]],
    [1, [11n, 1_000_000n]],
    [4, [1_000_000n, 22n]],
    [5, [11n, 22n]],
    [2, [3_000_000n, 1_000_000n]],
    [8, [1_000_000n, 3_000_000n]],
    [9, [11n, 3_000_000n]],
  ])("with the flags %i the times are set accordingly", (flags, expected) => {
    for (const byPath of [true, false]) {
      const { host } = newHost(options);
      const fd = openPath(host, "a");
      host.clock.sleepUntil(2_000_000n);
      if (byPath) {
        calls.pathFilestatSetTimes.perform(host, {
          fd: 3,
          link: "keep",
          path: "a",
          ...times,
          flags,
        });
      } else {
        calls.fdFilestatSetTimes.perform(host, { fd, ...times, flags });
      }
      const { accessed, modified, changed } = calls.fdFilestatGet.perform(host, { fd });
      expect([accessed, modified]).toEqual(expected);
      expect(changed).toBe(3_000_000n);
    }
  });

  test.each([3, 12, 16])("the flags %i contradict each other, or do not exist", (flags) => {
    const { host } = newHost(options);
    const fd = openPath(host, "a");
    expect(refusalOf(() => calls.fdFilestatSetTimes.perform(host, { fd, ...times, flags }))).toBe(
      "inval",
    );
  });

  test("are refused on streams, and without the right", () => {
    const { host } = newHost(options);
    const set = (fd: number): unknown =>
      refusalOf(() => calls.fdFilestatSetTimes.perform(host, { fd, ...times, flags: 1 }));
    expect([set(0), set(openPath(host, "a", { keeps: rights.fdRead }))]).toEqual([
      "badf",
      "notcapable",
    ]);
  });
});
