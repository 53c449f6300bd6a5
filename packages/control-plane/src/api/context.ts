import type { ServedTicket } from "@flawless-ts/http-service";
import type { EventStreams } from "@flawless-ts/http-service/pages";
import type { Blobs } from "../blobs/blobs.ts";
import type { FlawlessLink } from "../flawless/flawless-link.ts";
import type { Gossip } from "../gossip/gossip.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { NodeEntry } from "../node-entry.ts";
import type { QueueEvents } from "../queue/queue-events.ts";
import type { Queue } from "../queue/queue.ts";

/** The state of the storage. */
export interface StorageState {
  readonly reachable: boolean;
  readonly writable: boolean;
  /** The number of live nodes that use it. */
  readonly nodes: number;
}

/** The storage. */
export interface Storage {
  readonly kind: "sqlite" | "postgres";
  ask(): Promise<StorageState>;
}

/** What routes and pages work with. */
export interface ControlPlaneContext {
  readonly nodeId: string;
  /** All live nodes, including this one, sorted by name. */
  readonly nodes: { list(): readonly NodeEntry[] };
  readonly queue: Queue;
  readonly events: QueueEvents;
  readonly blobs: Blobs;
  readonly gossip: Gossip;
  /** Sends a message to all subscribers on all nodes. Returns the number of subscribers on this node. */
  readonly broadcast: (topicId: string, message: string) => Promise<number>;
  /** The storage. */
  readonly storage: Storage;
  readonly streams: EventStreams;
  readonly metrics: Metrics;
  /** Null if this node manages no Flawless server. */
  readonly flawless: FlawlessLink | null;
  /** This node's URL. Known once it listens. */
  readonly ownUrl: () => string | null;
  /** This node's iroh ticket, once there is one. */
  readonly ticket: () => ServedTicket | null;
}
