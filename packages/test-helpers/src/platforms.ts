import { accessSync, constants } from "node:fs";
import { fileURLToPath } from "node:url";

/** A program that runs JavaScript and TypeScript. */
export interface Platform {
  /** Such as "Node 22" or "Bun". */
  readonly name: string;
  /** The program and its arguments before the file. */
  readonly command: readonly [string, ...string[]];
  /** Why it can't run here; `null` if it can. In CI nothing may be missing: there, starting it fails. */
  readonly missing: string | null;
}

const directory = new URL("../platforms/node_modules/", import.meta.url);

const installed: Readonly<Record<string, readonly [string, ...string[]]>> = {
  "Node 22": ["node22/bin/node"],
  "Node 24": ["node24/bin/node"],
  Bun: ["@oven/bun-linux-x64/bin/bun", "run"],
  Deno: ["@deno/linux-x64-glibc/deno", "run", "--allow-all", "--no-lock", "--cached-only"],
};

/** The platforms that the client supports: this Node, and those that `npm run platforms` installs. */
export const platforms: readonly Platform[] = [
  { name: "this Node", command: [process.execPath], missing: null },
  ...Object.entries(installed).map(([name, [program, ...args]]): Platform => {
    const path = fileURLToPath(new URL(program, directory));
    return { name, command: [path, ...args], missing: missingAt(path) };
  }),
];

/** The runtime of Cloudflare Workers. It needs a configuration file. */
export const workerd: Pick<Platform, "missing"> & { readonly program: string } = workerdAt(
  fileURLToPath(new URL("@cloudflare/workerd-linux-64/bin/workerd", directory)),
);

function workerdAt(program: string): typeof workerd {
  return { program, missing: missingAt(program) };
}

function missingAt(path: string): string | null {
  if (process.env["CI"]) return null;
  try {
    accessSync(path, constants.X_OK);
    return null;
  } catch {
    return "Node 22 and 24, Bun, Deno and workerd are not all installed (`npm run platforms`)";
  }
}
