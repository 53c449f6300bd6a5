import type { Clock } from "../../time/clock.ts";
import type { EngineLimits } from "../limits.ts";

/** What is known of the descendants of one root. */
interface Tree {
  /** How many run; undefined until the journal has told. */
  running: number | undefined;
  /** Ends and starts that came while the journal was asked. */
  change: number;
  counting: Promise<void> | undefined;
  /** Starts that may happen now; negative where some wait for their turn. */
  tokens: number;
  /** When `tokens` was right, by the engine's clock. */
  at: number;
  /** How many calls are ending the whole tree at the moment. */
  closings: number;
}

/** What the trees of workflows are limited by. */
export type TreeLimits = Pick<EngineLimits, "descendants" | "childDepth" | "childrenPerSecond">;

/** After the journal could not be asked. */
const askAgainMs = 1_000;
/** From so many trees on, those that nothing happens in are forgotten. */
const minTreesToSweep = 1_000;

/**
 * Keeps workflows from starting others without end. A root and all that descend from it are one tree: it may have so many
 * running workflows, so many generations, and so many starts a second. Too many and too deep fail the workflow that goes
 * on; too fast only has to wait.
 */
export class WorkflowTrees {
  readonly #limits: TreeLimits;
  readonly #clock: Clock;
  readonly #countRunning: (root: number, max: number) => Promise<number>;
  readonly #trees = new Map<number, Tree>();
  #sweepAt = minTreesToSweep;

  /** @param countRunning how many descendants of a root run by the journal, up to a maximum */
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
   * @param decide called at once where that is possible: with nothing, or with why the child can't be
   * @param failed hears that the journal could not be asked; it is asked again
   * @returns takes the question back
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

  /** Nothing is started below a root until the returned function is called: whoever asks waits. */
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
