import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { DevProcess } from "./dev-process.ts";
import type { Tarball } from "./pack.ts";
import { run } from "./run.ts";

/**
 * Creates a project with the packed `flawless init`, and runs its scripts.
 *
 * @param installed a folder with `node_modules` from the tarballs
 * @param directory the project's; must not exist yet
 * @throws Error with the output, if a script fails.
 */
export async function initProject(
  tarballs: readonly Tarball[],
  installed: string,
  directory: string,
  say: (line: string) => void,
): Promise<void> {
  const [{ file = "" } = {}] = tarballs;
  const init = join(installed, "node_modules/@flawless-ts/server/bin/flawless.js");
  await run("node", [init, "init", directory, "--packages", dirname(file), "--json"]);
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline"], { cwd: directory });
  for (const script of ["test", "check", "build"]) {
    await run("npm", ["run", "--silent", script], { cwd: directory });
  }
  if (!existsSync(join(directory, "orders.wasm"))) {
    throw new Error("`npm run build` of the project of `flawless init` wrote no module");
  }
  await using dev = await DevProcess.start({ cwd: directory });
  const options = { cwd: directory, env: { FLAWLESS_URL: dev.url } };
  await run("npm", ["run", "--silent", "deploy"], options);
  const flawless = ["exec", "--", "@flawless-ts/server"];
  const order = JSON.stringify({ id: "A7", amount: 20 });
  const start = ["run", "orders:1.0.0", "checkout", "--input", order, "--detach", "--json"];
  const { id } = JSON.parse(await run("npm", [...flawless, ...start], options)) as {
    readonly id: string;
  };
  await run("npm", [...flawless, "send", id, "delivered", "null"], options);
  await dev.untilPrinted("charging 20 for order A7");
  say("flawless init: installed, tested, checked, built, deployed and run");
}
