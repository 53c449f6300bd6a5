import { join } from "node:path";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import {
  assertAddressFree,
  RunningService,
  type ServedTicket,
  TlsIdentity,
  TokenList,
} from "@flawless-ts/http-service/program";
import { type Logger, pino } from "pino";
import { Backups } from "../maintenance/backups.ts";
import { retainMsOf } from "../maintenance/retain.ts";
import type { FlawlessServer } from "../server.ts";
import type { ServerOptions } from "../server-options.ts";
import { addressOf, openServerTicket, withFittingConnections } from "../server-parts.ts";
import { secretsKeyFileName } from "../store/make-secrets-key.ts";
import { readSecretsKey } from "../store/secrets-key.ts";
import { directoriesOf, type EngineDivision, prepareDivision } from "./engine-directories.ts";
import { EnginePart } from "./engine-part.ts";
import type { EnginePlace, MetPart, OpenedPart } from "./engine-place.ts";
import { EngineWorker } from "./engine-worker.ts";
import { copyAll } from "./engines-backup.ts";

/** Where several threads can listen on one port, and each gets its share. Source: the option `reusePort` of Node's `server.listen`. */
const platforms: readonly NodeJS.Platform[] = ["linux", "freebsd", "aix", "sunos"];

/**
 * Starts a server whose workflows are divided among several engines: the first in this thread, each further one in a thread
 * of its own, and all behind one port.
 *
 * @throws EngineError `DIRECTORY_UNUSABLE`, `DIRECTORY_IN_USE`, `JOURNAL_DAMAGED`; `INVALID_REQUEST` where the directory is
 * divided among another number of engines
 * @throws InvalidOptionError, ListenError
 */
export async function openEnginesServer(
  given: ServerOptions & { readonly directory: string },
): Promise<FlawlessServer> {
  assertPossible(given);
  const division = await prepareDivision(given.directory, given.engines);
  const logger = given.logger ?? pino({ enabled: false });
  const options = withShareOfConnections(given, division, logger);
  const { directory } = given;
  const { address, port } = addressOf(options);
  retainMsOf(options.retain);
  if (port !== 0) {
    // Others could share it, and workflows would go on for a server that can't start.
    await assertAddressFree(address, port);
  }
  const placeOf = (index: number): EnginePlace => ({ directory, division, index });
  const workers = Array.from(
    { length: division.engines - 1 },
    (_, other) => new EngineWorker(threadData(placeOf(other + 1), options, logger), logger),
  );
  let first: EnginePart | undefined;
  const closeAll = async (): Promise<void> => {
    await Promise.all([first?.close(), ...workers.map((worker) => worker.close())]);
  };
  try {
    const others = await Promise.all(workers.map((worker) => worker.opened()));
    // Last: where it is, all are.
    first = await EnginePart.open(placeOf(0), options, logger);
    const part = first;
    const key =
      options.secretsKey ??
      (await readSecretsKey(join(directory, secretsKeyFileName))) ??
      (await part.makeSecretsKey());
    const engines = [part, ...workers];
    const backups = new Backups(
      directory,
      (...files) => copyAll(engines, files),
      directoriesOf(directory, division),
    );
    const met = introduce([await part.opened(), ...others]);
    const admitted = Promise.withResolvers<void>();
    await Promise.all([
      part.run(met[0] ?? [], key, admitted.promise, () => backups.make()),
      ...workers.map((worker, index) => worker.run(met[index + 1] ?? [], key)),
    ]);
    const url = await part.listen(address, port);
    await Promise.all(workers.map((worker) => worker.listen(address, Number(portOf(url)))));
    const ticket = await openServerTicket(options, { api: part.api, url, host: address, logger });
    await Promise.all(workers.map((worker) => worker.admit()));
    admitted.resolve();
    follow(options, workers, logger);
    return new EnginesServer(url, { first: part, workers, ticket });
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** @throws InvalidOptionError */
function assertPossible({ observers }: ServerOptions): void {
  if (!platforms.includes(process.platform)) {
    throw new InvalidOptionError(
      "engines",
      `expected 1 on ${process.platform}, where threads can't share a port. Start several servers on PostgreSQL instead.`,
    );
  }
  if (observers !== undefined && observers.length > 0) {
    throw new InvalidOptionError(
      "observers",
      "expected none where there are several engines, as those in other threads can't call them.",
    );
  }
}

/** The connections that the process may have are shared by its engines. */
function withShareOfConnections(
  given: ServerOptions & { readonly directory: string },
  { engines }: EngineDivision,
  logger: Logger,
): ServerOptions & { readonly directory: string } {
  const fitting = withFittingConnections(given, logger);
  const share = (asked: number | undefined, fits: number | undefined): number | undefined =>
    asked === undefined && fits !== undefined ? Math.ceil(fits / engines) : fits;
  return {
    ...given,
    limits: {
      ...fitting.limits,
      guestConnections: share(given.limits?.guestConnections, fitting.limits?.guestConnections),
    },
    apiLimits: {
      ...fitting.apiLimits,
      maxConnections: share(given.apiLimits?.maxConnections, fitting.apiLimits?.maxConnections),
    },
  } as ServerOptions & { readonly directory: string };
}

function threadData(
  place: EnginePlace,
  options: ServerOptions,
  logger: Logger,
): ConstructorParameters<typeof EngineWorker>[0] {
  const { tokens, tls, logger: _logger, observers: _observers, iroh: _iroh, ...copied } = options;
  return {
    place,
    options: {
      ...copied,
      tokens: tokens instanceof TokenList ? tokens.tokens : tokens,
      tls: tls instanceof TlsIdentity ? tls.files : tls,
    },
    level: logger.level,
  };
}

/** What each engine needs of each other one. */
function introduce(opened: readonly OpenedPart[]): readonly (readonly MetPart[])[] {
  const links = new Map<string, MessagePort>();
  for (let one = 0; one < opened.length; one += 1) {
    for (let other = one + 1; other < opened.length; other += 1) {
      const { port1, port2 } = new MessageChannel();
      links.set(`${one} ${other}`, port1);
      links.set(`${other} ${one}`, port2);
    }
  }
  return opened.map((_, one) =>
    opened.map(({ url, journals }, other): MetPart => {
      const journal = journals[one];
      const link = links.get(`${one} ${other}`);
      return journal == null || link === undefined ? null : { url, journal, link };
    }),
  );
}

function portOf(url: string): string {
  const { port, protocol } = new URL(url);
  return port === "" ? (protocol === "https:" ? "443" : "80") : port;
}

/** Tokens and certificates that change while the server runs change in all threads. */
function follow(
  { tokens, tls }: ServerOptions,
  workers: readonly EngineWorker[],
  logger: Logger,
): void {
  const all = (tell: (worker: EngineWorker) => Promise<void>): void => {
    Promise.all(workers.map(tell)).catch((error: unknown) =>
      logger.error({ err: error }, "an engine did not take over what changed"),
    );
  };
  if (tokens instanceof TokenList) {
    tokens.onChange(() => all((worker) => worker.useTokens(tokens.tokens)));
  }
  if (tls instanceof TlsIdentity) {
    tls.onChange((files) => all((worker) => worker.useTls(files)));
  }
}

interface EnginesServerParts {
  readonly first: EnginePart;
  readonly workers: readonly EngineWorker[];
  readonly ticket: ServedTicket | null;
}

class EnginesServer extends RunningService implements FlawlessServer {
  readonly #parts: EnginesServerParts;

  constructor(url: string, parts: EnginesServerParts) {
    super(url);
    this.#parts = parts;
  }

  get ticket(): string | null {
    return this.#parts.ticket?.ticket ?? null;
  }

  /** All have drained before the first stops, and stopped before the first is closed: until then they need each other. */
  protected override async end(graceMs: number): Promise<void> {
    const { first, workers, ticket } = this.#parts;
    await Promise.all([
      first.drain(graceMs, ticket),
      ...workers.map((worker) => worker.drain(graceMs)),
    ]);
    await Promise.all([first, ...workers].map((engine) => engine.stop()));
    await Promise.all([first.close(), ...workers.map((worker) => worker.close())]);
  }
}
