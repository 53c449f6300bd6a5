import { lookup } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isTicket } from "@flawless-ts/sdk/internal";
import { flawlessByTicket } from "../../containers/image/entrypoint/ask-by-ticket.ts";
import type { UrlAnswer } from "../members/member-handle.ts";

const timeoutMs = 5_000;
/** All addresses of an endpoint are tried. */
const ticketTimeoutMs = 10_000;
/** With an unresponsive name server, a lookup would otherwise take longer. */
const lookupTimeoutMs = 4_000;
const maxCharacters = 2_000;

/** Checks a server's health from this process. Never rejects. */
export async function askUrl(url: string): Promise<UrlAnswer> {
  if (isTicket(url)) {
    return flawlessByTicket(url, ticketTimeoutMs);
  }
  try {
    const base = url.replace(/\/+$/, "");
    const host = new URL(base).hostname.replace(/^\[|\]$/g, "");
    if (
      (await Promise.race([lookup(host), sleep(lookupTimeoutMs, null, { ref: false })])) === null
    ) {
      return { code: "EAI_AGAIN", message: `${host} was not found within ${lookupTimeoutMs} ms` };
    }
    let reply = await get(`${base}/health`);
    if (reply.status === 404) {
      // The original server has only a version.
      await reply.body?.cancel();
      reply = await get(`${base}/version`);
    }
    return { status: reply.status, text: (await reply.text()).slice(0, maxCharacters) };
  } catch (error) {
    return failureOf(error);
  }
}

function get(url: string): Promise<Response> {
  return fetch(url, { redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
}

function failureOf(error: unknown): UrlAnswer {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  const code =
    cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";
  const name = error instanceof Error ? error.name : "";
  // A name with two addresses fails with an error for each, and without a message.
  return { code: name === "TimeoutError" ? "ETIMEDOUT" : code, message: message || code || name };
}

/** The same in JavaScript, for a Node in a container: it prints the {@link UrlAnswer} as JSON. */
export const askUrlScript: string = `
const base = process.argv.at(-1).replace(/\\/+$/, "");
const host = new URL(base).hostname.replace(/^\\[|\\]$/g, "");
const late = new Promise((resolve) => setTimeout(resolve, ${lookupTimeoutMs}, null));
const get = (path) => fetch(base + path, { redirect: "manual", signal: AbortSignal.timeout(${timeoutMs}) });
const ask = async () => {
  if ((await Promise.race([require("node:dns").promises.lookup(host), late])) === null) {
    return { code: "EAI_AGAIN", message: host + " was not found within ${lookupTimeoutMs} ms" };
  }
  let reply = await get("/health");
  if (reply.status === 404) reply = await get("/version");
  return { status: reply.status, text: (await reply.text()).slice(0, ${maxCharacters}) };
};
ask()
  .catch((error) => {
    const cause = error.cause ?? error;
    const code = error.name === "TimeoutError" ? "ETIMEDOUT" : String(cause.code ?? "");
    return { code, message: cause.message || code || error.name };
  })
  .then((answer) => {
    console.log(JSON.stringify(answer));
    // A look-up would go on.
    process.exit();
  });
`;

/** Parses the output of {@link askUrlScript}. */
export function readAnswer(output: string): UrlAnswer {
  const line = output.split("\n").find((candidate) => candidate.startsWith("{"));
  try {
    const value: unknown = JSON.parse(line ?? "");
    if (isAnswer(value)) {
      return value;
    }
  } catch {
    // Reported below.
  }
  return { code: "", message: `it could not be asked: ${output.trim().slice(0, 500)}` };
}

function isAnswer(value: unknown): value is UrlAnswer {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  return (
    ("status" in value && typeof value.status === "number" && "text" in value) ||
    ("code" in value && typeof value.code === "string" && "message" in value)
  );
}
