import type { ActivityDefinitions, ActivityLogger } from "@flawless-ts/wasm-module";
import type { Dispatcher } from "undici";
import type { Flawless } from "../flawless.ts";
import type { Fetch } from "../http/fetch-sender.ts";
import type { Sleep } from "../options/client-options.ts";
import type { ServerUrl } from "../options/server-urls.ts";

/** Options of `ActivityWorker`. Either `url` or `flawless` is needed. */
export interface ActivityWorkerOptions {
  /** The server's URL, or those of a cluster's nodes, all of which are asked for tasks. */
  readonly url?: ServerUrl | undefined;
  /** Sent as `Authorization: Bearer TOKEN`. Default: none. */
  readonly token?: string | undefined;
  /** Certificates (PEM) to trust for HTTPS, as for `Flawless`. */
  readonly ca?: string | readonly string[] | undefined;
  /** Sends the requests, as for `Flawless`. Default: the worker's own agent. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Sends the requests, as for `Flawless`. Default: the platform's, or undici under Node. */
  readonly fetch?: Fetch | undefined;
  /**
   * A client of the server, or of a test environment, instead of `url`. It stays open when the worker is closed. If it
   * has several nodes, the worker asks only one.
   */
  readonly flawless?: Flawless | undefined;
  /** The queue whose tasks it claims, as in the workflows' `context.activities({ queue })`. */
  readonly queue: string;
  /** The activities that it runs. */
  readonly activities: ActivityDefinitions;
  /** The max number of activities that run at a time. Default 10. */
  readonly concurrency?: number | undefined;
  /** The worker's name, which must be unique. Default: the host's name and a random part. */
  readonly id?: string | undefined;
  /**
   * How long to wait after a failed call to the server, in milliseconds, randomized by up to a quarter. Default 1,000.
   */
  readonly errorDelayMs?: number | undefined;
  /**
   * How long `close` lets activities finish before their signals are aborted and their tasks are returned, in
   * milliseconds. Default 8,000: containers are killed 10 seconds after they are asked to stop.
   */
  readonly closeGraceMs?: number | undefined;
  /** Closes the worker when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Default: none. */
  readonly logger?: ActivityLogger | undefined;
  /** Waits. For tests; default: a timer. */
  readonly sleep?: Sleep | undefined;
  /** A random number from 0 up to but not including 1, to randomize waits. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}
