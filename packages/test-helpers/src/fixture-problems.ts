import { moduleLinkage } from "./module-linkage.ts";

// A path or a host of the machine that built the fixture. Remapped paths start with `crates/`,
// `rust/` or the name of the fixture's own crate.
const leaks = /\/(?:home|root|Users|usr|tmp|work|opt|var)\/|\.cargo|\.rustup|crates\.io/u;

/**
 * The problems of a fixture's bytes, one line each: an import besides `wasabi.submit`, or
 * a trace of the machine that built them.
 *
 * @throws WebAssembly.CompileError if the bytes are not a WebAssembly module
 */
export function fixtureProblems(bytes: Uint8Array<ArrayBuffer>): string[] {
  const problems: string[] = [];
  const { imports } = moduleLinkage(bytes);
  if (imports.length !== 1 || imports[0] !== "wasabi.submit (function)") {
    problems.push(`expected wasabi.submit as the only import, found: ${imports.join(", ")}`);
  }
  return [...problems, ...leakedPlaces(bytes)];
}

/** One line if these bytes name a path or host of the machine that built them, otherwise none. */
export function leakedPlaces(bytes: Uint8Array): string[] {
  const leak = leaks.exec(Buffer.from(bytes).toString("latin1"));
  return leak ? [`names a place of the machine that built it: ${JSON.stringify(leak[0])}`] : [];
}
