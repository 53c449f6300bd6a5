import { readBody, withTextBody, writeBody } from "./body-codec.ts";
import { maxU64 } from "./duration.ts";
import type { Json } from "./exact-json.ts";
import type {
  HostCall,
  HttpConfig,
  HttpRequest,
  LogLevel,
  RandomCall,
  ValueType,
} from "./host-call.ts";
import {
  type Variant,
  mismatch,
  readBigInteger,
  readBoolean,
  readDuration,
  readFields,
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
  writeBigInteger,
  writeDuration,
  writeHeaders,
  writeString,
} from "./json-writer.ts";
import { readHeader } from "./read-header.ts";
import { readValue } from "./value-codec.ts";

/** A call for a random value contains a zero of the type that the guest's crate wants. */
const randomZeros: Readonly<Record<ValueType, string>> = {
  Bool: "false",
  I32: "0",
  I64: "0",
  F32: "0.0",
  F64: "0.0",
};

/** Calls whose text is always the same, by that text. */
const constantCalls: ReadonlyMap<string, HostCall> = new Map(
  [
    { kind: "GetInput" } as const,
    { kind: "TimeNow" } as const,
    ...(Object.keys(randomZeros) as ValueType[]).map((type): RandomCall => ({
      kind: "Random",
      type,
    })),
  ].map((call): [string, HostCall] => [encodeHostCall(call), Object.freeze(call)]),
);

/**
 * Parses what a guest passed to `wasabi.submit`.
 *
 * It accepts what serde would accept for `Input` of `flawless-wasabi` 1.0.0-beta.1 to beta.3, with one exception: of members with the same
 * name the last counts, whereas serde refuses the text.
 *
 * @throws {AbiError} `FLAWLESS_ABI_INVALID_CALL` if the text is not a host call; then answer the guest with
 *   `submitErrorCodes.InputDeserializationFailed`.
 */
export function decodeHostCall(text: string): HostCall {
  const constant = constantCalls.get(text);
  if (constant !== undefined) return constant;
  const withText = withTextBody(text);
  const call = readJsonText(withText ?? text, "host call", "FLAWLESS_ABI_INVALID_CALL", readCall);
  return withText === undefined || call.kind !== "HTTPRequest"
    ? call
    : { ...call, request: { ...call.request, bodyForm: "bytes" } };
}

function readCall(value: Json): HostCall {
  const variant = readVariant(value, "", "a host call");
  const { name: kind, payload } = variant;
  switch (kind) {
    case "GetInput":
    case "TimeNow":
      return readUnit(variant, kind, { kind });
    case "Log":
      return readLog(readVariant(payload, kind, "a log line"));
    case "SendResponse":
      return { kind, json: readString(payload, kind) };
    case "Random":
      return { kind, type: readValue(payload, kind).type };
    case "Sleep":
      return { kind, duration: readDuration(payload, kind) };
    case "HTTPRequest":
      return { kind, request: readRequest(payload) };
    case "GetSecret":
      return { kind, name: readString(payload, kind) };
    case "RecvMessage": {
      const [timeout, types] = readTuple(payload, kind, 2);
      return {
        kind,
        timeout: readOptional(timeout, `${kind}[0]`, readDuration),
        types: readList(types, `${kind}[1]`, readString),
      };
    }
    case "StartWorkflow": {
      const [workflow, input] = readTuple(payload, kind, 2);
      return {
        kind,
        workflow: readString(workflow, `${kind}[0]`),
        input: readString(input, `${kind}[1]`),
      };
    }
    case "ReplayDebug":
      return { kind, message: readString(payload, kind) };
    default:
      return mismatch("", "the name of a host call of flawless-wasabi 1.0.0-beta.3", kind);
  }
}

const logLevels: ReadonlySet<string> = new Set<LogLevel>([
  "Error",
  "Warn",
  "Info",
  "Debug",
  "Trace",
]);

function readLog({ name, payload }: Variant): HostCall {
  if (!logLevels.has(name)) mismatch("Log", "Error, Warn, Info, Debug or Trace", name);
  return { kind: "Log", level: name as LogLevel, message: readString(payload, `Log.${name}`) };
}

function readRequest(value: Json | undefined): HttpRequest {
  const path = "HTTPRequest";
  const [config, method, url, headers, body] = readFields(value, path, [
    "config",
    "method",
    "url",
    "headers",
    "body",
  ]);
  return {
    config: readConfig(config, `${path}.config`),
    method: readString(method, `${path}.method`),
    url: readString(url, `${path}.url`),
    headers: readList(headers, `${path}.headers`, readHeader),
    ...readBody(body, `${path}.body`),
  };
}

function readConfig(value: Json | undefined, path: string): HttpConfig {
  const [idempotent, timeout, limit] = readFields(value, path, [
    "idempotent",
    "timeout",
    "response_body_limit",
  ]);
  return {
    idempotent: readBoolean(idempotent, `${path}.idempotent`),
    timeout: readDuration(timeout, `${path}.timeout`),
    responseBodyLimit: readBigInteger(limit, `${path}.response_body_limit`, 0n, maxU64),
  };
}

/**
 * Writes a host call as the guest's crate does, byte for byte, with a request's body in its form.
 *
 * @throws {AbiError} `FLAWLESS_ABI_UNENCODABLE` if the call contains a value that the guest's Rust types can't
 * represent.
 */
export function encodeHostCall(call: HostCall): string {
  return encodeJson("host call", () => writeCall(call));
}

function writeCall(call: HostCall): string {
  const { kind } = call;
  switch (kind) {
    case "GetInput":
    case "TimeNow":
      return `"${kind}"`;
    case "Log":
      return `{"Log":{"${call.level}":${writeString(call.message, "message")}}}`;
    case "SendResponse":
      return `{"SendResponse":${writeString(call.json, "json")}}`;
    case "Random":
      return `{"Random":{"${call.type}":${randomZeros[call.type]}}}`;
    case "Sleep":
      return `{"Sleep":${writeDuration(call.duration, "duration")}}`;
    case "HTTPRequest":
      return `{"HTTPRequest":${writeRequest(call.request)}}`;
    case "GetSecret":
      return `{"GetSecret":${writeString(call.name, "name")}}`;
    case "RecvMessage": {
      const timeout = call.timeout === null ? "null" : writeDuration(call.timeout, "timeout");
      const types = call.types.map((type, index) => writeString(type, `types[${index}]`));
      return `{"RecvMessage":[${timeout},[${types.join(",")}]]}`;
    }
    case "StartWorkflow":
      return `{"StartWorkflow":[${writeString(call.workflow, "workflow")},${writeString(call.input, "input")}]}`;
    case "ReplayDebug":
      return `{"ReplayDebug":${writeString(call.message, "message")}}`;
  }
}

function writeRequest(request: HttpRequest): string {
  const { config, method, url, headers } = request;
  const timeout = writeDuration(config.timeout, "request.config.timeout");
  const limit = writeBigInteger(
    config.responseBodyLimit,
    "request.config.responseBodyLimit",
    0n,
    maxU64,
  );
  const members = [
    `"config":{"idempotent":${config.idempotent},"timeout":${timeout},"response_body_limit":${limit}}`,
    `"method":${writeString(method, "request.method")}`,
    `"url":${writeString(url, "request.url")}`,
    `"headers":${writeHeaders(headers, "request.headers")}`,
    `"body":${writeBody(request, "request.body")}`,
  ];
  return `{${members.join(",")}}`;
}
