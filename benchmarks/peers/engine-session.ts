import { type FreshDirectory, makeFreshDirectory } from "../server/fresh-directory.ts";
import type { Engine, RunningEngine } from "./engine.ts";
import { type LoadEnd, runLoad, type Stretch } from "./load.ts";
import type { Plan } from "./plan.ts";
import { memoryOf, type TreeMemory } from "./process-tree.ts";
import { callerCounts, type Workflow, workflows } from "./workflows.ts";

/** Where engines run, and what they get. */
export interface Surroundings {
  /** Each start gets a new directory in this one. */
  readonly directory: string;
  readonly siteUrl: string;
  /** Called with progress messages. */
  readonly say: (what: string) => void;
}

const warmUpCallers = 64;

/** One engine's turn on the machine, with new files. An engine that can't cope with its load is restarted. */
export class EngineSession implements AsyncDisposable {
  /** Milliseconds from the start of the first process until the server is ready. */
  readonly readyMs: number;
  /** Milliseconds from that start to the response of the first workflow, which does nothing. */
  readonly firstResponseMs: number;
  /** Whether the engine had to be restarted. */
  restarted = false;
  /** What failed under load. */
  readonly failures: string[] = [];
  readonly #engine: Engine;
  readonly #plan: Plan;
  readonly #surroundings: Surroundings;
  #running: RunningEngine;
  #files: FreshDirectory;
  /** The most that it used when it had to be restarted: afterwards it holds nothing of its load. */
  #memoryBeforeRestart: TreeMemory | undefined;

  static async begin(
    engine: Engine,
    plan: Plan,
    surroundings: Surroundings,
  ): Promise<EngineSession> {
    return new EngineSession(engine, plan, surroundings, await start(engine, surroundings));
  }

  private constructor(engine: Engine, plan: Plan, surroundings: Surroundings, started: Started) {
    this.#engine = engine;
    this.#plan = plan;
    this.#surroundings = surroundings;
    this.#running = started.running;
    this.#files = started.files;
    this.readyMs = started.running.readyMs;
    this.firstResponseMs = started.firstResponseMs;
  }

  get processes(): readonly number[] {
    return this.#running.processes;
  }

  memory(): TreeMemory | undefined {
    return memoryOf(this.#running.processes);
  }

  /** What it uses now, or the most before a restart, whichever is larger. */
  memoryAfterLoad(): TreeMemory | undefined {
    return larger(this.memory(), this.#memoryBeforeRestart);
  }

  async warmUp(): Promise<void> {
    for (const workflow of workflows) {
      await this.load(workflow, warmUpCallers, this.#plan.warmUpMs);
    }
  }

  /**
   * Puts it under load for this many milliseconds.
   * @returns undefined if a call failed; the failure is recorded
   */
  async load(
    workflow: Workflow,
    callers: number,
    durationMs: number,
  ): Promise<Stretch | undefined> {
    try {
      const end = { durationMs, maxMs: this.#plan.stretchMostMs };
      return await this.#load(workflow, callers, end);
    } catch (error) {
      this.failures.push(`${callers} callers of ${workflow.title}: ${explain(error)}`);
      await this.#startAnew(`failed with ${callers} callers of ${workflow.title}`);
      return undefined;
    }
  }

  /**
   * Runs this many workflows, or as many as there is time for.
   *
   * @returns how many were run
   * @throws Error if some were not answered in time
   */
  async run(workflow: Workflow, count: number): Promise<number> {
    const { diskMs, stretchMostMs } = this.#plan;
    const end = { durationMs: diskMs, workflows: count, maxMs: diskMs + stretchMostMs };
    const { cut, workflows: answered } = await this.#load(workflow, warmUpCallers, end);
    if (cut) {
      throw new Error(`workflows ${workflow.name} were not answered within ${end.maxMs} ms`);
    }
    return answered;
  }

  /** @returns the bytes of its files that contain workflows; undefined if nothing is on disk */
  async end(): Promise<number | undefined> {
    await this.#running.stop();
    return this.#running.bytesOnDisk();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    using _files = this.#files;
    await this.#running[Symbol.asyncDispose]();
  }

  async #load(workflow: Workflow, callers: number, end: LoadEnd): Promise<Stretch> {
    const running = this.#running;
    const stretch = await runLoad(() => callOnce(running, workflow), callers, end);
    if (stretch.cut) {
      await this.#startAnew(`did not answer ${callers} callers of ${workflow.title} in time`);
    }
    return stretch;
  }

  /** Otherwise its remaining work would affect the next stretch. */
  async #startAnew(reason: string): Promise<void> {
    this.#surroundings.say(`${this.#engine.name} ${reason}: it is started anew`);
    this.#memoryBeforeRestart = this.memoryAfterLoad();
    await this[Symbol.asyncDispose]();
    this.restarted = true;
    const { running, files } = await start(this.#engine, this.#surroundings);
    this.#running = running;
    this.#files = files;
  }
}

function larger(
  one: TreeMemory | undefined,
  other: TreeMemory | undefined,
): TreeMemory | undefined {
  return (one?.resident ?? 0) > (other?.resident ?? 0) ? one : (other ?? one);
}

/** An error's message, with those of its causes. */
export function explain(error: unknown): string {
  const messages: string[] = [];
  for (let at = error; at instanceof Error && messages.length < 5; at = at.cause) {
    messages.push(at.message);
  }
  return messages.join(": ") || String(error);
}

interface Started {
  readonly running: RunningEngine;
  readonly files: FreshDirectory;
  readonly firstResponseMs: number;
}

async function start(engine: Engine, { directory, siteUrl }: Surroundings): Promise<Started> {
  const files = makeFreshDirectory(directory);
  try {
    const connections = Math.max(...callerCounts);
    const running = await engine.start({ directory: files.path, connections, siteUrl });
    try {
      for (const workflow of workflows.slice(0, 1)) {
        await callOnce(running, workflow);
      }
      return { running, files, firstResponseMs: performance.now() - running.startedAt };
    } catch (error) {
      await running[Symbol.asyncDispose]();
      throw error;
    }
  } catch (error) {
    files[Symbol.dispose]();
    throw error;
  }
}

/**
 * Runs one workflow.
 * @throws Error if the response is not as expected
 */
async function callOnce(engine: RunningEngine, workflow: Workflow): Promise<void> {
  const response = await engine.call(workflow);
  if (!workflow.accepts(response)) {
    throw new Error(
      `${workflow.name} was answered with ${JSON.stringify(response)?.slice(0, 500)}`,
    );
  }
}
