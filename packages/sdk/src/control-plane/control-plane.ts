import { writeJson } from "@flawless-ts/wasm-module";
import {
  optionNames,
  refuseUnknownOptions,
  InvalidOptionError,
} from "@flawless-ts/wasm-module/internal/client";
import { waitUntilReady } from "../client/readiness.ts";
import { withTimeout, type CallOptions } from "../http/call-scope.ts";
import { errorCodeOf } from "../http/answer-body.ts";
import { StreamingTransport } from "../http/streaming-transport.ts";
import { checkedText } from "../options/checks.ts";
import { job, jobs, nodes, queueStats } from "./answer-shapes.ts";
import { expectSuccess, maybeUnknownRoute, readJson } from "./answers.ts";
import { Blobs } from "./blobs.ts";
import { Connection, get, jsonPost, type FormPaths } from "./connection.ts";
import { Gossip } from "./gossip.ts";
import { askHealth } from "./health.ts";
import { resolveControlPlaneOptions, type ControlPlaneOptions } from "./options.ts";
import { publish } from "./publish.ts";
import type {
  ApiForm,
  ControlPlaneHealth,
  ControlPlaneNode,
  Job,
  JobStatus,
  NewJob,
  QueueStats,
  UiUpdate,
  WorkerType,
} from "./types.ts";
import { WorkerRegistry } from "./worker-registry.ts";

/** Options of `claim`. */
export interface ClaimOptions extends CallOptions {
  /** The id from registering. Not sent in the first form, which has no workers. */
  readonly workerId?: string | undefined;
  /** Only jobs for workers of this type. Not sent in the first form. */
  readonly workerType?: WorkerType | undefined;
}

/** Options of `setStatus`. */
export interface SetStatusOptions extends CallOptions {
  /** Why it failed. Not sent in the first form. */
  readonly errorMessage?: string | undefined;
}

/** The ticket by which a client currently reaches its control plane; null if it uses a URL. */
export let ticketOf: (controlPlane: ControlPlane) => string | null;

/**
 * A client of a control plane: @flawless-ts/control-plane, or mvm-ci. It speaks both forms of the mvm-ci API and
 * detects with its first call which one the server has.
 *
 * ```ts
 * await using controlPlane = new ControlPlane({ url: "http://127.0.0.1:3020" });
 * const id = await controlPlane.publish({ payload: { url: "https://example.com" } });
 * console.log(await controlPlane.job(id), await controlPlane.stats());
 * ```
 *
 * Every failure is a {@link FlawlessError} with a stable `code`. Requests are retried only if that is harmless.
 */
export class ControlPlane implements AsyncDisposable {
  /** The list of workers. */
  readonly workers: WorkerRegistry;
  /** Bytes by their hash. */
  readonly blobs: Blobs;
  /** Topics for everyone to send to and listen to. */
  readonly gossip: Gossip;
  readonly #connection: Connection;

  static {
    ticketOf = (controlPlane) => {
      const { addresses, options } = controlPlane.#connection.transport;
      return options.tickets.get(addresses.current) ?? null;
    };
  }

  /** @throws {InvalidOptionError} naming the first unknown or invalid option. */
  constructor(options: ControlPlaneOptions) {
    const { client, form } = resolveControlPlaneOptions(options);
    const server = {
      name: "control plane",
      startCommand: "control-plane up",
      service: "control-plane",
    } as const;
    this.#connection = new Connection(new StreamingTransport(client, server), form);
    this.workers = new WorkerRegistry(this.#connection);
    this.blobs = new Blobs(this.#connection);
    this.gossip = new Gossip(this.#connection);
  }

  /**
   * The control plane's URL, without a trailing slash; with several nodes, the one in use. For a ticket, the start of
   * the endpoint's id, which is safe to log.
   */
  get url(): string {
    return this.#connection.transport.addresses.current;
  }

  /**
   * Gets the form of the API that the server speaks. A server with both counts as one of the second.
   *
   * @throws {FlawlessError} for errors any call may throw: no connection, timeout, abort, refusal, unexpected response.
   */
  async form(options: CallOptions = {}): Promise<ApiForm> {
    using scope = this.#connection.transport.begin("Asking for the API's form", options);
    return await this.#connection.form(scope);
  }

  /**
   * Adds a job. Publishing the same id with the same payload again changes nothing at @flawless-ts/control-plane, and
   * the payload reaches workers unchanged, with exact numbers. mvm-ci's second form uses only its `url`.
   *
   * @returns the job's id.
   * @throws {ConflictError} if there is a job with this id and another payload.
   * @throws {NotSupportedByServerError} from mvm-ci's second form, which assigns its own ids, for a job with an id or a
   * payload without `url`.
   * @throws {NotJsonError} if JSON can't represent the payload; its `path` says where.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async publish(newJob: NewJob, options: CallOptions = {}): Promise<string> {
    const { id } = newJob;
    if (id !== undefined) checkedText("id", id);
    const wire = {
      id,
      payload: writeJson(newJob.payload, "The job's payload"),
      workerTypes: newJob.workerTypes,
    };
    using scope = this.#connection.transport.begin("Publishing a job", options);
    return await publish(this.#connection, wire, scope);
  }

  /**
   * Claims the oldest pending job.
   *
   * Not retried once it was sent: if the response is lost, so is the job, until the server takes it back from a worker
   * that is silent or drained.
   *
   * @returns `null` if there is none.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async claim(options: ClaimOptions = {}): Promise<Job | null> {
    refuseUnknownOptions(options, claimOptionNames);
    const { workerId, workerType, ...call } = options;
    using scope = this.#connection.transport.begin("Claiming a job", call);
    const second = (await this.#connection.form(scope)) === "second";
    const query = new URLSearchParams();
    if (second && workerId !== undefined) query.set("worker_id", workerId);
    if (second && workerType !== undefined) query.set("worker_type", workerType);
    const answer = await this.#connection.send(
      { first: "/queue/claim", second: "/api/queue/claim" },
      { method: "POST", repeat: "unless-sent" },
      scope,
      query.size === 0 ? "" : `?${query}`,
    );
    return answer.status === 204 ? null : readJson(answer, job);
  }

  /**
   * Lists all jobs.
   *
   * @throws {FlawlessError} for errors any call may throw.
   */
  async list(options: CallOptions = {}): Promise<readonly Job[]> {
    using scope = this.#connection.transport.begin("Listing jobs", options);
    return readJson(await this.#connection.send(listPaths, get, scope), jobs);
  }

  /**
   * Gets a job. mvm-ci has no route for this, so there it is looked up in the list.
   *
   * @returns `null` if there is no such job.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async job(id: string, options: CallOptions = {}): Promise<Job | null> {
    checkedText("id", id);
    using scope = this.#connection.transport.begin(`Asking for the job ${id}`, options);
    const answer = await this.#connection.send(statusPaths(id), get, scope);
    if (errorCodeOf(answer) === "JOB_NOT_FOUND") return null;
    if (!maybeUnknownRoute(answer)) return readJson(answer, job);
    const all = readJson(await this.#connection.send(listPaths, get, scope), jobs);
    return all.find((candidate) => candidate.id === id) ?? null;
  }

  /**
   * Counts the jobs.
   *
   * @throws {FlawlessError} for errors any call may throw.
   */
  async stats(options: CallOptions = {}): Promise<QueueStats> {
    using scope = this.#connection.transport.begin("Counting jobs", options);
    const paths = { first: "/queue/stats", second: "/api/queue/stats" };
    return readJson(await this.#connection.send(paths, get, scope), queueStats);
  }

  /**
   * Sets a job's state. Setting the same one again changes nothing, so a failed request is retried.
   *
   * @throws {NotFoundError | ConflictError} if there is no such job, or it ended with another state; from mvm-ci, it is
   * a {@link ServerRefusedError} instead.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async setStatus(id: string, status: JobStatus, options: SetStatusOptions = {}): Promise<void> {
    checkedText("id", id);
    refuseUnknownOptions(options, setStatusOptionNames);
    const { errorMessage, ...call } = options;
    using scope = this.#connection.transport.begin(`Setting ${id} to ${status}`, call);
    const second = (await this.#connection.form(scope)) === "second";
    const body = second ? { status, error_message: errorMessage ?? null } : { status };
    expectSuccess(await this.#connection.send(statusPaths(id), jsonPost(body, "harmless"), scope));
  }

  /**
   * Adds a crawl, like the form on the control plane's page: the job `job-N` with the payload `{id: N, url}`.
   *
   * @throws {FlawlessError} for errors any call may throw.
   */
  async newJob(url: string, options: CallOptions = {}): Promise<void> {
    using scope = this.#connection.transport.begin("Adding a crawl", options);
    const answer = await this.#connection.transport.send(
      {
        method: "POST",
        path: "/new-job",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ url: checkedText("url", url) }).toString(),
        repeat: "unless-sent",
      },
      scope,
    );
    // A redirect to the page after the form was sent.
    if (answer.status !== 302 && answer.status !== 303) expectSuccess(answer);
  }

  /**
   * Reports the progress of the job `job-N`, like the workflow `crawler`. Not retried once it was sent.
   *
   * @throws {InvalidOptionError} if its `id` is not a whole number.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async uiUpdate(update: UiUpdate, options: CallOptions = {}): Promise<void> {
    const { id, status, url, urlsLeft } = update;
    if (!Number.isSafeInteger(id)) {
      throw new InvalidOptionError("id", `expected a whole number, but got ${String(id)}.`);
    }
    using scope = this.#connection.transport.begin(`Reporting progress of job-${id}`, options);
    const body = { id, status, url, urls_left: urlsLeft };
    const request = { ...jsonPost(body, "unless-sent"), path: "/ui-update" };
    expectSuccess(await this.#connection.transport.send(request, scope));
  }

  /**
   * Lists the nodes of the control plane, with the Flawless server of each.
   *
   * @throws {NotSupportedByServerError} from mvm-ci.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async nodes(options: CallOptions = {}): Promise<readonly ControlPlaneNode[]> {
    using scope = this.#connection.transport.begin("Listing nodes", options);
    await this.#connection.requireSecondForm("listing nodes", scope);
    const answer = await this.#connection.transport.send({ ...get, path: "/api/nodes" }, scope);
    if (maybeUnknownRoute(answer)) throw this.#connection.notSupported("listing nodes");
    return readJson(answer, nodes);
  }

  /**
   * Gets the control plane's health. The request is not retried.
   *
   * @throws {FlawlessError} for errors any call may throw.
   */
  async health(options: CallOptions = {}): Promise<ControlPlaneHealth> {
    using scope = this.#connection.transport.begin("Asking for the health", options);
    return await askHealth(this.#connection, scope);
  }

  /**
   * Waits until the control plane can be reached and reports that it is healthy.
   *
   * @param options its `timeoutMs` is how long to wait. Default 30,000, whatever the client's.
   * @throws {FlawlessTimeoutError} if it is not ready in time; the cause is the last failure.
   * @throws {FlawlessError} when retrying can't help.
   */
  async waitUntilReady(options: CallOptions = {}): Promise<void> {
    const { transport } = this.#connection;
    using scope = transport.begin(
      "Waiting for the control plane",
      withTimeout(options, 30_000),
      "usual",
      "The cause tells what went wrong last. Was it started (`control-plane up`)?",
    );
    const health = askHealth.bind(null, this.#connection);
    await waitUntilReady({ transport, health }, scope);
  }

  /** Ends all pending calls with a {@link ClientClosedError} and closes the connections. */
  async close(): Promise<void> {
    await this.#connection.transport.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

const claimOptionNames = optionNames<ClaimOptions>({
  signal: true,
  timeoutMs: true,
  workerId: true,
  workerType: true,
});

const setStatusOptionNames = optionNames<SetStatusOptions>({
  signal: true,
  timeoutMs: true,
  errorMessage: true,
});

const listPaths: FormPaths = { first: "/queue/list", second: "/api/queue/list" };

function statusPaths(id: string): FormPaths {
  const path = encodeURIComponent(id);
  return { first: `/queue/status/${path}`, second: `/api/queue/status/${path}` };
}
