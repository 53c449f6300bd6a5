import type { LostBefore, Registration } from "../../queue/ledger-requests.ts";
import type { Outcome } from "../../queue/outcome.ts";
import type { Job, WorkerType, WorkerView } from "../../queue/types.ts";
import type { Store } from "../../store/store.ts";

/** A store for one test. */
export interface StoreUnderTest {
  open(): Promise<Store>;
  cleanUp(): Promise<void>;
}

/** A new ledger for each test, with shortcuts for its calls. */
export class TestLedger {
  #underTest: StoreUnderTest | undefined;
  #store: Store | undefined;

  /** @throws Error no test is running */
  get store(): Store {
    if (this.#store === undefined) {
      throw new Error("expected a running test, but no store is open");
    }
    return this.#store;
  }

  async open(underTest: StoreUnderTest): Promise<void> {
    this.#underTest = underTest;
    this.#store = await underTest.open();
  }

  async close(): Promise<void> {
    await this.#store?.close();
    await this.#underTest?.cleanUp();
    this.#store = undefined;
  }

  async publish(id: string, workerTypes: readonly WorkerType[] = []): Promise<Job> {
    const publication = { payload: `{"id":1}`, workerTypes, requestId: "request-1", now: 1_000 };
    return ok(await this.store.write("publish", id, publication)).job;
  }

  async claim(
    workerId: string | null = null,
    workerType: WorkerType | null = null,
    now = 2_000,
  ): Promise<Job | null> {
    return this.store.write("claim", { workerId, workerType, nodeId: "node", now });
  }

  setStatus(
    id: string,
    status: Job["status"],
    error: string | null = null,
  ): Promise<Outcome<{ readonly job: Job; readonly changed: boolean }>> {
    return this.store.write("setStatus", { id, status, error, nodeId: "node", now: 3_000 });
  }

  report(id: string, status: "Request" | "Parse" | "Done" | "Error"): Promise<Job | null> {
    return this.store.write("report", {
      id,
      status,
      url: "u",
      urlsLeft: 2,
      nodeId: "node",
      now: 4_000,
    });
  }

  returnLost(
    before: Partial<LostBefore>,
  ): Promise<{ readonly workers: readonly WorkerView[]; readonly returned: readonly Job[] }> {
    const none = { heartbeat: 0, forgotten: 0, unbegun: 0, unowned: 0 };
    return this.store.write("returnLost", { ...none, maxRetries: 3, now: 10_000, ...before });
  }

  async register(id: string, change: Partial<Registration> = {}): Promise<readonly Job[]> {
    const registration: Registration = {
      id,
      type: "wasm",
      name: id,
      cpuCores: 2,
      memoryMb: 512,
      metadata: "{}",
      maxRetries: 3,
      maxWorkers: 10,
      now: 1_000,
      ...change,
    };
    return ok(await this.store.write("register", registration)).returned;
  }
}

/** @throws Error if it was refused */
export function ok<T>(outcome: Outcome<T>): T {
  if ("refused" in outcome) {
    throw new Error(`refused: ${outcome.refused.code}`);
  }
  return outcome.ok;
}

/** Why it was refused, or `accepted`. */
export function codeOf(outcome: Outcome<unknown>): string {
  return "refused" in outcome ? outcome.refused.code : "accepted";
}
