import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "./source-hash.ts";

/** The file beside the `.wasm` files that records which sources each was built from. */
export const sourcesFile = "sources.json";

/** One fixture's entry in `sources.json`; both are SHA-256 in hexadecimal. */
export interface FixtureRecord {
  /** The hash of all files that define it and how it is built. */
  readonly source: string;
  /** The hash of its `.wasm` file. */
  readonly wasm: string;
}

/** The content of `sources.json`. */
export type FixtureRecords<Name extends string> = Readonly<Record<Name, FixtureRecord>>;

/** Parameters of {@link FixtureSet}. */
export interface FixtureSetParts<Name extends string> {
  /** The names of the `.wasm` files, without extension. */
  readonly names: readonly Name[];
  /** The hash of a fixture's sources as they are in the tree now. */
  readonly sourceHash: (name: Name) => string;
  /** The command that builds them. */
  readonly buildCommand: string;
}

/** WebAssembly modules that are committed along with a record of their sources. */
export class FixtureSet<Name extends string> {
  readonly names: readonly Name[];
  readonly #sourceHash: (name: Name) => string;
  readonly #buildCommand: string;

  constructor({ names, sourceHash, buildCommand }: FixtureSetParts<Name>) {
    this.names = names;
    this.#sourceHash = sourceHash;
    this.#buildCommand = buildCommand;
  }

  /** The records of the fixtures as they are in `directory` and in the source tree now. */
  currentRecords(directory: string): FixtureRecords<Name> {
    const records = this.names.map((name): [Name, FixtureRecord] => {
      const wasm = sha256(readFileSync(join(directory, `${name}.wasm`)));
      return [name, { source: this.#sourceHash(name), wasm }];
    });
    return Object.fromEntries(records) as Record<Name, FixtureRecord>;
  }

  /** Writes `sources.json` for the current files. */
  writeRecords(directory: string): void {
    const records = this.currentRecords(directory);
    writeFileSync(join(directory, sourcesFile), `${JSON.stringify(records, undefined, 2)}\n`);
  }

  /**
   * The problems of the fixtures in `directory`, one line each; empty if each `.wasm` file was built from the sources
   * in the tree.
   */
  stale(directory: string): string[] {
    const recorded = JSON.parse(readFileSync(join(directory, sourcesFile), "utf8")) as Partial<
      Record<Name, Partial<FixtureRecord>>
    >;
    const current = this.currentRecords(directory);
    const advice = `run \`${this.#buildCommand}\``;
    return this.names.flatMap((name) => {
      const problems: string[] = [];
      if (recorded[name]?.source !== current[name].source) {
        problems.push(`${name}: its sources changed since ${name}.wasm was built; ${advice}`);
      }
      if (recorded[name]?.wasm !== current[name].wasm) {
        problems.push(
          `${name}: ${name}.wasm isn't the file that ${sourcesFile} records; ${advice}`,
        );
      }
      return problems;
    });
  }
}
