import { encodeHostAnswer, type HostAnswerOf } from "@flawless-ts/wasm-module";

/** The path of all host extensions of this version. */
const extensionPath = "flawless:v1/";
const scheme = "flawless:";

/** Whether a request is for the host itself, which never reaches the network. */
export function isExtensionUrl(url: string): boolean {
  return url.slice(0, scheme.length).toLowerCase() === scheme;
}

/** The name of an extension, such as `begin`; undefined if the URL is not one of this version's. */
export function extensionName(url: string): string | undefined {
  return url.startsWith(extensionPath) ? url.slice(extensionPath.length) : undefined;
}

/** Refuses a guest's request to an extension, with an HTTP status from 400 on. */
export class ExtensionError extends Error {
  override readonly name: string = "ExtensionError";
  readonly statusCode: number;
  readonly code: string;

  constructor(statusCode: number, code: string, message: string) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
  }

  /** For an invalid request. */
  static invalid(message: string): ExtensionError {
    return new ExtensionError(400, "INVALID_REQUEST", message);
  }
}

/** @param json the body */
export function extensionAnswer(url: string, json: string): HostAnswerOf<"HTTPResponse"> {
  return { kind: "HTTPResponse", result: { kind: "Ok", response: responseOf(200, url, json) } };
}

export function refusal(url: string, error: ExtensionError): HostAnswerOf<"HTTPResponse"> {
  const { statusCode, code, message } = error;
  const response = responseOf(statusCode, url, JSON.stringify({ error: { code, message } }));
  return { kind: "HTTPResponse", result: { kind: "Status", statusCode, response } };
}

/** The answer to `wait` with an operation's result, as JSON text of the guest ABI. */
export function operationAnswer(operation: number, result: string): string {
  const json = `{"operation":${operation},"result":${result}}`;
  return encodeHostAnswer(extensionAnswer(`${extensionPath}wait`, json));
}

const emptyAnswers = new Map<string, string>();

/** The empty answer of an extension, as JSON text of the guest ABI. */
export function emptyAnswer(name: string): string {
  let answer = emptyAnswers.get(name);
  if (answer === undefined) {
    answer = encodeHostAnswer(extensionAnswer(extensionPath + name, "{}"));
    emptyAnswers.set(name, answer);
  }
  return answer;
}

function responseOf(
  statusCode: number,
  url: string,
  json: string,
): {
  statusCode: number;
  url: string;
  headers: readonly (readonly [string, string])[];
  body: string;
} {
  const headers = [["content-type", "application/json"]] as const;
  return { statusCode, url, headers, body: Buffer.from(json).toString("base64") };
}
