import { resolve } from "node:path";
import type { Plugin } from "rolldown";
import { BuildError, formatProblem } from "../build/build-error.ts";
import { buildModule } from "../build/build-module.ts";

const query = "?flawless";

/**
 * A plugin for Vite and Vitest: `import wasm from "./orders.ts?flawless"` returns the bytes of the module built from
 * the file. It is rebuilt when the file or one of its imports changes. For its types, add this to a `.d.ts` of yours:
 * `/// <reference types="@flawless-ts/module-builder/vite/client" />`.
 *
 * ```ts
 * import orders from "./orders.ts";
 * import wasm from "./orders.ts?flawless";
 *
 * const module = await env.deploy(wasm, { contract: orders });
 * ```
 *
 * An import fails with a {@link BuildError} if the file can't be built.
 */
export function flawlessModules(): Plugin & { readonly enforce: "pre" } {
  return {
    name: "flawless:modules",
    // Before plugins that would treat the file as a script.
    enforce: "pre",
    async resolveId(id, importer) {
      if (!id.endsWith(query)) return null;
      const resolved = await this.resolve(id.slice(0, -query.length), importer, { skipSelf: true });
      return resolved === null ? null : resolved.id + query;
    },
    async load(id) {
      if (!id.endsWith(query)) return null;
      const { wasm, files, warnings } = await buildModule({
        entry: id.slice(0, -query.length),
        // Code that imports a module has its file, and needs no types from the module.
        types: false,
      }).catch((error: unknown) => {
        if (!BuildError.is(error)) throw error;
        // Otherwise the fix would not be noticed.
        for (const file of error.files) this.addWatchFile(file);
        throw withOverlay(error);
      });
      for (const warning of warnings) this.warn(formatProblem(warning));
      for (const file of files) this.addWatchFile(file);
      return { code: scriptOf(wasm), moduleType: "js" };
    },
  };
}

/** Adds what Vite's overlay and log show besides the message. Source: `ErrorPayload` of Vite 8. */
function withOverlay(error: BuildError): Error {
  const { problems, place } = error;
  const [{ frame }] = problems;
  if (place === null) return error;
  const file = resolve(place.file);
  return Object.assign(error, {
    // They show the frame separately.
    message: problems.map((problem) => formatProblem({ ...problem, frame: null })).join("\n"),
    id: file,
    loc: { file, line: place.line, column: place.column - 1 },
    ...(frame === null ? {} : { frame }),
  });
}

function scriptOf(wasm: Uint8Array): string {
  return [
    `const text = ${JSON.stringify(Buffer.from(wasm).toString("base64"))};`,
    "export default typeof Buffer === 'undefined'",
    "  ? Uint8Array.from(atob(text), (character) => character.charCodeAt(0))",
    "  : new Uint8Array(Buffer.from(text, 'base64'));",
  ].join("\n");
}
