import type { Descriptor } from "../host/descriptors.ts";
import { type Node, NullFile } from "../host/nodes.ts";

// Source: `fdflags`, `oflags` and `filetype` in the witx files of `wasi_snapshot_preview1`.

/** Each write goes to the file's end. */
export const appendFlag = 1;
/** A call that would have to wait fails instead; nothing ever waits here. */
export const nonBlockFlag = 4;
/** Flags for synchronous writes to the disk; here there is none. */
export const syncFlags: number = 2 | 8 | 16;

export const openFlags = { create: 1, directory: 2, exclusive: 4, truncate: 8 } as const;

const fileTypes = { input: 0, output: 0, device: 2, folder: 3, file: 4, link: 7 } as const;

/** The type of a node or a descriptor's target. */
export function typeOf(target: Node | Descriptor["target"]): keyof typeof fileTypes {
  return target instanceof NullFile ? "device" : target.kind;
}

/**
 * The number of a type. Stdin, stdout and stderr have an unknown type, like pipes; a terminal would be a character
 * device.
 */
export function fileTypeNumber(kind: keyof typeof fileTypes): number {
  return fileTypes[kind];
}
