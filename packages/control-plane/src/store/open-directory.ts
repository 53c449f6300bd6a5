import { join } from "node:path";
import { BlobStore } from "../blobs/blob-store.ts";
import type { Clock } from "../clock.ts";
import { SqliteStore } from "./sqlite-store.ts";
import type { OpenStorage, StorageParts } from "./storage.ts";
import type { Store } from "./store.ts";

/**
 * Opens a directory as the storage of one control plane.
 *
 * @param given replaces the SQLite file, for tests
 * @throws ControlPlaneError `DIRECTORY_UNUSABLE`, `DIRECTORY_IN_USE`, `STORE_DAMAGED`
 */
export async function openDirectory(
  directory: string,
  { gossip, maxBlobBytes }: StorageParts,
  clock: Clock,
  given: Store | undefined,
): Promise<OpenStorage> {
  const store = given ?? (await SqliteStore.open(directory));
  try {
    const blobs = new BlobStore(join(directory, "blobs"), maxBlobBytes);
    return {
      store,
      blobs,
      clock,
      kind: "sqlite",
      broadcast: async (topicId, message) => gossip.broadcast(topicId, message),
      takePart: async () => ({ nodes: { list: () => [] }, storage: sqliteStorage(store) }),
      [Symbol.asyncDispose]: async () => await store.close(),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The state of a single node's store. */
export function sqliteStorage(
  store: Store,
): Awaited<ReturnType<OpenStorage["takePart"]>>["storage"] {
  return {
    kind: "sqlite",
    ask: async () => {
      const works = await store.read("counts").then(
        () => true,
        () => false,
      );
      return { reachable: works, writable: works, nodes: 1 };
    },
  };
}
