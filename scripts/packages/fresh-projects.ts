import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Tarball } from "./pack.ts";
import { entriesOf } from "./published-packages.ts";
import { run } from "./run.ts";

const templates = fileURLToPath(new URL("projects/", import.meta.url));

/** The oldest supported TypeScript, and the newest. Node is the oldest supported one, too. */
const compilers = ["typescript-oldest", "typescript"];
const tools = {
  "typescript-oldest": "npm:typescript@~5.9.0",
  typescript: "latest",
  node: "^24",
  vite: "latest",
};

/**
 * Creates user projects in `directory` from the tarballs and the current packages on npm, and compiles, builds and runs
 * them. They share their installation; each has its own `package.json` and `tsconfig.json`.
 *
 * @throws Error with the output, if one fails.
 */
export async function useInProjects(
  tarballs: readonly Tarball[],
  directory: string,
  say: (line: string) => void,
): Promise<void> {
  await cp(templates, directory, { recursive: true });
  await install(tarballs, directory);
  const projects = await readdir(templates);
  await importEverything(tarballs, projects, directory);

  const bin = join(directory, "node_modules/.bin");
  for (const project of projects) {
    const cwd = join(directory, project);
    for (const compiler of compilers) {
      const tsc = join(directory, "node_modules", compiler, "bin/tsc");
      await run("node", [tsc, "-p", "."], { cwd, bin });
    }
    say(`${project}: compiled`);
    say(`${project}: ${(await run("npm", ["run", "--silent", "use"], { cwd, bin })).trim()}`);
  }
}

async function install(tarballs: readonly Tarball[], directory: string): Promise<void> {
  const own = new Set(tarballs.map(({ manifest: { name } }) => name));
  const peers = Object.fromEntries(
    tarballs
      .flatMap(({ manifest }) => Object.entries(manifest.peerDependencies ?? {}))
      .filter(([name]) => !own.has(name)),
  );
  const manifest = {
    name: "fresh-projects",
    private: true,
    dependencies: Object.fromEntries(
      tarballs.map(({ manifest: { name }, file }) => [name, `file:${file}`]),
    ),
    devDependencies: { ...peers, ...tools },
    allowScripts: { node: true, "cpu-features": false, protobufjs: false, ssh2: false },
  };
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "package.json"), JSON.stringify(manifest));
  const options = ["--no-audit", "--no-fund", "--prefer-offline"];
  await run("npm", ["install", ...options], { cwd: directory });
}

/** Adds a file to each project that imports or requires every entry: for Node at runtime, and for the compilers. */
async function importEverything(
  tarballs: readonly Tarball[],
  projects: readonly string[],
  directory: string,
): Promise<void> {
  const all = tarballs.flatMap(({ manifest }) => entriesOf(manifest));
  for (const project of projects) {
    const entries = all
      // Vitest's own package can only be imported in a test run.
      .filter(({ name, hasCode }) => hasCode && (project === "vitest" || !name.endsWith("/vitest")))
      .map(({ name }) => name);
    const imports = entries.map((name, index) => `import * as entry${index} from "${name}";`);
    const list = `[${entries.map((_, index) => `entry${index}`).join(", ")}]`;
    const requires = entries.map((name) => `  require("${name}"),`);
    const [file, text] =
      project === "require"
        ? ["entries.cts", `export const entries: unknown[] = [\n${requires.join("\n")}\n];\n`]
        : ["entries.ts", `${imports.join("\n")}\nexport const entries: unknown[] = ${list};\n`];
    await writeFile(join(directory, project, file), text);
  }
}
