import { readBody, writeBody } from "./body-codec.ts";
import type { Json } from "./exact-json.ts";
import type {
  HostAnswer,
  HttpResponse,
  HttpResult,
  HttpTransportError,
  HttpTransportErrorKind,
} from "./host-answer.ts";
import {
  mismatch,
  readBoolean,
  readDuration,
  readFields,
  readInteger,
  readJsonText,
  readList,
  readOptional,
  readString,
  readTuple,
  readUnit,
  readVariant,
} from "./json-shape.ts";
import {
  encodeJson,
  unencodable,
  writeDuration,
  writeHeaders,
  writeInteger,
  writeString,
} from "./json-writer.ts";
import { readHeader } from "./read-header.ts";
import { readValue, writeValue } from "./value-codec.ts";

const maxU16 = 2 ** 16 - 1;
const epochNames = ["secs_since_epoch", "nanos_since_epoch"] as const;

const transportErrorKinds: ReadonlySet<string> = new Set<HttpTransportErrorKind>([
  "InvalidUrl",
  "UnknownScheme",
  "Dns",
  "ConnectionFailed",
  "TooManyRedirects",
  "BadStatus",
  "BadHeader",
  "RequestInterrupted",
  "Io",
  "StatusCode",
]);

/**
 * Writes an answer as the text to copy into the guest's memory. A response's body must have the request's form.
 *
 * @throws {AbiError} `FLAWLESS_ABI_UNENCODABLE` if the answer contains a value that the guest's Rust types can't
 * represent.
 */
export function encodeHostAnswer(answer: HostAnswer): string {
  return encodeJson("host answer", () => writeAnswer(answer));
}

function writeAnswer(answer: HostAnswer): string {
  const { kind } = answer;
  switch (kind) {
    case "Unit":
    case "Timeout":
      return `"${kind}"`;
    case "Value":
      return `{"Value":${writeValue(answer)}}`;
    case "String":
      return `{"String":${writeString(answer.value, "value")}}`;
    case "ResponseSent":
      return `{"ResponseSent":${answer.sent}}`;
    case "HTTPResponse":
      return `{"HTTPResponse":${writeResult(answer.result)}}`;
    case "Time":
      return `{"Time":${writeDuration(answer.sinceEpoch, "sinceEpoch", ...epochNames)}}`;
    case "Message":
      return `{"Message":[${writeString(answer.type, "type")},${writeString(answer.json, "json")}]}`;
    case "Secret":
      return `{"Secret":${writeOptionalString(answer.value, "value")}}`;
  }
}

function writeOptionalString(value: string | null, path: string): string {
  return value === null ? "null" : writeString(value, path);
}

function writeResult(result: HttpResult): string {
  switch (result.kind) {
    case "Ok":
      return `{"Ok":${writeResponse(result.response)}}`;
    case "Status": {
      const statusCode = writeInteger(result.statusCode, "result.statusCode", 0, maxU16);
      return `{"Err":{"Status":[${statusCode},${writeResponse(result.response)}]}}`;
    }
    case "Transport": {
      const { kind, message, url } = result.error;
      if (!transportErrorKinds.has(kind))
        throw unencodable("result.error.kind", "a kind of transport error", kind);
      const messageText = writeOptionalString(message, "result.error.message");
      const urlText = writeOptionalString(url, "result.error.url");
      return `{"Err":{"Transport":{"kind":"${kind}","message":${messageText},"url":${urlText}}}}`;
    }
  }
}

function writeResponse(response: HttpResponse): string {
  const { statusCode, url, headers } = response;
  const members = [
    `"status_code":${writeInteger(statusCode, "result.response.statusCode", 0, maxU16)}`,
    `"url":${writeString(url, "result.response.url")}`,
    `"headers":${writeHeaders(headers, "result.response.headers")}`,
    `"body":${writeBody(response, "result.response.body")}`,
  ];
  return `{${members.join(",")}}`;
}

/**
 * Parses an answer.
 *
 * It accepts what serde would accept for `Output` of `flawless-wasabi`, with one exception: of members with the same
 * name the last counts, whereas serde refuses the text.
 *
 * @throws {AbiError} `FLAWLESS_ABI_INVALID_ANSWER` if the text is not an answer.
 */
export function decodeHostAnswer(text: string): HostAnswer {
  return readJsonText(text, "host answer", "FLAWLESS_ABI_INVALID_ANSWER", readAnswer);
}

function readAnswer(value: Json): HostAnswer {
  const variant = readVariant(value, "", "a host answer");
  const { name: kind, payload } = variant;
  switch (kind) {
    case "Unit":
    case "Timeout":
      return readUnit(variant, kind, { kind });
    case "Value":
      return readValue(payload, kind);
    case "String":
      return { kind, value: readString(payload, kind) };
    case "ResponseSent":
      return { kind, sent: readBoolean(payload, kind) };
    case "HTTPResponse":
      return { kind, result: readResult(payload, kind) };
    case "Time":
      return { kind, sinceEpoch: readDuration(payload, kind, ...epochNames) };
    case "Message": {
      const [type, json] = readTuple(payload, kind, 2);
      return { kind, type: readString(type, `${kind}[0]`), json: readString(json, `${kind}[1]`) };
    }
    case "Secret":
      // `"Secret"` alone differs from `{"Secret": null}`: serde refuses it.
      if (payload === undefined) mismatch(kind, "a string or null", payload);
      return { kind, value: readOptional(payload, kind, readString) };
    default:
      return mismatch("", "the name of a host answer of flawless-wasabi 1.0.0-beta.3", kind);
  }
}

function readResult(value: Json | undefined, path: string): HttpResult {
  const outcome = readVariant(value, path, "Ok or Err");
  if (outcome.name === "Ok")
    return { kind: "Ok", response: readResponse(outcome.payload, `${path}.Ok`) };
  if (outcome.name !== "Err") return mismatch(path, "Ok or Err", outcome.name);
  const errorPath = `${path}.Err`;
  const { name: kind, payload } = readVariant(outcome.payload, errorPath, "Status or Transport");
  switch (kind) {
    case "Status": {
      const statusPath = `${errorPath}.Status`;
      const [statusCode, response] = readTuple(payload, statusPath, 2);
      return {
        kind,
        statusCode: readInteger(statusCode, `${statusPath}[0]`, 0, maxU16),
        response: readResponse(response, `${statusPath}[1]`),
      };
    }
    case "Transport":
      return { kind, error: readTransportError(payload, `${errorPath}.Transport`) };
    default:
      return mismatch(errorPath, "Status or Transport", kind);
  }
}

function readResponse(value: Json | undefined, path: string): HttpResponse {
  const [statusCode, url, headers, body] = readFields(value, path, [
    "status_code",
    "url",
    "headers",
    "body",
  ]);
  return {
    statusCode: readInteger(statusCode, `${path}.status_code`, 0, maxU16),
    url: readString(url, `${path}.url`),
    headers: readList(headers, `${path}.headers`, readHeader),
    ...readBody(body, `${path}.body`),
  };
}

function readTransportError(value: Json | undefined, path: string): HttpTransportError {
  const [kindValue, message, url] = readFields(value, path, ["kind", "message", "url"]);
  const variant = readVariant(kindValue, `${path}.kind`, "a kind of transport error");
  const kind = variant.name;
  if (!transportErrorKinds.has(kind)) mismatch(`${path}.kind`, "a kind of transport error", kind);
  return {
    kind: readUnit(variant, `${path}.kind`, kind as HttpTransportErrorKind),
    message: readOptional(message, `${path}.message`, readString),
    url: readOptional(url, `${path}.url`, readString),
  };
}
