import type { GuestHandle, GuestListener } from "../../executor/executor-pool.ts";
import type { RunCalls } from "./run-calls.ts";
import type { RunServices } from "./run-services.ts";
import type { WorkflowRecord } from "./workflow-record.ts";

/** After this many crashes of its thread, a guest is to blame. */
export const maxCrashes = 3;

/** The guest of one workflow: in memory, or to be rebuilt. */
export class RunGuest {
  readonly #services: RunServices;
  readonly #record: WorkflowRecord;
  readonly #listener: GuestListener;
  #handle: GuestHandle | undefined;
  #hasCaller = false;
  /** What the guest knows of its caller. */
  #toldOfCaller = false;
  #crashes = 0;

  constructor(services: RunServices, record: WorkflowRecord, listener: GuestListener) {
    this.#services = services;
    this.#record = record;
    this.#listener = listener;
  }

  get isInMemory(): boolean {
    return this.#handle !== undefined;
  }

  /** Whether someone waits for the workflow's response. */
  get hasCaller(): boolean {
    return this.#hasCaller;
  }

  set hasCaller(present: boolean) {
    this.#hasCaller = present;
    this.#tellOfCaller();
  }

  /**
   * Starts it, or rebuilds it from its journal, unless the workflow ends meanwhile.
   * @returns whether there was a journal
   * @throws TemporaryStartError
   */
  async start(calls: RunCalls): Promise<boolean> {
    const { guests } = this.#services;
    const journal = await guests.readJournal(this.#record);
    if (calls.ended) {
      return false;
    }
    calls.readFrom(journal);
    const callerPresent = (): boolean => (this.#toldOfCaller = this.#callerPresent);
    const handle = await guests.start(this.#record, journal, callerPresent, this.#listener);
    if (calls.ended) {
      handle.drop();
    } else {
      this.#handle = handle;
      this.#tellOfCaller();
    }
    return journal.length > 0;
  }

  /** Whether someone waits for a response that the guest has not given yet. */
  get #callerPresent(): boolean {
    return this.#record.state.response === null && this.#hasCaller;
  }

  /** Each message costs both threads, so the guest is told only what it does not know. */
  #tellOfCaller(): void {
    const present = this.#callerPresent;
    if (this.#handle !== undefined && present !== this.#toldOfCaller) {
      this.#toldOfCaller = present;
      this.#handle.setCallerPresent(present);
    }
  }

  /** Lets it continue. @param answer JSON text of the guest ABI */
  resume(answer: string): void {
    this.#handle?.resume(answer, this.#services.clock.now());
  }

  /** Lets it continue later, after it had to yield. Not wanted if there is another guest by then. */
  turn(): { isWanted(): boolean; run(): void } {
    const handle = this.#handle;
    return {
      isWanted: () => handle !== undefined && this.#handle === handle,
      run: () => handle?.resume(null, this.#services.clock.now()),
    };
  }

  drop(): void {
    this.#handle?.drop();
    this.#handle = undefined;
  }

  /** It has ended. */
  gone(): void {
    this.#handle = undefined;
  }

  /** @returns whether it may be rebuilt, because its thread has not crashed under it too often */
  lost(crashed: boolean): boolean {
    this.#handle = undefined;
    this.#crashes += crashed ? 1 : 0;
    return this.#crashes < maxCrashes;
  }
}
