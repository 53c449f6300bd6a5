import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Agent, buildConnector } from "undici";
import { InvalidOptionError } from "@flawless-ts/wasm-module/internal/client";
import type { LoadPackage } from "./load-package.ts";
import type { Sender } from "./sender.ts";
import { UndiciSender, type Undici } from "./undici-sender.ts";

/** The service behind a ticket's endpoint. */
export type TicketService = "control-plane" | "flawless";

/** The part of the package `@flawless-ts/iroh` that the client needs; the documented declaration is there. */
export interface IrohPackage {
  connectByTicket(
    ticket: string,
    service: TicketService,
    options?: { readonly discovery?: boolean | undefined },
  ): Promise<Duplex>;
}

const packageName = "@flawless-ts/iroh";

/** The target of a {@link TicketAgent}. */
export interface TicketTarget {
  readonly ticket: string;
  readonly service: TicketService;
  readonly discovery: boolean;
  /** undici's. */
  readonly Agent: typeof Agent;
  readonly load: LoadPackage;
}

/** The sender for a ticket; `base` is the ticket's replacement in the addresses of requests. */
export function ticketSender(
  undici: Undici,
  { base, ...target }: Omit<TicketTarget, "Agent"> & { readonly base: string },
): Sender {
  const agent = new TicketAgent({ ...target, Agent: undici.Agent });
  const sender = new UndiciSender(undici, agent.dispatcher, () => agent.destroy());
  return {
    // Their host is sent along, and the agent opens the connection whatever it is.
    send: (request) =>
      sender.send({ ...request, url: `http://localhost${request.url.slice(base.length)}` }),
    close: () => sender.close(),
  };
}

/** Sends requests to a ticket's endpoint, whatever their host. */
export class TicketAgent {
  /** For undici's `request`. */
  readonly dispatcher: Agent;
  readonly #target: TicketTarget;
  readonly #closed = Promise.withResolvers<never>();

  constructor(target: TicketTarget) {
    this.#target = target;
    this.#closed.promise.catch(() => undefined);
    this.dispatcher = new target.Agent({
      connect: (_options, callback) => void this.#connect(callback),
    });
  }

  /** Closes all connections, without waiting for those that are being opened. */
  async destroy(): Promise<void> {
    this.#closed.reject(new Error("the client is closed"));
    await this.dispatcher.destroy();
  }

  async #connect(callback: buildConnector.Callback): Promise<void> {
    const { ticket, service, discovery, load } = this.#target;
    try {
      const { connectByTicket } = await loadIroh(load);
      const opening = connectByTicket(ticket, service, { discovery });
      const socket = await Promise.race([opening, this.#closed.promise]).catch((error: unknown) => {
        // Close connections that open too late.
        opening.then((late) => late.destroy()).catch(() => undefined);
        throw error;
      });
      setImmediate(callback, null, socket as Socket);
    } catch (error) {
      setImmediate(callback, error as Error, null);
    }
  }
}

/** @throws {InvalidOptionError} naming `url` if the package is not installed */
async function loadIroh(load: LoadPackage): Promise<IrohPackage> {
  try {
    return (await load(packageName)) as IrohPackage;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidOptionError(
      "url",
      `a ticket needs the package ${packageName} (npm install ${packageName}), which can't be loaded: ${why}`,
      { cause },
    );
  }
}
