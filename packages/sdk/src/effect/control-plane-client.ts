import { Config, Context, Effect, Layer, Option, Redacted, type Scope, type Stream } from "effect";
import type { BlobSource } from "../control-plane/blobs.ts";
import {
  ControlPlane,
  type ClaimOptions,
  type SetStatusOptions,
} from "../control-plane/control-plane.ts";
import type { ControlPlaneOptions } from "../control-plane/options.ts";
import { parseTicket } from "../control-plane/ticket.ts";
import type {
  ApiForm,
  ControlPlaneHealth,
  ControlPlaneNode,
  GossipMessage,
  Job,
  JobStatus,
  NewJob,
  QueueStats,
  UiUpdate,
  WorkerInfo,
  WorkerRegistration,
  WorkerStats,
} from "../control-plane/types.ts";
import type { InvalidOptionError } from "../errors/index.ts";
import { attempt, attemptStream, type EffectCallOptions } from "./attempt.ts";
import type { ExtraRequestError, PublishError, RequestError } from "./client-errors.ts";
import { trySync } from "./try-sync.ts";

/** The service of {@link ControlPlaneClient}. Each method is like that of `ControlPlane`, with effects. */
export interface ControlPlaneService {
  /** The control plane's URL, without a slash at the end. */
  readonly url: string;
  /** The wrapped client, for code that uses Promises. */
  readonly client: ControlPlane;
  form(options?: EffectCallOptions): Effect.Effect<ApiForm, RequestError>;
  publish(job: NewJob, options?: EffectCallOptions): Effect.Effect<string, PublishError>;
  claim(options?: Omit<ClaimOptions, "signal">): Effect.Effect<Option.Option<Job>, RequestError>;
  list(options?: EffectCallOptions): Effect.Effect<readonly Job[], RequestError>;
  job(id: string, options?: EffectCallOptions): Effect.Effect<Option.Option<Job>, RequestError>;
  stats(options?: EffectCallOptions): Effect.Effect<QueueStats, RequestError>;
  setStatus(
    id: string,
    status: JobStatus,
    options?: Omit<SetStatusOptions, "signal">,
  ): Effect.Effect<void, RequestError>;
  newJob(url: string, options?: EffectCallOptions): Effect.Effect<void, RequestError>;
  uiUpdate(update: UiUpdate, options?: EffectCallOptions): Effect.Effect<void, RequestError>;
  nodes(options?: EffectCallOptions): Effect.Effect<readonly ControlPlaneNode[], ExtraRequestError>;
  health(options?: EffectCallOptions): Effect.Effect<ControlPlaneHealth, RequestError>;
  waitUntilReady(options?: EffectCallOptions): Effect.Effect<void, RequestError>;
  /** The list of workers. */
  readonly workers: {
    register(
      registration: WorkerRegistration,
      options?: EffectCallOptions,
    ): Effect.Effect<string, ExtraRequestError>;
    heartbeat(
      id: string,
      activeJobs: number,
      options?: EffectCallOptions,
    ): Effect.Effect<void, ExtraRequestError>;
    list(options?: EffectCallOptions): Effect.Effect<readonly WorkerInfo[], ExtraRequestError>;
    get(id: string, options?: EffectCallOptions): Effect.Effect<WorkerInfo, ExtraRequestError>;
    drain(id: string, options?: EffectCallOptions): Effect.Effect<void, ExtraRequestError>;
    stats(options?: EffectCallOptions): Effect.Effect<WorkerStats, ExtraRequestError>;
  };
  /** Bytes by their hash. */
  readonly blobs: {
    store(blob: BlobSource, options?: EffectCallOptions): Effect.Effect<string, RequestError>;
    get(hash: string, options?: EffectCallOptions): Effect.Effect<Uint8Array, RequestError>;
    stream(hash: string, options?: EffectCallOptions): Stream.Stream<Uint8Array, RequestError>;
  };
  /** Topics for everyone to send to and listen to. */
  readonly gossip: {
    join(topicId: string, options?: EffectCallOptions): Effect.Effect<void, RequestError>;
    broadcast(
      topicId: string,
      message: string,
      options?: EffectCallOptions,
    ): Effect.Effect<void, RequestError>;
    subscribe(
      topicId: string,
      options?: EffectCallOptions,
    ): Stream.Stream<GossipMessage, ExtraRequestError>;
  };
}

const key = "@flawless-ts/sdk/effect/ControlPlaneClient";

// A separate constant, because the declaration of a class refers to its base only by name.
const ControlPlaneClientKey: Context.ServiceClass<
  ControlPlaneClient,
  typeof key,
  ControlPlaneService
> = Context.Service<ControlPlaneClient, ControlPlaneService>()(key);

/**
 * A client of a control plane as an Effect service.
 *
 * ```ts
 * const program = Effect.gen(function* () {
 *   const controlPlane = yield* ControlPlaneClient;
 *   return yield* controlPlane.publish({ payload: { url: "https://example.com" } });
 * }).pipe(Effect.provide(ControlPlaneClient.layer({ url: "http://127.0.0.1:3020" })));
 * ```
 */
export class ControlPlaneClient extends ControlPlaneClientKey {
  /** A client with these options, closed with the layer's scope. */
  static layer(options: ControlPlaneOptions): Layer.Layer<ControlPlaneClient, InvalidOptionError> {
    return Layer.effect(ControlPlaneClient, make(options));
  }

  /**
   * A client of the control plane in the configuration, with a worker's variables: `CONTROL_PLANE_TICKET` (several
   * URLs, separated by commas, are equal nodes), and `CONTROL_PLANE_TOKEN` (default: none).
   */
  static layerConfig(
    options: Omit<ControlPlaneOptions, "url" | "token"> = {},
  ): Layer.Layer<ControlPlaneClient, InvalidOptionError | Config.ConfigError> {
    const configured = Effect.gen(function* () {
      const ticket = yield* Config.String("CONTROL_PLANE_TICKET");
      const token = yield* Config.option(Config.Redacted("CONTROL_PLANE_TOKEN"));
      const url = yield* trySync(() => parseTicket(ticket));
      return yield* make({
        ...options,
        url,
        token: Option.getOrUndefined(Option.map(token, Redacted.value)),
      });
    });
    return Layer.effect(ControlPlaneClient, configured);
  }
}

function make(
  options: ControlPlaneOptions,
): Effect.Effect<ControlPlaneService, InvalidOptionError, Scope.Scope> {
  const opened = Effect.acquireRelease(
    trySync(() => new ControlPlane(options)),
    (controlPlane) => Effect.promise(() => controlPlane.close()),
  );
  return Effect.map(opened, serviceOf);
}

function serviceOf(client: ControlPlane): ControlPlaneService {
  const { workers, blobs, gossip } = client;
  /** Passes on a call's options, with the signal of its fiber. */
  const call = <A, E extends RequestError | ExtraRequestError | PublishError>(
    name: string,
    options: EffectCallOptions | undefined,
    run: (all: EffectCallOptions & { readonly signal: AbortSignal }) => Promise<A>,
  ): Effect.Effect<A, E> =>
    attempt(`ControlPlane.${name}`, (signal) => run({ ...options, signal }));
  return {
    url: client.url,
    client,
    form: (options) => call("form", options, (all) => client.form(all)),
    publish: (job, options) => call("publish", options, (all) => client.publish(job, all)),
    claim: (options) =>
      Effect.map(
        call<Job | null, RequestError>("claim", options, (all) =>
          client.claim({ ...options, ...all }),
        ),
        Option.fromNullOr,
      ),
    list: (options) => call("list", options, (all) => client.list(all)),
    job: (id, options) =>
      Effect.map(
        call<Job | null, RequestError>("job", options, (all) => client.job(id, all)),
        Option.fromNullOr,
      ),
    stats: (options) => call("stats", options, (all) => client.stats(all)),
    setStatus: (id, status, options) =>
      call("setStatus", options, (all) => client.setStatus(id, status, { ...options, ...all })),
    newJob: (url, options) => call("newJob", options, (all) => client.newJob(url, all)),
    uiUpdate: (update, options) => call("uiUpdate", options, (all) => client.uiUpdate(update, all)),
    nodes: (options) => call("nodes", options, (all) => client.nodes(all)),
    health: (options) => call("health", options, (all) => client.health(all)),
    waitUntilReady: (options) =>
      call("waitUntilReady", options, (all) => client.waitUntilReady(all)),
    workers: {
      register: (registration, options) =>
        call("workers.register", options, (all) => workers.register(registration, all)),
      heartbeat: (id, activeJobs, options) =>
        call("workers.heartbeat", options, (all) => workers.heartbeat(id, activeJobs, all)),
      list: (options) => call("workers.list", options, (all) => workers.list(all)),
      get: (id, options) => call("workers.get", options, (all) => workers.get(id, all)),
      drain: (id, options) => call("workers.drain", options, (all) => workers.drain(id, all)),
      stats: (options) => call("workers.stats", options, (all) => workers.stats(all)),
    },
    blobs: {
      store: (blob, options) => call("blobs.store", options, (all) => blobs.store(blob, all)),
      get: (hash, options) => call("blobs.get", options, (all) => blobs.get(hash, all)),
      stream: (hash, options) =>
        attemptStream((signal) => blobs.stream(hash, { ...options, signal })),
    },
    gossip: {
      join: (topicId, options) => call("gossip.join", options, (all) => gossip.join(topicId, all)),
      broadcast: (topicId, message, options) =>
        call("gossip.broadcast", options, (all) => gossip.broadcast(topicId, message, all)),
      subscribe: (topicId, options) =>
        attemptStream((signal) => gossip.subscribe(topicId, { ...options, signal })),
    },
  };
}
