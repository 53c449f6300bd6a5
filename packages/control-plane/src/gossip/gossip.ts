import { ControlPlaneError } from "../errors.ts";

/** Limits of gossip. */
export interface GossipLimits {
  /** How many topics may be joined or listened to. Default 10,000. */
  readonly maxTopics: number;
  /** How many may listen at once, to all topics together. Default 1,000. */
  readonly maxSubscribers: number;
  /** The largest message, in bytes. Default 64 KiB. */
  readonly maxMessageBytes: number;
}

/** The defaults that {@link GossipLimits} tells. */
export const defaultGossipLimits: GossipLimits = {
  maxTopics: 10_000,
  maxSubscribers: 1_000,
  maxMessageBytes: 64 * 1024,
};

/** Somebody who listens. */
export interface Subscriber {
  receive(message: string): void;
  /** There will be no more messages. */
  end(): void;
}

/** Topics: who listens gets what is sent from then on. Nothing is kept. */
export class Gossip {
  readonly #limits: GossipLimits;
  readonly #topics = new Map<string, Set<Subscriber>>();
  #subscribers = 0;
  #closed = false;

  constructor(limits: GossipLimits = defaultGossipLimits) {
    this.#limits = limits;
  }

  /** How many listen, to all topics together. */
  get subscribers(): number {
    return this.#subscribers;
  }

  /**
   * Makes a topic known. Sending to a topic and listening to it do so, too.
   *
   * @throws ControlPlaneError `INVALID_REQUEST` for what is no topic's id, `LIMIT_REACHED`
   */
  join(topicId: string): void {
    this.#topic(topicId);
  }

  /**
   * Sends a message to all who listen now.
   *
   * @returns how many there were
   * @throws ControlPlaneError `INVALID_REQUEST`, `LIMIT_REACHED`
   */
  broadcast(topicId: string, message: string): number {
    const listening = this.check(topicId, message);
    this.deliver(topicId, message);
    return listening;
  }

  /** Hands a message to those who listen to its topic on this node. */
  deliver(topicId: string, message: string): void {
    for (const subscriber of [...(this.#topics.get(topicId.toLowerCase()) ?? [])]) {
      subscriber.receive(message);
    }
  }

  /**
   * Whether a message may be sent.
   *
   * @returns how many listen to its topic
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
   * Listens to a topic.
   *
   * @returns what ends it
   * @throws ControlPlaneError `INVALID_REQUEST`, `LIMIT_REACHED`
   */
  subscribe(topicId: string, subscriber: Subscriber): () => void {
    const subscribers = this.#topic(topicId);
    if (this.#subscribers >= this.#limits.maxSubscribers) {
      throw new ControlPlaneError(
        "LIMIT_REACHED",
        `There are ${this.#limits.maxSubscribers} subscribers, and there may be no more.`,
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
        `There are ${this.#limits.maxTopics} topics, and there may be no more.`,
      );
    }
    const subscribers = new Set<Subscriber>();
    this.#topics.set(id, subscribers);
    return subscribers;
  }
}
