import type { ServedTicket } from "@flawless-ts/http-service";
import type { EventStreams } from "@flawless-ts/http-service/pages";
import type { Blobs } from "../blobs/blobs.ts";
import type { FlawlessLink } from "../flawless/flawless-link.ts";
import type { Gossip } from "../gossip/gossip.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { NodeEntry } from "../node-entry.ts";
import type { QueueEvents } from "../queue/queue-events.ts";
import type { Queue } from "../queue/queue.ts";

/** How what keeps everything is. */
export interface StorageState {
  readonly reachable: boolean;
  readonly writable: boolean;
  /** How many nodes use it and live. */
  readonly nodes: number;
}

/** Where everything is kept. */
export interface Storage {
  readonly kind: "sqlite" | "postgres";
  ask(): Promise<StorageState>;
}

/** What the routes and the pages work with. */
export interface ControlPlaneContext {
  readonly nodeId: string;
  /** All nodes that live, this one included, by name. */
  readonly nodes: { list(): readonly NodeEntry[] };
  readonly queue: Queue;
  readonly events: QueueEvents;
  readonly blobs: Blobs;
  readonly gossip: Gossip;
  /** Sends a message to all who listen, on all nodes; gives how many do so on this one. */
  readonly broadcast: (topicId: string, message: string) => Promise<number>;
  /** Where everything is kept. */
  readonly storage: Storage;
  readonly streams: EventStreams;
  readonly metrics: Metrics;
  /** Null where there is no Flawless server to look after. */
  readonly flawless: FlawlessLink | null;
  /** Where this node is reached. Known once it listens. */
  readonly ownUrl: () => string | null;
  /** By which this node is reached through iroh. Known once it is. */
  readonly ticket: () => ServedTicket | null;
}
