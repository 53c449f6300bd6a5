import type { BiStream } from "@number0/iroh";
import { within } from "../within.ts";
import { ByteReader } from "./byte-reader.ts";
import { readPiece, writeBytes } from "./native-stream.ts";

// A stream of QUIC is opened without the other side, which may be gone for half a minute before that is noticed. So each
// begins with a byte that asks for it, and an answer: a client knows that it is heard before it sends a request, as it
// does of a TCP connection. The answer is the server's ticket as it is now, behind its length in two bytes.

const asking = 0x01;
const maxTicketBytes = 4_096;

/**
 * Asks the server to take a stream.
 *
 * @returns the server's ticket, which tells where it can be reached from now on, and what came behind it
 * @throws Error where the stream was refused, or no answer came in time
 */
export async function askFor(
  stream: BiStream,
  withinMs: number,
): Promise<{ readonly ticket: string; readonly reader: ByteReader }> {
  const reader = new ByteReader(() => readPiece(stream.recv));
  const asked = async (): Promise<string> => {
    await writeBytes(stream.send, Buffer.from([asking]));
    const length = (await reader.exactly(2)).readUInt16BE();
    if (length > maxTicketBytes) throw new Error("the endpoint answers with too long a ticket");
    return (await reader.exactly(length)).toString("latin1");
  };
  return { ticket: await within(withinMs, asked()), reader };
}

/**
 * Takes a stream that a client asks for.
 *
 * @returns what the client has sent behind its question
 * @throws Error where it asks for something else, or not in time
 */
export async function take(
  stream: BiStream,
  ticket: string,
  withinMs: number,
): Promise<ByteReader> {
  const reader = new ByteReader(() => readPiece(stream.recv));
  const [byte] = await within(withinMs, reader.exactly(1));
  if (byte !== asking) throw new Error(`a stream begins with ${byte ?? "nothing"}, not ${asking}`);
  const text = Buffer.from(ticket, "latin1");
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  await writeBytes(stream.send, Buffer.concat([length, text]));
  return reader;
}
