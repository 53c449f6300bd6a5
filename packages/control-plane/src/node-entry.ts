/** A node as others see it. */
export interface NodeEntry {
  readonly id: string;
  /** Where clients reach it; null while it does not listen yet. */
  readonly url: string | null;
  /** The Flawless server that it looks after, for workers; null where there is none. */
  readonly flawlessUrl: string | null;
}
