import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TestkitError } from "../../errors.ts";
import { endWithThisProcess } from "../../processes/end-with-this-process.ts";
import type { MemberPlan } from "../plan/cluster-plan.ts";
import { askUrl } from "../reachability/ask-url.ts";
import { BoundedLog } from "./bounded-log.ts";
import type { MemberHandle, UrlAnswer } from "./member-handle.ts";
import type { StartOptions } from "./starter.ts";
import { workerIsKnown } from "./worker-is-known.ts";

const graceMs = 10_000;

/** Starts a worker as a process on this machine. */
export async function startProcess(
  { name, args }: MemberPlan,
  { environment, early }: StartOptions,
  startupTimeoutMs: number,
): Promise<MemberHandle> {
  const script = join(
    dirname(createRequire(import.meta.url).resolve("@flawless-ts/control-plane/package.json")),
    "bin/control-plane.js",
  );
  const command = [script, "worker", ...(args.worker ?? [])];
  const member = new ProcessMember(name, command, environment, startupTimeoutMs);
  try {
    member.begin();
    await (early ? undefined : member.ready());
    return member;
  } catch (error) {
    await member[Symbol.asyncDispose]();
    throw error;
  }
}

class ProcessMember implements MemberHandle {
  readonly #name: string;
  readonly #command: readonly string[];
  readonly #environment: Readonly<Record<string, string>>;
  readonly #startupTimeoutMs: number;
  readonly #log = new BoundedLog();
  #child: ChildProcess | null = null;
  #ended: Promise<unknown> = Promise.resolve();

  constructor(
    name: string,
    command: readonly string[],
    environment: Readonly<Record<string, string>>,
    startupTimeoutMs: number,
  ) {
    this.#name = name;
    this.#command = command;
    this.#environment = environment;
    this.#startupTimeoutMs = startupTimeoutMs;
  }

  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#ended;
    this.#child = null;
  }

  async stop(): Promise<void> {
    this.#child?.kill("SIGCONT");
    this.#child?.kill("SIGTERM");
    const waiting = new AbortController();
    const tooLong = sleep(graceMs, undefined, { signal: waiting.signal }).catch(() => undefined);
    await Promise.race([this.#ended, tooLong]);
    waiting.abort();
    await this.kill();
  }

  async restart(): Promise<void> {
    await this.stop();
    this.begin();
    await this.ready();
  }

  begin(): void {
    const child = spawn(process.execPath, this.#command, {
      env: { ...withoutNodeOptions(), ...this.#environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    endWithThisProcess(child);
    this.#child = child;
    this.#ended = once(child, "exit");
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => this.#log.add(text));
    }
  }

  async ready(): Promise<void> {
    const child = this.#child;
    const early = this.#ended.then(() => {
      throw new TestkitError(
        "FLAWLESS_TESTKIT_CONTAINER_FAILED",
        `The process ${this.#name} ended before it was ready (code ${child?.exitCode ?? "unknown"}).\nThe end of its log:\n${this.#log.text.slice(-4_000)}`,
      );
    });
    early.catch(() => undefined);
    const known = workerIsKnown(this.#name, this.#environment, this.#startupTimeoutMs, () =>
      this.#log.text.slice(-4_000),
    );
    await Promise.race([known, early]);
  }

  /** A process has no network of its own to cut off, so it is paused: nothing gets in or out. */
  disconnect(): Promise<void> {
    return this.pause();
  }

  connect(): Promise<void> {
    return this.resume();
  }

  async pause(): Promise<void> {
    this.#child?.kill("SIGSTOP");
  }

  async resume(): Promise<void> {
    this.#child?.kill("SIGCONT");
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

/** NODE_OPTIONS that a test runner sets for its own processes are not meant for the worker. */
function withoutNodeOptions(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, NODE_CHANNEL_FD: _channel, ...rest } = process.env;
  return rest;
}
