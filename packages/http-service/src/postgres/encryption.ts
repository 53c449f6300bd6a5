import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";

/** How a connection is encrypted, and how the server proves who it is. */
export interface Encryption {
  readonly mode: "disable" | "require" | "verify-ca" | "verify-full";
  /** Files. The first has the certificates of those whom a server's certificate has to come from; without it, Node's. */
  readonly sslrootcert?: string;
  readonly sslcert?: string;
  readonly sslkey?: string;
}

const modes = ["disable", "require", "verify-ca", "verify-full"] as const;
/** What PostgreSQL's own programs read from the environment, by its name in a URL. */
const variables = {
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
} as const;
/** In place of a file: what the system trusts. */
const system = "system";

/**
 * What a URL's query and the environment say of encryption. Without a mode nothing is encrypted, unless certificates are named.
 * Source: postgresql.org/docs/18/libpq-ssl.html
 *
 * @returns what is wrong, as "one with ...", where it can't be done as it is asked for
 */
export function encryptionOf(
  query: URLSearchParams,
  environment: Readonly<Record<string, string | undefined>>,
): Encryption | string {
  const read = (name: keyof typeof variables): string | undefined => {
    const value = query.get(name) ?? environment[variables[name]];
    return value === "" ? undefined : value;
  };
  const root = read("sslrootcert");
  const [cert, key] = [read("sslcert"), read("sslkey")];
  // Whoever names certificates wants them to be looked at.
  const usual = (root ?? cert ?? key) === undefined ? "disable" : "verify-full";
  const asked = read("sslmode") ?? usual;
  const mode = modes.find((each) => each === asked);
  if (mode === undefined) {
    // `allow` and `prefer` try both ways, one of which is open to whoever listens.
    const shown = asked === "allow" || asked === "prefer" ? asked : "something else";
    return `one with another sslmode than ${modes.join(", ")}: ${shown}`;
  }
  if (root === system && mode !== "verify-full") {
    return "one with sslrootcert=system, which goes with sslmode=verify-full alone";
  }
  if (mode === "verify-ca" && root === undefined) {
    return "one with sslmode=verify-ca and no sslrootcert, a file of certificates";
  }
  return {
    mode,
    ...(root === undefined || root === system ? {} : { sslrootcert: root }),
    ...(cert === undefined ? {} : { sslcert: cert }),
    ...(key === undefined ? {} : { sslkey: key }),
  };
}

/** For `pg`. It reads the files anew each time, as they may have been replaced. @throws Error where one can't be read */
export function tlsOptionsOf({
  mode,
  sslrootcert,
  sslcert,
  sslkey,
}: Encryption): false | ConnectionOptions {
  if (mode === "disable") {
    return false;
  }
  const options: ConnectionOptions = {
    ...(sslrootcert === undefined ? {} : { ca: readFileSync(sslrootcert, "utf8") }),
    ...(sslcert === undefined ? {} : { cert: readFileSync(sslcert, "utf8") }),
    ...(sslkey === undefined ? {} : { key: readFileSync(sslkey, "utf8") }),
  };
  if (mode === "verify-full") {
    return options;
  }
  // With certificates to go by, `require` is as `verify-ca`, also for libpq: whatever name the server's has.
  return sslrootcert === undefined
    ? { ...options, rejectUnauthorized: false }
    : { ...options, checkServerIdentity: () => undefined };
}
