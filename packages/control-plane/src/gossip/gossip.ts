import { ControlPlaneError } from "../errors.ts";

/** Limits of gossip. */
export interface GossipLimits {
  /** The max number of topics. Default 10,000. */
  readonly maxTopics: number;
  /** The max number of subscribers, over all topics. Default 1,000. */
  readonly maxSubscribers: number;
  /** The max size of a message, in bytes. Default 64 KiB. */
  readonly maxMessageBytes: number;
}

/** The defaults of {@link GossipLimits}. */
export const defaultGossipLimits: GossipLimits = {
  maxTopics: 10_000,
  maxSubscribers: 1_000,
  maxMessageBytes: 64 * 1024,
};

/** A subscriber. */
export interface Subscriber {
  receive(message: string): void;
  /** Called when no more messages will come. */
  end(): void;
}

/** Topics whose subscribers get the messages sent after they subscribed. Nothing is stored. */
export class Gossip {
  readonly #limits: GossipLimits;
  readonly #topics = new Map<string, Set<Subscriber>>();
  #subscribers = 0;
  #closed = false;

  constructor(limits: GossipLimits = defaultGossipLimits) {
    this.#limits = limits;
  }

  /** The number of subscribers, over all topics. */
  get subscribers(): number {
    return this.#subscribers;
  }

  /**
   * Creates a topic. Sending to a topic or subscribing to it does so, too.
   *
   * @throws ControlPlaneError `INVALID_REQUEST` for an invalid topic id, `LIMIT_REACHED`
   */
  join(topicId: string): void {
    this.#topic(topicId);
  }

  /**
   * Sends a message to all current subscribers.
   *
   * @returns how many there were
   * @throws ControlPlaneError `INVALID_REQUEST`, `LIMIT_REACHED`
   */
  broadcast(topicId: string, message: string): number {
    const listening = this.check(topicId, message);
    this.deliver(topicId, message);
    return listening;
  }

  /** Delivers a message to the topic's subscribers on this node. */
  deliver(topicId: string, message: string): void {
    for (const subscriber of [...(this.#topics.get(topicId.toLowerCase()) ?? [])]) {
      subscriber.receive(message);
    }
  }

  /**
   * Checks whether a message may be sent.
   *
   * @returns the number of the topic's subscribers
   * @throws ControlPlaneError `INVALID_REQUEST`, `LIMIT_REACHED`
   */
  check(topicId: string, message: string): number {
    const size = Buffer.byteLength(message);
    if (size > this.#limits.maxMessageBytes) {
      throw new ControlPlaneError(
        "INVALID_REQUEST",
        `The message has ${size} bytes, but the limit is ${this.#limits.maxMessageBytes}.`,
      );
    }
    return this.#topic(topicId).size;
  }

  /**
   * Subscribes to a topic.
   *
   * @returns a function that ends the subscription
   * @throws ControlPlaneError `INVALID_REQUEST`, `LIMIT_REACHED`
   */
  subscribe(topicId: string, subscriber: Subscriber): () => void {
    const subscribers = this.#topic(topicId);
    if (this.#subscribers >= this.#limits.maxSubscribers) {
      throw new ControlPlaneError(
        "LIMIT_REACHED",
        `There are already ${this.#limits.maxSubscribers} subscribers, which is the limit.`,
      );
    }
    if (this.#closed) {
      subscriber.end();
      return () => undefined;
    }
    subscribers.add(subscriber);
    this.#subscribers += 1;
    return () => {
      if (subscribers.delete(subscriber)) {
        this.#subscribers -= 1;
      }
    };
  }

  /** Ends all subscriptions, and refuses new ones. */
  close(): void {
    this.#closed = true;
    for (const subscribers of this.#topics.values()) {
      for (const subscriber of [...subscribers]) {
        subscriber.end();
      }
    }
  }

  #topic(topicId: string): Set<Subscriber> {
    const id = topicId.toLowerCase();
    if (!/^[0-9a-f]{64}$/.test(id)) {
      throw new ControlPlaneError(
        "INVALID_REQUEST",
        `A topic_id has 64 hex digits, not ${JSON.stringify(topicId.slice(0, 100))}.`,
      );
    }
    const known = this.#topics.get(id);
    if (known !== undefined) {
      return known;
    }
    if (this.#topics.size >= this.#limits.maxTopics) {
      throw new ControlPlaneError(
        "LIMIT_REACHED",
        `There are already ${this.#limits.maxTopics} topics, which is the limit.`,
      );
    }
    const subscribers = new Set<Subscriber>();
    this.#topics.set(id, subscribers);
    return subscribers;
  }
}
