import type { Clock } from "../clock.ts";
import { ControlPlaneError } from "../errors.ts";

/** A node as others see it. */
export interface NodeEntry {
  readonly id: string;
  /** Where clients reach it; null while it does not listen yet. */
  readonly url: string | null;
  /** The Flawless server that it looks after, for workers; null where there is none. */
  readonly flawlessUrl: string | null;
}

/** A node that joined. */
export interface JoinedNode extends NodeEntry {
  /** Names this run of the node: one that was restarted has another. */
  readonly instance: string;
}

interface Heard {
  readonly node: JoinedNode;
  readonly at: number;
}

/** How often a node that joined shows that it lives, in milliseconds. */
export const defaultRegisterEveryMs = 5_000;

const maxNodes = 1_000;

/**
 * The nodes that joined the one which holds the queue. They are kept in memory only: each registers again and again, so
 * that the list is whole again soon after a restart.
 */
export class NodeRegistry {
  readonly #heard = new Map<string, Heard>();
  readonly #ownId: string;
  readonly #clock: Clock;
  readonly #lostAfterMs: number;

  /** @param lostAfterMs after how long without news a node counts as gone. Default 15,000: three times the usual pause. */
  constructor(ownId: string, clock: Clock, lostAfterMs: number = 3 * defaultRegisterEveryMs) {
    this.#ownId = ownId;
    this.#clock = clock;
    this.#lostAfterMs = lostAfterMs;
  }

  /**
   * Takes a node in, or hears of it again. One that was restarted takes its own place.
   *
   * @throws ControlPlaneError `NODE_CONFLICT` where another node goes by that name; `LIMIT_REACHED`
   */
  register(node: JoinedNode): void {
    this.#forgetLost();
    const known = this.#heard.get(node.id)?.node;
    const taken =
      node.id === this.#ownId ||
      (known !== undefined && known.instance !== node.instance && known.url !== node.url);
    if (taken) {
      const where = known?.url === undefined || known.url === null ? "" : ` at ${known.url}`;
      throw new ControlPlaneError(
        "NODE_CONFLICT",
        `There is a node ${node.id}${where} already. Give each node a name of its own (NODE_ID).`,
      );
    }
    if (known === undefined && this.#heard.size >= maxNodes) {
      throw new ControlPlaneError("LIMIT_REACHED", `There are ${maxNodes} nodes already.`);
    }
    this.#heard.set(node.id, { node, at: this.#clock.now() });
  }

  /** Strikes a node off that stops. What a former run of it says counts no more. */
  leave(id: string, instance: string): void {
    if (this.#heard.get(id)?.node.instance === instance) {
      this.#heard.delete(id);
    }
  }

  /** The nodes that were heard of lately, by name. */
  list(): readonly NodeEntry[] {
    this.#forgetLost();
    return [...this.#heard.values()]
      .map(({ node: { id, url, flawlessUrl } }) => ({ id, url, flawlessUrl }))
      .toSorted((one, other) => (one.id < other.id ? -1 : 1));
  }

  #forgetLost(): void {
    const before = this.#clock.now() - this.#lostAfterMs;
    for (const [id, { at }] of this.#heard) {
      if (at < before) {
        this.#heard.delete(id);
      }
    }
  }
}
