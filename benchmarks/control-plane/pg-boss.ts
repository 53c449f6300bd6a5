import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Contender, payloadOf } from "./contender.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const queue = "pages";

/** Only the part of pg-boss that is used here: it is installed on demand, so its own types may be missing. */
interface Boss {
  on(event: "error", listener: (error: Error) => void): unknown;
  removeAllListeners(event: "error"): this;
  start(): Promise<unknown>;
  stop(options: { readonly graceful: boolean }): Promise<void>;
  createQueue(name: string): Promise<void>;
  send(name: string, data: object): Promise<string | null>;
  fetch(name: string): Promise<readonly { readonly id: string }[]>;
  complete(name: string, id: string): Promise<{ readonly affected: number }>;
  getDb(): {
    executeSql(text: string): Promise<{ readonly rows: readonly Record<string, unknown>[] }>;
  };
}

interface BossModule {
  readonly PgBoss: new (options: object) => Boss;
}

/** The measured versions. */
export interface PgBossVersions {
  readonly pgBoss: string;
  readonly pg: string;
  readonly postgres: string;
}

/**
 * Installs the packages in the `package.json` next to this file, unless they are installed already.
 * @throws Error if that fails
 */
export function installPgBoss(): void {
  const { dependencies } = packageJson("package.json");
  const missing = Object.entries(dependencies ?? {}).filter(([name, version]) => {
    const file = `node_modules/${name}/package.json`;
    return !existsSync(`${folder}${file}`) || packageJson(file).version !== version;
  });
  if (missing.length > 0) {
    const quiet = ["--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"];
    execFileSync("npm", ["install", "--prefix", folder, ...quiet], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
}

/** pg-boss in this process, with its defaults except for the number of connections. */
export class PgBossQueue implements AsyncDisposable, Contender {
  readonly name = "pg-boss";
  readonly versions: PgBossVersions;
  readonly #boss: Boss;
  #published = 0;

  /** @throws Error if PostgreSQL would lose acknowledged jobs in a crash */
  static async open(port: number, connections: number): Promise<PgBossQueue> {
    const address = import.meta.resolve("pg-boss");
    const { PgBoss }: BossModule = await import(address);
    const boss = new PgBoss({
      host: "127.0.0.1",
      port,
      user: "postgres",
      database: "postgres",
      max: connections,
    });
    boss.on("error", (error) => console.error(`pg-boss: ${error.message}`));
    await boss.start();
    try {
      await boss.createQueue(queue);
      for (const setting of ["fsync", "synchronous_commit", "full_page_writes"]) {
        if ((await show(boss, setting)) !== "on") {
          throw new Error(`PostgreSQL has ${setting} off: that is no fair comparison`);
        }
      }
      return new PgBossQueue(boss, await show(boss, "server_version"));
    } catch (error) {
      await boss.stop({ graceful: false });
      throw error;
    }
  }

  private constructor(boss: Boss, postgres: string) {
    const versionOf = (name: string): string =>
      packageJson(`node_modules/${name}/package.json`).version ?? "unknown";
    this.#boss = boss;
    this.versions = { pgBoss: versionOf("pg-boss"), pg: versionOf("pg"), postgres };
  }

  async publish(): Promise<void> {
    const number = this.#published;
    this.#published += 1;
    if ((await this.#boss.send(queue, payloadOf(number))) === null) {
      throw new Error("pg-boss did not take a job");
    }
  }

  async complete(): Promise<boolean> {
    const [job] = await this.#boss.fetch(queue);
    if (job === undefined) {
      return false;
    }
    if ((await this.#boss.complete(queue, job.id)).affected !== 1) {
      throw new Error(`pg-boss did not complete the job ${job.id}`);
    }
    return true;
  }

  async count(): Promise<{ readonly completed: number; readonly others: number }> {
    const { rows } = await this.#boss.getDb().executeSql(
      `SELECT count(*) FILTER (WHERE state = 'completed') AS completed,
              count(*) FILTER (WHERE state <> 'completed') AS others
       FROM pgboss.job WHERE name = '${queue}'`,
    );
    return { completed: Number(rows[0]?.["completed"]), others: Number(rows[0]?.["others"]) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The server may end before it notices that a connection is closed, and send an error on it.
    this.#boss.removeAllListeners("error").on("error", () => undefined);
    await this.#boss.stop({ graceful: false });
  }
}

async function show(boss: Boss, setting: string): Promise<string> {
  const { rows } = await boss.getDb().executeSql(`SHOW ${setting}`);
  return String(rows[0]?.[setting]);
}

function packageJson(path: string): {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
} {
  return JSON.parse(readFileSync(`${folder}${path}`, "utf8")) as ReturnType<typeof packageJson>;
}
