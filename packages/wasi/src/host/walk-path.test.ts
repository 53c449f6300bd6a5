import { describe, expect, test } from "vitest";
import { newHost, refusalOf } from "../testing/test-host.ts";
import { type FolderNode, LinkNode } from "./nodes.ts";
import { type LastLink, walkPath } from "./walk-path.ts";
import type { WasiHost } from "./wasi-host.ts";

const files = { "a.txt": "a", "folder/b.txt": "b", "folder/deep/c.txt": "c" };

function newTree(): {
  host: WasiHost;
  walk: (path: string, last?: LastLink, from?: string) => unknown;
} {
  const { host } = newHost({ files: { ...files, "outside.txt": "outside" } });
  const link = (path: string, target: string): void => {
    const { folder, name = "" } = walkPath(host.root, path, "name");
    folder.add(name, new LinkNode(host.storage, 0n, target), 0n);
  };
  link("to-folder", "folder");
  link("to-file", "folder/b.txt");
  link("to-nothing", "nothing");
  link("loop", "loop");
  link("absolute", "/a.txt");
  link("folder/up", "../outside.txt");
  link("folder/up-folder", "..");
  link("slashed", "a.txt/");
  const walk = (path: string, last: LastLink = "follow", from = ""): unknown =>
    refusalOf(() => {
      const start = from === "" ? host.root : host.root.get(from);
      const { node, name, asFolder } = walkPath(start as FolderNode, path, last);
      if (node === undefined) return `no ${name}${asFolder ? "/" : ""}`;
      if (node.kind === "file") return Buffer.from(node.read(0, 100)).toString();
      return node.kind === "link" ? `link to ${node.target}` : `folder of ${node.entries.size}`;
    });
  return { host, walk };
}

describe("walkPath", () => {
  test.each([
    ["a.txt", "a"],
    ["./a.txt", "a"],
    ["folder//./deep/../b.txt", "b"],
    ["folder/deep/../../a.txt", "a"],
    ["folder/", "folder of 4"],
    ["folder/deep/.", "folder of 1"],
    ["folder/deep/..", "folder of 4"],
    ["nothing", "no nothing"],
    ["nothing/", "no nothing/"],
    ["nothing/at/all", "noent"],
    ["a.txt/", "notdir"],
    ["a.txt/.", "notdir"],
    ["a.txt/x", "notdir"],
    ["", "noent"],
    ["a.txt\0", "inval"],
    ["x".repeat(256), "nametoolong"],
    ["ü".repeat(128), "nametoolong"],
    ["x".repeat(255), `no ${"x".repeat(255)}`],
    ["./".repeat(2049), "nametoolong"],
  ])("%j leads to %j", (path, expected) => {
    expect(newTree().walk(path)).toBe(expected);
  });

  test.each([
    "/",
    "/a.txt",
    "..",
    "../",
    "../a.txt",
    "./../a.txt",
    "folder/../../a.txt",
    "folder/deep/../../../folder/b.txt",
    "absolute",
    "absolute/x",
  ])("%j leads out of the folder", (path) => {
    expect(newTree().walk(path)).toBe("perm");
  });

  test.each([
    "../outside.txt",
    "up",
    "up-folder",
    "up-folder/outside.txt",
    "deep/../../outside.txt",
  ])("%j leads out of a folder within the folder", (path) => {
    const { walk } = newTree();
    expect(walk(path, "follow", "folder")).toBe("perm");
    // Relative to the outer folder it doesn't.
    expect(walk(`folder/${path}`)).not.toBe("perm");
  });

  test.each([
    ["to-file", "b", "link to folder/b.txt", "link to folder/b.txt"],
    ["to-folder", "folder of 4", "link to folder", "link to folder"],
    ["to-folder/", "folder of 4", "folder of 4", "notdir"],
    ["to-folder/b.txt", "b", "b", "b"],
    ["to-nothing", "no nothing", "link to nothing", "link to nothing"],
    ["to-nothing/x", "noent", "noent", "noent"],
    ["loop", "loop", "link to loop", "link to loop"],
    ["loop/x", "loop", "loop", "loop"],
    ["slashed", "notdir", "link to a.txt/", "link to a.txt/"],
    ["absolute", "perm", "link to /a.txt", "link to /a.txt"],
  ])("the link %j is followed to %j, kept %j, and by name %j", (path, follow, keep, name) => {
    const { walk } = newTree();
    expect([walk(path), walk(path, "keep"), walk(path, "name")]).toEqual([follow, keep, name]);
  });
});
