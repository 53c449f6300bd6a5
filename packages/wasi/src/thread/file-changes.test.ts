import { describe, expect, test } from "vitest";
import * as calls from "../calls/path-calls.ts";
import { fdWrite } from "../calls/stream-calls.ts";
import type { WasiHost } from "../host/wasi-host.ts";
import { planFiles } from "../plan-files.ts";
import { openPath } from "../testing/open-path.ts";
import { newHost } from "../testing/test-host.ts";
import { fileChanges } from "./file-changes.ts";

const files = { a: "A", b: "B", "empty/": "", "folder/c": "C" };

function changesAfter(change: (host: WasiHost) => void): unknown {
  const { host } = newHost({ files });
  change(host);
  const { changed, deleted } = fileChanges(planFiles(files), host.root);
  const text = (content: Uint8Array | null): string | null =>
    content === null ? null : Buffer.from(content).toString();
  return { changed: changed.map(([path, content]) => [path, text(content)]), deleted };
}

const write = (host: WasiHost, path: string, text: string): unknown =>
  fdWrite.perform(host, {
    fd: openPath(host, path, { open: ["create"] }),
    data: Buffer.from(text),
  });

describe("fileChanges", () => {
  test("nothing is listed if nothing changed", () => {
    expect(changesAfter(() => {})).toEqual({ changed: [], deleted: [] });
    expect(changesAfter((host) => write(host, "a", "A"))).toEqual({ changed: [], deleted: [] });
  });

  test("changed, created and deleted files are listed", () => {
    const changes = changesAfter((host) => {
      write(host, "b", "BB");
      write(host, "folder/z", "new");
      calls.pathUnlinkFile.perform(host, { fd: 3, path: "a" });
    });
    expect(changes).toEqual({
      changed: [
        ["b", "BB"],
        ["folder/z", "new"],
      ],
      deleted: ["a"],
    });
  });

  test("new empty folders are listed, emptied folders with their deleted files", () => {
    const changes = changesAfter((host) => {
      calls.pathCreateDirectory.perform(host, { fd: 3, path: "new" });
      calls.pathUnlinkFile.perform(host, { fd: 3, path: "folder/c" });
      calls.pathRemoveDirectory.perform(host, { fd: 3, path: "empty" });
    });
    expect(changes).toEqual({
      changed: [
        ["folder", null],
        ["new", null],
      ],
      deleted: ["folder/c"],
    });
  });

  test("a file that replaced a folder is listed, and vice versa", () => {
    const changes = changesAfter((host) => {
      calls.pathRemoveDirectory.perform(host, { fd: 3, path: "empty" });
      write(host, "empty", "file");
      calls.pathUnlinkFile.perform(host, { fd: 3, path: "a" });
      calls.pathCreateDirectory.perform(host, { fd: 3, path: "a" });
    });
    expect(changes).toEqual({
      changed: [
        ["a", null],
        ["empty", "file"],
      ],
      deleted: ["a"],
    });
  });

  test("links are omitted", () => {
    const link = { fd: 3, path: "link", target: "a" };
    expect(changesAfter((host) => calls.pathSymlink.perform(host, link))).toEqual({
      changed: [],
      deleted: [],
    });
  });
});
