import { ShortLivedMap, ShortLivedSet } from "@flawless-ts/wasm-module/internal";
import { EngineError } from "../../errors.ts";

/** A workflow that needs a place in memory to run. */
export interface Resident {
  readonly id: number;
  /** The workflow that it descends from, or itself. Places are shared fairly between roots. */
  readonly root: number;
  /** It has a place: it starts or rebuilds its guest. */
  enter(): void;
  /** It must give up its place: its guest waits, and is rebuilt later. */
  leave(): void;
}

/** A root and its descendants. */
interface Tree<Item> {
  inside: number;
  readonly waiting: Set<Item>;
  readonly queue: Set<Item>;
}

/** With at most this many places, one tree may have them all. */
const minShare = 4;

/**
 * Keeps the number of guests in memory below a limit. A guest that waits gives way to one that can run, longest wait
 * first, and leaves by itself after a while. A root and its descendants have at most half of the places, and the queue
 * admits root by root, so a workflow that starts thousands of others doesn't block anyone else's.
 */
export class Residency<Item extends Resident> {
  readonly #places: number;
  readonly #maxShare: number;
  readonly #maxQueue: number;
  readonly #idleMs: number;
  readonly #inside = new ShortLivedSet<Item>();
  /** With the time since when they wait, longest wait first. */
  readonly #waiting = new ShortLivedMap<Item, number>();
  readonly #trees = new ShortLivedMap<number, Tree<Item>>();
  /** The trees that have somebody in their queue; the next one's turn comes first. */
  readonly #queues = new ShortLivedSet<Tree<Item>>();
  #queued = 0;
  #queuedRoots = 0;

  constructor(options: { places: number; maxQueue: number; idleMs: number }) {
    this.#places = options.places;
    this.#maxShare = Math.max(Math.min(minShare, options.places), Math.floor(options.places / 2));
    this.#maxQueue = options.maxQueue;
    this.#idleMs = options.idleMs;
  }

  /** How many have no place yet. */
  get queued(): number {
    return this.#queued;
  }

  /** How many have a place. */
  get inside(): number {
    return this.#inside.size;
  }

  /**
   * Checks that another root may queue. Descendants do not count.
   * @throws EngineError `LIMIT_REACHED`
   */
  assertRoomForOneMore(): void {
    if (this.#queuedRoots >= this.#maxQueue) {
      throw new EngineError(
        "LIMIT_REACHED",
        `${this.#queuedRoots} workflows wait for a place to run already. Try again later.`,
      );
    }
  }

  request(item: Item): void {
    const tree = this.#treeOf(item);
    if (this.#inside.has(item)) {
      this.#continues(item, tree);
      return;
    }
    this.#makeRoom(tree);
    if (this.#inside.size >= this.#places || tree.inside >= this.#maxShare) {
      this.#enqueue(item, tree);
      return;
    }
    this.#inside.add(item);
    tree.inside += 1;
    item.enter();
  }

  /**
   * The guest waits. It may be asked to leave, and leaves immediately if it would not be needed before its time is
   * over.
   *
   * @param atLeastMs how long it is certain to wait
   */
  waits(item: Item, atLeastMs: number): void {
    if (!this.#inside.has(item)) {
      return;
    }
    this.#waiting.set(item, performance.now());
    this.#treeOf(item).waiting.add(item);
    if (atLeastMs >= this.#idleMs) {
      this.#evict(item);
    }
    this.#admit();
  }

  /** The guest no longer waits. */
  continues(item: Item): void {
    this.#continues(item, this.#trees.get(item.root));
  }

  /** The guest is gone. */
  left(item: Item): void {
    const tree = this.#trees.get(item.root);
    if (tree === undefined) {
      return;
    }
    this.#dequeue(item, tree);
    const wasInside = this.#removeFromInside(item, tree);
    this.#forgetIfEmpty(item.root, tree);
    if (wasInside) {
      this.#admit();
    }
  }

  /** These are gone, all at once: none of them is admitted in place of another. */
  leftTogether(items: Iterable<Item>): void {
    for (const item of items) {
      const tree = this.#trees.get(item.root);
      if (tree !== undefined) {
        this.#dequeue(item, tree);
        this.#removeFromInside(item, tree);
        this.#forgetIfEmpty(item.root, tree);
      }
    }
    this.#admit();
  }

  /** Makes those leave that have waited for long, or all that wait. To be called now and then. */
  sweep({ all }: { readonly all: boolean } = { all: false }): void {
    const due = all ? Infinity : performance.now() - this.#idleMs;
    for (const [item, since] of this.#waiting) {
      if (since > due) {
        break;
      }
      this.#evict(item);
    }
    this.#admit();
  }

  /** Asks one that waits to leave: from the same tree if that has its full share, otherwise from any. */
  #makeRoom(tree: Tree<Item>): void {
    if (tree.inside >= this.#maxShare) {
      const [own] = tree.waiting;
      if (own !== undefined) {
        this.#evict(own);
      }
    } else if (this.#inside.size >= this.#places) {
      const [longestWaiting] = this.#waiting.keys();
      if (longestWaiting !== undefined) {
        this.#evict(longestWaiting);
      }
    }
  }

  #evict(item: Item): void {
    const tree = this.#treeOf(item);
    this.#removeFromInside(item, tree);
    this.#forgetIfEmpty(item.root, tree);
    item.leave();
  }

  #admit(): void {
    for (let tried = 0; tried < this.#queues.size; tried += 1) {
      if (this.#inside.size >= this.#places && this.#waiting.size === 0) {
        return;
      }
      const [tree] = this.#queues;
      const [item] = tree?.queue ?? [];
      if (tree === undefined || item === undefined) {
        return;
      }
      // The others come before its turn comes again.
      this.#queues.delete(tree);
      this.#queues.add(tree);
      if (tree.inside < this.#maxShare || tree.waiting.size > 0) {
        this.#dequeue(item, tree);
        this.request(item);
        tried = -1;
      }
    }
  }

  #enqueue(item: Item, tree: Tree<Item>): void {
    if (!tree.queue.has(item)) {
      tree.queue.add(item);
      this.#queues.add(tree);
      this.#queued += 1;
      this.#queuedRoots += item.id === item.root ? 1 : 0;
    }
  }

  #dequeue(item: Item, tree: Tree<Item>): void {
    if (tree.queue.delete(item)) {
      this.#queued -= 1;
      this.#queuedRoots -= item.id === item.root ? 1 : 0;
      if (tree.queue.size === 0) {
        this.#queues.delete(tree);
      }
    }
  }

  #continues(item: Item, tree: Tree<Item> | undefined): void {
    this.#waiting.delete(item);
    tree?.waiting.delete(item);
  }

  #removeFromInside(item: Item, tree: Tree<Item>): boolean {
    this.#continues(item, tree);
    const wasInside = this.#inside.delete(item);
    tree.inside -= wasInside ? 1 : 0;
    return wasInside;
  }

  #treeOf({ root }: Item): Tree<Item> {
    let tree = this.#trees.get(root);
    if (tree === undefined) {
      tree = { inside: 0, waiting: new Set(), queue: new Set() };
      this.#trees.set(root, tree);
    }
    return tree;
  }

  #forgetIfEmpty(root: number, tree: Tree<Item>): void {
    if (tree.inside === 0 && tree.queue.size === 0) {
      this.#trees.delete(root);
    }
  }
}
