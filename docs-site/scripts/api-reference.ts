import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { site } from "./places.ts";

/** The packages that users import, and their purpose, by file name. */
const entries: Readonly<Record<string, readonly [entry: string, description: string]>> = {
  sdk: [
    "@flawless-ts/sdk",
    "Call workflows from an application, run activities, and use a control plane.",
  ],
  "sdk-client": ["@flawless-ts/sdk/client", "A small client for web pages and edge workers."],
  "sdk-effect": ["@flawless-ts/sdk/effect", "The same client for Effect."],
  "wasm-module": [
    "@flawless-ts/wasm-module",
    "Write workflows in TypeScript; contracts, and what is inside a module.",
  ],
  "module-builder": ["@flawless-ts/module-builder", "Build modules from TypeScript."],
  testkit: ["@flawless-ts/testkit", "Test workflows: time, crashes, replay, topologies."],
  "testkit-vitest": [
    "@flawless-ts/testkit/vitest",
    "Vitest's `test` with an environment, and matchers.",
  ],
  "testkit-containers": ["@flawless-ts/testkit/containers", "Topologies in containers."],
  "testkit-containers-vitest": [
    "@flawless-ts/testkit/containers/vitest",
    "Vitest's `test` with a topology in containers.",
  ],
  server: ["@flawless-ts/server", "Run a server in your own process."],
  "control-plane": ["@flawless-ts/control-plane", "Run a control plane in your own process."],
  opentelemetry: ["@flawless-ts/opentelemetry", "Traces of workflows."],
  iroh: ["@flawless-ts/iroh", "Reach a server by a ticket, peer to peer."],
  wasi: ["@flawless-ts/wasi", "Test programs for WASI."],
};

/** Writes the pages of all public names with TypeDoc, from the comments in the sources. */
export function writeApiReference(directory: string): void {
  const files = join(site, "entries");
  rmSync(files, { recursive: true, force: true });
  mkdirSync(files);
  for (const [name, [entry, description]] of Object.entries(entries)) {
    writeFileSync(
      join(files, `${name}.ts`),
      `/**\n * ${description}\n *\n * @module ${entry}\n */\nexport * from "${entry}";\n`,
    );
  }
  const options = {
    "--tsconfig": "tsconfig.typedoc.json",
    "--plugin": "typedoc-plugin-markdown",
    "--out": directory,
    "--name": "API reference",
    "--readme": "none",
    // A page for each name: a page for a whole package is too long to read and search on a phone.
    "--router": "member",
    "--indexFormat": "table",
    "--excludeInternal": "true",
    "--excludePrivate": "true",
    "--excludeProtected": "true",
    // Omits what errors inherit from JavaScript's `Error`, but not what comes from another package of ours.
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
}
