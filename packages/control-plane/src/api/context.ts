import type { EventStreams } from "@flawless-ts/http-service/pages";
import type { BlobStore } from "../blobs/blob-store.ts";
import type { NodeRegistry } from "../cluster/node-registry.ts";
import type { FlawlessLink } from "../flawless/flawless-link.ts";
import type { Gossip } from "../gossip/gossip.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { QueueEvents } from "../queue/queue-events.ts";
import type { Queue } from "../queue/queue.ts";

/** What the routes and the pages work with. */
export interface ControlPlaneContext {
  readonly nodeId: string;
  /** The nodes that joined this one. */
  readonly nodes: NodeRegistry;
  readonly queue: Queue;
  readonly events: QueueEvents;
  readonly blobs: BlobStore;
  readonly gossip: Gossip;
  readonly streams: EventStreams;
  readonly metrics: Metrics;
  /** Null where there is no Flawless server to look after. */
  readonly flawless: FlawlessLink | null;
  /** The Flawless server's URL for workers; it may differ from the one that this node uses. */
  readonly advertisedFlawlessUrl: string | null;
  /** Where this node is reached. Known once it listens. */
  readonly ownUrl: () => string | null;
}
