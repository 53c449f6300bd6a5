import type { Server, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";

/** How often {@link Connections.quiet} looks, in milliseconds. */
const lookEveryMs = 10;

interface State {
  /** Requests that are not answered in full. */
  underWay: number;
  /** When the last of them was answered, or when the client connected. */
  idleSince: number;
}

/** The connections of a server, and whether they are in use. */
export class Connections {
  readonly #states = new Map<Socket, State>();
  readonly #now: () => number;
  /** Those that are not sent in full. */
  readonly #responses = new Set<ServerResponse>();
  #areParted = false;
  #open = 0;
  #busy = 0;

  /** @param now the time, in milliseconds, from anywhere */
  constructor(server: Server, now: () => number = () => performance.now()) {
    this.#now = now;
    server.on("connection", (socket: Socket) => {
      this.#open += 1;
      socket.once("close", () => (this.#open -= 1));
    });
    // That of TLS comes when its handshake is done.
    const usable = server.listenerCount("secureConnection") > 0 ? "secureConnection" : "connection";
    server.on(usable, (socket: Socket) => this.#stateOf(socket));
    server.on("request", ({ socket }, response) => {
      const state = this.#stateOf(socket);
      this.#responses.add(response);
      if (this.#areParted) response.shouldKeepAlive = false;
      state.underWay += 1;
      if (state.underWay === 1) this.#busy += 1;
      response.once("close", () => {
        this.#responses.delete(response);
        state.underWay -= 1;
        state.idleSince = this.#now();
        if (state.underWay === 0 && this.#states.has(socket)) this.#busy -= 1;
      });
    });
  }

  /** How many there are without a request under way, with those whose handshake is not done. */
  get idle(): number {
    return this.#open - this.#busy;
  }

  /** From now on each is closed with the next answer that begins, which tells its client so, however it is sent. */
  part(): void {
    this.#areParted = true;
    for (const response of this.#responses) response.shouldKeepAlive = false;
  }

  /**
   * Waits until none is idle that was in use less than so many milliseconds ago: its client may be sending a request on it just
   * now. It takes no longer than that time.
   */
  async quiet(milliseconds: number): Promise<void> {
    const end = this.#now() + milliseconds;
    // What has arrived is read, however long this thread was busy before.
    for (await nextTurn(); this.#hasFresh(milliseconds) && this.#now() < end; await nextTurn()) {
      await sleep(lookEveryMs);
    }
  }

  #hasFresh(milliseconds: number): boolean {
    const since = this.#now() - milliseconds;
    for (const [socket, { underWay, idleSince }] of this.#states) {
      // Streams by a ticket tell their clients what was not read.
      if (underWay === 0 && idleSince > since && socket instanceof Socket) return true;
    }
    return false;
  }

  #stateOf(socket: Socket): State {
    const known = this.#states.get(socket);
    if (known !== undefined) return known;
    const state = { underWay: 0, idleSince: this.#now() };
    this.#states.set(socket, state);
    socket.once("close", () => {
      this.#states.delete(socket);
      if (state.underWay > 0) this.#busy -= 1;
    });
    return state;
  }
}
