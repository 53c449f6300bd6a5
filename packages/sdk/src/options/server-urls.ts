import { InvalidOptionError } from "@flawless-ts/wasm-module/internal/client";

/**
 * The URL of a server, or of the nodes of a cluster. A string may hold several, separated by commas, as in environment
 * variables; write a comma within a URL as `%2C`. For clients with tickets: a ticket, `iroh+h3://endpoint...`, may
 * replace a URL if the package `@flawless-ts/iroh` is installed.
 */
export type ServerUrl = string | URL | readonly (string | URL)[];

const maxUrls = 100;

/**
 * Parses the option `url`.
 *
 * @param read parses one of the URLs.
 * @returns each URL once, in the given order, without slashes at the end.
 * @throws {InvalidOptionError} unless there are 1 to 100 URLs of servers.
 */
export function serverUrls(
  given: ServerUrl,
  read: (url: string | URL) => string = httpUrl,
): [string, ...string[]] {
  const pieces = listOf(given).flatMap<string | URL>((one) =>
    typeof one === "string" ? split(one) : [one],
  );
  const [first, ...others] = new Set(pieces.map(read));
  if (first === undefined || others.length >= maxUrls) {
    throw new InvalidOptionError("url", `expected 1 to ${maxUrls} URLs, but got ${pieces.length}.`);
  }
  return [first, ...others];
}

function listOf(given: ServerUrl): readonly (string | URL)[] {
  // The value of an unset environment variable.
  if (given === undefined || given === null) {
    throw new InvalidOptionError(
      "url",
      `expected the server's URL, such as http://127.0.0.1:27288, but got ${given}.`,
    );
  }
  // What is not a URL either is refused as one.
  return Array.isArray(given) ? given : [given as string | URL];
}

/** Empty text stays, to be refused. */
function split(urls: string): readonly string[] {
  const pieces = urls.split(",").map((piece) => piece.trim());
  const filled = pieces.filter((piece) => piece !== "");
  return filled.length === 0 ? [""] : filled;
}

/** @throws {InvalidOptionError} unless it is the URL of an HTTP server. */
export function httpUrl(given: string | URL): string {
  const url = URL.parse(given);
  // The value is not shown if it may contain a password.
  if (url === null) {
    throw new InvalidOptionError(
      "url",
      "expected a URL such as http://127.0.0.1:27288, but this isn't one.",
    );
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new InvalidOptionError("url", `expected http: or https:, but got ${url.protocol}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new InvalidOptionError(
      "url",
      "expected no user name or password in it. Pass the server's token as `token`.",
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw new InvalidOptionError("url", "expected neither a query (?) nor a fragment (#) in it.");
  }
  return url.href.replace(/\/+$/, "");
}
