import { EngineError } from "../../errors.ts";
import { messageTypeCharacters } from "../../executor/call-limits.ts";
import { reservedTypes } from "../../host-calls/cancel-message.ts";
import { assertJson, assertText, toWorkflowNumber } from "../requests.ts";
import { excessOfMailbox } from "../runs/index.ts";
import type { RunRegistry } from "../runs/index.ts";
import type { EndManner, WorkflowInfo } from "../types.ts";
import { toInfo } from "../workflow-info.ts";
import type { WorkflowRun } from "../runs/index.ts";

/** What can be done to a workflow that runs. */
export class WorkflowCommands {
  readonly #registry: RunRegistry;

  constructor(registry: RunRegistry) {
    this.#registry = registry;
  }

  /** @throws EngineError as `Engine.send` does */
  async send(id: string, type: string, data: string): Promise<void> {
    const { committer, limits } = this.#registry;
    assertText("type", type, Math.min(limits.textCharacters, messageTypeCharacters));
    if (type.startsWith(reservedTypes)) {
      throw new EngineError(
        "INVALID_REQUEST",
        `type: Expected one that does not begin with "${reservedTypes}", but got ${JSON.stringify(type.slice(0, 100))}. Only the server sends such messages.`,
      );
    }
    assertText("data", data, limits.textCharacters);
    assertJson("data", data);
    const record = await this.#registry.withRun(toWorkflowNumber(id), (run) => {
      assertRunning(id, run, "receive messages");
      const excess = excessOfMailbox(run.record, { type, data }, limits);
      if (excess !== undefined) {
        throw new EngineError("LIMIT_REACHED", `The mailbox of workflow ${id} is full: ${excess}.`);
      }
      run.receive(type, data);
      return run.record;
    });
    await committer.commit(record);
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
