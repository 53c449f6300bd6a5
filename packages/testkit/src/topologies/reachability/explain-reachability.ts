import { isIPv4 } from "node:net";
import { isTicket } from "@flawless-ts/sdk/internal";
import { existsSync } from "node:fs";
import type { UrlAnswer } from "../members/member-handle.ts";
import type { Topology } from "../plan/topology.ts";
import { askUrl } from "./ask-url.ts";

/** The outcome of checking a URL for a Flawless server. */
export type ReachabilityOutcome =
  /** A Flawless server responded. */
  | "ok"
  /** Nothing listens there. */
  | "refused"
  /** The host's name is unknown. */
  | "name-not-found"
  /** There was no response, or there is no route. */
  | "timeout"
  /** The connection was accepted and reset, as by a published port with nothing behind it. */
  | "reset"
  /** Something else responded. */
  | "not-flawless"
  /** The URL is invalid, or something else went wrong. */
  | "failed";

/** Why a Flawless server can or can't be reached, and what to do about it. */
export interface Reachability {
  readonly url: string;
  readonly from: "host" | "container";
  readonly outcome: ReachabilityOutcome;
  /** What happened, in one sentence. */
  readonly detail: string;
  /** The likely cause; null if nothing is wrong. */
  readonly cause: string | null;
  /** The topologies that would help, best first. */
  readonly fitting: readonly Topology[];
  /** All of this as text, for people. */
  readonly text: string;
}

/** Options of {@link explainReachability}. */
export interface ReachabilityOptions {
  /** Where the URL is requested from. Default: `container` if this process runs in one, otherwise `host`. */
  readonly from?: "host" | "container" | undefined;
  /** Requests the URL. Default: from this process. */
  readonly ask?: ((url: string) => Promise<UrlAnswer>) | undefined;
}

const ways: Readonly<
  Record<"exposed-port" | "container-network" | "shared-flawless" | "same-container", string>
> = {
  "exposed-port":
    "publish the server's port (`-p 27288:27288`, with the server bound to 0.0.0.0) and use http://localhost:27288 on the host",
  "container-network":
    "run the worker as a container in the server's network, bind the server to 0.0.0.0, and use its container's name or address: http://mvm-ci-node1:27288",
  "shared-flawless":
    "run one Flawless server for all in a container of its own: http://flawless:27288",
  "same-container":
    "run the worker in the server's own container, where http://localhost:27288 is right",
};
type Way = keyof typeof ways;
const ticketCause =
  "No UDP passes from here to the addresses that the ticket has, or the endpoint behind it is gone; see `--iroh-relay` of the server.";

/**
 * Checks a URL for a Flawless server, or the ticket of one or of its control plane, and explains the result: which of
 * the usual mistakes it looks like, and which topologies would fit. Never rejects.
 *
 * ```ts
 * console.log((await explainReachability("http://mvm-ci-node1:27288")).text);
 * ```
 */
export async function explainReachability(
  url: string,
  options: ReachabilityOptions = {},
): Promise<Reachability> {
  const { from = existsSync("/.dockerenv") ? "container" : "host", ask = askUrl } = options;
  if (isTicket(url)) {
    const [outcome, detail] = outcomeOf(await ask(url));
    const cause = outcome === "timeout" ? ticketCause : "See what happened above.";
    const explanation = explained(url, from, outcome, detail, outcome === "ok" ? null : cause, []);
    // Texts end up in logs, and a ticket gives its bearer access.
    return { ...explanation, text: explanation.text.replace(url, "the ticket") };
  }
  const target = URL.parse(url);
  if (target === null || !/^https?:$/.test(target.protocol)) {
    const detail = "it is neither an http or https URL nor a ticket";
    return explained(
      url,
      from,
      "failed",
      detail,
      "A URL has a scheme, as in http://flawless:27288.",
      [],
    );
  }
  const answer = await ask(url);
  const [outcome, detail] = outcomeOf(answer);
  const [cause, fitting] = likely(outcome, target, from);
  return explained(url, from, outcome, detail, cause, fitting);
}

function outcomeOf(answer: UrlAnswer): readonly [ReachabilityOutcome, string] {
  if ("status" in answer) {
    return readAnswer(answer.status, answer.text);
  }
  const { code, message } = answer;
  const said = `${message}${code === "" || message.includes(code) ? "" : ` (${code})`}`;
  if (code === "ECONNREFUSED") {
    return ["refused", `nothing listens there: ${said}`];
  }
  if (/^(ENOTFOUND|EAI_\w+)$/.test(code)) {
    return ["name-not-found", `the name is unknown: ${said}`];
  }
  if (/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|UND_ERR_\w*TIMEOUT)$/.test(code)) {
    return ["timeout", `no answer came: ${said}`];
  }
  if (/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/.test(code)) {
    return ["reset", `the connection broke: ${said}`];
  }
  return code.startsWith("HPE_")
    ? ["not-flawless", `what answers does not speak HTTP: ${said}`]
    : ["failed", said];
}

function readAnswer(status: number, text: string): readonly [ReachabilityOutcome, string] {
  const health = parsed(text);
  if ("node_id" in health || "store" in health) {
    return ["not-flawless", "a control plane answers there"];
  }
  if (typeof health["status"] === "string" && (status === 200 || status === 503)) {
    return ["ok", `a Flawless server answers: it is ${health["status"]}`];
  }
  if (status === 401) {
    return ["ok", "a server answers that wants a token"];
  }
  // The original server's response for /version is just its version.
  if (status === 200 && /^"?v?\d+\.\d+\.\d+[\w.+-]*"?\s*$/.test(text)) {
    return ["ok", `a Flawless server answers: version ${text.trim()}`];
  }
  return ["not-flawless", `something else answers, with status ${status}`];
}

function likely(
  outcome: ReachabilityOutcome,
  { hostname }: URL,
  from: "host" | "container",
): readonly [string | null, readonly Way[]] {
  const host = hostname.replace(/^\[|\]$/g, "");
  const local = host === "localhost" || host === "::1" || host.startsWith("127.");
  switch (outcome) {
    case "ok":
      return [null, []];
    case "not-flawless":
      return [
        "The port is another program's. Flawless listens on 27288 unless it is told otherwise; 3020 is the control plane's.",
        [],
      ];
    case "reset":
      return [
        "That is what a published port does when the server behind it is bound to localhost in its container, or does not run: bind it to all addresses there (`flawless up --bind 0.0.0.0:27288`).",
        ["exposed-port", "container-network"],
      ];
    case "name-not-found":
      return from === "host"
        ? [
            "Names of containers are known inside of their Docker network only, not on the host.",
            ["exposed-port", "container-network"],
          ]
        : [
            "The container is not in the network of the one that it asks for, or that has another name.",
            ["container-network", "shared-flawless"],
          ];
    case "refused":
      if (local) {
        return from === "host"
          ? [
              "The server does not run on this machine, or it runs in a container whose port is not published.",
              ["exposed-port", "same-container"],
            ]
          : [
              "In a container, localhost is that container itself, and no Flawless server runs in it.",
              ["container-network", "shared-flawless", "same-container"],
            ];
      }
      return [
        "The machine can be reached, but the server does not run, or is bound to localhost in its container (the default): bind it to all addresses there (`flawless up --bind 0.0.0.0:27288`).",
        ["container-network", "shared-flawless"],
      ];
    case "timeout":
      return isPrivate(host)
        ? [
            "It is a private address, as containers have: only their own network, and the machine that they run on, reach it; or the machine behind it is gone.",
            from === "host"
              ? ["exposed-port", "container-network"]
              : ["container-network", "shared-flawless"],
          ]
        : ["A firewall, or a machine that is gone.", []];
    case "failed":
      return ["See what happened above.", []];
  }
}

function explained(
  url: string,
  from: "host" | "container",
  outcome: ReachabilityOutcome,
  detail: string,
  cause: string | null,
  fitting: readonly Way[],
): Reachability {
  const asked = from === "container" ? "asked from within a container" : "asked from the host";
  const text = [
    `${url} (${asked}): ${detail}.`,
    ...(cause === null ? [] : [`Likely cause: ${cause}`]),
    ...fitting.map((way) => `  ${way}: ${ways[way]}.`),
  ].join("\n");
  return { url, from, outcome, detail, cause, fitting, text };
}

/** Private addresses by RFC 1918, and link-local ones. */
function isPrivate(host: string): boolean {
  return isIPv4(host) && /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host);
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
