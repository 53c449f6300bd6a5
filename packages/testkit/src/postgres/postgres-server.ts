import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { TestkitError } from "../errors.ts";
import { endWithThisProcess } from "../processes/end-with-this-process.ts";
import { findPostgres, postgresBinaries, type PostgresBinaries } from "./postgres-binaries.ts";

/** Options of {@link PostgresServer.start}. */
export interface PostgresServerOptions {
  /** The port to listen on. Default: any free port. */
  readonly port?: number;
  /**
   * True: PostgreSQL's defaults, for benchmarks and power cuts. Default false: data may be lost if the machine crashes.
   */
  readonly durable?: boolean;
  /** The password of its user. Default: everybody on this machine may connect. */
  readonly password?: string;
  /** Its TLS certificate; if set, unencrypted connections are refused. Default: no encryption. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** More settings, such as `{ max_connections: "20" }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

const keptLines = 1_000;
const quick: Readonly<Record<string, string>> = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
};

/** A real PostgreSQL, with its own directory and port. It can be stopped, killed and restarted. */
export class PostgresServer implements AsyncDisposable {
  readonly #root: string;
  readonly #binaries: PostgresBinaries;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #options: PostgresServerOptions;
  readonly #log: string[] = [];
  #port: number;
  #process: ChildProcess | undefined;

  /**
   * @throws TestkitError `FLAWLESS_TESTKIT_NO_POSTGRES` if npm has installed none for this platform;
   * `FLAWLESS_TESTKIT_CONTAINER_FAILED` if it doesn't start
   */
  static async start(options: PostgresServerOptions = {}): Promise<PostgresServer> {
    const server = new PostgresServer(options);
    try {
      server.#initialize();
      await server.start();
      return server;
    } catch (error) {
      await server.remove();
      throw error;
    }
  }

  /**
   * Starts a standby, which follows a server until it is promoted (`SELECT pg_promote()`). The server is restarted, to
   * copy it.
   *
   * @param name its name for the server, as in the setting `synchronous_standby_names`
   * @throws TestkitError as `start` does
   */
  static async startStandby(
    primary: PostgresServer,
    name: string,
    options: Omit<PostgresServerOptions, "certificate" | "password"> = {},
  ): Promise<PostgresServer> {
    const conninfo = `host=127.0.0.1 port=${primary.port} user=postgres application_name=${name}`;
    const settings = { primary_conninfo: conninfo, ...options.settings };
    const server = new PostgresServer({ ...options, settings });
    try {
      await primary.stop();
      server.#copy(primary);
      await primary.start();
      await server.start();
      return server;
    } catch (error) {
      await server.remove();
      throw error;
    }
  }

  private constructor(options: PostgresServerOptions) {
    const { port = 0, durable = false, settings = {}, certificate } = options;
    findPostgres();
    this.#options = options;
    this.#port = port;
    this.#root = mkdtempSync(join(tmpdir(), "flawless-postgres-"));
    // Its user must be able to enter it; the contents are closed to others.
    chmodSync(this.#root, 0o755);
    this.#settings = {
      ...(durable ? {} : quick),
      max_connections: "200",
      unix_socket_directories: "",
      ...(certificate === undefined ? {} : { ssl: "on" }),
      ...settings,
    };
    this.#binaries = postgresBinaries(this.#root);
  }

  /** Its superuser's URL, without the password. It is only reachable from this machine. */
  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.#port}/postgres`;
  }

  get port(): number {
    return this.#port;
  }

  /** The directory of its files. */
  get dataDirectory(): string {
    return join(this.#root, "data");
  }

  /** Its process id, while it runs. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** The end of its log. */
  get log(): string {
    return this.#log.join("\n");
  }

  /** Restarts it on the same port after it was stopped or killed. */
  async start(): Promise<void> {
    this.#port ||= await freePort();
    const settings = {
      ...this.#settings,
      listen_addresses: "127.0.0.1",
      port: String(this.#port),
      lc_messages: "C",
    };
    const process = spawn(
      join(this.#binaries.directory, "postgres"),
      [
        "-D",
        this.dataDirectory,
        ...Object.entries(settings).flatMap((pair) => ["-c", pair.join("=")]),
      ],
      { ...this.#binaries.user, cwd: "/", stdio: ["ignore", "ignore", "pipe"] },
    );
    // Then its other processes end at once, too, and free the shared memory.
    endWithThisProcess(process, { signal: "SIGQUIT" });
    this.#process = process;
    const ready = Promise.withResolvers<boolean>();
    createInterface(process.stderr)
      .on("line", (line) => {
        this.#log.push(line);
        if (this.#log.length > keptLines) this.#log.shift();
        if (/database system is ready to accept (read-only )?connections/.test(line)) {
          ready.resolve(true);
        }
      })
      .on("close", () => ready.resolve(false));
    process.once("error", () => ready.resolve(false));
    if (!(await ready.promise)) {
      throw failed(`PostgreSQL did not start:\n${this.#log.slice(-20).join("\n")}`);
    }
  }

  /** Stops it gracefully: connections are closed, and commits are on the disk. */
  async stop(): Promise<void> {
    await this.#end("SIGINT");
  }

  /** Kills its first process like `kill -9`; the others end when they notice. */
  async killFirst(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Kills all of its processes, like a crash of the machine. */
  async kill(): Promise<void> {
    await this.#end("SIGQUIT");
  }

  /** Kills it and deletes its files. */
  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** Like `remove`, for a process that can't wait any more. */
  removeAtExit(): void {
    this.#process?.kill("SIGQUIT");
    rmSync(this.#root, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (process !== undefined && process.exitCode === null && process.signalCode === null) {
      const ended = once(process, "exit");
      process.kill(signal);
      await ended;
    }
  }

  #initialize(): void {
    const { directory, user } = this.#binaries;
    const data = this.dataDirectory;
    if (!existsSync(data)) {
      mkdirSync(data, { mode: 0o700 });
    }
    if (user.uid !== undefined && user.gid !== undefined) {
      chownSync(data, user.uid, user.gid);
    }
    const { password, certificate } = this.#options;
    const options = ["-U", "postgres", "--no-sync", "--encoding=UTF8", "--locale=C"];
    if (password === undefined) {
      options.push("--auth=trust");
    } else {
      this.#write("password", password);
      options.push("--auth=scram-sha-256", `--pwfile=${join(this.#root, "password")}`);
    }
    const { status, stderr, error } = spawnSync(
      join(directory, "initdb"),
      ["-D", data, ...options],
      { ...user, cwd: "/", encoding: "utf8" },
    );
    if (status !== 0) {
      throw failed(`PostgreSQL's files can't be made: ${error?.message ?? stderr}`);
    }
    if (certificate !== undefined) {
      this.#write("data/server.crt", certificate.cert);
      this.#write("data/server.key", certificate.key);
      this.#write("data/pg_hba.conf", "hostssl all all 127.0.0.1/32 scram-sha-256\n");
    }
  }

  /** Copies the data of another server, which is stopped, to follow it. */
  #copy(primary: PostgresServer): void {
    // It preserves owners and modes, without which PostgreSQL doesn't start.
    const { status, stderr, error } = spawnSync(
      "cp",
      ["-a", primary.dataDirectory, this.dataDirectory],
      { encoding: "utf8" },
    );
    if (status !== 0) {
      throw failed(`PostgreSQL's files can't be copied: ${error?.message ?? stderr}`);
    }
    this.#write("data/standby.signal", "");
  }

  /** A file that only its user may read. */
  #write(name: string, content: string): void {
    const file = join(this.#root, name);
    const { uid, gid } = this.#binaries.user;
    writeFileSync(file, content, { mode: 0o600 });
    if (uid !== undefined && gid !== undefined) {
      chownSync(file, uid, gid);
    }
  }
}

function failed(message: string): TestkitError {
  return new TestkitError("FLAWLESS_TESTKIT_CONTAINER_FAILED", message);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
