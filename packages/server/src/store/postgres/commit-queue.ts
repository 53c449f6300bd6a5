import { failureOf, NotConnectedError } from "@flawless-ts/http-service/postgres";
import type { StoreWrite } from "../workflow-store.ts";
import { changeKinds, CommitColumns, type Fence } from "./commit-columns.ts";
import { commitStatement } from "./commit-statement.ts";
import type { PostgresDatabase } from "./postgres-database.ts";

interface QueuedCommit {
  readonly fence: Fence;
  readonly writes: readonly StoreWrite[];
  readonly done: PromiseWithResolvers<boolean>;
}

/** The max number of statements in flight: while one waits for the disk, another can be computed. */
const maxStatements = 2;
/**
 * If a statement takes no longer than this (milliseconds), waiting for it costs less than sending another: commits that
 * arrive meanwhile share the next one.
 */
const worthAnotherAfterMs = 2;
/** About how many characters of text go into one statement, besides those of the last commit added. */
const maxCharacters = 8 * 2 ** 20;
/** How often a statement is sent before it fails. */
const maxAttempts = 3;

/**
 * Sends the commits of all partitions in a database. Commits requested while others are in flight share a statement,
 * and a flush to disk.
 */
export class CommitQueue {
  readonly #database: PostgresDatabase;
  readonly #queue: QueuedCommit[] = [];
  readonly #statements = new Map<string, string>();
  #underWay = 0;
  /** When the newest statement in flight was begun, by the monotonic clock. */
  #begunAt = 0;
  #planned = false;

  constructor(database: PostgresDatabase) {
    this.#database = database;
  }

  /**
   * Sends a commit; each partition may have only one at a time.
   *
   * @returns false if its fence refused it: it had no effect, or had it before
   * @throws NotConnectedError it had no effect
   * @throws Error from the database; see `failureOf` for whether it had an effect
   */
  send(fence: Fence, writes: readonly StoreWrite[]): Promise<boolean> {
    const done = Promise.withResolvers<boolean>();
    this.#queue.push({ fence, writes, done });
    this.#plan();
    return done.promise;
  }

  #plan(): void {
    if (!this.#planned) {
      this.#planned = true;
      // Other partitions may have something to send in the same turn of the event loop.
      setImmediate(() => {
        this.#planned = false;
        while (this.#queue.length > 0 && this.#mayBegin()) {
          this.#underWay += 1;
          this.#begunAt = performance.now();
          void this.#run(this.#next());
        }
      });
    }
  }

  #mayBegin(): boolean {
    const waits = performance.now() - this.#begunAt < worthAnotherAfterMs;
    return this.#underWay === 0 || (this.#underWay < maxStatements && !waits);
  }

  #next(): readonly QueuedCommit[] {
    const taken: QueuedCommit[] = [];
    for (let characters = 0; characters < maxCharacters;) {
      const [next] = this.#queue;
      // Deployed modules are the same for all partitions, and a statement can't change a row twice.
      const alone = next?.writes.some(({ kind }) => kind === "deploy") ?? false;
      if (next === undefined || (alone && taken.length > 0)) {
        break;
      }
      taken.push(next);
      this.#queue.shift();
      characters += alone ? maxCharacters : charactersOf(next.writes);
    }
    return taken;
  }

  async #run(commits: readonly QueuedCommit[]): Promise<void> {
    await this.#settle(commits);
    this.#underWay -= 1;
    if (this.#queue.length > 0) {
      this.#plan();
    }
  }

  async #settle(commits: readonly QueuedCommit[]): Promise<void> {
    try {
      const through = await this.#attempt(commits);
      for (const { fence, done } of commits) {
        done.resolve(through.has(fence.partition));
      }
    } catch (error) {
      const refused = !(error instanceof NotConnectedError) && failureOf(error) === "refused";
      if (refused && commits.length > 1) {
        // One of them is at fault: sends each alone, so that the others don't suffer.
        for (const commit of commits) {
          await this.#settle([commit]);
        }
        return;
      }
      for (const { done } of commits) {
        done.reject(error);
      }
    }
  }

  /** @returns the partitions whose fences let their commits through */
  async #attempt(commits: readonly QueuedCommit[]): Promise<ReadonlySet<number>> {
    const columns = new CommitColumns();
    for (const { fence, writes } of commits) {
      columns.add(fence, writes);
    }
    const kinds = columns.kinds();
    const { rows } = columns;
    const name = `flawless_commit_${rows}_${changeKinds.map((kind) => (kinds.includes(kind) ? 1 : 0)).join("")}`;
    let text = this.#statements.get(name);
    if (text === undefined) {
      text = commitStatement(this.#database.schema, kinds, rows);
      this.#statements.set(name, text);
    }
    const parameters = columns.parameters();
    let lost: unknown;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const through = await this.#database.once(text, parameters, name);
        return new Set(through.map((row) => Number(row["partition"])));
      } catch (error) {
        const failure = error instanceof NotConnectedError ? "refused" : failureOf(error);
        lost = failure === "unknown" ? error : lost;
        if ((failure !== "unknown" && failure !== "repeatable") || attempt >= maxAttempts) {
          // An earlier attempt may have had an effect, whatever happened to later ones.
          throw lost ?? error;
        }
      }
    }
  }
}

function charactersOf(writes: readonly StoreWrite[]): number {
  return writes.reduce((sum, write) => {
    switch (write.kind) {
      case "create":
        return sum + 500 + write.workflow.input.length;
      case "schedule":
        return sum + 1_000 + write.schedule.state.length + write.schedule.input.length;
      case "append":
        return sum + 50 + write.lines.length;
      case "state":
        return sum + 100 + (write.state.response?.length ?? 0);
      case "receive":
        return sum + 100 + write.message.data.length;
      default:
        return sum + 50;
    }
  }, 0);
}
