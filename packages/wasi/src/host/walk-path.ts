import { CallRefused } from "./errno.ts";
import type { FolderNode, LinkNode, Node } from "./nodes.ts";

/** Where a path leads. */
export interface Place {
  /** The folder of the last name. */
  readonly folder: FolderNode;
  /** The last name; undefined if the path ends with `.` or `..`, and so refers to a folder without a name. */
  readonly name: string | undefined;
  /** What is there; undefined if nothing is. */
  readonly node: Node | undefined;
  /** Whether the path ends with a slash, which only a folder's may. */
  readonly asFolder: boolean;
}

/**
 * What to do with a link at the end of a path: `follow` it, `keep` it unless the path ends with a slash, or use only
 * the
 * `name`, as for everything that adds, removes or changes a name.
 */
export type LastLink = "follow" | "keep" | "name";

/** Linux's limit. */
const maxPathLength = 4096;
const maxNameLength = 255;
const maxLinks = 40;

/**
 * Follows a path from an open folder, and never out of it: neither by an absolute path, nor by `..`,
 * nor by a link that leads there. A path that leads out and back in is refused, too.
 *
 * @throws CallRefused `perm` if the path leads out of the folder
 */
export function walkPath(start: FolderNode, path: string, lastLink: LastLink): Place {
  checkPath(path);
  const folders: [FolderNode, ...FolderNode[]] = [start];
  const ahead = splitPath(path);
  let asFolder = path.endsWith("/");
  let links = 0;
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    const folder = folders.at(-1) ?? start;
    if (name === ".") continue;
    if (name === "..") {
      if (folders.length === 1) throw new CallRefused("perm");
      folders.pop();
      continue;
    }
    if (Buffer.byteLength(name) > maxNameLength) throw new CallRefused("nametoolong");
    const node = folder.get(name);
    const last = ahead.length === 0;
    if (
      node?.kind === "link" &&
      (!last || lastLink === "follow" || (asFolder && lastLink === "keep"))
    ) {
      links += 1;
      if (links > maxLinks) throw new CallRefused("loop");
      ahead.push(...splitPath(targetOf(node)));
      asFolder ||= last && node.target.endsWith("/");
      continue;
    }
    if (last) return endAt({ folder, name, node, asFolder });
    if (node === undefined) throw new CallRefused("noent");
    if (node.kind !== "folder") throw new CallRefused("notdir");
    folders.push(node);
  }
  const folder = folders.at(-1) ?? start;
  return { folder, name: undefined, node: folder, asFolder: true };
}

function endAt(place: Place): Place {
  if (place.asFolder && place.node !== undefined && place.node.kind !== "folder") {
    throw new CallRefused("notdir");
  }
  return place;
}

function checkPath(path: string): void {
  if (path === "") throw new CallRefused("noent");
  if (path.includes("\0")) throw new CallRefused("inval");
  if (Buffer.byteLength(path) > maxPathLength) throw new CallRefused("nametoolong");
  if (path.startsWith("/")) throw new CallRefused("perm");
}

function targetOf(link: LinkNode): string {
  checkPath(link.target);
  return link.target;
}

/** The names of a path in reverse order, to take them from the end. */
function splitPath(path: string): string[] {
  return path
    .split("/")
    .filter((name) => name !== "")
    .toReversed();
}
