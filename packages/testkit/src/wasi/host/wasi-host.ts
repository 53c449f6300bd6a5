import { type ClockSettings, GuestClock } from "./guest-clock.ts";
import { Descriptors, type OutputStream } from "./descriptors.ts";
import { FileNode, FolderNode } from "./nodes.ts";
import { SeededBytes } from "./seeded-bytes.ts";
import { bytesPerNode, Storage } from "./storage.ts";

/** Takes what a guest writes to stdout and stderr. */
export type WriteOutput = (stream: OutputStream["name"], data: Uint8Array) => void;

/** What a guest finds when it starts. */
export interface HostSettings {
  readonly clock: ClockSettings;
  readonly seed: number;
  readonly stdin: Uint8Array;
  /** Paths relative to the folder, without `.` and `..`; of files with their content, of folders with null. */
  readonly files: readonly (readonly [path: string, content: Uint8Array | null])[];
  /** The name under which the guest finds its folder. */
  readonly folder: string;
  /** Most bytes the guest may write, to files and outputs together. */
  readonly storageLimit: number;
}

/** All that a guest sees of the world. It ends where this object does. */
export class WasiHost {
  readonly clock: GuestClock;
  readonly random: SeededBytes;
  readonly storage: Storage;
  readonly root: FolderNode;
  readonly descriptors: Descriptors;
  readonly #stdin: Uint8Array;
  readonly #writeOutput: WriteOutput;
  #stdinPosition = 0;

  constructor(settings: HostSettings, writeOutput: WriteOutput) {
    this.clock = new GuestClock(settings.clock);
    this.random = new SeededBytes(settings.seed);
    this.storage = new Storage(settings.storageLimit);
    this.root = this.#newFolder();
    // The uppermost folder is there without a name.
    this.root.links = 1;
    for (const [path, content] of settings.files) this.#put(path, content);
    this.descriptors = new Descriptors(this.root, settings.folder);
    this.#stdin = settings.stdin;
    this.#writeOutput = writeOutput;
  }

  /** Takes the next bytes of stdin, none at its end. */
  readInput(length: number): Uint8Array {
    const data = this.#stdin.subarray(this.#stdinPosition, this.#stdinPosition + length);
    this.#stdinPosition += data.length;
    return data;
  }

  /** How many bytes of stdin are left. */
  get inputLeft(): number {
    return this.#stdin.length - this.#stdinPosition;
  }

  /** @throws CallRefused `nospc` */
  writeOutput(stream: OutputStream["name"], data: Uint8Array): void {
    this.storage.take(data.length);
    this.#writeOutput(stream, data);
  }

  #put(path: string, content: Uint8Array | null): void {
    const names = path.split("/");
    const last = names.pop() ?? "";
    let folder = this.root;
    for (const name of names) folder = this.#folderIn(folder, name);
    if (content === null) {
      this.#folderIn(folder, last);
    } else {
      this.storage.give(bytesPerNode + content.length);
      folder.add(last, new FileNode(this.storage, this.clock.now, content), this.clock.now);
    }
  }

  #folderIn(parent: FolderNode, name: string): FolderNode {
    const found = parent.get(name);
    if (found?.kind === "folder") return found;
    const made = this.#newFolder();
    parent.add(name, made, this.clock.now);
    return made;
  }

  /** What the test puts there brings its room along: the limit is for what the guest writes. */
  #newFolder(): FolderNode {
    this.storage.give(bytesPerNode);
    return new FolderNode(this.storage, this.clock.now);
  }
}
