import { describe, expect, test } from "vitest";
import { rights } from "../host/rights.ts";
import type { WasiHost } from "../host/wasi-host.ts";
import { openPath } from "../testing/open-path.ts";
import { newHost, refusalOf } from "../testing/test-host.ts";
import { appendFlag } from "./descriptor-flags.ts";
import { fdPread, fdPwrite, fdRead, fdWrite } from "./stream-calls.ts";

const read = (host: WasiHost, fd: number, length = 100): string =>
  refusalOf(() => Buffer.from(fdRead.perform(host, { fd, length }).data).toString());
const write = (host: WasiHost, fd: number, text: string): unknown =>
  refusalOf(() => fdWrite.perform(host, { fd, data: Buffer.from(text) }));
const content = (host: WasiHost, path: string): string => read(host, openPath(host, path));

describe("fd_read and fd_write", () => {
  test("continue where they stopped, each descriptor separately", () => {
    const { host } = newHost({ files: { a: "hello" } });
    const [first, second] = [openPath(host, "a"), openPath(host, "a")];
    expect(read(host, first, 2)).toBe("he");
    expect(write(host, first, "LL")).toEqual({ written: 2 });
    expect(read(host, first)).toBe("o");
    expect(read(host, first)).toBe("");
    expect(read(host, second)).toBe("heLLo");
  });

  test("with the append flag, each write goes to the end", () => {
    const { host } = newHost({ files: { a: "one" } });
    const fd = openPath(host, "a", { flags: appendFlag });
    write(host, openPath(host, "a", { flags: appendFlag }), "two");
    write(host, fd, "three");
    expect(read(host, fd)).toBe("");
    expect(content(host, "a")).toBe("onetwothree");
  });

  test("know stdin, stdout and stderr", () => {
    const { host, outputs } = newHost({ stdin: "input" });
    expect(read(host, 0, 2)).toBe("in");
    expect(write(host, 1, "out")).toEqual({ written: 3, output: "stdout" });
    expect(write(host, 2, "err")).toEqual({ written: 3, output: "stderr" });
    expect(outputs).toEqual({ stdout: "out", stderr: "err" });
    expect([write(host, 0, "x"), read(host, 1), read(host, 2)]).toEqual(Array(3).fill("badf"));
  });

  test("are refused on folders, closed descriptors, and without the right", () => {
    const { host } = newHost({ files: { a: "text" } });
    expect([read(host, 3), write(host, 3, "x")]).toEqual(["badf", "badf"]);
    expect([read(host, 9), write(host, 9, "x")]).toEqual(["badf", "badf"]);
    expect(write(host, openPath(host, "a", { rights: rights.fdRead }), "x")).toBe("badf");
    expect(write(host, openPath(host, "a", { keeps: rights.fdRead }), "x")).toBe("notcapable");
    expect(read(host, openPath(host, "a", { rights: rights.fdWrite }))).toBe("badf");
    expect(read(host, openPath(host, "a", { rights: 0 }))).toBe("text");
  });

  test("a full disk refuses", () => {
    const { host } = newHost({ files: { a: "" }, storageLimitBytes: 5 });
    const fd = openPath(host, "a");
    expect(write(host, fd, "123456")).toBe("nospc");
    expect(write(host, fd, "12345")).toEqual({ written: 5 });
    expect(write(host, 1, "1")).toBe("nospc");
  });
});

describe("fd_pread and fd_pwrite", () => {
  const pread = (host: WasiHost, fd: number, offset: number): string =>
    refusalOf(() =>
      Buffer.from(fdPread.perform(host, { fd, offset, length: 100 }).data).toString(),
    );
  const pwrite = (host: WasiHost, fd: number, offset: number): unknown =>
    refusalOf(() => fdPwrite.perform(host, { fd, offset, data: Buffer.from("!!") }));

  test("don't change the position", () => {
    const { host } = newHost({ files: { a: "hello" } });
    const fd = openPath(host, "a");
    expect(pread(host, fd, 3)).toBe("lo");
    expect(pwrite(host, fd, 1)).toEqual({ written: 2 });
    expect(read(host, fd)).toBe("h!!lo");
  });

  test("append as in Linux if the flag is set", () => {
    const { host } = newHost({ files: { a: "hello" } });
    pwrite(host, openPath(host, "a", { flags: appendFlag }), 0);
    expect(content(host, "a")).toBe("hello!!");
  });

  test("are refused on streams, before the start, and without the right", () => {
    const { host } = newHost({ files: { a: "hello" } });
    expect([pread(host, 0, 0), pwrite(host, 1, 0)]).toEqual(["spipe", "spipe"]);
    const fd = openPath(host, "a");
    expect([pread(host, fd, -1), pwrite(host, fd, -1)]).toEqual(["inval", "inval"]);
    const without = openPath(host, "a", { keeps: rights.fdRead | rights.fdWrite });
    expect([pread(host, without, 0), pwrite(host, without, 0)]).toEqual([
      "notcapable",
      "notcapable",
    ]);
  });
});
