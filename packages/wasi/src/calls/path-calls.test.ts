import { describe, expect, test } from "vitest";
import type { WasiHost } from "../host/wasi-host.ts";
import { fileChanges } from "../thread/file-changes.ts";
import { openPath } from "../testing/open-path.ts";
import { newHost, refusalOf } from "../testing/test-host.ts";
import * as calls from "./path-calls.ts";

function newTree(): WasiHost {
  const { host } = newHost({
    files: { a: "A", b: "B", "folder/c": "C", "empty/": "", "other/": "" },
  });
  calls.pathSymlink.perform(host, { fd: 3, path: "link", target: "folder" });
  return host;
}

/** All files by their paths, with their content. */
function list(host: WasiHost): Record<string, string> {
  const { changed } = fileChanges([], host.root);
  return Object.fromEntries(
    changed.map(([path, content]) => [
      path,
      content === null ? "/" : Buffer.from(content).toString(),
    ]),
  );
}

const at = (path: string, fd = 3): { fd: number; path: string } => ({ fd, path });

describe("path_create_directory", () => {
  test.each([
    ["new", {}],
    ["new/", {}],
    ["folder/new", {}],
    ["link/new", {}],
    ["a", "exist"],
    ["folder", "exist"],
    ["link", "exist"],
    [".", "exist"],
    ["none/new", "noent"],
    ["a/new", "notdir"],
    ["../new", "perm"],
  ])("%s gives %j", (path, expected) => {
    const host = newTree();
    expect(refusalOf(() => calls.pathCreateDirectory.perform(host, at(path)))).toEqual(expected);
  });

  test("the folder is there, and can be used", () => {
    const host = newTree();
    calls.pathCreateDirectory.perform(host, at("link/new"));
    expect(list(host)).toMatchObject({ "folder/new": "/" });
  });
});

describe("path_remove_directory", () => {
  test.each([
    ["empty", {}],
    ["empty/", {}],
    ["folder", "notempty"],
    ["a", "notdir"],
    ["link", "notdir"],
    ["link/", "notdir"],
    ["none", "noent"],
    [".", "inval"],
    ["folder/..", "inval"],
  ])("%s gives %j", (path, expected) => {
    const host = newTree();
    expect(refusalOf(() => calls.pathRemoveDirectory.perform(host, at(path)))).toEqual(expected);
    expect("empty" in list(host)).toBe(!path.startsWith("empty"));
  });
});

describe("path_unlink_file", () => {
  test.each([
    ["a", {}],
    ["folder/c", {}],
    ["link", {}],
    ["a/", "notdir"],
    ["link/", "notdir"],
    ["folder", "isdir"],
    ["folder/", "isdir"],
    [".", "isdir"],
    ["none", "noent"],
  ])("%s gives %j", (path, expected) => {
    const host = newTree();
    expect(refusalOf(() => calls.pathUnlinkFile.perform(host, at(path)))).toEqual(expected);
  });

  test("removes a link, not its target", () => {
    const host = newTree();
    calls.pathUnlinkFile.perform(host, at("link"));
    expect(host.root.get("link")).toBeUndefined();
    expect(list(host)).toMatchObject({ "folder/c": "C" });
  });
});

describe("path_rename", () => {
  const rename = (host: WasiHost, from: string, to: string): unknown =>
    refusalOf(() => calls.pathRename.perform(host, { from: at(from), to: at(to) }));

  test.each([
    ["a", "new", { new: "A" }],
    ["a", "b", { b: "A" }],
    ["a", "folder/a", { "folder/a": "A" }],
    ["folder", "new", { "new/c": "C" }],
    ["folder", "empty", { "empty/c": "C" }],
    ["folder", "other/folder", { "other/folder/c": "C" }],
    ["folder/", "new/", { "new/c": "C" }],
    ["a", "a", { a: "A" }],
  ])("%s becomes %s", (from, to, expected) => {
    const host = newTree();
    expect(rename(host, from, to)).toEqual({});
    expect(list(host)).toMatchObject(expected);
    const left = host.root.get(from.replace("/", "")) !== undefined;
    expect(left).toBe(from === to);
  });

  test.each([
    ["none", "new", "noent"],
    ["a", "folder", "isdir"],
    ["a", "new/", "notdir"],
    ["folder", "a", "notdir"],
    ["empty", "folder", "notempty"],
    ["folder", "folder/in-itself", "inval"],
    ["folder/c", "folder", "isdir"],
    [".", "new", "inval"],
    ["a", ".", "inval"],
    ["a", "../new", "perm"],
    ["../a", "new", "perm"],
    ["link/", "new", "notdir"],
  ])("%s does not become %s: %s", (from, to, expected) => {
    const host = newTree();
    const before = list(host);
    expect(rename(host, from, to)).toBe(expected);
    expect(list(host)).toEqual(before);
  });

  test("both names of one file stay", () => {
    const host = newTree();
    calls.pathLink.perform(host, { from: at("a"), flags: 0, to: at("twin") });
    expect(rename(host, "a", "twin")).toEqual({});
    expect(list(host)).toMatchObject({ a: "A", twin: "A" });
  });

  test("moves from one open folder to another", () => {
    const host = newTree();
    const [from, to] = ["folder", "other"].map((path) =>
      openPath(host, path, { open: ["directory"] }),
    );
    calls.pathRename.perform(host, { from: at("c", from), to: at("d", to) });
    expect(list(host)).toMatchObject({ "other/d": "C" });
  });
});

describe("path_link", () => {
  const link = (host: WasiHost, from: string, to: string, flags = 0): unknown =>
    refusalOf(() => calls.pathLink.perform(host, { from: at(from), flags, to: at(to) }));

  test("gives a file a second name", () => {
    const host = newTree();
    expect(link(host, "a", "folder/twin")).toEqual({});
    calls.pathUnlinkFile.perform(host, at("a"));
    expect(list(host)).toMatchObject({ "folder/twin": "A" });
  });

  test.each([
    ["folder", "new", 0, "perm"],
    ["none", "new", 0, "noent"],
    ["a", "b", 0, "exist"],
    ["a", "folder", 0, "exist"],
    ["a", "new/", 0, "noent"],
    ["link", "new", 1, "inval"],
    [".", "new", 0, "inval"],
    ["a", "../new", 0, "perm"],
  ])("%s gets no name %s with the flags %i: %s", (from, to, flags, expected) => {
    expect(link(newTree(), from, to, flags)).toBe(expected);
  });
});

describe("path_symlink and path_readlink", () => {
  const symlink = (host: WasiHost, target: string, path: string): unknown =>
    refusalOf(() => calls.pathSymlink.perform(host, { fd: 3, path, target }));
  const readlink = (host: WasiHost, path: string, length = 100): unknown =>
    refusalOf(() =>
      Buffer.from(calls.pathReadlink.perform(host, { fd: 3, path, length }).data).toString(),
    );

  test.each(["a", "folder/c", "nothing/at/all", "../outside"])(
    "a link to %s keeps that",
    (target) => {
      const host = newTree();
      expect(symlink(host, target, "new")).toEqual({});
      expect(readlink(host, "new")).toBe(target);
    },
  );

  test.each([
    ["/", "new", "perm"],
    ["/etc/passwd", "new", "perm"],
    ["", "new", "noent"],
    ["a\0", "new", "inval"],
    ["x".repeat(4097), "new", "nametoolong"],
    ["a", "b", "exist"],
    ["a", "link", "exist"],
    ["a", "new/", "noent"],
    ["a", "../new", "perm"],
  ])("a link to %.20s is not made as %s: %s", (target, path, expected) => {
    expect(symlink(newTree(), target, path)).toBe(expected);
  });

  test("a target is truncated if there is no room for it", () => {
    expect(readlink(newTree(), "link", 3)).toBe("fol");
  });

  test.each([
    ["a", "inval"],
    ["folder", "inval"],
    ["none", "noent"],
  ])("%s is no link: %s", (path, expected) => {
    expect(readlink(newTree(), path)).toBe(expected);
  });
});

test("each call needs its right", () => {
  const host = newTree();
  const fd = openPath(host, "folder", { open: ["directory"], keeps: 0 });
  const asked = at("x", fd);
  const both = { from: asked, to: asked, flags: 0 };
  const refusals = [
    () => calls.pathCreateDirectory.perform(host, asked),
    () => calls.pathRemoveDirectory.perform(host, asked),
    () => calls.pathUnlinkFile.perform(host, asked),
    () => calls.pathRename.perform(host, both),
    () => calls.pathRename.perform(host, { from: at("a"), to: asked }),
    () => calls.pathLink.perform(host, both),
    () => calls.pathLink.perform(host, { from: at("a"), to: asked, flags: 0 }),
    () => calls.pathSymlink.perform(host, { ...asked, target: "a" }),
    () => calls.pathReadlink.perform(host, { ...asked, length: 9 }),
  ].map(refusalOf);
  expect(refusals).toEqual(refusals.map(() => "notcapable"));
});
