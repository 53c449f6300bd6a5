import { randomUUID } from "node:crypto";
import { EngineError, type EngineErrorCode } from "../../errors.ts";
import type { WorkflowStore } from "../../store/workflow-store.ts";
import { keyNote, originNote, readKeyed, readOrigin } from "../../workflow/restart-notes.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";
import { search, toRequestedPage } from "../reading/index.ts";
import type {
  RestartFailure,
  RestartedWorkflows,
  RestartFilter,
  RestartRequest,
} from "../types.ts";

/** The number of workflows that are restarted in one batch. */
const pageSize = 1_000;
/** The number that are restarted at the same time. */
const atOnce = 16;
/** The max number of workflows that are named because they can't be restarted. */
const namedFailures = 100;

const endedStatuses: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);

/** The error codes that concern one workflow, while the others can be restarted. */
const codesOfOne: ReadonlySet<string> = new Set<EngineErrorCode>([
  "INVALID_REQUEST",
  "MODULE_NOT_FOUND",
  "MODULE_REFUSED",
  "WORKFLOW_NOT_FOUND",
  "IDEMPOTENCY_CONFLICT",
  "LIMIT_REACHED",
]);

/** Whether an error's code concerns one workflow only, so that others can be restarted. */
export function isOfOne(code: string | undefined): code is EngineErrorCode {
  return code !== undefined && codesOfOne.has(code);
}

/** What {@link MassRestarts} needs. */
export interface MassRestartsParts {
  readonly store: Pick<WorkflowStore, "ids" | "note" | "walk">;
  /** Makes everything so far durable, so that it can be found. */
  save(): Promise<unknown>;
  /** Restarts one workflow that has ended. */
  restart(id: string, request: RestartRequest): Promise<unknown>;
}

/** Restarts many workflows at a time, each once for a key. */
export class MassRestarts {
  readonly #parts: MassRestartsParts;

  constructor(parts: MassRestartsParts) {
    this.#parts = parts;
  }

  /** @throws EngineError as `Engine.restartMatching` does */
  async matching(filter: RestartFilter): Promise<RestartedWorkflows> {
    const { dryRun = false, idempotencyKey, origin, ...conditions } = filter;
    if (!endedStatuses.has(conditions.status)) {
      throw new EngineError(
        "INVALID_REQUEST",
        `Expected the status of workflows that have ended (completed, failed or cancelled), but got ${JSON.stringify(conditions.status)}.`,
      );
    }
    const wanted = toRequestedPage({ limit: pageSize, ...conditions });
    const { store } = this.#parts;
    await this.#parts.save();
    const { found, below } = await search(store, wanted, (stored) => store.ids(stored));
    const page = found.slice(0, wanted.limit);
    const outcomes = await this.#each(page, async (number) => {
      if (idempotencyKey !== undefined && (await this.#isOf(number, idempotencyKey))) {
        return "left";
      }
      const key = idempotencyKey ?? randomUUID();
      return dryRun ? "done" : this.#restart(number, { idempotencyKey: key, origin });
    });
    const failures = outcomes.filter((outcome) => typeof outcome === "object");
    const next = found.length > page.length ? (page.at(-1) ?? null) : below;
    return {
      count: outcomes.filter((outcome) => outcome === "done").length,
      failed: failures.length,
      failures: failures.slice(0, namedFailures),
      cursor: next === null ? null : toPublicId(next),
    };
  }

  /**
   * Whether a request with this key created it. It may have failed in turn, but a repeated request doesn't restart it.
   */
  async #isOf(number: number, key: string): Promise<boolean> {
    const { store } = this.#parts;
    const origin = readOrigin(await store.note(number, originNote));
    if (origin === null) {
      return false;
    }
    return readKeyed(await store.note(origin.id, keyNote(key)))?.id === number;
  }

  async #restart(number: number, request: RestartRequest): Promise<"done" | RestartFailure> {
    const id = toPublicId(number);
    try {
      await this.#parts.restart(id, request);
      return "done";
    } catch (error) {
      if (error instanceof EngineError && isOfOne(error.code)) {
        return { id, code: error.code, message: error.message };
      }
      throw error;
    }
  }

  async #each<Outcome>(
    numbers: readonly number[],
    work: (number: number) => Promise<Outcome>,
  ): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    const left = numbers.entries();
    // They share what remains.
    const take = async (): Promise<void> => {
      for (const [index, number] of left) {
        outcomes[index] = await work(number);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, take));
    return outcomes;
  }
}
