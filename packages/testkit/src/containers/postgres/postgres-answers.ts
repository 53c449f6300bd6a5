import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const pauseMs = 100;
/** PostgreSQL's protocol 3.0. https://www.postgresql.org/docs/18/protocol-message-formats.html */
const protocolVersion = 196_608;

/** Waits until a PostgreSQL accepts users: while starting, it refuses them. */
export async function untilPostgresAnswers(
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<void> {
  while (!(await answers(host, port, signal))) await sleep(pauseMs, undefined, { signal });
}

/** Whether it responds with an authentication request. */
async function answers(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  const socket = connect({ host, port });
  const abort = (): void => void socket.destroy();
  signal.addEventListener("abort", abort);
  try {
    socket.write(startup("postgres"));
    const [answer] = await Promise.race([
      once(socket, "data") as Promise<[Buffer]>,
      once(socket, "close").then((): [Buffer] => [Buffer.alloc(1)]),
    ]);
    return String.fromCharCode(answer[0] ?? 0) === "R";
  } catch {
    return false;
  } finally {
    signal.removeEventListener("abort", abort);
    socket.destroy();
  }
}

function startup(user: string): Buffer {
  const settings = Buffer.from(`user\0${user}\0\0`);
  const message = Buffer.alloc(8 + settings.length);
  message.writeInt32BE(message.length, 0);
  message.writeInt32BE(protocolVersion, 4);
  settings.copy(message, 8);
  return message;
}
