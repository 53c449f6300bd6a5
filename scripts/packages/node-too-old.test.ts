import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { entriesOf, publishedPackages, repository } from "./published-packages.ts";

const run = promisify(execFile);

/** Makes Node report another version, and lack what that version lacks. */
const pretend = `
Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.1.0" } });
const { getBuiltinModule } = process;
process.getBuiltinModule = (name) => (name === "node:sqlite" ? undefined : getBuiltinModule(name));
`;

test.each([
  ["24", ["@flawless-ts/server", "@flawless-ts/testkit/containers"]],
  ["22.19", ["@flawless-ts/sdk", "@flawless-ts/sdk/effect", "@flawless-ts/wasm-module"]],
])(
  "an entry that needs Node %s says so on one line when an older one imports it",
  async (needed, some) => {
    const entries = publishedPackages()
      .filter(({ manifest }) => manifest.engines?.node === `>=${needed}`)
      // Imported only by other packages, or for use inside of a running Vitest.
      .filter(({ manifest }) => !/\/(?:http-service|sqlite-thread)$/.test(manifest.name))
      .flatMap(({ manifest }) => entriesOf(manifest))
      .filter(({ name, hasCode }) => hasCode && !/\/(?:internal(?:\/.*)?|vitest)$/.test(name))
      .map(({ name }) => name);
    expect(entries).toEqual(expect.arrayContaining(some));
    const script = `${pretend}
    for (const name of ${JSON.stringify(entries)}) {
      await import(name).then(
        () => console.log(name, "works"),
        ({ code, message, stack }) => console.log(name, code, stack === "Error: " + message, message),
      );
    }`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], {
      cwd: repository,
    });
    const message = `Flawless needs Node ${needed} or newer, but this is Node 20.1.0 (${process.execPath}). Install a newer one, or put it first on the PATH.`;
    expect(stdout.trim().split("\n")).toEqual(
      entries.map((name) => `${name} FLAWLESS_NODE_TOO_OLD true ${message}`),
    );
  },
);
