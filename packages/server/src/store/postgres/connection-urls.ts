import { EngineError } from "../../errors.ts";

/** What PostgreSQL's own programs read from the environment, and `pg` does not, by its name in a URL. */
const variables: Readonly<Record<string, string>> = {
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
};
const encryptions = ["disable", "require", "verify-ca", "verify-full"];
const protocols = ["postgres:", "postgresql:"];

/**
 * The URLs of a database's servers, one for each host that is named, with what the environment adds to them, and with the
 * meaning that PostgreSQL's own programs give them. Source: postgresql.org/docs/18/libpq-connect.html
 *
 * @throws EngineError `INVALID_REQUEST` where it is no such URL
 */
export function connectionUrls(
  given: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): readonly string[] {
  const urls = hostsOf(given).map((url) => {
    try {
      return new URL(url);
    } catch {
      // Without the reason and the URL itself: both may have a password in them.
      throw invalid("but got something else");
    }
  });
  return urls.map((url) => withEnvironment(url, environment).href);
}

/** A URL as it may be logged: passwords may stand before the host and in the query. */
export function withoutPassword(url: string): string {
  const names = hostsOf(url).map((each) => {
    try {
      return new URL(each);
    } catch {
      return undefined;
    }
  });
  const [first] = names;
  if (first === undefined || names.includes(undefined) || !protocols.includes(first.protocol)) {
    return "the database";
  }
  const user = first.username === "" ? "" : `${first.username}@`;
  const hosts = names.map((each) => each?.host).join(",");
  return `${first.protocol}//${user}${hosts}${first.pathname}`;
}

/** `postgres://a:1,b:2/db` names two servers: Node's URLs have one host. */
function hostsOf(url: string): readonly string[] {
  const [, begin, hosts = "", rest = ""] =
    /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^/?#@]*)(.*)$/s.exec(url) ?? [];
  return begin === undefined ? [url] : hosts.split(",").map((host) => `${begin}${host}${rest}`);
}

function withEnvironment(url: URL, environment: Readonly<Record<string, string | undefined>>): URL {
  if (!protocols.includes(url.protocol)) {
    throw invalid(`but got one that begins with ${url.protocol}`);
  }
  const { searchParams } = url;
  for (const [name, variable] of Object.entries(variables)) {
    const value = environment[variable];
    if (value !== undefined && value !== "" && !searchParams.has(name)) {
      searchParams.set(name, value);
    }
  }
  if (searchParams.get("sslrootcert") === "system") {
    searchParams.delete("sslrootcert");
    searchParams.set("sslmode", "verify-full");
  }
  const mode = searchParams.get("sslmode");
  if (mode !== null && !encryptions.includes(mode)) {
    // `allow` and `prefer` try both ways, one of which is open to whoever listens.
    throw invalid(`with one of these as sslmode: ${encryptions.join(", ")}; but got ${mode}`);
  }
  searchParams.delete("target_session_attrs");
  searchParams.set("uselibpqcompat", "true");
  return url;
}

function invalid(but: string): EngineError {
  return new EngineError(
    "INVALID_REQUEST",
    `Expected the URL of a PostgreSQL database, such as postgres://USER@HOST:5432/DB, ${but}.`,
  );
}
