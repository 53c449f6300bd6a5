import { CallRefused } from "./errno.ts";
import type { FileNode, FolderNode } from "./nodes.ts";
import { folderRights, inputRights, outputRights, fileRights } from "./rights.ts";

/** The guest's stdin. */
export interface InputStream {
  readonly kind: "input";
}

/** The guest's stdout or stderr. */
export interface OutputStream {
  readonly kind: "output";
  readonly name: "stdout" | "stderr";
}

/** Something that a guest has open. */
export interface Descriptor {
  readonly target: InputStream | OutputStream | FileNode | FolderNode;
  /** What it may be used for. */
  rights: number;
  /** What those that are opened through it may be used for at most. */
  inheriting: number;
  flags: number;
  /** Where the next bytes are read or written. */
  position: number;
  /** The name under which the guest finds the folder when it starts; undefined for all that it opened itself. */
  readonly preopened: string | undefined;
}

/** What a descriptor for an open file or folder starts with. */
export type NewDescriptor = Pick<Descriptor, "target" | "rights" | "inheriting" | "flags">;

const mostDescriptors = 4096;

/** All that a guest has open, by number. */
export class Descriptors {
  readonly #open = new Map<number, Descriptor>();

  /** @param folder what the guest may see of files, under the name `folderName` */
  constructor(folder: FolderNode, folderName: string) {
    const stream = { inheriting: 0, flags: 0, position: 0, preopened: undefined };
    this.#open.set(0, { ...stream, target: { kind: "input" }, rights: inputRights });
    this.#open.set(1, {
      ...stream,
      target: { kind: "output", name: "stdout" },
      rights: outputRights,
    });
    this.#open.set(2, {
      ...stream,
      target: { kind: "output", name: "stderr" },
      rights: outputRights,
    });
    folder.uses += 1;
    this.#open.set(3, {
      target: folder,
      rights: folderRights,
      inheriting: folderRights | fileRights,
      flags: 0,
      position: 0,
      preopened: folderName,
    });
  }

  /** @throws CallRefused `badf` where that number is not open, `notcapable` where it lacks one of the rights */
  get(number: number, needed = 0): Descriptor {
    const found = this.#open.get(number);
    if (found === undefined) throw new CallRefused("badf");
    if ((found.rights & needed) !== needed) throw new CallRefused("notcapable");
    return found;
  }

  /** @throws CallRefused `notdir` where it is no folder, `notcapable` where it lacks one of the rights */
  folder(number: number, needed: number): FolderNode {
    const { target } = this.get(number);
    if (target.kind !== "folder") throw new CallRefused("notdir");
    this.get(number, needed);
    return target;
  }

  /** @throws CallRefused `isdir` for a folder, `refusal` for a stream, `notcapable` where it lacks one of the rights */
  file(
    number: number,
    needed: number,
    refusal: "inval" | "spipe",
  ): { readonly descriptor: Descriptor; readonly file: FileNode } {
    const descriptor = this.get(number);
    const { target } = descriptor;
    if (target.kind === "folder") throw new CallRefused("isdir");
    if (target.kind !== "file") throw new CallRefused(refusal);
    this.get(number, needed);
    return { descriptor, file: target };
  }

  /** Opens under the lowest number that is free, as POSIX does. */
  open(descriptor: NewDescriptor): number {
    if (this.#open.size >= mostDescriptors) throw new CallRefused("mfile");
    let number = 0;
    while (this.#open.has(number)) number += 1;
    this.#open.set(number, { ...descriptor, position: 0, preopened: undefined });
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

  /** Moves a descriptor to another open number, which is closed before. */
  renumber(from: number, to: number): void {
    const moved = this.get(from);
    this.get(to);
    if (from === to) return;
    this.close(to);
    this.#open.delete(from);
    this.#open.set(to, moved);
  }
}
