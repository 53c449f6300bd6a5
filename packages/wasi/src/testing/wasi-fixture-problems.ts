import { leakedPlaces } from "@flawless-ts/test-helpers/fixture-problems";
import { isKnownCall } from "../calls/all-calls.ts";

// TypeScript's Node types omit the global; this is the part of it that is used here.
declare const WebAssembly: {
  readonly Module: {
    new (bytes: Uint8Array<ArrayBuffer>): object;
    imports(module: object): { module: string; name: string }[];
  };
};

/**
 * What makes these bytes unfit for a fixture, one line each: an import besides WASI's, or a path of the machine that
 * built them.
 *
 * @throws WebAssembly.CompileError if the bytes are not a WebAssembly module.
 */
export function wasiFixtureProblems(bytes: Uint8Array<ArrayBuffer>): string[] {
  const problems: string[] = [];
  const foreign = WebAssembly.Module.imports(new WebAssembly.Module(bytes)).filter(
    ({ module, name }) =>
      !/^wasi_(?:snapshot_preview1|unstable)$/u.test(module) || !isKnownCall(name),
  );
  for (const { module, name } of foreign) {
    problems.push(`expected WASI's imports only, found ${module}.${name}`);
  }
  return [...problems, ...leakedPlaces(bytes)];
}
