import type { ActivityDefinitions, ActivityLogger } from "@flawless-ts/wasm-module";
import type { Dispatcher } from "undici";
import type { Flawless } from "../flawless.ts";
import type { Fetch } from "../http/fetch-sender.ts";
import type { ServerUrl, Sleep } from "../options.ts";

/** Options of `ActivityWorker`. Either `url` or `flawless` is needed. */
export interface ActivityWorkerOptions {
  /** Where the server is; or where the nodes of a cluster are, all of which are asked for tasks. */
  readonly url?: ServerUrl | undefined;
  /** Sent as `Authorization: Bearer TOKEN`. Default: none. */
  readonly token?: string | undefined;
  /** Certificates (PEM) of the authorities that may vouch for a server with HTTPS, as for `Flawless`. */
  readonly ca?: string | readonly string[] | undefined;
  /** Sends the requests, as for `Flawless`. Default: an agent of the worker's own. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Sends the requests, as for `Flawless`. Default: the platform's, or undici under Node. */
  readonly fetch?: Fetch | undefined;
  /**
   * A client of the server, or of a test environment, in place of `url`. It stays open when the worker is closed, and of
   * several nodes the worker asks one.
   */
  readonly flawless?: Flawless | undefined;
  /** The queue whose tasks it takes: what workflows name in `context.activities({ queue })`. */
  readonly queue: string;
  /** What it runs. */
  readonly activities: ActivityDefinitions;
  /** How many activities it runs at a time. Default 10. */
  readonly concurrency?: number | undefined;
  /** The worker's name, which no other may have. Default: the host's name and a random part. */
  readonly id?: string | undefined;
  /** Milliseconds to wait after a call to the server failed, spread by up to a quarter. Default 1,000. */
  readonly errorDelayMs?: number | undefined;
  /**
   * How long `close` lets activities finish before their signals are aborted and their tasks are handed back, in
   * milliseconds. Default 8,000: containers are killed 10 seconds after they are asked to stop.
   */
  readonly closeGraceMs?: number | undefined;
  /** Closes the worker when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Default: none. */
  readonly logger?: ActivityLogger | undefined;
  /** Waits. For tests; default: a timer. */
  readonly sleep?: Sleep | undefined;
  /** Random number from 0 to 1, 1 excluded, that spreads the waits. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}
