import type { Server, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";

/** How often {@link Connections.quiet} checks, in milliseconds. */
const lookEveryMs = 10;

interface State {
  /** Responses that are not complete, oldest first. */
  readonly underWay: ServerResponse[];
  /** When the last response was complete, or when the client connected. */
  idleSince: number;
}

/** The connections of a server, and whether they are in use. */
export class Connections {
  readonly #states = new Map<Socket, State>();
  readonly #now: () => number;
  #areParted = false;
  #open = 0;
  #busy = 0;

  /** @param now the time, in milliseconds, from any origin */
  constructor(server: Server, now: () => number = () => performance.now()) {
    this.#now = now;
    server.on("connection", (socket: Socket) => {
      this.#open += 1;
      socket.once("close", () => (this.#open -= 1));
    });
    // With TLS, that event comes once the handshake is done.
    const usable = server.listenerCount("secureConnection") > 0 ? "secureConnection" : "connection";
    server.on(usable, (socket: Socket) => this.#stateOf(socket));
    // Before whoever answers the request.
    server.prependListener("request", ({ socket }, response) => {
      const state = this.#stateOf(socket);
      if (this.#areParted) response.shouldKeepAlive = false;
      state.underWay.push(response);
      if (state.underWay.length === 1) this.#busy += 1;
      response.once("close", () => {
        state.underWay.splice(state.underWay.indexOf(response), 1);
        state.idleSince = this.#now();
        if (state.underWay.length === 0 && this.#states.has(socket)) this.#busy -= 1;
      });
    });
  }

  /** The number of connections without a request under way, including those still in their handshake. */
  get idle(): number {
    return this.#open - this.#busy;
  }

  /** Requests of a connection that are not answered in full. */
  underWay(socket: Socket): number {
    return this.#states.get(socket)?.underWay.length ?? 0;
  }

  /** The newest response of a connection, if it is not complete. */
  latestOf(socket: Socket): ServerResponse | undefined {
    return this.#states.get(socket)?.underWay.at(-1);
  }

  /** From now on, each connection closes with its next response, which tells the client so. */
  part(): void {
    this.#areParted = true;
    for (const { underWay } of this.#states.values()) {
      for (const response of underWay) response.shouldKeepAlive = false;
    }
  }

  /**
   * Waits until no idle connection was in use less than this many milliseconds ago, because its client may just be sending
   * another request. It waits no longer than that time.
   */
  async quiet(milliseconds: number): Promise<void> {
    const end = this.#now() + milliseconds;
    // Read what has arrived, however long this thread was busy.
    for (await nextTurn(); this.#hasFresh(milliseconds) && this.#now() < end; await nextTurn()) {
      await sleep(lookEveryMs);
    }
  }

  #hasFresh(milliseconds: number): boolean {
    const since = this.#now() - milliseconds;
    for (const [socket, { underWay, idleSince }] of this.#states) {
      // Ticket streams tell their clients what was not read.
      if (underWay.length === 0 && idleSince > since && socket instanceof Socket) return true;
    }
    return false;
  }

  #stateOf(socket: Socket): State {
    const known = this.#states.get(socket);
    if (known !== undefined) return known;
    const state: State = { underWay: [], idleSince: this.#now() };
    this.#states.set(socket, state);
    socket.once("close", () => {
      this.#states.delete(socket);
      if (state.underWay.length > 0) this.#busy -= 1;
    });
    return state;
  }
}
