import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { accessSync, chownSync, constants, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cleanUpAtExit } from "../server/cleanup.ts";
import { findFreePort } from "../server/free-port.ts";
import { type FreshDirectory, makeFreshDirectory } from "../server/fresh-directory.ts";
import { hasEnded, stopChild } from "./child.ts";

/** Where Debian puts each version's programs; only some of them are in the PATH. */
const debianFolder = "/usr/lib/postgresql";
const readyWithinMs = 20_000;
const askEveryMs = 5;
const stopWithinMs = 15_000;

/** The user for the server: PostgreSQL refuses to run as root. */
interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The folder with the programs of PostgreSQL's newest version; undefined if it is not installed. */
export function findPostgres(): string | undefined {
  const folders = [
    ...debianVersions().map((version) => join(debianFolder, version, "bin")),
    ...(process.env["PATH"] ?? "").split(delimiter),
  ];
  return folders.find((folder) =>
    ["initdb", "postgres", "pg_ctl", "pg_isready"].every((program) =>
      isExecutable(join(folder, program)),
    ),
  );
}

/** A temporary PostgreSQL cluster, with default settings except for its location. */
export class PostgresCluster implements AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  /** Milliseconds from the process's start to the first accepted connection. */
  readonly readyMs: number;
  /** The directory with its files. */
  readonly dataDirectory: string;
  readonly #child: ChildProcess;
  readonly #directory: FreshDirectory;

  /**
   * @param programs the folder of PostgreSQL's programs
   * @param parent the cluster gets a new directory in it
   * @throws Error if it can't be started
   */
  static async start(programs: string, parent: string): Promise<PostgresCluster> {
    const account = accountToUse();
    const directory = makeFreshDirectory(parent);
    try {
      if (account !== undefined) {
        chownSync(directory.path, account.uid, account.gid);
      }
      const data = join(directory.path, "data");
      const fresh = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale"];
      execFileSync(join(programs, "initdb"), [...fresh, "-D", data], {
        ...account,
        cwd: directory.path,
        stdio: ["ignore", "ignore", "inherit"],
      });
      const port = await findFreePort();
      const startedAt = performance.now();
      const child = spawn(
        join(programs, "postgres"),
        ["-D", data, "-p", `${port}`, "-h", "127.0.0.1", "-c", "unix_socket_directories="],
        { ...account, cwd: directory.path, stdio: "ignore" },
      );
      // Waits for the end of all its processes: one that still writes would keep the directory from being deleted.
      const stopNow = ["stop", "--silent", "--mode=immediate", "--timeout=5", "-D", data];
      child.once(
        "exit",
        cleanUpAtExit(() => {
          spawnSync(join(programs, "pg_ctl"), stopNow, {
            ...account,
            cwd: directory.path,
            stdio: "ignore",
          });
        }),
      );
      await untilReady(join(programs, "pg_isready"), port, child);
      return new PostgresCluster(child, port, performance.now() - startedAt, directory);
    } catch (error) {
      directory[Symbol.dispose]();
      throw error;
    }
  }

  private constructor(
    child: ChildProcess,
    port: number,
    readyMs: number,
    directory: FreshDirectory,
  ) {
    this.#child = child;
    this.readyMs = readyMs;
    this.dataDirectory = join(directory.path, "data");
    this.#directory = directory;
    this.port = port;
    this.pid = child.pid ?? 0;
  }

  /** Shuts it down properly; its files stay until it is disposed of. */
  async stop(): Promise<void> {
    await stopChild(this.#child, "SIGINT", stopWithinMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    using _directory = this.#directory;
    await this.stop();
  }
}

async function untilReady(pgIsReady: string, port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  while (!hasEnded(child) && performance.now() < deadline) {
    try {
      execFileSync(pgIsReady, ["-q", "-h", "127.0.0.1", "-p", `${port}`]);
      return;
    } catch {
      await sleep(askEveryMs);
    }
  }
  await stopChild(child, "SIGQUIT", stopWithinMs);
  throw new Error("PostgreSQL did not become ready");
}

function accountToUse(): Account | undefined {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const fields = /^postgres:.*$/m.exec(readFileSync("/etc/passwd", "utf8"))?.[0].split(":");
  if (fields === undefined) {
    throw new Error("there is no user postgres, and PostgreSQL does not run as root");
  }
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}

function debianVersions(): readonly string[] {
  try {
    return readdirSync(debianFolder).toSorted((a, b) => Number(b) - Number(a));
  } catch {
    return [];
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
