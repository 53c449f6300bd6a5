import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { toolsDirectory } from "./tools-directory.ts";

/** The module of Temporal's CLI, which contains its development server. */
const cliModule = "github.com/temporalio/cli";
export const cliVersion: string = "1.9.1";
/** A module in the CLI's repository that can't be downloaded as a module, and that its server doesn't need. */
const missingModule = `${cliModule}/cliext`;

const mainProgram = fileURLToPath(new URL("temporal/dev-server.go", import.meta.url));
const buildWithinMs = 30 * 60_000;

/**
 * Builds Temporal's development server from its Go module, unless it has been built before.
 *
 * @returns the program
 * @throws Error if there is no Go, or the build fails
 */
export function buildTemporal(): string {
  const program = join(toolsDirectory, `temporal-dev-server-${cliVersion}`);
  if (existsSync(program)) {
    return program;
  }
  console.error("building Temporal's development server (some minutes, once) ...");
  mkdirSync(toolsDirectory, { recursive: true });
  const source = join(toolsDirectory, "temporal-cli");
  rmSync(source, { recursive: true, force: true });
  try {
    const download = go(
      ["mod", "download", "-json", `${cliModule}@v${cliVersion}`],
      toolsDirectory,
    );
    const { Dir: directory } = JSON.parse(download) as { readonly Dir: string };
    cpSync(directory, source, { recursive: true });
    makeWritable(source);
    const folder = join(source, "cmd", "dev-server");
    mkdirSync(folder);
    cpSync(mainProgram, join(folder, "main.go"));
    const without = [`-droprequire=${missingModule}`, `-dropreplace=${missingModule}`];
    go(["mod", "edit", ...without], source);
    go(["build", "-mod=mod", "-o", `${program}.new`, "./cmd/dev-server"], source);
    renameSync(`${program}.new`, program);
    return program;
  } finally {
    rmSync(source, { recursive: true, force: true });
  }
}

/** @returns its output */
function go(parameters: readonly string[], directory: string): string {
  try {
    return execFileSync("go", parameters, {
      cwd: directory,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
      timeout: buildWithinMs,
    });
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw isMissing ? new Error("Go is not installed", { cause: error }) : error;
  }
}

/** Go makes the sources of modules read-only. */
function makeWritable(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      makeWritable(path);
    } else {
      chmodSync(path, 0o644);
    }
  }
}
