import type { FolderNode } from "../host/nodes.ts";
import type { FileChanges } from "./messages.ts";

type Listing = ReadonlyMap<string, Uint8Array | null>;

/**
 * Compares the files that there are with those that there were.
 *
 * Links are left out: what they lead to is listed under its own name. Of folders only empty ones are
 * listed: the others show in the paths of what is in them.
 */
export function fileChanges(
  before: readonly (readonly [path: string, content: Uint8Array | null])[],
  root: FolderNode,
): FileChanges {
  const then = new Map(before);
  const now = new Map([...list(root, "")].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return {
    changed: [...now].filter(([path, content]) => !same(then, path, content)),
    deleted: [...then]
      .filter(([path, content]) => content !== null && !(now.get(path) instanceof Uint8Array))
      .map(([path]) => path)
      .toSorted(),
  };
}

function* list(
  folder: FolderNode,
  prefix: string,
): Generator<readonly [path: string, content: Uint8Array | null]> {
  for (const [name, { node }] of folder.entries) {
    const path = `${prefix}${name}`;
    if (node.kind === "file") yield [path, new Uint8Array(node.read(0, node.size))];
    else if (node.kind === "folder" && node.entries.size === 0) yield [path, null];
    else if (node.kind === "folder") yield* list(node, `${path}/`);
  }
}

function same(then: Listing, path: string, content: Uint8Array | null): boolean {
  const old = then.get(path);
  if (old === undefined) return false;
  if (old === null || content === null) return old === content;
  return Buffer.compare(old, content) === 0;
}
