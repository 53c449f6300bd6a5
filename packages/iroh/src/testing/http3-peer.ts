import type { Connection, Endpoint, SendStream } from "@number0/iroh";
import { http3Protocol } from "../alpn.ts";
import { bindEndpoint } from "../bind-endpoint.ts";
import { encodeFrame, frameTypes } from "../http3/frames.ts";
import { decodeFieldSection } from "../http3/qpack.ts";
import { encodeVarint } from "../http3/varint.ts";
import { parseTicket } from "../ticket.ts";
import { encodeHuffman } from "./huffman-encoder.ts";

/** A reserved type, which must be ignored: 31 * n + 33. Source: RFC 9114, sections 6.2.3 and 7.2.8. */
const greaseType = 31 * 1_000 + 33;
const noError = 0x100n;

/** A response as read by the peer. */
export interface Http3Answer {
  readonly fields: ReadonlyMap<string, string>;
  readonly body: string;
}

/**
 * Sends what mvm-ci's worker sends over `iroh+h3`: a separate connection for each request, with a control stream, those
 * of QPACK, a reserved one, and a request whose literals are Huffman-coded, between reserved frames.
 */
export class Http3Peer implements AsyncDisposable {
  readonly #endpoint: Endpoint;
  readonly #ticket: string;

  private constructor(endpoint: Endpoint, ticket: string) {
    this.#endpoint = endpoint;
    this.#ticket = ticket;
  }

  static async open(ticket: string): Promise<Http3Peer> {
    const options = { bind: ["127.0.0.1:0", "[::1]:0"], relays: [], discovery: false };
    return new Http3Peer(await bindEndpoint({ ...options, protocols: [] }), ticket);
  }

  /** A connection with the streams that precede a request. The caller must keep references to the streams. */
  async connect(): Promise<{ connection: Connection; streams: readonly SendStream[] }> {
    const address = parseTicket(this.#ticket);
    const connection = await this.#endpoint.connect(address, [...http3Protocol]);
    const settings = Buffer.concat([
      // SETTINGS_MAX_FIELD_SECTION_SIZE, and a reserved one.
      ...[0x06, 16_384, greaseType, 7].map((value) => encodeVarint(value)),
    ]);
    const beginnings = [
      Buffer.concat([
        encodeVarint(0x00),
        encodeFrame(frameTypes.settings, settings),
        encodeFrame(greaseType, Buffer.from("grease")),
      ]),
      encodeVarint(0x02),
      encodeVarint(0x03),
      Buffer.concat([encodeVarint(greaseType), Buffer.from("grease")]),
    ];
    const streams: SendStream[] = [];
    for (const bytes of beginnings) {
      const stream = await connection.openUni();
      await stream.writeAll([...bytes]);
      streams.push(stream);
    }
    return { connection, streams };
  }

  async request(
    method: "GET" | "POST",
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Http3Answer> {
    const { connection, streams } = await this.connect();
    const grease = encodeFrame(greaseType, Buffer.from("grease"));
    const text = body === undefined ? undefined : JSON.stringify(body);
    const stream = await connection.openBi();
    const frames = [
      encodeFrame(frameTypes.headers, fieldSection(method, path, headers, text !== undefined)),
      grease,
      ...(text === undefined ? [] : [encodeFrame(frameTypes.data, Buffer.from(text)), grease]),
    ];
    for (const frame of frames) await stream.send.writeAll([...frame]);
    await stream.send.finish();
    const answer = readAnswer(Buffer.from(await stream.recv.readToEnd(4_000_000)));
    connection.close(noError, []);
    // Until here none may be garbage-collected.
    if (streams.length !== 4) throw new Error("expected four streams before the request");
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#endpoint.close();
  }
}

/** As written by `curl --http3` and hyper's h3: indexes of the static table if possible, and Huffman-coded literals. */
function fieldSection(
  method: "GET" | "POST",
  path: string,
  headers: Readonly<Record<string, string>>,
  isJson: boolean,
): Buffer {
  const literal = (name: string, value: string): Buffer => {
    const encodedName = encodeHuffman(name);
    return Buffer.concat([
      prefixed(0b0010_1000, 3, encodedName.length),
      encodedName,
      huffmanText(value),
    ]);
  };
  return Buffer.concat([
    Buffer.from([0, 0]),
    // Indexes of the static table. Source: RFC 9204, appendix A.
    prefixed(0b1100_0000, 6, method === "GET" ? 17 : 20),
    prefixed(0b1100_0000, 6, 23),
    prefixed(0b0101_0000, 4, 0),
    huffmanText("localhost"),
    prefixed(0b0101_0000, 4, 1),
    huffmanText(path),
    ...(isJson ? [prefixed(0b1100_0000, 6, 46)] : []),
    ...Object.entries(headers).map(([name, value]) => literal(name, value)),
  ]);
}

function huffmanText(text: string): Buffer {
  const bytes = encodeHuffman(text);
  return Buffer.concat([prefixed(0b1000_0000, 7, bytes.length), bytes]);
}

function prefixed(pattern: number, bits: number, value: number): Buffer {
  const max = 2 ** bits - 1;
  if (value < max) return Buffer.from([pattern | value]);
  const bytes = [pattern | max];
  let rest = value - max;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

function readAnswer(bytes: Buffer): Http3Answer {
  const fields = new Map<string, string>();
  let body = "";
  for (let at = 0; at < bytes.length;) {
    const type = bytes[at] ?? 0;
    const lengthBytes = 1 << ((bytes[at + 1] ?? 0) >> 6);
    const length = Number(
      BigInt(`0x${bytes.subarray(at + 1, at + 1 + lengthBytes).toString("hex")}`) &
        ((1n << BigInt(8 * lengthBytes - 2)) - 1n),
    );
    const start = at + 1 + lengthBytes;
    const payload = bytes.subarray(start, start + length);
    if (type === frameTypes.data) body += payload.toString();
    else for (const [name, value] of decodeFieldSection(payload, 65_536)) fields.set(name, value);
    at = start + length;
  }
  return { fields, body };
}
