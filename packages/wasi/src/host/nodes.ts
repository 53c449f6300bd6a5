import { CallRefused } from "./errno.ts";
import { bytesPerNode, type Storage } from "./storage.ts";

/** Times of a file, folder or link in nanoseconds since the Unix epoch. */
export interface NodeTimes {
  accessed: bigint;
  modified: bigint;
  changed: bigint;
}

const initialCapacity = 256;
const growth = 4;
/** From this size on, content is transferred instead of copied. */
const largeBytes = 2 ** 20;
// Past this, positions are no longer exact.
const maxFileBytes = Number.MAX_SAFE_INTEGER;

abstract class BaseNode {
  /** Unique for each node of a storage. */
  readonly inode: number;
  readonly times: NodeTimes;
  /** The number of its names. */
  links = 0;
  /** The number of its open descriptors. */
  uses = 0;
  /** Whether the guest must not change it. */
  readOnly = false;
  readonly #storage: Storage;

  /** @throws CallRefused `nospc` */
  constructor(storage: Storage, now: bigint) {
    storage.take(bytesPerNode);
    this.#storage = storage;
    this.inode = storage.nextNumber();
    this.times = { accessed: now, modified: now, changed: now };
  }

  /** @throws CallRefused `perm` if it must not be changed */
  checkWritable(): void {
    if (this.readOnly) throw new CallRefused("perm");
  }

  /** Frees its space once no name and no descriptor refers to it any more. */
  release(): void {
    if (this.links === 0 && this.uses === 0) this.#storage.give(bytesPerNode + this.size);
  }

  abstract get size(): number;
}

/** A file's content. */
export class FileNode extends BaseNode {
  readonly kind = "file";
  readonly #storage: Storage;
  /** The original content, while unchanged. It is only read: writes go to a copy. */
  #given: Uint8Array | undefined;
  #bytes: Uint8Array;
  #size: number;

  constructor(storage: Storage, now: bigint, content: Uint8Array = new Uint8Array(0)) {
    super(storage, now);
    this.#storage = storage;
    storage.take(content.length);
    this.#given = content;
    this.#bytes = content;
    this.#size = content.length;
  }

  /** Whether its content is still the original. */
  isStill(content: Uint8Array): boolean {
    return this.#given === content;
  }

  /** Takes its content: the file must not be used afterwards. It may include the unused rest of a large buffer. */
  takeContent(): Uint8Array {
    const content = this.#bytes.subarray(0, this.#size);
    return this.#given !== undefined || this.#size < largeBytes ? content.slice() : content;
  }

  override get size(): number {
    return this.#size;
  }

  /** The bytes themselves from `offset` on, as many as there are. */
  read(offset: number, length: number): Uint8Array {
    return this.#bytes.subarray(
      Math.min(offset, this.#size),
      Math.min(offset + length, this.#size),
    );
  }

  /** Overwrites and extends; a gap between the old end and `offset` is filled with zeros. */
  write(offset: number, data: Uint8Array, now: bigint): void {
    if (data.length > 0) {
      if (offset + data.length > this.#size) this.resize(offset + data.length, now);
      else this.#own(this.#size);
      this.#bytes.set(data, offset);
    }
    this.touch(now);
  }

  resize(size: number, now: bigint): void {
    if (size > maxFileBytes) throw new CallRefused("fbig");
    if (size > this.#size) {
      this.#storage.take(size - this.#size);
      this.#own(size);
    } else {
      this.#storage.give(this.#size - size);
      if (this.#given !== undefined) this.#bytes = this.#bytes.subarray(0, size);
      this.#own(size);
      this.#bytes.fill(0, size, this.#size);
    }
    this.#size = size;
    this.touch(now);
  }

  /** Ensures that the bytes are its own, with capacity for this many. */
  #own(size: number): void {
    if (this.#given === undefined && size <= this.#bytes.length) return;
    const grows = size > this.#bytes.length;
    // Fresh memory costs more than copying, and untouched memory costs nothing.
    const ample = Math.max(this.#bytes.length * growth, initialCapacity);
    const most = size + this.#storage.free;
    const capacity = grows ? Math.max(size, Math.min(ample, most)) : size;
    const own = new Uint8Array(capacity);
    own.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = own;
    this.#given = undefined;
  }

  /** Records that the content changed. */
  touch(now: bigint): void {
    this.times.modified = now;
    this.times.changed = now;
  }
}

/** The device that accepts everything and returns nothing. */
export class NullFile extends FileNode {
  override read(): Uint8Array {
    return new Uint8Array(0);
  }

  override write(): void {}

  override resize(): void {}
}

/** A symbolic link. */
export class LinkNode extends BaseNode {
  readonly kind = "link";
  readonly target: string;

  constructor(storage: Storage, now: bigint, target: string) {
    super(storage, now);
    this.target = target;
    storage.take(this.size);
  }

  /** The length of the target's text, as in POSIX. */
  override get size(): number {
    return Buffer.byteLength(this.target);
  }
}

/** A name in a folder. */
export interface FolderEntry {
  readonly node: Node;
  /** Larger than for every name added to the folder earlier. */
  readonly number: number;
}

/** A folder. */
export class FolderNode extends BaseNode {
  readonly kind = "folder";
  /** Null for the top folder, and for a removed one. */
  parent: FolderNode | null = null;
  /** By name, in insertion order. */
  readonly entries: Map<string, FolderEntry> = new Map<string, FolderEntry>();
  /** Folders that are found by name, but not among the entries, and not listed. */
  readonly hidden: Map<string, FolderNode> = new Map<string, FolderNode>();
  #lastNumber = 0;

  override get size(): number {
    return 0;
  }

  get(name: string): Node | undefined {
    return this.entries.get(name)?.node ?? this.hidden.get(name);
  }

  /** Makes it and its contents read-only. */
  protect(): void {
    this.readOnly = true;
    for (const { node } of this.entries.values()) {
      if (node.kind === "folder") node.protect();
      else node.readOnly = true;
    }
  }

  /** Gives a node a name, or an additional one. */
  add(name: string, node: Node, now: bigint): void {
    // Only a removed folder has no name, and nothing can be added to it any more.
    if (this.links === 0) throw new CallRefused("noent");
    this.checkWritable();
    this.#lastNumber += 1;
    this.entries.set(name, { node, number: this.#lastNumber });
    node.links += 1;
    node.times.changed = now;
    if (node.kind === "folder") node.parent = this;
    this.#touch(now);
  }

  /** Removes a name, and with the last one the node. */
  remove(name: string, now: bigint): void {
    const node = this.get(name);
    if (node === undefined) throw new CallRefused("noent");
    this.checkWritable();
    this.entries.delete(name);
    node.links -= 1;
    node.times.changed = now;
    // A folder that is being moved already has its new name.
    if (node.kind === "folder" && node.links === 0) node.parent = null;
    node.release();
    this.#touch(now);
  }

  /** Whether it is `other`, or contains it. */
  holds(other: FolderNode): boolean {
    for (let each: FolderNode | null = other; each !== null; each = each.parent) {
      if (each === this) return true;
    }
    return false;
  }

  #touch(now: bigint): void {
    this.times.modified = now;
    this.times.changed = now;
  }
}

/** Anything that a path can lead to. */
export type Node = FileNode | FolderNode | LinkNode;
