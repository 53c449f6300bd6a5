import { InvalidOptionError } from "@flawless-ts/wasm-module/internal/client";
import { loadRare } from "../load-rare.ts";
import type { ResolvedOptions } from "../options/flawless-options.ts";
import { FetchSender, type LoadStreamOf } from "./fetch-sender.ts";
import { loadPackage, type LoadPackage } from "./load-package.ts";
import { isNode } from "./runtime.ts";
import type { Sender, SenderSource } from "./sender.ts";
import type { TicketService } from "./ticket-agent.ts";
import type { Undici } from "./undici-sender.ts";

/** The options of a client's senders. */
export type SenderOptions = Pick<
  ResolvedOptions,
  "ca" | "dispatcher" | "fetch" | "irohDiscovery" | "tickets"
>;

const undiciName = "undici";
const loadStreamOf: LoadStreamOf = async () => (await import("./stream-body.ts")).streamOf;

/**
 * A client's senders: in Node undici, which is loaded for the first request, and elsewhere, or in a bundle without
 * undici, the standard `fetch`.
 */
export class Senders implements SenderSource {
  readonly #options: SenderOptions;
  readonly #service: TicketService;
  readonly #load: LoadPackage;
  /** By ticket; the sender of all URLs has an empty key. */
  readonly #opened: Map<string, Promise<Sender>> = new Map();

  constructor(options: SenderOptions, service: TicketService, load: LoadPackage = loadPackage) {
    this.#options = options;
    this.#service = service;
    this.#load = load;
  }

  async of(base: string): Promise<Sender> {
    const ticket = this.#options.tickets.get(base);
    const name = ticket ?? "";
    let sender = this.#opened.get(name);
    if (sender === undefined) {
      sender = ticket === undefined ? this.#usual() : this.#ticketed(base, ticket);
      this.#opened.set(name, sender);
    }
    return await sender;
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#opened.values());
    await Promise.all(
      opened.map((each) => (each.status === "fulfilled" ? each.value.close() : undefined)),
    );
  }

  async #usual(): Promise<Sender> {
    const { ca, dispatcher, fetch } = this.#options;
    if (fetch !== null || !isNode()) return new FetchSender(fetch, loadStreamOf);
    const needsUndici = ca !== null ? "ca" : dispatcher !== null ? "dispatcher" : null;
    let undici: Undici;
    try {
      undici = await this.#undici(needsUndici);
    } catch (error) {
      if (needsUndici !== null) throw error;
      return new FetchSender(null, loadStreamOf);
    }
    const { undiciSender } = await import("./undici-sender.ts");
    return undiciSender(undici, dispatcher, ca);
  }

  async #ticketed(base: string, ticket: string): Promise<Sender> {
    const undici = await this.#undici("url");
    const { ticketSender } = await loadRare();
    return ticketSender(undici, {
      base,
      ticket,
      service: this.#service,
      discovery: this.#options.irohDiscovery,
      load: this.#load,
    });
  }

  async #undici(option: string | null): Promise<Undici> {
    try {
      return (await this.#load(undiciName)) as Undici;
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new InvalidOptionError(
        option ?? "fetch",
        `it needs the package ${undiciName} (npm install ${undiciName}), which can't be loaded: ${why}`,
        { cause },
      );
    }
  }
}
