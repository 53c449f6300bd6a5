import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { markdownIn } from "./copy-docs.ts";
import { site } from "./places.ts";

/** What users import, by the names of their pages. */
const entries = {
  sdk: "@flawless-ts/sdk",
  "sdk-effect": "@flawless-ts/sdk/effect",
  "wasm-module": "@flawless-ts/wasm-module",
  "module-builder": "@flawless-ts/module-builder",
  testkit: "@flawless-ts/testkit",
  "testkit-vitest": "@flawless-ts/testkit/vitest",
  "testkit-containers": "@flawless-ts/testkit/containers",
  "testkit-containers-vitest": "@flawless-ts/testkit/containers/vitest",
  server: "@flawless-ts/server",
  "control-plane": "@flawless-ts/control-plane",
  opentelemetry: "@flawless-ts/opentelemetry",
  iroh: "@flawless-ts/iroh",
  wasi: "@flawless-ts/wasi",
} as const;

/** Writes the pages of all public names, by TypeDoc, of the comments in the sources. */
export function writeApiReference(directory: string): void {
  const files = join(site, "entries");
  rmSync(files, { recursive: true, force: true });
  mkdirSync(files);
  for (const [name, entry] of Object.entries(entries)) {
    writeFileSync(
      join(files, `${name}.ts`),
      `/**\n * @module ${entry}\n */\nexport * from "${entry}";\n`,
    );
  }
  const options = {
    "--tsconfig": "tsconfig.typedoc.json",
    "--plugin": "typedoc-plugin-markdown",
    "--out": directory,
    "--name": "API reference",
    "--readme": "none",
    "--router": "module",
    "--excludeInternal": "true",
    "--excludePrivate": "true",
    "--excludeProtected": "true",
    // What errors have of JavaScript's own `Error` is left out; what another package of ours has is not.
    "--excludeExternals": "true",
    "--disableSources": "true",
    "--skipErrorChecking": "true",
    "--sanitizeComments": "true",
    "--useHTMLEncodedBrackets": "true",
    "--hideBreadcrumbs": "true",
    "--hidePageHeader": "true",
    "--entryFileName": "index",
    "--parametersFormat": "table",
    "--logLevel": "Error",
  };
  execFileSync(
    process.execPath,
    [
      join(site, "node_modules/typedoc/bin/typedoc"),
      ...Object.entries(options).flat(),
      ...Object.keys(entries).map((name) => join(files, `${name}.ts`)),
    ],
    { cwd: site, stdio: "inherit" },
  );
  for (const file of markdownIn(directory)) {
    const path = join(directory, file);
    writeFileSync(path, withoutSecondAnchors(readFileSync(path, "utf8")));
  }
}

/**
 * TypeDoc's plugin takes the name `BuildErrorCode` for the second of its page where there is a `BuildError` with a `code`, and
 * links to `#builderrorcode-1`. The site's anchors are made of headings alone, and no two types of a page have the same name.
 */
export function withoutSecondAnchors(text: string): string {
  return text.replaceAll(/(\]\([^)\s]*#[a-z]+)-1\)/g, "$1)");
}
