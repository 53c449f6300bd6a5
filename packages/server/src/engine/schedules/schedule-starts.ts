import type { ScheduleOverlap } from "@flawless-ts/sdk";
import { EngineError } from "../../errors.ts";
import { toIsoTime } from "../../host-calls/deadline.ts";
import type { StoredWorkflow } from "../../store/workflow-store.ts";
import type { Clock } from "../../time/clock.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";
import { assertStartable } from "../commands/index.ts";
import type { Modules } from "../modules/index.ts";
import type { EngineObserver } from "../observing/index.ts";
import type { RunRegistry } from "../runs/index.ts";
import type { StartRequest } from "../types.ts";
import { isDone, withTime } from "./done-times.ts";
import type { KeptSchedule } from "./kept-schedule.ts";
import { decided, type Decision, type Occasion } from "./schedule-state.ts";

/** What {@link ScheduleStarts} needs. */
export interface ScheduleStartsParts {
  readonly registry: RunRegistry;
  readonly modules: Modules;
  /** Whether others may deploy modules: then they are read again if the newest version is needed. */
  readonly othersDeploy: boolean;
  readonly observer: EngineObserver | undefined;
  readonly clock: Pick<Clock, "now">;
}

interface Begun {
  readonly decision: Decision;
  readonly workflow: StoredWorkflow;
  readonly durable: Promise<void>;
}

/** Decides about the occasions of schedules. A start is in one transaction with the schedule's state. */
export class ScheduleStarts {
  readonly #parts: ScheduleStartsParts;
  /** When the modules were read. */
  #knownAt = -Infinity;

  constructor(parts: ScheduleStartsParts) {
    this.#parts = parts;
  }

  /**
   * Decides about one occasion. The decision is durable when the promise settles, unless it is to skip: then it is
   * saved with the next change.
   * @throws EngineError `LIMIT_REACHED`: to be tried again
   */
  async decide(
    schedule: KeptSchedule,
    occasion: Occasion,
    overlap: ScheduleOverlap = schedule.spec.overlap,
  ): Promise<Decision> {
    const { waiting } = schedule.state;
    if (overlap === "allow" || (waiting === null && !(await this.#isAnyRunning(schedule)))) {
      return this.start(schedule, occasion);
    }
    if (overlap === "skip" || (overlap === "bufferOne" && waiting !== null)) {
      return this.#take(schedule, occasion, { outcome: "skipped" });
    }
    // Of starts that cancel what runs, the newest one counts.
    this.skipWaiting(schedule);
    const decision = this.#take(schedule, occasion, { outcome: "waiting" });
    await this.#parts.registry.committer.commit(schedule);
    if (overlap === "cancelOther") {
      await this.#cancelRunning(schedule);
    }
    return decision;
  }

  /**
   * Starts what waits for earlier starts to end, once they have.
   * @returns whether nothing waits any longer
   * @throws EngineError as `decide` does
   */
  async startWaiting(schedule: KeptSchedule): Promise<boolean> {
    const { waiting } = schedule.state;
    if (waiting === null) {
      return true;
    }
    if (await this.#isAnyRunning(schedule)) {
      if (schedule.spec.overlap === "cancelOther") {
        // The process that decided to cancel them may have crashed before it did.
        await this.#cancelRunning(schedule);
      }
      return false;
    }
    await this.start(schedule, waiting);
    return true;
  }

  /** Skips the start that waits, if there is one. */
  skipWaiting(schedule: KeptSchedule): void {
    const { waiting } = schedule.state;
    if (waiting !== null) {
      this.#take(schedule, waiting, { outcome: "skipped" });
    }
  }

  /**
   * Starts the workflow of an occasion, unless that was done before.
   * @throws EngineError as `decide` does
   */
  async start(schedule: KeptSchedule, occasion: Occasion): Promise<Decision> {
    const { committer, keyedStarts } = this.#parts.registry;
    const isTracked = occasion.kind !== "backfill";
    let begun: Begun | undefined;
    try {
      const { request, hash } = await this.#toStart(schedule, occasion);
      const known = await keyedStarts.once(occasion.key, () => {
        begun = this.#begin(schedule, occasion, request, hash);
        return begun;
      });
      if (begun === undefined && known !== undefined) {
        // This time was requested before, or was already started before the clock was set back.
        const decision = {
          outcome: "started",
          workflow: known.id,
          isTracked,
          isNew: false,
        } as const;
        this.#take(schedule, occasion, decision);
        await committer.commit(schedule);
        return decision;
      }
    } catch (error) {
      if (!(error instanceof EngineError) || !isFinal(error)) {
        throw error;
      }
      const { code, message } = error;
      const decision = { outcome: "failed", error: { code, message } } as const;
      this.#take(schedule, occasion, decision);
      await committer.commit(schedule);
      return decision;
    }
    await begun?.durable;
    return (begun as Begun).decision;
  }

  #begin(schedule: KeptSchedule, occasion: Occasion, request: StartRequest, hash: string): Begun {
    const { registry } = this.#parts;
    const { committer } = registry;
    return committer.together(() => {
      const { record } = registry.launch(request, hash, true);
      committer.commit(record).catch(() => undefined);
      const decision = {
        outcome: "started",
        workflow: record.id,
        isTracked: occasion.kind !== "backfill",
        isNew: true,
      } as const;
      this.#take(schedule, occasion, decision);
      return { decision, workflow: record.workflow, durable: committer.commit(schedule) };
    });
  }

  /** @throws EngineError if the schedule's definition can't start anything */
  async #toStart(
    { input, name, spec }: KeptSchedule,
    { at, key }: Occasion,
  ): Promise<{ readonly request: StartRequest; readonly hash: string }> {
    const { modules, registry } = this.#parts;
    await this.#knowModules();
    const { module, workflow } = spec;
    const version = spec.version ?? modules.newest(module).version;
    const request = {
      module,
      version,
      workflow,
      input,
      idempotencyKey: key,
      serverLabels: { "flawless:schedule": name, "flawless:scheduled-at": toIsoTime(at) },
    };
    return { request, hash: assertStartable(modules, registry.limits, request).hash };
  }

  /** Deployments of other nodes are known a second later. */
  async #knowModules(): Promise<void> {
    const { clock, modules, othersDeploy } = this.#parts;
    const now = clock.now();
    if (othersDeploy && Math.abs(now - this.#knownAt) >= 1_000) {
      await modules.load();
      this.#knownAt = now;
    }
  }

  /** Also removes those that have ended. */
  async #isAnyRunning(schedule: KeptSchedule): Promise<boolean> {
    const running = await this.running(schedule);
    if (running.length < schedule.state.running.length) {
      schedule.change({ ...schedule.state, running });
    }
    return running.length > 0;
  }

  /** Those of its workflows that have not ended. */
  async running({ state }: Pick<KeptSchedule, "state">): Promise<readonly number[]> {
    const { registry } = this.#parts;
    const running: number[] = [];
    for (const id of state.running) {
      if (await isRunning(registry, id)) {
        running.push(id);
      }
    }
    return running;
  }

  async #cancelRunning({ state }: KeptSchedule): Promise<void> {
    const { registry } = this.#parts;
    for (const id of state.running) {
      if (await isRunning(registry, id)) {
        const { record } = await registry.end(id, "cancel");
        await registry.committer.commit(record);
      }
    }
  }

  #take(schedule: KeptSchedule, occasion: Occasion, decision: Decision): Decision {
    const now = this.#parts.clock.now();
    let state = decided(schedule.state, occasion, decision, now);
    if (occasion.kind === "time" && !isDone(state.done, occasion.at)) {
      const { done, missed } = withTime(schedule.times, state.done, occasion.at);
      state = { ...state, done, counts: { ...state.counts, missed: state.counts.missed + missed } };
    }
    schedule.change(state);
    this.#parts.observer?.scheduleDecided?.({
      schedule: schedule.name,
      at: occasion.at,
      kind: occasion.kind,
      outcome: decision.outcome,
      workflow: decision.outcome === "started" ? toPublicId(decision.workflow) : null,
      error: decision.outcome === "failed" ? decision.error : null,
    });
    return decision;
  }
}

async function isRunning(registry: RunRegistry, id: number): Promise<boolean> {
  try {
    return (await registry.stored(id)).status === "running";
  } catch (error) {
    if (error instanceof EngineError && error.code === "WORKFLOW_NOT_FOUND") {
      // Deleted after its end.
      return false;
    }
    throw error;
  }
}

/** Whether the same start would fail again a moment later. */
function isFinal({ code }: EngineError): boolean {
  return code === "MODULE_NOT_FOUND" || code === "WORKFLOW_NOT_FOUND" || code === "INVALID_REQUEST";
}
