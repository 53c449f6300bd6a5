import { readFileSync } from "node:fs";
import { type BuildErrorCode, type BuildProblem, plainProblem } from "./build-error.ts";
import { codeFrame } from "./code-frame.ts";
import { shownFile } from "./source-place.ts";

/** A location by the absolute path of its file. Lines and columns count from 1. */
export interface FilePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The texts of the files that a module is built from, some of which may not exist on disk. */
export class SourceTexts {
  readonly #virtual: ReadonlyMap<string, string>;

  /** @param virtual texts by absolute path, which replace those on disk. */
  constructor(virtual: ReadonlyMap<string, string> = new Map()) {
    this.#virtual = virtual;
  }

  /** Undefined if the file can't be read. */
  of(file: string): string | undefined {
    const text = this.#virtual.get(file);
    if (text !== undefined) return text;
    try {
      return readFileSync(file, "utf8");
    } catch {
      return undefined;
    }
  }

  /** A problem at a location. */
  problem(code: BuildErrorCode, message: string, place: FilePlace | null = null): BuildProblem {
    if (place === null) return plainProblem(code, message);
    const { file, line, column } = place;
    const text = this.of(file);
    return {
      code,
      message,
      place: { file: shownFile(file), line, column },
      frame: text === undefined ? null : codeFrame(text, line, column),
    };
  }
}
