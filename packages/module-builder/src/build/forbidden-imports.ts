import { isBuiltin } from "node:module";
import type { Plugin } from "rolldown";
import type { BuildProblem } from "./build-error.ts";
import { placeAt } from "./source-place.ts";
import type { FilePlace, SourceTexts } from "./source-texts.ts";

const advice: Readonly<Record<string, string>> = {
  fs: "a workflow has no file system; pass data in as its input, or fetch it",
  http: "use context.fetch",
  https: "use context.fetch",
  http2: "use context.fetch",
  net: "a workflow has no sockets; use context.fetch",
  tls: "a workflow has no sockets; use context.fetch",
  dns: "a workflow has no sockets; use context.fetch",
  child_process: "a workflow starts no processes; use context.start for a child workflow",
  worker_threads: "a workflow has no threads; use context.start for a child workflow",
  timers: "use context.sleep or the global setTimeout",
  crypto: "use the global crypto, or context.uuid",
  process: "use context.secret for what is in the environment",
  util: "use the globals TextEncoder and TextDecoder",
  url: "use the globals URL and URLSearchParams",
};

/** Packages of this project that run outside of workflows. A forgotten `type` in an import brings them into a workflow. */
const outside =
  /^@flawless-ts\/(?:sdk|server|testkit|module-builder|control-plane|opentelemetry|iroh|wasi)(?:\/|$)/;

/**
 * Refuses Node's built-in modules, and packages that run outside of workflows, with the location of the import; continues, so
 * that all such imports are reported.
 */
export function forbiddenImports(
  texts: SourceTexts,
  refused: (problem: BuildProblem) => void,
): Plugin {
  const refuseImport = (
    id: string,
    importer: string | undefined,
    message: string,
  ): { readonly id: string; readonly external: true } => {
    const place = importer === undefined ? null : importPlace(importer, id, texts);
    refused(texts.problem("FLAWLESS_BUILD_UNSUPPORTED_IMPORT", message, place));
    return { id, external: true };
  };
  return {
    name: "flawless:forbidden-imports",
    resolveId: {
      order: "pre",
      async handler(id, importer) {
        if (outside.test(id)) {
          const message =
            `Expected imports that a workflow can have, but got ${JSON.stringify(id)}, which runs outside of workflows: ` +
            'import only types from files that use it (import type { activities } from "./activities.ts"), ' +
            'and what workflows need from "@flawless-ts/wasm-module".';
          return refuseImport(id, importer, message);
        }
        if (!isBuiltin(id)) return null;
        // A package of that name takes precedence, such as `url` or `buffer` for browsers.
        if (!id.startsWith("node:") && importer !== undefined) {
          const found = await this.resolve(id, importer, { skipSelf: true });
          if (found !== null && !found.external && !isBuiltin(found.id)) return found;
        }
        const name = id.replace(/^node:/, "").split("/")[0] ?? id;
        const message =
          `Expected imports that a workflow can have, but got ${JSON.stringify(id)}, which only Node has: ` +
          `${advice[name] ?? "leave it out of the workflow's code"}.`;
        return refuseImport(id, importer, message);
      },
    },
  };
}

function importPlace(importer: string, id: string, texts: SourceTexts): FilePlace | null {
  const text = texts.of(importer) ?? "";
  const offset = [`"${id}"`, `'${id}'`]
    .map((quoted) => text.indexOf(quoted))
    .filter((found) => found >= 0)
    .toSorted((a, b) => a - b)[0];
  return offset === undefined ? null : { file: importer, ...placeAt(text, offset) };
}
