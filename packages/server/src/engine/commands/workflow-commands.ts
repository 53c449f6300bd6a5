import type { Timers } from "../../time/timers.ts";
import { assertText, toWorkflowNumber } from "../requests.ts";
import { assertMessage, assertRunning, assertTakes } from "../runs/index.ts";
import type { RunRegistry } from "../runs/index.ts";
import type {
  EndManner,
  UpdateOptions,
  UpdateReply,
  UpdateRequest,
  WorkflowInfo,
} from "../types.ts";
import { toInfo } from "../workflow-info.ts";
import type { WorkflowRecord, WorkflowRun } from "../runs/index.ts";

/** The max number of characters of an update's key. */
const keyCharacters = 255;

/** Commands on a running workflow. */
export class WorkflowCommands {
  readonly #registry: RunRegistry;
  readonly #timers: Timers;

  constructor(registry: RunRegistry, timers: Timers) {
    this.#registry = registry;
    this.#timers = timers;
  }

  /** @throws EngineError as `Engine.send` does */
  async send(id: string, type: string, data: string): Promise<void> {
    const record = await this.#lay(id, type, data, (run) => run.receive(type, data));
    await this.#registry.committer.commit(record);
  }

  /**
   * Sends an update and waits for its answer.
   * @throws EngineError as `Engine.update` does
   */
  async update(
    id: string,
    request: UpdateRequest,
    { timeoutMs, signal }: UpdateOptions,
  ): Promise<UpdateReply | null> {
    const { key, type, data } = request;
    assertText("key", key, keyCharacters);
    const timeUp = new AbortController();
    const timer = this.#timers.setTimeout(() => timeUp.abort(), timeoutMs);
    const ends = signal === undefined ? timeUp.signal : AbortSignal.any([timeUp.signal, signal]);
    try {
      const { updates } = this.#registry;
      return await updates.ask(toWorkflowNumber(id), request, ends, (number, prepare) =>
        this.#lay(id, type, data, (run) => {
          prepare(run.record);
          run.receive(type, data, { update: number });
        }),
      );
    } catch (error) {
      if (timeUp.signal.aborted && error === timeUp.signal.reason) {
        return null;
      }
      throw error;
    } finally {
      this.#timers.clearTimeout(timer);
    }
  }

  /** @param receive gives the workflow the message */
  async #lay(
    id: string,
    type: string,
    data: string,
    receive: (run: WorkflowRun) => void,
  ): Promise<WorkflowRecord> {
    const { limits } = this.#registry;
    assertMessage({ type, data }, limits);
    return this.#registry.withRun(toWorkflowNumber(id), (run) => {
      assertTakes(run, { type, data }, limits);
      receive(run);
      return run.record;
    });
  }

  /** @throws EngineError as `Engine.end` does */
  async end(id: string, manner: EndManner): Promise<WorkflowInfo> {
    const { record } = await this.#registry.end(toWorkflowNumber(id), manner, (run) => {
      if (run.record.state.status !== "cancelled") {
        assertRunning(run, "be cancelled");
      }
    });
    await this.#registry.committer.commit(record);
    return toInfo(record.workflow);
  }
}
