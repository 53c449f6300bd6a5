import { CallRefused, type Errno } from "./errno.ts";
import type { FileNode, FolderNode } from "./nodes.ts";
import {
  fileRights,
  folderRights,
  inputRights,
  outputRights,
  rights,
  writingRights,
} from "./rights.ts";

/** The guest's stdin. */
export interface InputStream {
  readonly kind: "input";
}

/** The guest's stdout or stderr. */
export interface OutputStream {
  readonly kind: "output";
  readonly name: "stdout" | "stderr";
}

/** Something that a guest has opened. */
export interface Descriptor {
  readonly target: InputStream | OutputStream | FileNode | FolderNode;
  /** The rights with which it was opened. */
  readonly opened: number;
  /** Its remaining rights: rights can be dropped. */
  rights: number;
  /** The max rights of descriptors opened through it. */
  inheriting: number;
  flags: number;
  /** The position of the next read or write. */
  position: number;
  /** The folder's name if it is open from the start; undefined for everything that the guest opened itself. */
  readonly preopened: string | undefined;
}

/** The initial values of a descriptor for an open file or folder. */
export type NewDescriptor = Pick<Descriptor, "target" | "opened" | "inheriting" | "flags">;

const maxDescriptors = 4096;

/** POSIX has no rights, but errors for a file that was not opened for reading or writing. */
function refusalFor(lacking: number, { opened }: Descriptor): Errno {
  const givenUp = opened & lacking;
  if (givenUp !== 0) return "notcapable";
  if ((lacking & (rights.fdRead | rights.fdWrite)) !== 0) return "badf";
  return (lacking & writingRights) === 0 ? "notcapable" : "inval";
}

/** Everything that a guest has open, by number. */
export class Descriptors {
  readonly #open = new Map<number, Descriptor>();

  /** @param folders the folders that the guest sees, with their names */
  constructor(folders: readonly { readonly folder: FolderNode; readonly name: string }[]) {
    const add = (number: number, target: Descriptor["target"], opened: number): void => {
      const fresh = { inheriting: 0, flags: 0, position: 0, preopened: undefined };
      this.#open.set(number, { ...fresh, target, opened, rights: opened });
    };
    add(0, { kind: "input" }, inputRights);
    add(1, { kind: "output", name: "stdout" }, outputRights);
    add(2, { kind: "output", name: "stderr" }, outputRights);
    for (const [index, { folder, name }] of folders.entries()) {
      folder.uses += 1;
      this.#open.set(3 + index, {
        target: folder,
        opened: folderRights,
        rights: folderRights,
        inheriting: folderRights | fileRights,
        flags: 0,
        position: 0,
        preopened: name,
      });
    }
  }

  /**
   * @throws CallRefused `badf` if the number is not open, or was not opened for reading or writing as needed; `inval`
   * if
   *   its size is to change and it was not opened for writing; `notcapable` if it lacks another right
   */
  get(number: number, needed = 0): Descriptor {
    const found = this.#open.get(number);
    if (found === undefined) throw new CallRefused("badf");
    const lacking = needed & ~found.rights;
    if (lacking !== 0) throw new CallRefused(refusalFor(lacking, found));
    return found;
  }

  /** @throws CallRefused `badf` if it is not a folder, `notcapable` if it lacks one of the rights */
  folder(number: number, needed: number): FolderNode {
    const { target } = this.get(number);
    if (target.kind !== "folder") throw new CallRefused("badf");
    this.get(number, needed);
    return target;
  }

  /** @throws CallRefused `badf` for a folder, `refusal` for a stream, `notcapable` if it lacks one of the rights */
  file(
    number: number,
    needed: number,
    refusal: "badf" | "spipe",
  ): { readonly descriptor: Descriptor; readonly file: FileNode } {
    const descriptor = this.get(number);
    const { target } = descriptor;
    if (target.kind === "folder") throw new CallRefused("badf");
    if (target.kind !== "file") throw new CallRefused(refusal);
    this.get(number, needed);
    return { descriptor, file: target };
  }

  /** Opens with the lowest free number, as in POSIX. */
  open(descriptor: NewDescriptor): number {
    if (this.#open.size >= maxDescriptors) throw new CallRefused("mfile");
    let number = 0;
    while (this.#open.has(number)) number += 1;
    const { opened } = descriptor;
    this.#open.set(number, { ...descriptor, rights: opened, position: 0, preopened: undefined });
    if ("uses" in descriptor.target) descriptor.target.uses += 1;
    return number;
  }

  close(number: number): void {
    const { target } = this.get(number);
    this.#open.delete(number);
    if ("uses" in target) {
      target.uses -= 1;
      target.release();
    }
  }

  /** Moves a descriptor to another open number, which is closed first. */
  renumber(from: number, to: number): void {
    const moved = this.get(from);
    this.get(to);
    if (from === to) return;
    this.close(to);
    this.#open.delete(from);
    this.#open.set(to, moved);
  }
}
