/** A node as others see it. */
export interface NodeEntry {
  readonly id: string;
  /** Its URL for clients; null before it listens. */
  readonly url: string | null;
  /** The Flawless server that it manages, for workers; null if there is none. */
  readonly flawlessUrl: string | null;
}
