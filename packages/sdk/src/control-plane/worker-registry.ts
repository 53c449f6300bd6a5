import { writeJson } from "@flawless-ts/wasm-module";
import { NotFoundError } from "../errors/refusals.ts";
import type { CallOptions } from "../http/call-scope.ts";
import { checkedText } from "../options/checks.ts";
import { registeredId, worker, workers, workerStats } from "./answer-shapes.ts";
import { expectSuccess, jsonOf, readJson } from "./answers.ts";
import { get, jsonPost, type Connection } from "./connection.ts";
import type { WorkerInfo, WorkerRegistration, WorkerStats } from "./types.ts";

const feature = "registering workers";

/**
 * The control plane's list of workers. It is part of the second form: if the server speaks the first, each
 * method throws a {@link NotSupportedByServerError}.
 */
export class WorkerRegistry {
  readonly #connection: Connection;

  /** @internal */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Registers a worker. @flawless-ts/control-plane uses its name as its id if it is valid (up to 128 letters, digits
   * and
   * `_.:@-`), and reassigns the jobs of an earlier worker with this id. mvm-ci creates another worker for each
   * registration, so the request is not retried once it was sent.
   *
   * @returns the worker's id from now on.
   * @throws {NotJsonError} if JSON can't represent the metadata.
   * @throws {NotSupportedByServerError} if the server speaks the first form.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async register(registration: WorkerRegistration, options: CallOptions = {}): Promise<string> {
    const name = checkedText("name", registration.name);
    using scope = this.#connection.transport.begin(`Registering the worker ${name}`, options);
    await this.#connection.requireSecondForm(feature, scope);
    const body = writeJson({
      worker_type: registration.type,
      worker_id: name,
      endpoint_id: name,
      cpu_cores: registration.cpuCores ?? null,
      memory_mb: registration.memoryMb ?? null,
      metadata: registration.metadata ?? {},
    });
    const request = { ...jsonPost(body, "unless-sent"), path: "/api/workers/register" };
    return readJson(await this.#connection.transport.send(request, scope), registeredId);
  }

  /**
   * Sends a worker's heartbeat. A worker without heartbeats loses its jobs to others.
   *
   * @param activeJobs the number of its jobs.
   * @throws {NotFoundError} if the server doesn't know the worker (any more); it must register again. Never from
   * mvm-ci.
   * @throws {NotSupportedByServerError} if the server speaks the first form.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async heartbeat(id: string, activeJobs: number, options: CallOptions = {}): Promise<void> {
    checkedText("id", id);
    using scope = this.#connection.transport.begin(`Telling that the worker ${id} lives`, options);
    await this.#connection.requireSecondForm(feature, scope);
    const body = { worker_id: id, active_jobs: activeJobs, cpu_cores: null, memory_mb: null };
    const request = { ...jsonPost(body, "harmless"), path: `${workerPath(id)}/heartbeat` };
    const answer = await this.#connection.transport.send(request, scope);
    expectSuccess(answer);
    // Like mvm-ci, @flawless-ts/control-plane accepts heartbeats of unknown workers, but then its response is null.
    if (jsonOf(answer) !== null) return;
    throw new NotFoundError({
      url: answer.url,
      status: answer.status,
      serverCode: null,
      serverMessage: `There is no worker ${id}`,
      workflowId: null,
    });
  }

  /**
   * Lists all workers.
   *
   * @throws {NotSupportedByServerError} if the server speaks the first form.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async list(options: CallOptions = {}): Promise<readonly WorkerInfo[]> {
    using scope = this.#connection.transport.begin("Listing workers", options);
    await this.#connection.requireSecondForm(feature, scope);
    const request = { ...get, path: "/api/workers" };
    return readJson(await this.#connection.transport.send(request, scope), workers);
  }

  /**
   * Gets one worker.
   *
   * @throws {NotFoundError} if there is no such worker.
   * @throws {NotSupportedByServerError} if the server speaks the first form.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async get(id: string, options: CallOptions = {}): Promise<WorkerInfo> {
    checkedText("id", id);
    using scope = this.#connection.transport.begin(`Asking for the worker ${id}`, options);
    await this.#connection.requireSecondForm(feature, scope);
    const request = { ...get, path: workerPath(id) };
    return readJson(await this.#connection.transport.send(request, scope), worker);
  }

  /**
   * Drains a worker: it gets no more jobs. @flawless-ts/control-plane reassigns its jobs; mvm-ci lets it finish them.
   *
   * @throws {NotSupportedByServerError} if the server speaks the first form.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async drain(id: string, options: CallOptions = {}): Promise<void> {
    checkedText("id", id);
    using scope = this.#connection.transport.begin(`Draining the worker ${id}`, options);
    await this.#connection.requireSecondForm(feature, scope);
    const request = {
      method: "POST",
      path: `${workerPath(id)}/drain`,
      repeat: "harmless",
    } as const;
    expectSuccess(await this.#connection.transport.send(request, scope));
  }

  /**
   * Counts the workers.
   *
   * @throws {NotSupportedByServerError} if the server speaks the first form.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async stats(options: CallOptions = {}): Promise<WorkerStats> {
    using scope = this.#connection.transport.begin("Counting workers", options);
    await this.#connection.requireSecondForm(feature, scope);
    const request = { ...get, path: "/api/workers/stats" };
    return readJson(await this.#connection.transport.send(request, scope), workerStats);
  }
}

function workerPath(id: string): string {
  return `/api/workers/${encodeURIComponent(id)}`;
}
