import type { Logger } from "pino";
import type { Storage } from "../api/context.ts";
import type { Blobs } from "../blobs/blobs.ts";
import type { Clock } from "../clock.ts";
import type { Gossip } from "../gossip/gossip.ts";
import type { NodeEntry } from "../node-entry.ts";
import type { Store } from "./store.ts";

/** A participating node. */
export interface Membership {
  /** The other live nodes. */
  readonly nodes: { list(): readonly NodeEntry[] };
  readonly storage: Storage;
}

/** All storage of one node. Disposing of it closes it. */
export interface OpenStorage extends AsyncDisposable {
  readonly store: Store;
  readonly blobs: Blobs;
  /** The clock shared by all nodes. */
  readonly clock: Clock;
  readonly kind: Storage["kind"];
  /** Sends a message to all nodes. */
  readonly broadcast: (topicId: string, message: string) => Promise<number>;
  /**
   * Joins, once the node listens.
   *
   * @throws ControlPlaneError `NODE_CONFLICT`
   */
  takePart(own: NodeEntry): Promise<Membership>;
}

/** What opening a storage needs. */
export interface StorageParts {
  readonly gossip: Gossip;
  readonly maxBlobBytes: number;
  readonly logger: Logger;
}
