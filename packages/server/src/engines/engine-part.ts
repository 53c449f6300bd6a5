import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import type { Logger } from "pino";
import { closeApi, listen, type ServedTicket } from "@flawless-ts/http-service/program";
import type { Backup } from "../maintenance/backups.ts";
import type { ServerOptions } from "../server-options.ts";
import { SqliteWorkflowStore } from "../store/sqlite/sqlite-workflow-store.ts";
import { CrossingGate } from "./crossing-gate.ts";
import { directoryOfEngine } from "./engine-directories.ts";
import type { EnginePlace, MetPart, OpenedPart } from "./engine-place.ts";
import { InnerDoor } from "./inner-door.ts";
import { runPart, type RunningPart } from "./run-part.ts";

/** One of several engines of a server on a directory, with its journal and an API of its own, in the thread that it is opened in. */
export class EnginePart {
  readonly #place: EnginePlace;
  readonly #options: ServerOptions;
  readonly #logger: Logger;
  readonly #store: SqliteWorkflowStore;
  readonly #door: InnerDoor;
  readonly #gate = new CrossingGate();
  readonly #mayStop = Promise.withResolvers<void>();
  #running: RunningPart | undefined;
  #stopped: Promise<void> | undefined;

  /** @throws EngineError `DIRECTORY_UNUSABLE`, `DIRECTORY_IN_USE`, `JOURNAL_DAMAGED` */
  static async open(
    place: EnginePlace,
    options: ServerOptions,
    logger: Logger,
  ): Promise<EnginePart> {
    const directory = directoryOfEngine(place.directory, place.index);
    const store = await SqliteWorkflowStore.open(directory, logger);
    try {
      return new EnginePart(place, options, logger, store, await InnerDoor.open());
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  private constructor(
    place: EnginePlace,
    options: ServerOptions,
    logger: Logger,
    store: SqliteWorkflowStore,
    door: InnerDoor,
  ) {
    this.#place = place;
    this.#options = options;
    this.#logger = logger;
    this.#store = store;
    this.#door = door;
  }

  /** What reaches it. */
  async opened(): Promise<OpenedPart> {
    const { division, index } = this.#place;
    const journals = Array.from({ length: division.engines }, (_, other) =>
      other === index ? null : this.#store.connect(),
    );
    return { url: this.#door.url, journals: await Promise.all(journals) };
  }

  /** Makes the key for secrets of a new directory; for the first engine. @throws EngineError `DIRECTORY_UNUSABLE` */
  makeSecretsKey(): Promise<Uint8Array> {
    return this.#store.makeSecretsKey();
  }

  get api(): FastifyInstance {
    return (this.#running as RunningPart).api;
  }

  /**
   * Runs its workflows, once all engines are reached by each other.
   *
   * @param met of all engines, in their order
   * @param key for secrets
   * @param opened requests wait for it
   * @param backup makes backups of all; for the first engine
   */
  async run(
    met: readonly MetPart[],
    key: Uint8Array,
    opened: Promise<void> | undefined,
    backup: () => Promise<Backup>,
  ): Promise<void> {
    const running = await runPart({
      place: this.#place,
      options: this.#options,
      logger: this.#logger,
      journal: this.#store,
      gate: this.#gate,
      met,
      key,
      opened,
      backup,
    });
    this.#door.leadTo(running.api.server);
    this.#running = running;
  }

  /** Lets callers in. @returns where they reach it */
  listen(host: string, port: number): Promise<string> {
    return listen(this.api, host, port, { shared: true });
  }

  /** Copies its journal to a file that is not there yet. To be called while what goes from engine to engine is held. */
  copyJournal(file: string): Promise<void> {
    return this.#store.backup(file);
  }

  /** Holds what goes from engine to engine, or lets it go on. */
  hold(isHeld: boolean): void {
    if (isHeld) {
      this.#gate.hold();
    } else {
      this.#gate.release();
    }
  }

  /**
   * Begins to stop in order: its API answers what is under way, and nothing new. Its workflows go on, as requests that came to
   * other engines may need them.
   *
   * @returns when its API has answered, or the time for that is over
   */
  async drain(graceMs: number, ticket: ServedTicket | null = null): Promise<void> {
    const running = this.#running;
    if (running === undefined) {
      return;
    }
    const { engine, api, retention, watch } = running;
    clearInterval(watch);
    this.#gate.release();
    const retentionStopped = retention?.stop();
    const drained = Promise.withResolvers<void>();
    const stopWork = async (): Promise<void> => {
      drained.resolve();
      await this.#mayStop.promise;
      await retentionStopped;
      await engine.close({ graceMs });
    };
    this.#stopped = closeApi(api, graceMs, stopWork, ticket);
    await Promise.race([drained.promise, this.#stopped]);
  }

  /** Stops its workflows, once all engines have drained. What others read of its journal goes on. */
  async stop(): Promise<void> {
    this.#mayStop.resolve();
    await this.#stopped;
  }

  /** Closes all, once all engines have stopped. */
  async close(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#gate.release();
    for (const link of running?.links ?? []) {
      link?.close();
    }
    await running?.engine.kill();
    await running?.api.close();
    await running?.release();
    this.#door.close();
    await this.#store.close();
  }
}
