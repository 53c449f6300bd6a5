import { ShortLivedMap } from "@flawless-ts/wasm-module/internal";
import type { Clock } from "../../time/clock.ts";
import type { EngineLimits } from "../limits.ts";

/** What is known of the descendants of one root. */
interface Tree {
  /** How many run; undefined until the journal has been read. */
  running: number | undefined;
  /** Starts minus ends while the journal is being read. */
  change: number;
  counting: Promise<void> | undefined;
  /** Starts that may happen now; negative if some wait for their turn. */
  tokens: number;
  /** When `tokens` was calculated, by the engine's clock. */
  at: number;
  /** The number of calls that are ending the whole tree at the moment. */
  closings: number;
}

/** The limits of the trees of workflows. */
export type TreeLimits = Pick<EngineLimits, "descendants" | "childDepth" | "childrenPerSecond">;

/** The delay after the journal could not be read. */
const askAgainMs = 1_000;
/** Once there are this many trees, those without activity are forgotten. */
const minTreesToSweep = 1_000;

/**
 * Keeps workflows from starting others endlessly. A root and all its descendants are one tree, with a max number of
 * running workflows, of generations, and of starts a second. A start that would be too many or too deep fails the
 * workflow that makes it; one that is too fast only waits.
 */
export class WorkflowTrees {
  readonly #limits: TreeLimits;
  readonly #clock: Clock;
  readonly #countRunning: (root: number, max: number) => Promise<number>;
  readonly #trees = new ShortLivedMap<number, Tree>();
  #sweepAt = minTreesToSweep;

  /** @param countRunning the number of a root's descendants that run according to the journal, up to a maximum */
  constructor(
    limits: TreeLimits,
    clock: Clock,
    countRunning: (root: number, max: number) => Promise<number>,
  ) {
    this.#limits = limits;
    this.#clock = clock;
    this.#countRunning = countRunning;
  }

  /**
   * Asks whether a workflow may start a child.
   *
   * @param depth of the workflow that asks
   * @param decide called immediately if possible: without an argument, or with the reason why there can't be a child
   * @param failed called if the journal could not be read; it is retried
   * @returns a function that withdraws the request
   */
  admit(
    root: number,
    depth: number,
    decide: (refusal?: string) => void,
    failed: (error: unknown) => void,
  ): () => void {
    const { childDepth } = this.#limits;
    if (depth >= childDepth) {
      decide(
        `it is ${depth} generations away from the workflow that a caller started; the limit childDepth allows ${childDepth}`,
      );
      return () => undefined;
    }
    const tree = this.#treeOf(root);
    let open = true;
    let cancelTimer: (() => void) | undefined;
    const go = (): void => {
      if (open && tree.closings === 0) {
        decide(this.#excess(tree));
      }
    };
    const takeTurn = (): void => {
      const waitMs = this.#reserve(tree);
      if (waitMs === 0) {
        go();
      } else {
        cancelTimer = this.#clock.setTimer(this.#clock.now() + waitMs, go);
      }
    };
    const ask = (): void => {
      if (!open) {
        return;
      }
      if (tree.running !== undefined) {
        takeTurn();
        return;
      }
      this.#count(root, tree).then(ask, (error: unknown) => {
        failed(error);
        cancelTimer = this.#clock.setTimer(this.#clock.now() + askAgainMs, ask);
      });
    };
    ask();
    return () => {
      open = false;
      cancelTimer?.();
    };
  }

  /** A descendant was created. */
  began(root: number): void {
    this.#change(root, 1);
  }

  /** A descendant has ended. */
  ended(root: number): void {
    this.#change(root, -1);
  }

  /**
   * Nothing is started below a root until the returned function is called. Workflows that want to start something wait.
   */
  close(root: number): () => void {
    const tree = this.#treeOf(root);
    tree.closings += 1;
    return () => {
      tree.closings -= 1;
    };
  }

  #excess(tree: Tree): string | undefined {
    const { descendants } = this.#limits;
    return (tree.running ?? 0) < descendants
      ? undefined
      : `${tree.running ?? 0} workflows run that descend from the one that a caller started; the limit descendants allows ${descendants}`;
  }

  /** @returns milliseconds until it is this start's turn */
  #reserve(tree: Tree): number {
    const { childrenPerSecond } = this.#limits;
    const now = this.#clock.now();
    const grown = (Math.max(0, now - tree.at) * childrenPerSecond) / 1_000;
    tree.tokens = Math.min(childrenPerSecond, tree.tokens + grown) - 1;
    tree.at = now;
    return tree.tokens >= 0 ? 0 : Math.ceil((-tree.tokens * 1_000) / childrenPerSecond);
  }

  #change(root: number, change: 1 | -1): void {
    const tree = this.#trees.get(root);
    if (tree === undefined) {
      return;
    }
    if (tree.running === undefined) {
      tree.change += change;
    } else {
      tree.running = Math.max(0, tree.running + change);
    }
  }

  #count(root: number, tree: Tree): Promise<void> {
    tree.counting ??= this.#countRunning(root, this.#limits.descendants).then(
      (running) => {
        tree.running = Math.max(0, running + tree.change);
      },
      (error: unknown) => {
        tree.counting = undefined;
        throw error;
      },
    );
    return tree.counting;
  }

  #treeOf(root: number): Tree {
    let tree = this.#trees.get(root);
    if (tree === undefined) {
      this.#sweep();
      tree = {
        running: undefined,
        change: 0,
        counting: undefined,
        tokens: this.#limits.childrenPerSecond,
        at: this.#clock.now(),
        closings: 0,
      };
      this.#trees.set(root, tree);
    }
    return tree;
  }

  #sweep(): void {
    if (this.#trees.size < this.#sweepAt) {
      return;
    }
    const longAgo = this.#clock.now() - 1_000;
    for (const [root, { running, closings, at }] of this.#trees) {
      if (running === 0 && closings === 0 && at < longAgo) {
        this.#trees.delete(root);
      }
    }
    this.#sweepAt = Math.max(minTreesToSweep, this.#trees.size * 2);
  }
}
