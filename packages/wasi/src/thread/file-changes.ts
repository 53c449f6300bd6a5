import { FileNode, type FolderNode, LinkNode } from "../host/nodes.ts";
import type { PlannedFolder } from "../host/wasi-host.ts";
import type { FileChanges } from "./messages.ts";

/** What is at a path: a file, a link, or, with null, an empty folder. */
type Listed = readonly [path: string, node: FileNode | LinkNode | null];

type Before = PlannedFolder["files"];

/**
 * Compares the current files with the original ones.
 *
 * Links' targets are listed under their own names. Only empty folders are listed, because the others are visible in the
 * paths of their contents. The files must not be used afterwards: their content is transferred.
 */
export function fileChanges(before: Before, root: FolderNode): FileChanges {
  const then = new Map(before);
  const now = new Map([...list(root, "")].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const news = [...now].filter(([path, node]) => !same(then.get(path), node));
  return {
    changed: news.flatMap(([path, node]) =>
      node instanceof LinkNode ? [] : [[path, node?.takeContent() ?? null] as const],
    ),
    links: news.flatMap(([path, node]) =>
      node instanceof LinkNode ? [[path, node.target] as const] : [],
    ),
    deleted: [...then]
      .filter(([path, content]) => isGone(content, now.get(path)))
      .map(([path]) => path)
      .toSorted(),
  };
}

function* list(folder: FolderNode, prefix: string): Generator<Listed> {
  for (const [name, { node }] of folder.entries) {
    const path = `${prefix}${name}`;
    if (node.kind !== "folder") yield [path, node];
    else if (node.entries.size === 0) yield [path, null];
    else yield* list(node, `${path}/`);
  }
}

function isGone(then: Before[number][1], now: Listed[1] | undefined): boolean {
  if (then === null) return false;
  return then instanceof Uint8Array ? !(now instanceof FileNode) : !(now instanceof LinkNode);
}

function same(then: Before[number][1] | undefined, file: Listed[1]): boolean {
  if (then === undefined) return false;
  if (then === null || file === null) return then === file;
  if (file instanceof LinkNode) return !(then instanceof Uint8Array) && then.link === file.target;
  if (!(then instanceof Uint8Array)) return false;
  if (file.isStill(then)) return true;
  return then.length === file.size && Buffer.compare(then, file.read(0, file.size)) === 0;
}
