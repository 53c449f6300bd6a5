import { parentPort, type Transferable, workerData } from "node:worker_threads";
import { pino } from "pino";
import { TlsIdentity, TokenList } from "@flawless-ts/http-service/program";
import { EngineError } from "../errors.ts";
import { EnginePart } from "./engine-part.ts";
import type { OpenedPart } from "./engine-place.ts";
import type {
  EngineThreadData,
  ThreadFailure,
  ThreadReply,
  ThreadRequest,
} from "./thread-messages.ts";

// One engine of a server, but for the first: that one is in the server's own thread.

const port = parentPort;
if (port === null) {
  throw new Error("An engine's thread is started by a server only.");
}
const { place, options, level } = workerData as EngineThreadData;
const { tokens: givenTokens, tls: givenTls, ...rest } = options;
const tokens = givenTokens === undefined ? undefined : new TokenList(givenTokens);
const tls = givenTls === undefined ? undefined : new TlsIdentity(givenTls);
const logger = pino({ level, base: null }, { write: (log: string) => reply({ log }) });
const admitted = Promise.withResolvers<void>();
let part: EnginePart | undefined;

function reply(message: ThreadReply, transferred: Transferable[] = []): void {
  port?.postMessage(message, transferred);
}

function answerOpened(opened: OpenedPart): void {
  const journals = opened.journals.filter((journal) => journal !== null);
  reply({ number: 0, value: opened }, journals);
}

function failureOf(error: unknown): ThreadFailure {
  const { name, message, code } = error as Error & { readonly code?: unknown };
  return { name, message, code: typeof code === "string" ? code : undefined };
}

async function refuseBackup(): Promise<never> {
  throw new EngineError("INVALID_REQUEST", "Backups are made by the first engine.");
}

async function act(request: ThreadRequest): Promise<string | undefined> {
  const open = part;
  if (open === undefined) {
    throw new Error("The engine is not open.");
  }
  switch (request.kind) {
    case "run":
      await open.run(request.met, request.key, admitted.promise, refuseBackup);
      return undefined;
    case "listen":
      return await open.listen(request.host, request.port);
    case "admit":
      admitted.resolve();
      return undefined;
    case "tokens":
      tokens?.replace(request.tokens);
      return undefined;
    case "tls":
      tls?.replace(request.files);
      return undefined;
    case "hold":
      open.hold(request.isHeld);
      return undefined;
    case "copy":
      await open.copyJournal(request.file);
      return undefined;
    case "drain":
      await open.drain(request.graceMs);
      return undefined;
    case "stop":
      await open.stop();
      return undefined;
    case "close":
      await open.close();
      return undefined;
  }
}

port.on(
  "message",
  ({ number, request }: { readonly number: number; readonly request: ThreadRequest }) => {
    act(request).then(
      (value) => reply({ number, value }),
      (error: unknown) => reply({ number, failure: failureOf(error) }),
    );
  },
);

try {
  part = await EnginePart.open(place, { ...rest, tokens, tls }, logger);
  answerOpened(await part.opened());
} catch (error) {
  await part?.close();
  reply({ number: 0, failure: failureOf(error) });
}
