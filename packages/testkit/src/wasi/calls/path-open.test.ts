import { describe, expect, test } from "vitest";
import { fileRights, folderRights, rights } from "../host/rights.ts";
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
    ["folder", ["create", "directory"], "isdir"],
    ["folder", ["truncate", "directory"], "isdir"],
    ["folder", [], "isdir"],
    [".", ["directory"], "folder of 0"],
  ])("%s with %j gives %j", (path, flags = [], expected) => {
    expect(open(newTree(), path, { open: flags })).toBe(expected);
  });

  test("makes the file to which a link leads that led nowhere", () => {
    const host = newTree();
    open(host, "dangling", { open: ["create"] });
    expect(host.root.get("new")?.kind).toBe("file");
  });

  test("does not open a link itself", () => {
    expect(open(newTree(), "link", { link: "keep" })).toBe("loop");
  });

  test("gives no rights but those asked for that the folder can give", () => {
    const host = newTree();
    const rightsOf = (fd: number): number[] => {
      const { rights: base, inheriting } = host.descriptors.get(fd);
      return [base, inheriting];
    };
    expect(rightsOf(openPath(host, "a"))).toEqual([fileRights, fileRights | folderRights]);
    const narrow = { rights: rights.fdRead, inheriting: 0 };
    expect(rightsOf(openPath(host, "a", narrow))).toEqual([rights.fdRead, 0]);
    const reading = rights.fdRead | rights.fdSeek;
    const folder = openPath(host, "folder", { open: ["directory"], inheriting: reading });
    expect(rightsOf(openPath(host, "b", { fd: folder }))).toEqual([reading, reading]);
  });

  test("is refused without the folder's right to it", () => {
    const host = newTree();
    const from = (right: number): number =>
      openPath(host, "folder", { open: ["directory"], rights: right });
    expect(open(host, "b", { fd: from(rights.fdReaddir) })).toBe("notcapable");
    const opener = from(rights.pathOpen);
    expect(open(host, "b", { fd: opener })).toBe("file of 1");
    expect(open(host, "b", { fd: opener, open: ["create"] })).toBe("notcapable");
    expect(open(host, "b", { fd: opener, open: ["truncate"] })).toBe("notcapable");
    expect(open(host, "b", { fd: openPath(host, "a") })).toBe("notdir");
  });

  test("goes on with an open file that was removed", () => {
    const host = newTree();
    const fd = openPath(host, "a");
    host.root.remove("a", 0n);
    const { file } = host.descriptors.file(fd, 0, "spipe");
    expect(Buffer.from(file.read(0, 9)).toString()).toBe("hello");
    expect(open(host, "a")).toBe("noent");
  });
});
