import type { TlsFiles } from "@flawless-ts/http-service/program";
import type { ServerOptions } from "../server-options.ts";
import type { EnginePlace, MetPart, OpenedPart } from "./engine-place.ts";

/** What a thread is given that runs an engine. */
export interface EngineThreadData {
  readonly place: EnginePlace;
  readonly options: CopiedOptions;
  /** The log's level. */
  readonly level: string;
}

/** The options that can be copied from thread to thread. */
export type CopiedOptions = Omit<
  ServerOptions,
  "logger" | "observers" | "tokens" | "tls" | "iroh"
> & {
  readonly tokens: readonly string[] | undefined;
  readonly tls: TlsFiles | undefined;
};

/** What a thread is asked for: one after the other, each is answered. */
export type ThreadRequest =
  | { readonly kind: "run"; readonly met: readonly MetPart[]; readonly key: Uint8Array }
  | { readonly kind: "listen"; readonly host: string; readonly port: number }
  | { readonly kind: "admit" }
  | { readonly kind: "tokens"; readonly tokens: readonly string[] }
  | { readonly kind: "tls"; readonly files: TlsFiles }
  | { readonly kind: "hold"; readonly isHeld: boolean }
  | { readonly kind: "copy"; readonly file: string }
  | { readonly kind: "drain"; readonly graceMs: number }
  | { readonly kind: "stop" }
  | { readonly kind: "close" };

/** An error, on its way from thread to thread. */
export interface ThreadFailure {
  readonly name: string;
  readonly code: string | undefined;
  readonly message: string;
}

/** What a thread tells. The first answer has the number 0, and tells how opening the journal went. */
export type ThreadReply =
  | { readonly number: number; readonly value?: OpenedPart | string | undefined }
  | { readonly number: number; readonly failure: ThreadFailure }
  /** A line of the log, as JSON. */
  | { readonly log: string };
