import type { Shared } from "./shared.ts";

/** The parts of a URL, in this order: href, protocol, username, password, host, hostname, port, pathname, search, hash, origin. */
export type UrlParts = readonly string[];

/** What the engine (`engine/src/natives.rs`) provides to the script besides JavaScript. */
export interface Engine {
  /** Makes a host call; request and answer are JSON texts. Blocks until the host has answered. */
  submit(request: string): string;
  /** Like `submit`, but with values: it writes and reads the JSON. */
  ask(request: unknown): unknown;
  /** The map back to the user's files, as the JSON text of a `SourcePositions`; empty if there is none. */
  sourceMap(): string;
  /** Evaluates a part of the library again and returns the function that contains it. */
  loadLibrary(part: number): (engine: Engine, shared: Shared) => void;
  encodeUtf8(text: string): ArrayBuffer;
  /** Undefined if `fatal` is set and the bytes are not UTF-8. */
  decodeUtf8(bytes: Uint8Array, fatal: boolean): string | undefined;
  encodeBase64(bytes: Uint8Array): string;
  /** Undefined if the text is not base64. With `forgiving` it decodes as `atob` does. */
  decodeBase64(text: string, forgiving?: boolean): ArrayBuffer | undefined;
  parseUrl(text: string, base: string | undefined): UrlParts | undefined;
  changeUrl(href: string, part: string, value: string): UrlParts | undefined;
  /** Names and values, alternating. */
  parseForm(text: string): string[];
  writeForm(pairs: readonly string[]): string;
  /**
   * Undefined if the bytes are invalid. Drops output beyond `limit` bytes. With `isCut`, the end of the input may be
   * missing.
   */
  inflate(
    format: "gzip" | "deflate",
    bytes: Uint8Array,
    limit: number,
    isCut: boolean,
  ): ArrayBuffer | undefined;
  /** Undefined for names other than SHA-1, SHA-256, SHA-384 and SHA-512. */
  digest(algorithm: string, bytes: Uint8Array): ArrayBuffer | undefined;
  /** Restricts what follows to part of the stack. False if it is restricted already. */
  narrowStack(): boolean;
  /** Undoes `narrowStack`. */
  widenStack(): void;
  /** Functions for the engine to call; set by the script. */
  guest?: EngineGuest;
}

/** The functions that the engine (`engine/src/engine.rs`) calls. */
export interface EngineGuest {
  /**
   * The JSON text of a {@link Description}.
   * @throws {TypeError} if the script is not a module.
   */
  describe(): string;
  init(workflow: number): void;
  run(workflow: number): void;
  /** Called when no jobs are left. 0: continue; 1: done; 2: failed, and logged. */
  step(): 0 | 1 | 2;
  rejected(promise: object, reason: unknown, handled: boolean): void;
  /** Called from inside an endless loop. */
  stuck(): void;
}

/** What the build needs to know about the script. */
export interface Description {
  readonly name: string;
  readonly version: string;
  /** In the order of their numbers. */
  readonly workflows: readonly string[];
  /** The names that the script can use without declaring them. */
  readonly globals: readonly string[];
}

declare const __engine: Engine;

/** Only exists while the script is evaluated, so that workflows can't use it; the library gets it as a parameter. */
export const engine: Engine = __engine;
