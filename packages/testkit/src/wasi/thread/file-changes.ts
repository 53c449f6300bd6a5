import { FileNode, type FolderNode } from "../host/nodes.ts";
import type { FileChanges } from "./messages.ts";

/** What is at a path: a file, or, with null, an empty folder. */
type Listed = readonly [path: string, file: FileNode | null];

/**
 * Compares the files that there are with those that there were.
 *
 * Links are left out: what they lead to is listed under its own name. Of folders only empty ones are
 * listed: the others show in the paths of what is in them. Nothing must be done with the files afterwards: their
 * content is handed over.
 */
export function fileChanges(
  before: readonly (readonly [path: string, content: Uint8Array | null])[],
  root: FolderNode,
): FileChanges {
  const then = new Map(before);
  const now = new Map([...list(root, "")].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const changed = [...now].filter(([path, file]) => !same(then.get(path), file));
  return {
    changed: changed.map(([path, file]) => [path, file?.takeContent() ?? null]),
    deleted: [...then]
      .filter(([path, content]) => content !== null && !(now.get(path) instanceof FileNode))
      .map(([path]) => path)
      .toSorted(),
  };
}

function* list(folder: FolderNode, prefix: string): Generator<Listed> {
  for (const [name, { node }] of folder.entries) {
    const path = `${prefix}${name}`;
    if (node.kind === "file") yield [path, node];
    else if (node.kind === "folder" && node.entries.size === 0) yield [path, null];
    else if (node.kind === "folder") yield* list(node, `${path}/`);
  }
}

function same(then: Uint8Array | null | undefined, file: FileNode | null): boolean {
  if (then === undefined) return false;
  if (then === null || file === null) return then === file;
  if (file.isStill(then)) return true;
  return then.length === file.size && Buffer.compare(then, file.read(0, file.size)) === 0;
}
