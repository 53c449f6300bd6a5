import type { BiStream } from "@number0/iroh";
import { within } from "../within.ts";
import { ByteReader } from "./byte-reader.ts";
import { readPiece, writeBytes } from "./native-stream.ts";

// A QUIC stream opens without the other side, which may be gone for half a minute before that is noticed. So each
// stream starts with a request byte and a reply: as with a TCP connection, a client knows that the server is there
// before it sends a request. The reply is the server's current ticket, prefixed by its length in two bytes.

const asking = 0x01;
const maxTicketBytes = 4_096;

/**
 * Asks the server to accept a stream.
 *
 * @returns the server's ticket, which has its current addresses, and the bytes that came after it
 * @throws Error if the stream was refused, or no reply came in time
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
 * Accepts a client's stream.
 *
 * @returns the bytes that the client sent after its request byte
 * @throws Error if it asks for something else, or not in time
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
