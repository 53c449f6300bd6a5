import type { FolderNode } from "../host/nodes.ts";
import { rights } from "../host/rights.ts";
import { fileTypeNumber, typeOf } from "./descriptor-flags.ts";
import type { HostCall } from "./host-call.ts";

interface ListedEntry {
  readonly name: string;
  readonly type: Parameters<typeof fileTypeNumber>[0];
  readonly inode: number;
  /** What the guest passes to continue after this entry. */
  readonly next: number;
}

interface ReaddirAsked {
  readonly fd: number;
  readonly length: number;
  /** Where to continue: the last entry's `next`, or 0. */
  readonly from: number;
}

interface ReaddirAnswer {
  /** As many as the guest has room for; the last one may be truncated. */
  readonly entries: readonly ListedEntry[];
}

const headLength = 24;

export const fdReaddir: HostCall<ReaddirAsked, ReaddirAnswer> = {
  read: (frame) => ({
    fd: frame.u32(0),
    length: frame.memory.bytes(frame.u32(1), frame.u32(2)).length,
    from: Number(frame.u64(3)),
  }),
  perform(host, { fd, length, from }) {
    const folder = host.descriptors.folder(fd, rights.fdReaddir);
    const entries: ListedEntry[] = [];
    let used = 0;
    for (const entry of list(folder)) {
      if (entry.next <= from) continue;
      if (used >= length) break;
      entries.push(entry);
      used += headLength + Buffer.byteLength(entry.name);
    }
    return { entries };
  },
  write(frame, { entries }) {
    const room = frame.memory.bytes(frame.u32(1), frame.u32(2));
    let used = 0;
    for (const entry of entries) {
      const bytes = encode(entry).subarray(0, room.length - used);
      room.set(bytes, used);
      used += bytes.length;
    }
    frame.memory.setU32(frame.u32(4), used);
  },
};

/**
 * Each entry's `next` belongs to its name, not to its place in the list, so that a guest that removes files while it
 * lists them misses none.
 */
function* list(folder: FolderNode): Generator<ListedEntry> {
  const parent = folder.parent ?? folder;
  yield { name: ".", type: "folder", inode: folder.inode, next: 1 };
  yield { name: "..", type: "folder", inode: parent.inode, next: 2 };
  for (const [name, { node, number }] of folder.entries) {
    yield { name, type: typeOf(node), inode: node.inode, next: number + 2 };
  }
}

function encode({ name, type, inode, next }: ListedEntry): Uint8Array {
  const text = Buffer.from(name);
  const bytes = Buffer.alloc(headLength + text.length);
  bytes.writeBigUInt64LE(BigInt(next), 0);
  bytes.writeBigUInt64LE(BigInt(inode), 8);
  bytes.writeUInt32LE(text.length, 16);
  bytes.writeUInt8(fileTypeNumber(type), 20);
  bytes.set(text, headLength);
  return bytes;
}
