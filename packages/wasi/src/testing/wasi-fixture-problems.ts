import { isKnownCall } from "../calls/all-calls.ts";

// TypeScript's Node types leave the global out; this is the part of it that is used here.
declare const WebAssembly: {
  readonly Module: {
    new (bytes: Uint8Array<ArrayBuffer>): object;
    imports(module: object): { module: string; name: string }[];
  };
};

// A path or a host of the machine that built the fixture. The remapped ones start with `rust/` or
// the name of the fixture's own crate.
const leaks = /\/(?:home|root|Users|usr|tmp|work|opt|var)\/|\.cargo|\.rustup|crates\.io/u;

/**
 * What makes these bytes unfit for a fixture, one line each: an import besides WASI's, or a trace of
 * the machine that built them.
 *
 * @throws WebAssembly.CompileError when the bytes are no WebAssembly module.
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
  const leak = leaks.exec(Buffer.from(bytes).toString("latin1"));
  if (leak) {
    problems.push(`names a place of the machine that built it: ${JSON.stringify(leak[0])}`);
  }
  return problems;
}
