import type { FolderNode } from "../host/nodes.ts";
import type { PlannedFolder } from "../host/wasi-host.ts";
import { fileChanges } from "./file-changes.ts";
import type { FileChanges } from "./messages.ts";

/** The changes in all folders, with the test's names for the paths. */
export function allChanges(
  folders: readonly PlannedFolder[],
  roots: readonly FolderNode[],
): FileChanges {
  const each = folders.flatMap(({ files, prefix }, index) => {
    const root = roots[index];
    if (root === undefined) return [];
    const { changed, links, deleted } = fileChanges(files, root);
    const named = (path: string): string => `${prefix}${path}`;
    return [
      {
        changed: changed.map(([path, content]) => [named(path), content] as const),
        links: links.map(([path, target]) => [named(path), target] as const),
        deleted: deleted.map(named),
      },
    ];
  });
  return {
    changed: each.flatMap(({ changed }) => changed),
    links: each.flatMap(({ links }) => links),
    deleted: each.flatMap(({ deleted }) => deleted),
  };
}
