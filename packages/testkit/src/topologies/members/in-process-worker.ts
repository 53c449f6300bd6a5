import { ControlPlane, Flawless, Worker } from "@flawless-ts/sdk";
import type { MemberPlan } from "../plan/cluster-plan.ts";
import { askUrl } from "../reachability/ask-url.ts";
import { cannotPause } from "./cannot-pause.ts";
import { BoundedLog } from "./bounded-log.ts";
import { CuttableAgent } from "./cuttable-agent.ts";
import type { MemberHandle, UrlAnswer } from "./member-handle.ts";
import { memoryLogger } from "./memory-logger.ts";
import type { StartOptions } from "./starter.ts";
import { workerIsKnown } from "./worker-is-known.ts";

/** Starts a worker in this process. */
export async function startInProcessWorker(
  member: MemberPlan,
  options: StartOptions,
  startupTimeoutMs: number,
): Promise<MemberHandle> {
  const worker = new InProcessWorker(member, options, startupTimeoutMs);
  try {
    worker.begin();
    await (options.early ? undefined : worker.ready());
    return worker;
  } catch (error) {
    await worker[Symbol.asyncDispose]();
    throw error;
  }
}

interface Running {
  readonly worker: Worker;
  readonly controlPlane: ControlPlane;
  readonly flawless: Flawless;
  readonly network: CuttableAgent;
  readonly ended: Promise<void>;
}

class InProcessWorker implements MemberHandle {
  readonly #member: MemberPlan;
  readonly #options: StartOptions;
  readonly #startupTimeoutMs: number;
  readonly #log = new BoundedLog();
  #running: Running | null = null;

  constructor(member: MemberPlan, options: StartOptions, startupTimeoutMs: number) {
    this.#member = member;
    this.#options = options;
    this.#startupTimeoutMs = startupTimeoutMs;
  }

  /** Without its clients it can neither finish anything nor sign off. */
  async kill(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    if (running === null) {
      return;
    }
    await Promise.all([running.controlPlane.close(), running.flawless.close()]);
    await running.worker.close({ graceMs: 0 });
    await running.ended;
    await running.network[Symbol.asyncDispose]();
  }

  async stop(): Promise<void> {
    await this.#running?.worker.close();
    await this.kill();
  }

  async restart(): Promise<void> {
    await this.stop();
    this.begin();
    await this.ready();
  }

  begin(): void {
    const { environment } = this.#options;
    const network = new CuttableAgent();
    const dispatcher = network.agent;
    const controlPlane = new ControlPlane({
      url: environment["CONTROL_PLANE_TICKET"] ?? "",
      dispatcher,
    });
    const flawless = new Flawless({ url: environment["FLAWLESS_URL"] ?? "", dispatcher });
    const worker = new Worker({
      controlPlane,
      flawless,
      id: environment["WORKER_ID"],
      logger: memoryLogger(this.#log, "worker"),
      ...settingsOf(this.#member, environment),
    });
    // Its log says why it ended, and a worker that ended is no longer listed.
    const ended = worker
      .run()
      .catch((error: unknown) => this.#log.add(`ended: ${String(error)}\n`));
    this.#running = { worker, controlPlane, flawless, network, ended };
  }

  async ready(): Promise<void> {
    await workerIsKnown(this.#member.name, this.#options.environment, this.#startupTimeoutMs, () =>
      this.#log.text.slice(-4_000),
    );
  }

  async disconnect(): Promise<void> {
    this.#running?.network.cut();
  }

  async connect(): Promise<void> {
    this.#running?.network.restore();
  }

  async pause(): Promise<void> {
    throw cannotPause("worker");
  }

  async resume(): Promise<void> {
    throw cannotPause("worker");
  }

  async readLog(): Promise<string> {
    return this.#log.text;
  }

  ask(url: string): Promise<UrlAnswer> {
    return askUrl(url);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

function settingsOf(
  { args }: MemberPlan,
  environment: Readonly<Record<string, string>>,
): {
  readonly concurrency?: number;
  readonly idleDelayMs?: number;
  readonly errorDelayMs?: number;
  readonly heartbeatIntervalMs?: number;
} {
  const given = args.worker ?? [];
  const numberAfter = (name: string): number | undefined => {
    const index = given.indexOf(name);
    return index === -1 ? undefined : Number(given[index + 1]);
  };
  const seconds = environment["WORKER_HEARTBEAT_INTERVAL_SECS"];
  const settings = {
    concurrency: numberAfter("--concurrency"),
    idleDelayMs: numberAfter("--idle-delay"),
    errorDelayMs: numberAfter("--error-delay"),
    heartbeatIntervalMs: seconds === undefined ? undefined : Number(seconds) * 1_000,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
