import { EngineError } from "../../errors.ts";
import {
  type WorkflowStore,
  listedCharacters,
  type StoredWorkflow,
  type WorkflowCounts,
} from "../../store/workflow-store.ts";
import { CountedWorkflows } from "./counted-workflows.ts";
import { toHistory, toHistoryPage } from "./history.ts";
import { JournalIndex } from "./journal-index.ts";
import { stateNote } from "../../host-calls/extensions/publish-state.ts";
import { toRequestedPage } from "./requested-page.ts";
import { search } from "./search.ts";
import type {
  HistoryRange,
  WaitOptions,
  WorkflowDetails,
  WorkflowFilter,
  WorkflowHistory,
  WorkflowHistoryPage,
  WorkflowInfo,
  WorkflowPage,
} from "../types.ts";
import type { WorkflowRestart } from "@flawless-ts/sdk";
import type { Timers } from "../../time/timers.ts";
import {
  type NotedRestart,
  originNote,
  readOrigin,
  readRestarts,
  restartsNote,
} from "../../workflow/restart-notes.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";
import { toInfo } from "../workflow-info.ts";

/** A page of a list ends with the workflow that makes it this many characters long, whatever its limit. */
const pageCharacters = 8 * 2 ** 20;
/** An index takes some bytes for each append of its journal. */
const maxIndexes = 16;

/** The store as the reader needs it. */
export type ReadStore = Pick<WorkflowStore, "list" | "walk" | "lines" | "note" | "counts">;

/** Knows what the journal does not yet say about workflows, and when something happens to them. */
export interface KnownRuns {
  /** @throws EngineError `WORKFLOW_NOT_FOUND` */
  stored(id: number): Promise<StoredWorkflow>;
  callerWaits(id: number, signal: AbortSignal): Promise<unknown>;
  readonly ends: { wait(id: number, signal: AbortSignal, onLeave: () => void): Promise<unknown> };
  readonly committer: { readonly writeFailure: string | null; flush(): Promise<void> };
}

/** Reads the durable state of workflows, whether they are in memory or not. */
export class WorkflowReader {
  readonly #store: ReadStore;
  readonly #registry: KnownRuns;
  readonly #timers: Timers;
  readonly #counts: CountedWorkflows;
  /** Indexes of the journals that were read last, most recent at the end. */
  readonly #indexes = new Map<string, JournalIndex>();

  constructor(store: ReadStore, registry: KnownRuns, timers: Timers) {
    this.#store = store;
    this.#registry = registry;
    this.#timers = timers;
    this.#counts = new CountedWorkflows(store);
  }

  /** @throws EngineError `WORKFLOW_NOT_FOUND` */
  async workflow(number: number): Promise<WorkflowDetails> {
    const info = await this.#info(number);
    const origin = readOrigin(await this.#store.note(number, originNote));
    const restarts = readRestarts(await this.#store.note(number, restartsNote));
    return {
      ...info,
      restartedFrom: origin === null ? null : toRestart(origin),
      restarts: restarts.map(toRestart),
    };
  }

  async #info(number: number): Promise<WorkflowInfo> {
    return toInfo(await this.#registry.stored(number));
  }

  /** @throws EngineError `INVALID_REQUEST` */
  async list(filter: WorkflowFilter): Promise<WorkflowPage> {
    const wanted = toRequestedPage(filter);
    await this.#saveForReading();
    const { found, below, searched } = await search(
      this.#store,
      wanted,
      (stored) => this.#store.list({ ...stored, characters: pageCharacters }),
      isLong,
    );
    const page = found.slice(0, wanted.limit);
    const last = page.at(-1);
    const mayGoOn = found.length > page.length || isLong(found);
    const next = mayGoOn && last !== undefined ? last.id : below;
    return {
      workflows: page.map((workflow) => toInfo(workflow)),
      cursor: next === null ? null : toPublicId(next),
      ...(searched === null ? {} : { searched }),
    };
  }

  /**
   * The state that a workflow has published.
   * @returns JSON text; null if it has published nothing
   * @throws EngineError `WORKFLOW_NOT_FOUND`
   */
  async state(number: number): Promise<string | null> {
    await this.#registry.stored(number);
    return (await this.#store.note(number, stateNote)) ?? null;
  }

  /** @throws EngineError `WORKFLOW_NOT_FOUND`, `JOURNAL_DAMAGED` */
  async history(number: number): Promise<WorkflowHistory> {
    return this.#readHistory(number, async (stored) =>
      toHistory(stored, await this.#store.lines(number)),
    );
  }

  /** @throws EngineError `WORKFLOW_NOT_FOUND`, `JOURNAL_DAMAGED` */
  async historyPage(number: number, range: HistoryRange): Promise<WorkflowHistoryPage> {
    return this.#readHistory(number, async (stored) =>
      toHistoryPage(stored, await this.#indexOf(stored).read(range)),
    );
  }

  async counts(): Promise<WorkflowCounts> {
    return this.#counts.read();
  }

  /**
   * Waits for a workflow's end, or for its response.
   * @returns its state at that moment, or when the time (in milliseconds) is up
   * @throws EngineError `WORKFLOW_NOT_FOUND`
   */
  async wait(number: number, options: WaitOptions): Promise<WorkflowInfo> {
    const timeUp = new AbortController();
    const timer = this.#timers.setTimeout(() => timeUp.abort(), options.timeoutMs);
    const signals = [timeUp.signal, ...(options.signal === undefined ? [] : [options.signal])];
    // Waits before it reads: what it waits for may happen while the state is being read.
    const happened = this.#happened(number, options.until ?? "end", AbortSignal.any(signals));
    happened.catch(() => undefined);
    try {
      const now = await this.#info(number);
      const isThere = options.until === "response" && now.response !== null;
      if (isThere || now.status !== "running") {
        return now;
      }
      await happened;
    } catch (error) {
      if (!timeUp.signal.aborted) {
        throw error;
      }
    } finally {
      this.#timers.clearTimeout(timer);
      timeUp.abort();
    }
    return await this.#info(number);
  }

  async #happened(number: number, what: "end" | "response", signal: AbortSignal): Promise<void> {
    if (what === "end") {
      await this.#registry.ends.wait(number, signal, () => undefined);
    } else {
      // The state says how it ended without a response.
      await this.#registry.callerWaits(number, signal).catch((error: unknown) => {
        if (signal.aborted || !isEnd(error)) {
          throw error;
        }
      });
    }
  }

  async #readHistory<History>(
    number: number,
    read: (stored: StoredWorkflow) => Promise<History>,
  ): Promise<History> {
    await this.#saveForReading();
    try {
      for (;;) {
        const stored = await this.#registry.stored(number);
        const history = await read(stored);
        // If the next run began meanwhile, these may be steps of both.
        const { run } = await this.#registry.stored(number);
        if (run === stored.run) {
          return history;
        }
      }
    } catch (error) {
      if (error instanceof EngineError) {
        throw error;
      }
      throw new EngineError(
        "JOURNAL_DAMAGED",
        `The journal of workflow ${toPublicId(number)} can't be read: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }

  #indexOf({ id, run, journalStart }: StoredWorkflow): JournalIndex {
    const key = `${id} ${run}`;
    const index = this.#indexes.get(key) ?? new JournalIndex(this.#store, id, journalStart);
    this.#indexes.delete(key);
    this.#indexes.set(key, index);
    const [oldest] = this.#indexes.keys();
    if (this.#indexes.size > maxIndexes && oldest !== undefined) {
      this.#indexes.delete(oldest);
    }
    return index;
  }

  /** A journal that can't be written at the moment can still be read: it has what is durable. */
  async #saveForReading(): Promise<void> {
    const { committer } = this.#registry;
    if (committer.writeFailure === null) {
      await committer.flush();
    }
  }
}

function toRestart({ id, fromStep }: NotedRestart): WorkflowRestart {
  return { id: toPublicId(id), fromStep };
}

/** The journal counts characters as stored, which is up to half more if they are encrypted. */
function isLong(found: readonly StoredWorkflow[]): boolean {
  const characters = found.reduce((sum, workflow) => sum + listedCharacters(workflow), 0);
  return characters >= pageCharacters / 2;
}

function isEnd(error: unknown): boolean {
  return (
    error instanceof EngineError &&
    (error.code === "WORKFLOW_FAILED" || error.code === "WORKFLOW_CANCELLED")
  );
}
