import { CallRefused } from "../host/errno.ts";
import { FolderNode, LinkNode } from "../host/nodes.ts";
import { rights } from "../host/rights.ts";
import { type Place, walkPath } from "../host/walk-path.ts";
import type { WasiHost } from "../host/wasi-host.ts";
import { type HostCall, noAnswer, writeNothing } from "./host-call.ts";

interface PathAsked {
  readonly fd: number;
  readonly path: string;
}

interface NamedPlace extends Place {
  readonly name: string;
}

/** The place of a name to add, remove or change; a path that ends with `.` or `..` has none. */
function nameAt(
  host: WasiHost,
  { fd, path }: PathAsked,
  needed: number,
  refusal: "exist" | "inval" | "isdir",
): NamedPlace {
  const place = walkPath(host.descriptors.folder(fd, needed), path, "name");
  const { name } = place;
  if (name === undefined) throw new CallRefused(refusal);
  return { ...place, name };
}

export const pathCreateDirectory: HostCall<PathAsked, object> = {
  read: (frame) => ({ fd: frame.u32(0), path: frame.path(1) }),
  perform(host, asked) {
    const { folder, name, node } = nameAt(host, asked, rights.pathCreateDirectory, "exist");
    if (node !== undefined) throw new CallRefused("exist");
    folder.checkWritable();
    folder.add(name, new FolderNode(host.storage, host.clock.now), host.clock.now);
    return noAnswer;
  },
  write: writeNothing,
};

export const pathRemoveDirectory: HostCall<PathAsked, object> = {
  read: (frame) => ({ fd: frame.u32(0), path: frame.path(1) }),
  perform(host, asked) {
    const { folder, name, node } = nameAt(host, asked, rights.pathRemoveDirectory, "inval");
    if (node === undefined) throw new CallRefused("noent");
    if (node.kind !== "folder") throw new CallRefused("notdir");
    if (node.entries.size > 0) throw new CallRefused("notempty");
    folder.remove(name, host.clock.now);
    return noAnswer;
  },
  write: writeNothing,
};

export const pathUnlinkFile: HostCall<PathAsked, object> = {
  read: (frame) => ({ fd: frame.u32(0), path: frame.path(1) }),
  perform(host, asked) {
    const { folder, name, node } = nameAt(host, asked, rights.pathUnlinkFile, "isdir");
    if (node === undefined) throw new CallRefused("noent");
    if (node.kind === "folder") throw new CallRefused("isdir");
    folder.remove(name, host.clock.now);
    return noAnswer;
  },
  write: writeNothing,
};

interface TwoPathsAsked {
  readonly from: PathAsked;
  readonly to: PathAsked;
}

export const pathRename: HostCall<TwoPathsAsked, object> = {
  read: (frame) => ({
    from: { fd: frame.u32(0), path: frame.path(1) },
    to: { fd: frame.u32(3), path: frame.path(4) },
  }),
  perform(host, asked) {
    const from = nameAt(host, asked.from, rights.pathRenameSource, "inval");
    const to = nameAt(host, asked.to, rights.pathRenameTarget, "inval");
    const { node } = from;
    if (node === undefined) throw new CallRefused("noent");
    for (const changed of [from.folder, to.folder, node]) changed.checkWritable();
    if (node === to.node) return noAnswer;
    if (node.kind === "folder") {
      if (node.holds(to.folder)) throw new CallRefused("inval");
      if (to.node !== undefined && to.node.kind !== "folder") throw new CallRefused("notdir");
      if (to.node !== undefined && to.node.entries.size > 0) throw new CallRefused("notempty");
    } else {
      if (to.node?.kind === "folder") throw new CallRefused("isdir");
      if (to.asFolder) throw new CallRefused("notdir");
    }
    const { now } = host.clock;
    if (to.node !== undefined) to.folder.remove(to.name, now);
    // The new name first, because without any name it would be deleted.
    to.folder.add(to.name, node, now);
    from.folder.remove(from.name, now);
    return noAnswer;
  },
  write: writeNothing,
};

export const pathLink: HostCall<TwoPathsAsked & { readonly flags: number }, object> = {
  read: (frame) => ({
    from: { fd: frame.u32(0), path: frame.path(2) },
    flags: frame.u32(1),
    to: { fd: frame.u32(4), path: frame.path(5) },
  }),
  perform(host, asked) {
    // No flag is supported: systems differ in whether they follow a link.
    if (asked.flags !== 0) throw new CallRefused("inval");
    const from = nameAt(host, asked.from, rights.pathLinkSource, "inval");
    const to = nameAt(host, asked.to, rights.pathLinkTarget, "exist");
    if (from.node === undefined) throw new CallRefused("noent");
    if (from.node.kind === "folder") throw new CallRefused("perm");
    from.node.checkWritable();
    if (to.node !== undefined) throw new CallRefused("exist");
    if (to.asFolder) throw new CallRefused("noent");
    to.folder.add(to.name, from.node, host.clock.now);
    return noAnswer;
  },
  write: writeNothing,
};

const maxTargetLength = 4096;

export const pathSymlink: HostCall<PathAsked & { readonly target: string }, object> = {
  read: (frame) => ({ target: frame.path(0), fd: frame.u32(2), path: frame.path(3) }),
  perform(host, asked) {
    const { target } = asked;
    const { folder, name, node, asFolder } = nameAt(host, asked, rights.pathSymlink, "exist");
    if (node !== undefined) throw new CallRefused("exist");
    if (asFolder || target === "") throw new CallRefused("noent");
    if (target.startsWith("/")) throw new CallRefused("perm");
    if (target.includes("\0")) throw new CallRefused("inval");
    if (Buffer.byteLength(target) > maxTargetLength) throw new CallRefused("nametoolong");
    folder.checkWritable();
    folder.add(name, new LinkNode(host.storage, host.clock.now, target), host.clock.now);
    return noAnswer;
  },
  write: writeNothing,
};

export const pathReadlink: HostCall<
  PathAsked & { readonly length: number },
  { readonly data: Uint8Array }
> = {
  read: (frame) => ({ fd: frame.u32(0), path: frame.path(1), length: frame.u32(4) }),
  perform(host, { fd, path, length }) {
    const folder = host.descriptors.folder(fd, rights.pathReadlink);
    const { node } = walkPath(folder, path, "keep");
    if (node === undefined) throw new CallRefused("noent");
    if (node.kind !== "link") throw new CallRefused("inval");
    // Truncated if it is too long, as in POSIX.
    return { data: Buffer.from(node.target).subarray(0, length) };
  },
  write(frame, { data }) {
    frame.memory.bytes(frame.u32(3), data.length).set(data);
    frame.memory.setU32(frame.u32(5), data.length);
  },
};
