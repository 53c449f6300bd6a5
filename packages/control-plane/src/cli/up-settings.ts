import {
  CliError,
  type IrohCommandOptions,
  limitNamesOf,
  readLimits,
  type ServiceCommandOptions,
} from "@flawless-ts/http-service";
import { parsePostgresUrl } from "@flawless-ts/http-service/postgres";
import { type ControlPlaneLimits, defaultControlPlaneLimits } from "../api/api-options.ts";
import type { QueueRules } from "../queue/queue.ts";
import type { PostgresOptions } from "../store/postgres/open-postgres.ts";

/** Options of `control-plane up`. */
export interface UpOptions extends Omit<ServiceCommandOptions, "bind">, IrohCommandOptions {
  readonly bind?: string;
  readonly dataDir?: string;
  /** False for `--no-flawless`. */
  readonly flawless: boolean;
  readonly flawlessUrl?: string;
  readonly advertiseFlawlessUrl?: string;
  readonly advertiseUrl?: string;
  readonly store?: string;
  readonly storeSchema?: string;
  /** False for `--no-modules`. */
  readonly modules: boolean;
  readonly module?: readonly string[];
  readonly workerTimeout?: number;
  readonly maxRetries?: number;
  readonly limit: readonly string[];
}

/** The combined settings of options and environment; options take precedence. */
export interface UpSettings {
  readonly bind: string;
  readonly nodeId: string | undefined;
  readonly advertisedUrl: string | undefined;
  /** Undefined for a file in the data directory. */
  readonly store: { readonly postgres: PostgresOptions } | undefined;
  /** Null for none. */
  readonly flawlessUrl: string | null;
  readonly flawlessToken: string | undefined;
  readonly advertisedFlawlessUrl: string | undefined;
  /** Undefined for the default. */
  readonly modules: readonly string[] | undefined;
  readonly rules: Partial<QueueRules>;
  readonly apiLimits: ControlPlaneLimits;
}

/** The names of all limits of `control-plane up`. */
export const limitNames: readonly (keyof ControlPlaneLimits)[] =
  limitNamesOf(defaultControlPlaneLimits).toSorted();

const defaultBind = "127.0.0.1:3020";
const defaultFlawlessUrl = "http://127.0.0.1:27288";

/**
 * Reads mvm-ci's environment variables (HTTP_PORT, FLAWLESS_URL, NODE_ID) and this server's own. Options take precedence. An
 * empty variable counts as missing.
 *
 * @throws CliError if options contradict each other, or a variable is invalid
 */
export function readSettings(
  options: UpOptions,
  env: Readonly<Record<string, string | undefined>>,
): UpSettings {
  const read = (name: string): string | undefined => env[name]?.trim() || undefined;
  refuseTogether(!options.flawless, options.flawlessUrl !== undefined, [
    "--no-flawless",
    "--flawless-url",
  ]);
  refuseTogether(!options.flawless, options.module !== undefined, ["--no-flawless", "--module"]);
  refuseTogether(!options.modules, options.module !== undefined, ["--no-modules", "--module"]);
  const { workerTimeout, maxRetries } = options;
  const store = storeOf(options, read);
  refuseTogether(store !== undefined, options.dataDir !== undefined, ["--store", "--data-dir"]);
  return {
    bind: options.bind ?? bindOfPort(read("HTTP_PORT")),
    nodeId: read("NODE_ID"),
    advertisedUrl: checkedOptionalUrl(
      ["--advertise-url", options.advertiseUrl],
      ["CONTROL_PLANE_ADVERTISED_URL", read],
    ),
    store,
    flawlessUrl: options.flawless
      ? checkedUrl(
          options.flawlessUrl === undefined ? "FLAWLESS_URL" : "--flawless-url",
          options.flawlessUrl ?? read("FLAWLESS_URL") ?? defaultFlawlessUrl,
        )
      : null,
    flawlessToken: read("FLAWLESS_TOKEN"),
    advertisedFlawlessUrl: checkedOptionalUrl(
      ["--advertise-flawless-url", options.advertiseFlawlessUrl],
      ["FLAWLESS_ADVERTISED_URL", read],
    ),
    modules: options.modules ? options.module : [],
    rules: {
      ...(workerTimeout === undefined
        ? {}
        : { workerTimeoutMs: workerTimeout * 1_000, claimTimeoutMs: workerTimeout * 1_000 }),
      ...(maxRetries === undefined ? {} : { maxRetries }),
    },
    apiLimits: readLimits(options.limit, limitNames),
  };
}

function storeOf(
  options: UpOptions,
  read: (name: string) => string | undefined,
): UpSettings["store"] {
  const url = options.store ?? read("CONTROL_PLANE_STORE");
  const schema = options.storeSchema ?? read("CONTROL_PLANE_STORE_SCHEMA");
  if (url === undefined) {
    if (options.storeSchema === undefined) return undefined;
    throw new CliError("--store-schema is about a database. Name it by --store.", { exitCode: 2 });
  }
  const name = options.store === undefined ? "CONTROL_PLANE_STORE" : "--store";
  parsePostgresUrl(url, {
    refuse: (problem) =>
      new CliError(problem.replace("expected", `${name} has to be`), { exitCode: 2 }),
  });
  return { postgres: { url, schema } };
}

function bindOfPort(port: string | undefined): string {
  if (port === undefined) {
    return defaultBind;
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new CliError(
      `HTTP_PORT must be a port number from 0 to 65535, but is ${JSON.stringify(port)}.`,
      { exitCode: 2 },
    );
  }
  return `127.0.0.1:${port}`;
}

function checkedOptionalUrl(
  [optionName, option]: readonly [string, string | undefined],
  [variable, read]: readonly [string, (name: string) => string | undefined],
): string | undefined {
  const [name, url] = option === undefined ? [variable, read(variable)] : [optionName, option];
  return url === undefined ? undefined : checkedUrl(name, url);
}

function checkedUrl(name: string, url: string): string {
  const example = /flawless/i.test(name) ? defaultFlawlessUrl : `http://${defaultBind}`;
  const protocol = URL.parse(url)?.protocol;
  // The client parses tickets itself.
  const isTicket = name !== "--advertise-url" && protocol === "iroh+h3:";
  if (protocol !== "http:" && protocol !== "https:" && !isTicket) {
    throw new CliError(
      `${name} has to be an http or https URL, such as ${example}, but it is ${JSON.stringify(url)}.`,
      { exitCode: 2 },
    );
  }
  return url;
}

function refuseTogether(one: boolean, other: boolean, names: readonly [string, string]): void {
  if (one && other) {
    throw new CliError(
      `${names[0]} and ${names[1]} contradict each other. Leave one of them out.`,
      {
        exitCode: 2,
      },
    );
  }
}
