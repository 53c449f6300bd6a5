import { decodeHostCall } from "@flawless-ts/wasm-module";
import { begunOperation } from "../../host-calls/extensions/extension-call.ts";
import { OpenOperations } from "../../host-calls/extensions/open-operations.ts";
import { recordedOperations } from "../../journal/recorded-operations.ts";
import { withHeaders } from "../../network/wrapped-http-client.ts";
import type { ObservedWorkflow } from "../observing/index.ts";
import { workflowKey } from "./call-context.ts";
import type { RunServices } from "./run-services.ts";
import type { WorkflowRecord } from "./workflow-record.ts";

/** The workflow that the operations belong to. */
export interface OperationsOwner {
  readonly record: WorkflowRecord;
  readonly observed: ObservedWorkflow;
  readonly ended: boolean;
  /** An operation has ended. @returns whether the workflow took its result immediately */
  operationEnded(): boolean;
  /** The journal has grown. */
  journalGrew(): void;
}

/** The operations of one run: created when it first needs them, and after its journal has been read. */
export class RunOperations {
  readonly #services: RunServices;
  readonly #owner: OperationsOwner;
  #open: OpenOperations | undefined;
  #isRead = false;

  constructor(services: RunServices, owner: OperationsOwner) {
    this.#services = services;
    this.#owner = owner;
  }

  get open(): OpenOperations {
    this.#open ??= this.#create();
    return this.#open;
  }

  /** Whether some are running in this process. */
  get active(): boolean {
    return this.#open?.active ?? false;
  }

  /** Continues those that a journal knows. @throws Error if it is damaged */
  readFrom(journal: readonly string[]): void {
    if (this.#isRead || !this.#services.acceptsEffects()) {
      return;
    }
    this.#isRead = true;
    const { open, highest } = recordedOperations(journal);
    if (highest === 0) {
      return;
    }
    this.open.useUpTo(highest);
    for (const recorded of open) {
      const call = decodeHostCall(recorded.call);
      if (call.kind === "HTTPRequest") {
        const key = workflowKey(this.#owner.record, recorded.step);
        const { isTakenOver } = this.#owner.record;
        this.open.restore(recorded, begunOperation(call), key, isTakenOver);
      }
    }
  }

  abortAll(): void {
    this.#open?.abortAll();
  }

  #create(): OpenOperations {
    const { activities, activity, clock, committer, http, limits, observer, retry } =
      this.#services;
    const { sentOnce, workflows } = this.#services;
    const owner = this.#owner;
    const { record, observed } = owner;
    // A run that starts has no journal that could hold more of them.
    this.#isRead = true;
    const durable = async (): Promise<void> => {
      // Counts from now on: an engine that closed in between would leave an intent without its effect.
      activity.change("intending", 1);
      try {
        await committer.commit(record);
      } finally {
        activity.change("intending", -1);
      }
    };
    return new OpenOperations({
      clock,
      retry,
      activities,
      sentOnce,
      result: (id, signal) => workflows.result(record.id, id, signal),
      durable,
      http:
        observer?.requestHeaders === undefined
          ? http
          : withHeaders(http, () => observer.requestHeaders?.(observed) ?? []),
      workflowId: observed.id,
      maxOpen: limits.openOperations,
      append: async (lines) => {
        if (!owner.ended) {
          record.append(lines);
          owner.journalGrew();
          await durable();
        }
      },
      ended: () => owner.ended || owner.operationEnded(),
    });
  }
}
