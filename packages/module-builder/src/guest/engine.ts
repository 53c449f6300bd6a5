import type { Shared } from "./shared.ts";

/** The parts of a URL, in this order: href, protocol, username, password, host, hostname, port, pathname, search, hash, origin. */
export type UrlParts = readonly string[];

/** What the engine (`engine/src/natives.rs`) gives to the script beside JavaScript. */
export interface Engine {
  /** Makes a host call; both are JSON texts. It blocks until the host has answered. */
  submit(request: string): string;
  /** As `submit`, from a value to a value: JSON is written and read on the way. */
  ask(request: unknown): unknown;
  /** The way back to the user's files, as JSON text of a `SourcePositions`; empty where there is none. */
  sourceMap(): string;
  /** Evaluates a part of the library anew and gives the function that all of it is in. */
  loadLibrary(part: number): (engine: Engine, shared: Shared) => void;
  encodeUtf8(text: string): ArrayBuffer;
  /** Undefined where `fatal` is set and the bytes are not UTF-8. */
  decodeUtf8(bytes: Uint8Array, fatal: boolean): string | undefined;
  encodeBase64(bytes: Uint8Array): string;
  /** Undefined where the text is not base64. `forgiving` is as `atob` is. */
  decodeBase64(text: string, forgiving?: boolean): ArrayBuffer | undefined;
  parseUrl(text: string, base: string | undefined): UrlParts | undefined;
  changeUrl(href: string, part: string, value: string): UrlParts | undefined;
  /** Names and values in turn. */
  parseForm(text: string): string[];
  writeForm(pairs: readonly string[]): string;
  /**
   * Undefined where the bytes are not what they should be. Output beyond `limit` bytes is dropped. Where `isCut` is set,
   * the end of the input may be missing.
   */
  inflate(
    format: "gzip" | "deflate",
    bytes: Uint8Array,
    limit: number,
    isCut: boolean,
  ): ArrayBuffer | undefined;
  /** Undefined for a name other than SHA-1, SHA-256, SHA-384 and SHA-512. */
  digest(algorithm: string, bytes: Uint8Array): ArrayBuffer | undefined;
  /** Leaves only a part of the stack to what follows. False where that is so already. */
  narrowStack(): boolean;
  /** Takes `narrowStack` back. */
  widenStack(): void;
  /** What the engine calls; set by the script. */
  guest?: EngineGuest;
}

/** What the engine (`engine/src/engine.rs`) calls. */
export interface EngineGuest {
  /**
   * JSON text of a {@link Description}.
   * @throws {TypeError} when the script is no module.
   */
  describe(): string;
  init(workflow: number): void;
  run(workflow: number): void;
  /** Called when no job is left. 0: go on; 1: done; 2: failed, and logged. */
  step(): 0 | 1 | 2;
  rejected(promise: object, reason: unknown, handled: boolean): void;
  /** Called from within an endless loop. */
  stuck(): void;
}

/** What the build learns of the script. */
export interface Description {
  readonly name: string;
  readonly version: string;
  /** In the order of their numbers. */
  readonly workflows: readonly string[];
  /** The names that the script can use without declaring them. */
  readonly globals: readonly string[];
}

declare const __engine: Engine;

/** Only there while the script is evaluated, so that workflows can't get at it; of the library it is a parameter. */
export const engine: Engine = __engine;
