import { CallRefused } from "../host/errno.ts";
import type { Descriptor } from "../host/descriptors.ts";
import type { NodeTimes, Node } from "../host/nodes.ts";
import { rights } from "../host/rights.ts";
import { type LastLink, walkPath } from "../host/walk-path.ts";
import type { WasiHost } from "../host/wasi-host.ts";
import type { CallFrame } from "./call-frame.ts";
import { fileTypeNumber, typeOf } from "./descriptor-flags.ts";
import { type HostCall, noAnswer, writeNothing } from "./host-call.ts";

const followFlag = 1;

/** What a lookup does with a link at the path's end, by its flags. */
export function lastLink(flags: number): LastLink {
  return (flags & followFlag) === 0 ? "keep" : "follow";
}

interface FilestatAnswer extends Readonly<NodeTimes> {
  readonly type: Parameters<typeof fileTypeNumber>[0];
  readonly inode: number;
  readonly links: number;
  readonly size: number;
}

function statusOf(target: Node | Descriptor["target"]): FilestatAnswer {
  if (target.kind === "input" || target.kind === "output") {
    const times = { accessed: 0n, modified: 0n, changed: 0n };
    return { type: target.kind, inode: 0, links: 1, size: 0, ...times };
  }
  const { inode, links, size, times } = target;
  return { type: typeOf(target), inode, links, size, ...times };
}

/** The number of the single device that has all files. */
const device = 1n;

function writeStatus(frame: CallFrame, pointer: number, status: FilestatAnswer): void {
  const { memory } = frame;
  // The versions differ in the size of the number of links.
  const old = frame.version === "wasi_unstable";
  memory.bytes(pointer, old ? 56 : 64).fill(0);
  memory.setU64(pointer, device);
  memory.setU64(pointer + 8, BigInt(status.inode));
  memory.setU8(pointer + 16, fileTypeNumber(status.type));
  memory.setU32(pointer + (old ? 20 : 24), status.links);
  const rest = pointer + (old ? 24 : 32);
  memory.setU64(rest, BigInt(status.size));
  memory.setU64(rest + 8, status.accessed);
  memory.setU64(rest + 16, status.modified);
  memory.setU64(rest + 24, status.changed);
}

interface FdAsked {
  readonly fd: number;
}

interface PathAsked extends FdAsked {
  readonly link: LastLink;
  readonly path: string;
}

function nodeAt(host: WasiHost, { fd, link, path }: PathAsked, needed: number): Node {
  const { node } = walkPath(host.descriptors.folder(fd, needed), path, link);
  if (node === undefined) throw new CallRefused("noent");
  return node;
}

export const fdFilestatGet: HostCall<FdAsked, FilestatAnswer> = {
  read: (frame) => ({ fd: frame.u32(0) }),
  perform: (host, { fd }) => statusOf(host.descriptors.get(fd, rights.fdFilestatGet).target),
  write: (frame, status) => writeStatus(frame, frame.u32(1), status),
};

export const pathFilestatGet: HostCall<PathAsked, FilestatAnswer> = {
  read: (frame) => ({ fd: frame.u32(0), link: lastLink(frame.u32(1)), path: frame.path(2) }),
  perform: (host, asked) => statusOf(nodeAt(host, asked, rights.pathFilestatGet)),
  write: (frame, status) => writeStatus(frame, frame.u32(4), status),
};

export const fdFilestatSetSize: HostCall<FdAsked & { readonly size: number }, object> = {
  read: (frame) => ({ fd: frame.u32(0), size: frame.i64(1) }),
  perform(host, { fd, size }) {
    const { file } = host.descriptors.file(fd, rights.fdFilestatSetSize, "badf");
    if (size < 0) throw new CallRefused("inval");
    file.resize(size, host.clock.now);
    return noAnswer;
  },
  write: writeNothing,
};

const timeFlags = { accessed: 1, accessedNow: 2, modified: 4, modifiedNow: 8 } as const;

interface SetTimes {
  readonly accessed: bigint;
  readonly modified: bigint;
  readonly flags: number;
}

function setTimes(host: WasiHost, node: Node, { accessed, modified, flags }: SetTimes): void {
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const twice =
    (has(timeFlags.accessed) && has(timeFlags.accessedNow)) ||
    (has(timeFlags.modified) && has(timeFlags.modifiedNow));
  if (twice || flags > 15) throw new CallRefused("inval");
  node.checkWritable();
  const { now } = host.clock;
  const { times } = node;
  if (has(timeFlags.accessed)) times.accessed = accessed;
  if (has(timeFlags.accessedNow)) times.accessed = now;
  if (has(timeFlags.modified)) times.modified = modified;
  if (has(timeFlags.modifiedNow)) times.modified = now;
  times.changed = now;
}

export const fdFilestatSetTimes: HostCall<FdAsked & SetTimes, object> = {
  read: (frame) => ({
    fd: frame.u32(0),
    accessed: frame.u64(1),
    modified: frame.u64(2),
    flags: frame.u32(3),
  }),
  perform(host, asked) {
    const { target } = host.descriptors.get(asked.fd);
    if (target.kind !== "file" && target.kind !== "folder") throw new CallRefused("badf");
    host.descriptors.get(asked.fd, rights.fdFilestatSetTimes);
    setTimes(host, target, asked);
    return noAnswer;
  },
  write: writeNothing,
};

export const pathFilestatSetTimes: HostCall<PathAsked & SetTimes, object> = {
  read: (frame) => ({
    fd: frame.u32(0),
    link: lastLink(frame.u32(1)),
    path: frame.path(2),
    accessed: frame.u64(4),
    modified: frame.u64(5),
    flags: frame.u32(6),
  }),
  perform(host, asked) {
    setTimes(host, nodeAt(host, asked, rights.pathFilestatSetTimes), asked);
    return noAnswer;
  },
  write: writeNothing,
};
