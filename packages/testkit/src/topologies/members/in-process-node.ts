import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startControlPlane } from "@flawless-ts/control-plane";
import { ControlPlane } from "@flawless-ts/sdk";
import { startServer } from "@flawless-ts/server";
import { controlPlanePort, flawlessPort } from "../../containers/service/ports.ts";
import { TestkitError } from "../../errors.ts";
import type { MemberPlan } from "../plan/cluster-plan.ts";
import { askUrl } from "../reachability/ask-url.ts";
import { cannotPause } from "./cannot-pause.ts";
import { BoundedLog } from "./bounded-log.ts";
import type { MemberHandle, UrlAnswer } from "./member-handle.ts";
import { memoryLogger } from "./memory-logger.ts";
import type { StartOptions } from "./starter.ts";

interface Closable {
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

const secretPrefix = "FLAWLESS_SECRET_";

/** Starts a node, a Flawless server and a control plane, in this process. */
export async function startInProcessNode(
  member: MemberPlan,
  options: StartOptions,
  startupTimeoutMs: number,
): Promise<MemberHandle> {
  const directory = await mkdtemp(join(tmpdir(), "flawless-cluster-"));
  const node = new InProcessNode(member, options, directory, startupTimeoutMs);
  try {
    await node.restart();
    return node;
  } catch (error) {
    await node[Symbol.asyncDispose]();
    throw error;
  }
}

class InProcessNode implements MemberHandle {
  readonly #member: MemberPlan;
  readonly #options: StartOptions;
  readonly #directory: string;
  readonly #startupTimeoutMs: number;
  readonly #log = new BoundedLog();
  /** The last one started comes first. */
  #running: Closable[] = [];

  constructor(
    member: MemberPlan,
    options: StartOptions,
    directory: string,
    startupTimeoutMs: number,
  ) {
    this.#member = member;
    this.#options = options;
    this.#directory = directory;
    this.#startupTimeoutMs = startupTimeoutMs;
  }

  /** As abrupt as possible within the same process: pending work is dropped. */
  async kill(): Promise<void> {
    await this.#end(0);
  }

  async stop(): Promise<void> {
    await this.#end(undefined);
  }

  async restart(): Promise<void> {
    await this.stop();
    const { environment, modules } = this.#options;
    const flawless = await startServer({
      directory: join(this.#directory, "flawless"),
      port: this.#port(flawlessPort),
      secrets: secretsOf(environment),
      logger: memoryLogger(this.#log, "flawless"),
    });
    this.#running.unshift(flawless);
    const url = environment["CONTROL_PLANE_STORE"];
    const controlPlane = await startControlPlane({
      ...(url === undefined
        ? { directory: join(this.#directory, "control-plane") }
        : { store: { postgres: { url } } }),
      port: this.#port(controlPlanePort),
      nodeId: this.#member.name,
      flawlessUrl: flawless.url,
      advertisedFlawlessUrl: environment["FLAWLESS_ADVERTISED_URL"],
      advertisedUrl: environment["CONTROL_PLANE_ADVERTISED_URL"],
      rules: rulesOf(this.#member.args["control-plane"] ?? []),
      modules,
      logger: memoryLogger(this.#log, "control-plane"),
    });
    this.#running.unshift(controlPlane);
    await this.ready();
  }

  async disconnect(): Promise<void> {
    throw notSupported("disconnect");
  }

  async connect(): Promise<void> {
    throw notSupported("connect");
  }

  async pause(): Promise<void> {
    throw cannotPause("node");
  }

  async resume(): Promise<void> {
    throw cannotPause("node");
  }

  async readLog(): Promise<string> {
    return this.#log.text;
  }

  ask(url: string): Promise<UrlAnswer> {
    return askUrl(url);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.kill();
    } finally {
      await rm(this.#directory, { recursive: true, force: true });
    }
  }

  async #end(graceMs: number | undefined): Promise<void> {
    for (const service of this.#running.splice(0)) {
      await service.close(graceMs === undefined ? {} : { graceMs });
    }
  }

  #port(inContainer: number): number {
    return (
      this.#member.publishedPorts.find(({ container }) => container === inContainer)?.host ?? 0
    );
  }

  async ready(): Promise<void> {
    const url = `http://127.0.0.1:${this.#port(controlPlanePort)}`;
    const quick = (milliseconds: number, signal: AbortSignal): Promise<void> =>
      sleep(Math.min(milliseconds, 20), undefined, { signal });
    await using client = new ControlPlane({ url, sleep: quick });
    await client.waitUntilReady({ timeoutMs: this.#startupTimeoutMs });
  }
}

function secretsOf(
  environment: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment)
      .filter(([name]) => name.startsWith(secretPrefix))
      .map(([name, value]) => [name.slice(secretPrefix.length), value]),
  );
}

/** The options of `control-plane up` in a plan. */
function rulesOf(args: readonly string[]): {
  readonly workerTimeoutMs?: number;
  readonly claimTimeoutMs?: number;
  readonly maxRetries?: number;
} {
  const numberAfter = (name: string): number | undefined => {
    const index = args.indexOf(name);
    return index === -1 ? undefined : Number(args[index + 1]);
  };
  const timeout = numberAfter("--worker-timeout");
  const maxRetries = numberAfter("--max-retries");
  return {
    ...(timeout === undefined
      ? {}
      : { workerTimeoutMs: timeout * 1_000, claimTimeoutMs: timeout * 1_000 }),
    ...(maxRetries === undefined ? {} : { maxRetries }),
  };
}

function notSupported(what: string): TestkitError {
  return new TestkitError(
    "FLAWLESS_TESTKIT_NOT_SUPPORTED",
    `${what}() of a node needs a network of its own, and the topology in-process has none. Workers can be cut off there.`,
  );
}
