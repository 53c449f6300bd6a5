import { describe, expect, test } from "vitest";
import { fileRights, folderRights, rights, writingRights } from "../host/rights.ts";
import type { WasiHost } from "../host/wasi-host.ts";
import { openPath, type OpenPathOptions } from "../testing/open-path.ts";
import { newHost, refusalOf } from "../testing/test-host.ts";
import { pathSymlink } from "./path-calls.ts";

function newTree(): WasiHost {
  const { host } = newHost({ files: { a: "hello", "folder/b": "b", "empty/": "" } });
  pathSymlink.perform(host, { fd: 3, path: "link", target: "a" });
  pathSymlink.perform(host, { fd: 3, path: "dangling", target: "new" });
  return host;
}

const open = (host: WasiHost, path: string, options: OpenPathOptions = {}): unknown =>
  refusalOf(() => {
    const { target } = host.descriptors.get(openPath(host, path, options));
    return "size" in target ? `${target.kind} of ${target.size}` : target.kind;
  });

function rightsOf(host: WasiHost, fd: number): number[] {
  const { rights: base, inheriting } = host.descriptors.get(fd);
  return [base, inheriting];
}

describe("path_open", () => {
  test.each<[string, OpenPathOptions["open"], unknown]>([
    ["a", [], "file of 5"],
    ["a", ["create"], "file of 5"],
    ["a", ["create", "exclusive"], "exist"],
    ["a", ["truncate"], "file of 0"],
    ["a", ["directory"], "notdir"],
    ["link", [], "file of 5"],
    ["link", ["create", "exclusive"], "exist"],
    ["new", [], "noent"],
    ["new", ["create"], "file of 0"],
    ["new", ["create", "exclusive"], "file of 0"],
    ["new", ["create", "directory"], "inval"],
    ["new/", ["create"], "isdir"],
    ["none/new", ["create"], "noent"],
    ["dangling", [], "noent"],
    ["dangling", ["create"], "file of 0"],
    ["dangling", ["create", "exclusive"], "exist"],
    ["folder", ["directory"], "folder of 0"],
    ["folder", ["create", "directory"], "inval"],
    ["folder", ["truncate", "directory"], "inval"],
    ["folder", [], "isdir"],
    [".", ["directory"], "folder of 0"],
  ])("%s with %j gives %j", (path, flags = [], expected) => {
    expect(open(newTree(), path, { open: flags })).toBe(expected);
  });

  test("creates the target of a dangling link", () => {
    const host = newTree();
    open(host, "dangling", { open: ["create"] });
    expect(host.root.get("new")?.kind).toBe("file");
  });

  test("does not open a link itself", () => {
    expect(open(newTree(), "link", { link: "keep" })).toBe("loop");
  });

  test("gives a folder all rights, whatever was requested", () => {
    const host = newTree();
    const folder = openPath(host, "folder", { open: ["directory"], rights: 0, inheriting: 0 });
    expect(rightsOf(host, folder)).toEqual([folderRights, fileRights | folderRights]);
    expect(open(host, "new", { fd: folder, open: ["create"] })).toBe("file of 0");
  });

  test("gives a file all rights, but reading and writing only as requested", () => {
    const host = newTree();
    const given = (asked: number): number | undefined =>
      rightsOf(host, openPath(host, "a", { rights: asked, inheriting: 0 }))[0];
    expect(given(rights.fdRead | rights.fdWrite)).toBe(fileRights);
    expect(given(rights.fdRead)).toBe(fileRights & ~writingRights);
    expect(given(rights.fdWrite)).toBe(fileRights & ~rights.fdRead);
    expect(given(0)).toBe(fileRights & ~writingRights);
  });

  test("gives no more rights than the folder still has", () => {
    const host = newTree();
    const all = folderRights;
    const passedOn = rights.fdRead | rights.fdSeek;
    const keeps = { open: ["directory"], keeps: all, inheriting: passedOn } as const;
    const folder = openPath(host, "folder", keeps);
    expect(rightsOf(host, openPath(host, "b", { fd: folder }))).toEqual([passedOn, passedOn]);
  });

  test("is refused without the folder's right to it", () => {
    const host = newTree();
    const from = (right: number): number =>
      openPath(host, "folder", { open: ["directory"], keeps: right });
    expect(open(host, "b", { fd: from(rights.fdReaddir) })).toBe("notcapable");
    const opener = from(rights.pathOpen);
    expect(open(host, "b", { fd: opener })).toBe("file of 1");
    expect(open(host, "b", { fd: opener, open: ["create"] })).toBe("notcapable");
    expect(open(host, "b", { fd: opener, open: ["truncate"] })).toBe("notcapable");
  });

  test("is refused relative to anything but a folder, and for synchronous writes", () => {
    const host = newTree();
    expect(open(host, "b", { fd: openPath(host, "a") })).toBe("notdir");
    expect(open(host, "b", { fd: 1 })).toBe("badf");
    for (const flags of [2, 8, 16]) expect(open(host, "a", { flags })).toBe("notsup");
  });

  test("keeps working with an open file that was removed", () => {
    const host = newTree();
    const fd = openPath(host, "a");
    host.root.remove("a", 0n);
    const { file } = host.descriptors.file(fd, 0, "spipe");
    expect(Buffer.from(file.read(0, 9)).toString()).toBe("hello");
    expect(open(host, "a")).toBe("noent");
  });
});
