import { type Encryption, encryptionOf } from "./encryption.ts";

/** One server of those that a URL names, as `pg` wants to know it. What is undefined `pg` takes from PostgreSQL's environment. */
export interface PostgresHost {
  /** A name, an address, or the directory of a Unix socket. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  /** Command-line options of the session. */
  readonly options: string | undefined;
  readonly application_name: string | undefined;
  readonly encryption: Encryption;
}

/** What {@link parsePostgresUrl} is told beside the URL. */
export interface PostgresUrlContext {
  /** Default: that of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * Makes the error for a text that is no such URL.
   * @param problem a clause with its full stop, in which nothing of the URL stands: a password may be anywhere in it
   */
  refuse(this: void, problem: string): Error;
}

const protocols: ReadonlySet<string> = new Set(["postgres:", "postgresql:"]);
/** What may stand in a query, beside what is about encryption. */
const parameters: ReadonlySet<string> = new Set([
  ...["host", "port", "user", "password", "dbname", "options", "application_name"],
  ...["sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs", "channel_binding"],
]);
/** What libpq knows and the programs here decide for themselves: it is read over. */
const ignored: ReadonlySet<string> = new Set([
  ...["connect_timeout", "tcp_user_timeout", "load_balance_hosts", "gssencmode"],
  ...["keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"],
]);
/** Of several servers always the one that can be written is used. */
const sessions: ReadonlySet<string> = new Set(["any", "primary", "read-write"]);

/** Whether a text looks like the URL of a PostgreSQL database, and not like a directory. */
export function isPostgresUrl(text: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(text);
}

/**
 * The servers that a URL names, with what the environment adds to them, and with the meaning that PostgreSQL's own programs
 * give them. Source: postgresql.org/docs/18/libpq-connect.html
 *
 * @returns one or more
 * @throws the error that `refuse` makes
 */
export function parsePostgresUrl(
  given: string,
  { environment = process.env, refuse }: PostgresUrlContext,
): readonly PostgresHost[] {
  const problem = (but: string): Error =>
    refuse(`expected a URL such as postgres://USER@HOST:5432/DB, but got ${but}.`);
  const url = partsOf(given);
  if (typeof url === "string") {
    throw problem(url);
  }
  const { query } = url;
  for (const name of query.keys()) {
    if (!parameters.has(name) && !ignored.has(name)) {
      throw problem(
        `one with other parameters than ${[...parameters].join(", ")}; percent-encode what is special in a password`,
      );
    }
  }
  const session = query.get("target_session_attrs");
  if (session !== null && !sessions.has(session)) {
    throw problem(
      `one with another target_session_attrs than ${[...sessions].join(", ")}: it has to be written`,
    );
  }
  if (query.get("channel_binding") === "require") {
    throw problem(
      "one with channel_binding=require, which can't be promised: leave it out, and prove the server by sslmode=verify-full",
    );
  }
  const places = placesOf(url, environment);
  if (typeof places === "string") {
    throw problem(places);
  }
  const encryption = encryptionOf(query, environment);
  if (typeof encryption === "string") {
    throw problem(encryption);
  }
  return places.map(({ host, port }) => ({
    host,
    port,
    user: query.get("user") ?? url.user,
    password: query.get("password") ?? url.password,
    database: query.get("dbname") ?? url.database,
    options: query.get("options") ?? undefined,
    application_name: query.get("application_name") ?? undefined,
    // Nobody stands between the two ends of a Unix socket.
    encryption: host?.startsWith("/") === true ? { mode: "disable" } : encryption,
  }));
}

/** A URL as it may be logged: passwords may stand before the host and in the query. */
export function withoutPassword(given: string): string {
  const url = partsOf(given);
  if (typeof url === "string") {
    return "the database";
  }
  const { protocol, userText, hostsText, databaseText } = url;
  return `${protocol}//${userText === "" ? "" : `${userText}@`}${hostsText}${databaseText}`;
}

interface UrlParts {
  readonly protocol: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** In their order, as they stand there, decoded. */
  readonly hosts: readonly Place[];
  readonly database: string | undefined;
  readonly query: URLSearchParams;
  /** As they stand in the URL. */
  readonly userText: string;
  readonly hostsText: string;
  readonly databaseText: string;
}

interface Place {
  readonly host: string | undefined;
  readonly port: number | undefined;
}

/** @returns what is wrong, without anything of the URL, where it is none */
function partsOf(given: string): UrlParts | string {
  const [, protocol = "", credentials = "", hostsText = "", databaseText = "", search = ""] =
    /^(\w+:)\/\/(?:([^/?#]*)@)?([^/?#@]*)(\/[^?#@]*)?(?:\?([^#]*))?$/.exec(given) ?? [];
  if (!protocols.has(protocol)) {
    return "something else";
  }
  const [, userText = "", passwordText] = /^([^:]*)(?::(.*))?$/s.exec(credentials) ?? [];
  const user = decoded(userText);
  const password = decoded(passwordText ?? "");
  const database = decoded(databaseText.slice(1));
  const hosts = hostsText.split(",").map(placeOf);
  if (user === null || password === null || database === null || hosts.includes(null)) {
    return "one in which something is wrong: percent-encode what is special in names and passwords";
  }
  return {
    protocol,
    user: user === "" ? undefined : user,
    password: password === "" ? undefined : password,
    hosts: hosts as readonly Place[],
    database: database === "" ? undefined : database,
    query: new URLSearchParams(search.replaceAll("+", "%2B")),
    userText,
    hostsText,
    databaseText,
  };
}

function placeOf(text: string): Place | null {
  const [all, address, name = "", port] =
    /^(?:\[([\da-f:.]+)\]|([^:[\]]*))(?::(\d*))?$/i.exec(text) ?? [];
  const host = address ?? decoded(name);
  return all === undefined || host === null || !isPort(port)
    ? null
    : { host: host === "" ? undefined : host, port: toPort(port) };
}

/** The servers, named by the URL, its query or the environment, as PostgreSQL looks for them. */
function placesOf(
  { hosts, query }: UrlParts,
  environment: Readonly<Record<string, string | undefined>>,
): readonly Place[] | string {
  const isNamed = hosts.some(({ host }) => host !== undefined);
  const names = query.get("host") ?? (isNamed ? undefined : environment["PGHOST"]);
  const named =
    names === undefined || names === ""
      ? hosts
      : names
          .split(",")
          .map((host) => ({ host: host === "" ? undefined : host, port: hosts[0]?.port }));
  const ports = (query.get("port") ?? environment["PGPORT"] ?? "").split(",");
  if (!ports.every(isPort) || (ports.length > 1 && ports.length !== named.length)) {
    return "one whose ports do not go with its hosts";
  }
  return named.map(({ host, port }, index) => ({
    host,
    port: port ?? toPort(ports.length === 1 ? ports[0] : ports[index]),
  }));
}

function isPort(text: string | undefined): boolean {
  return text === undefined || text === "" || (/^\d{1,5}$/.test(text) && Number(text) <= 65_535);
}

function toPort(text: string | undefined): number | undefined {
  return text === undefined || text === "" ? undefined : Number(text);
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
