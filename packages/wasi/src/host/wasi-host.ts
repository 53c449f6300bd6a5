import { type ClockSettings, GuestClock } from "./guest-clock.ts";
import { Descriptors, type OutputStream } from "./descriptors.ts";
import { FileNode, FolderNode, LinkNode, NullFile } from "./nodes.ts";
import { SeededBytes } from "./seeded-bytes.ts";
import { bytesPerNode, Storage } from "./storage.ts";

/** Receives what a guest writes to stdout and stderr. */
export type WriteOutput = (stream: OutputStream["name"], data: Uint8Array) => void;

/** A symbolic link, from a test. */
export interface WasiLink {
  /** Its target. */
  readonly link: string;
}

/** A folder that a guest finds when it starts. */
export interface PlannedFolder {
  /** Its name for the guest. */
  readonly name: string;
  /** The prefix of its files' paths in reports. */
  readonly prefix: string;
  /** Paths relative to the folder, without `.` and `..`; files with their content, empty folders with null. */
  readonly files: readonly (readonly [path: string, content: Uint8Array | null | WasiLink])[];
  readonly readOnly: boolean;
}

/** What a guest finds when it starts. */
export interface HostSettings {
  readonly clock: ClockSettings;
  readonly seed: number;
  readonly stdin: Uint8Array;
  readonly folders: readonly PlannedFolder[];
  /** The max bytes that the guest may write, to files and outputs together. */
  readonly storageLimit: number;
}

/** Everything that a guest sees of the world. */
export class WasiHost {
  readonly clock: GuestClock;
  readonly random: SeededBytes;
  readonly storage: Storage;
  /** Its folders, in the order of their descriptors. */
  readonly roots: readonly FolderNode[];
  readonly descriptors: Descriptors;
  readonly #stdin: Uint8Array;
  readonly #writeOutput: WriteOutput;
  #stdinPosition = 0;

  constructor(settings: HostSettings, writeOutput: WriteOutput) {
    this.clock = new GuestClock(settings.clock);
    this.random = new SeededBytes(settings.seed);
    this.storage = new Storage(settings.storageLimit);
    this.roots = settings.folders.map((folder) => this.#newRoot(folder));
    const names = settings.folders.map(({ name }) => name);
    this.descriptors = new Descriptors(
      this.roots.map((folder, index) => ({ folder, name: names[index] ?? "" })),
    );
    const top = this.roots[names.indexOf("/")];
    if (top !== undefined) this.#addDevices(top);
    this.#stdin = settings.stdin;
    this.#writeOutput = writeOutput;
  }

  /** Takes the next bytes of stdin, none at its end. */
  readInput(length: number): Uint8Array {
    const data = this.#stdin.subarray(this.#stdinPosition, this.#stdinPosition + length);
    this.#stdinPosition += data.length;
    return data;
  }

  /** The number of remaining bytes of stdin. */
  get inputLeft(): number {
    return this.#stdin.length - this.#stdinPosition;
  }

  /** @throws CallRefused `nospc` */
  writeOutput(stream: OutputStream["name"], data: Uint8Array): void {
    this.storage.take(data.length);
    this.#writeOutput(stream, data);
  }

  /** The first of its folders. */
  get root(): FolderNode {
    const [root] = this.roots;
    if (root === undefined) throw new Error("the guest has no folder");
    return root;
  }

  #newRoot({ files, readOnly }: PlannedFolder): FolderNode {
    const root = this.#newFolder();
    // The top folder exists without a name.
    root.links = 1;
    for (const [path, content] of files) this.#put(root, path, content);
    if (readOnly) root.protect();
    return root;
  }

  /** Creates `/dev/null`, which is found but not listed, and replaced by the test's `dev`. */
  #addDevices(top: FolderNode): void {
    const devices = this.#newFolder();
    devices.links = 1;
    this.storage.give(bytesPerNode);
    devices.add("null", new NullFile(this.storage, this.clock.now), this.clock.now);
    devices.parent = top;
    devices.readOnly = true;
    top.hidden.set("dev", devices);
  }

  #put(root: FolderNode, path: string, content: Uint8Array | null | WasiLink): void {
    const names = path.split("/");
    const last = names.pop() ?? "";
    let folder = root;
    for (const name of names) folder = this.#folderIn(folder, name);
    if (content === null) {
      this.#folderIn(folder, last);
    } else if (content instanceof Uint8Array) {
      this.storage.give(bytesPerNode + content.length);
      folder.add(last, new FileNode(this.storage, this.clock.now, content), this.clock.now);
    } else {
      this.storage.give(bytesPerNode + Buffer.byteLength(content.link));
      folder.add(last, new LinkNode(this.storage, this.clock.now, content.link), this.clock.now);
    }
  }

  #folderIn(parent: FolderNode, name: string): FolderNode {
    const found = parent.get(name);
    if (found?.kind === "folder") return found;
    const made = this.#newFolder();
    parent.add(name, made, this.clock.now);
    return made;
  }

  /** The test's files don't count: the limit is for what the guest writes. */
  #newFolder(): FolderNode {
    this.storage.give(bytesPerNode);
    return new FolderNode(this.storage, this.clock.now);
  }
}
