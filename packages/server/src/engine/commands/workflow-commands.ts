import { EngineError } from "../../errors.ts";
import { messageTypeCharacters } from "../../executor/call-limits.ts";
import { reservedTypes } from "../../host-calls/cancel-message.ts";
import type { Timers } from "../../time/timers.ts";
import { assertJson, assertText, toWorkflowNumber } from "../requests.ts";
import { excessOfMailbox } from "../runs/index.ts";
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

/** Of the key of an update. */
const keyCharacters = 255;

/** What can be done to a workflow that runs. */
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
          run.receive(type, data, number);
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

  /** @param receive lets the workflow have the message */
  async #lay(
    id: string,
    type: string,
    data: string,
    receive: (run: WorkflowRun) => void,
  ): Promise<WorkflowRecord> {
    const { limits } = this.#registry;
    assertText("type", type, Math.min(limits.textCharacters, messageTypeCharacters));
    if (type.startsWith(reservedTypes)) {
      throw new EngineError(
        "INVALID_REQUEST",
        `Expected a type that does not begin with "${reservedTypes}", but got ${JSON.stringify(type.slice(0, 100))}. Only the server sends such messages.`,
      );
    }
    assertText("data", data, limits.textCharacters);
    assertJson("data", data);
    return this.#registry.withRun(toWorkflowNumber(id), (run) => {
      assertRunning(id, run, "receive messages");
      const excess = excessOfMailbox(run.record, { type, data }, limits);
      if (excess !== undefined) {
        throw new EngineError("LIMIT_REACHED", `The mailbox of workflow ${id} is full: ${excess}.`);
      }
      receive(run);
      return run.record;
    });
  }

  /** @throws EngineError as `Engine.end` does */
  async end(id: string, manner: EndManner): Promise<WorkflowInfo> {
    const { record } = await this.#registry.end(toWorkflowNumber(id), manner, (run) => {
      if (run.record.state.status !== "cancelled") {
        assertRunning(id, run, "be cancelled");
      }
    });
    await this.#registry.committer.commit(record);
    return toInfo(record.workflow);
  }
}

function assertRunning(id: string, run: WorkflowRun, what: string): void {
  if (run.ended) {
    const { status } = run.record.state;
    throw new EngineError(
      "WORKFLOW_ENDED",
      `Workflow ${id} is ${status}: it can't ${what} any more.`,
    );
  }
}
