import { describe, expect, test } from "vitest";
import { fileRights, rights } from "../host/rights.ts";
import type { WasiHost } from "../host/wasi-host.ts";
import { openPath } from "../testing/open-path.ts";
import { newHost, refusalOf } from "../testing/test-host.ts";
import * as calls from "./descriptor-calls.ts";
import { appendFlag, nonBlockFlag } from "./descriptor-flags.ts";

function newFile(): { host: WasiHost; fd: number } {
  const { host } = newHost({ files: { a: "hello", "folder/": "" } });
  return { host, fd: openPath(host, "a") };
}

describe("fd_seek and fd_tell", () => {
  const seek = (
    host: WasiHost,
    fd: number,
    offset: number,
    from: "start" | "here" | "end" | number,
  ): unknown => refusalOf(() => calls.fdSeek.perform(host, { fd, offset, from }).position);
  const tell = (host: WasiHost, fd: number): unknown =>
    refusalOf(() => calls.fdTell.perform(host, { fd }).position);

  test("count from the start, from here, and from the end", () => {
    const { host, fd } = newFile();
    expect(seek(host, fd, 3, "start")).toBe(3);
    expect(seek(host, fd, -1, "here")).toBe(2);
    expect(seek(host, fd, -1, "end")).toBe(4);
    expect(seek(host, fd, 100, "end")).toBe(105);
    expect(tell(host, fd)).toBe(105);
  });

  test("refuse a position before the start, too far, or an unknown origin", () => {
    const { host, fd } = newFile();
    seek(host, fd, 2, "start");
    expect(seek(host, fd, -3, "here")).toBe("inval");
    expect(seek(host, fd, 2 ** 60, "start")).toBe("inval");
    expect(seek(host, fd, 0, 7)).toBe("inval");
    expect(tell(host, fd)).toBe(2);
  });

  test("are refused on streams and folders, and without the right", () => {
    const { host } = newFile();
    expect([seek(host, 0, 0, "start"), tell(host, 1)]).toEqual(["spipe", "spipe"]);
    expect([seek(host, 3, 0, "start"), tell(host, 3)]).toEqual(["badf", "badf"]);
    const teller = openPath(host, "a", { keeps: rights.fdTell });
    expect(seek(host, teller, 0, "here")).toBe(0);
    expect(seek(host, teller, 1, "here")).toBe("notcapable");
    const seeker = openPath(host, "a", { keeps: rights.fdSeek });
    expect([seek(host, seeker, 1, "start"), tell(host, seeker)]).toEqual([1, "notcapable"]);
  });
});

describe("fd_fdstat_get", () => {
  test("returns a descriptor's type and rights", () => {
    const { host, fd } = newFile();
    const { type, rights: base } = calls.fdFdstatGet.perform(host, { fd });
    expect([type, base]).toEqual(["file", fileRights]);
    expect(calls.fdFdstatGet.perform(host, { fd: 3 }).type).toBe("folder");
    expect(calls.fdFdstatGet.perform(host, { fd: 0 }).type).toBe("input");
    expect(refusalOf(() => calls.fdFdstatGet.perform(host, { fd: 9 }))).toBe("badf");
  });

  test("flags can be set, but only known ones", () => {
    const { host, fd } = newFile();
    const set = (flags: number, number = fd): unknown =>
      refusalOf(() => calls.fdFdstatSetFlags.perform(host, { fd: number, flags }));
    set(appendFlag | nonBlockFlag);
    expect(calls.fdFdstatGet.perform(host, { fd }).flags).toBe(appendFlag | nonBlockFlag);
    for (const flags of [2, 8, 16, 32]) expect(set(flags)).toBe("inval");
    expect([set(0, 3), set(0, 1), set(0, 9)]).toEqual(["badf", "badf", "badf"]);
    expect(calls.fdFdstatGet.perform(host, { fd }).flags).toBe(appendFlag | nonBlockFlag);
  });

  test("rights can be dropped, but not regained", () => {
    const { host, fd } = newFile();
    const set = (asked: number, inheriting = 0): unknown =>
      refusalOf(() => calls.fdFdstatSetRights.perform(host, { fd, rights: asked, inheriting }));
    set(rights.fdRead | rights.fdSeek);
    expect(set(rights.fdRead | rights.fdWrite)).toBe("notcapable");
    expect(set(rights.fdRead, rights.fdRead)).toBe("notcapable");
    expect(calls.fdFdstatGet.perform(host, { fd }).rights).toBe(rights.fdRead | rights.fdSeek);
  });
});

describe("fd_close and fd_renumber", () => {
  test("close open descriptors", () => {
    const { host, fd } = newFile();
    calls.fdClose.perform(host, { fd });
    expect(refusalOf(() => calls.fdClose.perform(host, { fd }))).toBe("badf");
  });

  test("give a descriptor another number", () => {
    const { host, fd } = newFile();
    calls.fdRenumber.perform(host, { from: fd, to: 0 });
    expect(calls.fdFdstatGet.perform(host, { fd: 0 }).type).toBe("file");
    expect(refusalOf(() => calls.fdFdstatGet.perform(host, { fd }))).toBe("badf");
  });
});

describe("fd_sync, fd_datasync and fd_advise", () => {
  test("only check the descriptor", () => {
    const { host, fd } = newFile();
    for (const call of [calls.fdSync, calls.fdDatasync]) {
      expect(call.perform(host, { fd })).toEqual({});
      for (const other of [1, 3, 9]) {
        expect(refusalOf(() => call.perform(host, { fd: other }))).toBe("badf");
      }
      const reader = openPath(host, "a", { keeps: rights.fdRead });
      expect(refusalOf(() => call.perform(host, { fd: reader }))).toBe("notcapable");
    }
  });

  test("there are six kinds of advice", () => {
    const { host, fd } = newFile();
    const advise = (number: number, advice: number): unknown =>
      refusalOf(() => calls.fdAdvise.perform(host, { fd: number, advice }));
    expect([advise(fd, 0), advise(fd, 5), advise(fd, 6)]).toEqual([{}, {}, "inval"]);
    expect([advise(3, 0), advise(1, 0)]).toEqual(["badf", "badf"]);
  });
});

describe("fd_allocate", () => {
  test("extends a file, and never shortens it", () => {
    const { host, fd } = newFile();
    const allocate = (number: number, offset: number, length: number): unknown =>
      refusalOf(() => calls.fdAllocate.perform(host, { fd: number, offset, length }));
    const { file } = host.descriptors.file(fd, 0, "spipe");
    allocate(fd, 3, 7);
    expect(file.size).toBe(10);
    allocate(fd, 0, 1);
    expect(file.size).toBe(10);
    expect([allocate(fd, -1, 5), allocate(fd, 0, 0)]).toEqual(["inval", "inval"]);
    expect([allocate(fd, 0, 2 ** 40), allocate(3, 0, 1)]).toEqual(["nospc", "badf"]);
  });
});

describe("fd_prestat_get and fd_prestat_dir_name", () => {
  test("return the folder that the guest starts with, and nothing else", () => {
    const { host } = newHost({ files: { "folder/": "" }, folder: "/dätä" });
    const opened = openPath(host, "folder", { open: ["directory"] });
    expect(calls.fdPrestatGet.perform(host, { fd: 3 })).toEqual({ nameLength: 7 });
    expect(calls.fdPrestatDirName.perform(host, { fd: 3, length: 7 })).toEqual({ name: "/dätä" });
    for (const fd of [0, opened, 9]) {
      expect(refusalOf(() => calls.fdPrestatGet.perform(host, { fd }))).toBe("badf");
      const named = refusalOf(() => calls.fdPrestatDirName.perform(host, { fd, length: 9 }));
      expect(named).toBe(fd === 9 ? "badf" : "notdir");
    }
    expect(refusalOf(() => calls.fdPrestatDirName.perform(host, { fd: 3, length: 6 }))).toBe(
      "nametoolong",
    );
  });
});
