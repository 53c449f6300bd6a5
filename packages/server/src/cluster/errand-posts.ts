import type { Engine } from "../engine/index.ts";
import { ErrandTable, type Notices, type PostgresDatabase } from "../store/postgres/index.ts";
import type { Timers } from "../time/timers.ts";
import type { ClusterNode } from "./cluster-node.ts";
import { ErrandPost } from "./errand-post.ts";
import { noOwner } from "./no-owner.ts";
import type { PartitionElsewhere } from "./partition-elsewhere.ts";

/** Options of {@link ErrandPosts}. */
export interface ErrandPostsOptions {
  /** Ordered by their partitions: partition p is in database p mod n. */
  readonly databases: readonly PostgresDatabase[];
  /** One for each database. */
  readonly notices: readonly Pick<Notices, "say">[];
  readonly node: ClusterNode;
  readonly lookMs: number;
  readonly timers: Timers;
  onError(error: unknown): void;
}

/** The notice by which nodes announce errands. */
export const errandsNotice = "errands";

/** Delivers errands from partition to partition, in any database. */
export class ErrandPosts {
  readonly #posts: readonly ErrandPost[];
  /** How to reach each engine that runs here. */
  readonly #here = new WeakMap<Engine, PartitionElsewhere>();

  constructor({ databases, notices, node, lookMs, timers, onError }: ErrandPostsOptions) {
    this.#posts = databases.map(
      (database, index) =>
        new ErrandPost({
          table: new ErrandTable(database),
          timers,
          lookMs,
          askAgainMs: node.leaseMs,
          here: () =>
            node.open
              .map(({ claimed }) => claimed.partition)
              .filter((partition) => partition % databases.length === index),
          run: (partition, body) => this.#run(node, partition, body),
          say: () => notices[index]?.say(errandsNotice),
          onError,
        }),
    );
  }

  /** Sets how engines of other partitions reach an engine. */
  serve(engine: Engine, elsewhere: PartitionElsewhere): void {
    this.#here.set(engine, elsewhere);
  }

  to(partition: number): ErrandPost {
    return this.#posts[partition % this.#posts.length] as ErrandPost;
  }

  /** @param database its index */
  look(database: number): void {
    this.#posts[database]?.look();
  }

  begin(): void {
    for (const post of this.#posts) {
      post.look();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#posts.map((post) => post.close()));
  }

  async #run(node: ClusterNode, number: number, body: string): Promise<string> {
    const partition = node.partition(number);
    const elsewhere = partition === undefined ? undefined : this.#here.get(partition.engine);
    if (partition === undefined || elsewhere === undefined) {
      throw noOwner(number);
    }
    return elsewhere.run(partition.engine, body);
  }
}
