import { relative, resolve } from "node:path";
import { type Console, printable } from "@flawless-ts/http-service/program";
import type { Command } from "commander";
import { projectName, writeProject } from "../init/write-project.ts";

interface InitOptions {
  readonly packages?: string;
  readonly json?: boolean;
}

/** `flawless init [DIR]` */
export function addInit(program: Command, console: Console): void {
  program
    .command("init")
    .description(
      "create a project with a TypeScript workflow, its test and scripts; installs nothing",
    )
    .argument("[dir]", "an empty or new folder", ".")
    .option(
      "--packages <dir>",
      "install the Flawless packages from the .tgz files that `npm pack` wrote to this folder, not from the registry",
    )
    .option("--json", 'print what was created as {"directory", "name", "files"}')
    .action(async (dir: string, { packages, json }: InitOptions) => {
      const directory = resolve(dir);
      const name = projectName(directory);
      const tarballs = packages === undefined ? undefined : resolve(packages);
      const files = await writeProject(directory, name, tarballs);
      if (json === true) {
        console.print(JSON.stringify({ directory, name, files }));
        return;
      }
      console.print(`created the project ${name} in ${printable(directory)}: ${files.join(", ")}`);
      const place = relative(process.cwd(), directory);
      console.print("Next:");
      if (place !== "") console.print(`  cd ${quoted(place)}`);
      console.print("  npm install");
      console.print("  npm test         # the workflow, in a test environment");
      console.print("  npm run dev      # a server and a worker, which follow your changes");
    });
}

/** Quoted for a shell. */
function quoted(path: string): string {
  return /^[\w./\\:-]+$/.test(path) ? path : `"${printable(path)}"`;
}
