import { describe, expect, test } from "vitest";
import { refusalOf } from "../testing/test-host.ts";
import { FileNode, FolderNode, LinkNode } from "./nodes.ts";
import { bytesPerNode, Storage } from "./storage.ts";

const newStorage = (): Storage => new Storage(1_000_000);
const text = (file: FileNode): string => Buffer.from(file.read(0, file.size)).toString();

function newRoot(storage: Storage): FolderNode {
  const root = new FolderNode(storage, 0n);
  root.links = 1;
  return root;
}

/** The free space, measured by taking it. */
function freeIn(storage: Storage): number {
  let free = 0;
  for (let step = 2 ** 20; step >= 1; step /= 2) {
    if (refusalOf(() => storage.take(step)) === undefined) free += step;
  }
  storage.give(free);
  return free;
}

describe("FileNode", () => {
  test("overwrites, extends, and fills gaps with zeros", () => {
    const file = new FileNode(newStorage(), 0n, Buffer.from("hello"));
    file.write(1, Buffer.from("EL"), 1n);
    expect(text(file)).toBe("hELlo");
    file.write(4, Buffer.from("O!"), 1n);
    expect(text(file)).toBe("hELlO!");
    file.write(8, Buffer.from("x"), 1n);
    expect(text(file)).toBe("hELlO!\0\0x");
  });

  test("reads no further than its end", () => {
    const file = new FileNode(newStorage(), 0n, Buffer.from("hello"));
    expect(Buffer.from(file.read(3, 100)).toString()).toBe("lo");
    expect(file.read(5, 1)).toHaveLength(0);
    expect(file.read(1e15, 1)).toHaveLength(0);
  });

  test("forgets what is truncated", () => {
    const file = new FileNode(newStorage(), 0n, Buffer.from("secret"));
    file.resize(2, 1n);
    file.resize(6, 1n);
    expect(text(file)).toBe("se\0\0\0\0");
  });

  test("doesn't change the bytes that it started with", () => {
    const given = Buffer.from("hello");
    const changes: readonly ((file: FileNode) => void)[] = [
      (file) => file.write(0, Buffer.from("J"), 1n),
      (file) => file.write(5, Buffer.from("!"), 1n),
      (file) => file.resize(2, 1n),
      (file) => file.resize(9, 1n),
    ];
    const texts = changes.map((change) => {
      const file = new FileNode(newStorage(), 0n, given);
      expect(file.isStill(given)).toBe(true);
      change(file);
      expect(file.isStill(given)).toBe(false);
      return text(file);
    });
    expect(texts).toEqual(["Jello", "hello!", "he", "hello\0\0\0\0"]);
    expect(given.toString()).toBe("hello");
  });

  test("transfers its content, but never the bytes that it started with", () => {
    const given = new Uint8Array(2 ** 20).fill(1);
    const untouched = new FileNode(new Storage(2 ** 23), 0n, given);
    expect(untouched.takeContent()).toEqual(given);
    expect(untouched.takeContent().buffer).not.toBe(given.buffer);
    const written = new FileNode(new Storage(2 ** 23), 0n);
    written.write(0, given, 1n);
    written.write(given.length, Buffer.from("x"), 1n);
    expect(written.takeContent()).toHaveLength(given.length + 1);
    expect(written.takeContent().at(-1)).toBe(120);
  });

  test("an empty write past the end does not extend", () => {
    const file = new FileNode(newStorage(), 0n);
    file.write(100, new Uint8Array(0), 1n);
    expect(file.size).toBe(0);
  });

  test("records when it changed", () => {
    const file = new FileNode(newStorage(), 1n);
    file.write(0, Buffer.from("x"), 5n);
    expect(file.times).toEqual({ accessed: 1n, modified: 5n, changed: 5n });
  });

  test("is refused what exceeds the free space, and keeps its content", () => {
    const file = new FileNode(new Storage(bytesPerNode + 10), 0n, Buffer.from("12345"));
    expect(refusalOf(() => file.write(5, Buffer.from("678901"), 1n))).toBe("nospc");
    expect(text(file)).toBe("12345");
    expect(refusalOf(() => file.resize(2 ** 53, 1n))).toBe("fbig");
  });
});

describe("storage", () => {
  test("is freed with the last name, unless the file is still open", () => {
    const storage = newStorage();
    const root = newRoot(storage);
    const before = freeIn(storage);
    const file = new FileNode(storage, 0n, Buffer.from("hello"));
    root.add("a", file, 0n);
    root.add("b", file, 0n);
    expect(freeIn(storage)).toBe(before - bytesPerNode - 5);
    root.remove("a", 0n);
    file.uses = 1;
    root.remove("b", 0n);
    expect(freeIn(storage)).toBe(before - bytesPerNode - 5);
    file.uses = 0;
    file.release();
    expect(freeIn(storage)).toBe(before);
  });

  test("is also used by folders and links, and freed", () => {
    const storage = newStorage();
    const root = newRoot(storage);
    const before = freeIn(storage);
    root.add("folder", new FolderNode(storage, 0n), 0n);
    root.add("link", new LinkNode(storage, 0n, "ünd"), 0n);
    expect(freeIn(storage)).toBe(before - 2 * bytesPerNode - 4);
    root.remove("folder", 0n);
    root.remove("link", 0n);
    expect(freeIn(storage)).toBe(before);
  });

  test("is freed if a file shrinks", () => {
    const storage = newStorage();
    const file = new FileNode(storage, 0n, Buffer.from("hello"));
    const before = freeIn(storage);
    file.resize(1, 0n);
    expect(freeIn(storage)).toBe(before + 4);
  });
});

describe("FolderNode", () => {
  test("keeps names in insertion order", () => {
    const storage = newStorage();
    const root = newRoot(storage);
    for (const name of ["b", "a"]) root.add(name, new FileNode(storage, 0n), 3n);
    expect([...root.entries].map(([name, { number }]) => [name, number])).toEqual([
      ["b", 1],
      ["a", 2],
    ]);
    expect(root.times.modified).toBe(3n);
  });

  test("knows its contents", () => {
    const storage = newStorage();
    const [root, outer, inner] = [
      newRoot(storage),
      ...["x", "y"].map(() => new FolderNode(storage, 0n)),
    ] as [FolderNode, FolderNode, FolderNode];
    root.add("outer", outer, 0n);
    outer.add("inner", inner, 0n);
    expect(root.holds(inner)).toBe(true);
    expect(outer.holds(outer)).toBe(true);
    expect(inner.holds(outer)).toBe(false);
  });

  test("when moved, it has its new parent; when removed, it accepts nothing any more", () => {
    const storage = newStorage();
    const root = newRoot(storage);
    const [from, to, moved] = ["from", "to", "moved"].map(() => new FolderNode(storage, 0n)) as [
      FolderNode,
      FolderNode,
      FolderNode,
    ];
    root.add("from", from, 0n);
    root.add("to", to, 0n);
    from.add("moved", moved, 0n);
    to.add("moved", moved, 0n);
    from.remove("moved", 0n);
    expect(moved.parent).toBe(to);
    to.remove("moved", 0n);
    expect(moved.parent).toBeNull();
    expect(refusalOf(() => moved.add("x", new FileNode(storage, 0n), 0n))).toBe("noent");
    expect(refusalOf(() => root.remove("nothing", 0n))).toBe("noent");
  });
});
