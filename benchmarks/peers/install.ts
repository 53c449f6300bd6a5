import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** The directory of the peers' packages. */
export const packagesDirectory: string = join(folder, "node_modules");

interface LockFile {
  readonly packages?: Readonly<
    Record<string, { readonly version?: string; readonly optional?: boolean }>
  >;
}

/**
 * Installs the peers in the lock file's versions, unless they are installed already.
 * @throws Error if that fails
 */
export function installPeers(): void {
  if (isInstalled()) {
    return;
  }
  console.error("installing the peers (about 530 MB) ...");
  // None of them needs its install scripts: programs are in separate packages.
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
  // Not `npm ci`, which requires packages for every platform, and a registry may not have all of them. Without
  // `--prefix`, npm would use the folder of the npm that runs this.
  execFileSync("npm", ["install", "--no-save", "--prefix", folder, ...quiet], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** The version of one of the peers' packages. */
export function installedVersion(name: string): string {
  const file = join(packagesDirectory, name, "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
}

function isInstalled(): boolean {
  try {
    const present = readLock(join(packagesDirectory, ".package-lock.json"));
    return Object.entries(readLock(join(folder, "package-lock.json"))).every(
      // Optional packages may be for another platform.
      ([path, { version, optional }]) =>
        path === "" || optional === true || present[path]?.version === version,
    );
  } catch {
    return false;
  }
}

function readLock(file: string): NonNullable<LockFile["packages"]> {
  return (JSON.parse(readFileSync(file, "utf8")) as LockFile).packages ?? {};
}
