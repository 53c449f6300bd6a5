import type { MessagePort } from "node:worker_threads";
import type { EngineDivision } from "./engine-directories.ts";

/** Which of a server's engines it is. */
export interface EnginePlace {
  readonly directory: string;
  readonly division: EngineDivision;
  readonly index: number;
}

/** What the other engines need of one. */
export interface OpenedPart {
  /** Where they reach its API. */
  readonly url: string;
  /** By which they read its journal, one for each other engine in their order; null at its own place. */
  readonly journals: readonly (MessagePort | null)[];
}

/** What an engine needs of another one; null at its own place. */
export type MetPart = {
  readonly url: string;
  readonly journal: MessagePort;
  readonly link: MessagePort;
} | null;
