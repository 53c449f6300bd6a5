import { type Attributes, SpanKind, SpanStatusCode, type SpanStatus } from "@opentelemetry/api";
import { toPublicId } from "@flawless-ts/server/internal";
import {
  decodeHostAnswer,
  decodeHostCall,
  durationToMilliseconds,
  type HostAnswer,
  type HostCall,
} from "@flawless-ts/wasm-module";

/** The description of a host call in a span. */
export interface CallDescription {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
}

/** What the answer adds to it. */
export interface AnswerDescription {
  readonly attributes: Attributes;
  readonly status: SpanStatus;
}

const fine: SpanStatus = { code: SpanStatusCode.UNSET };

/**
 * Describes a call. HTTP follows the semantic conventions
 * (https://opentelemetry.io/docs/specs/semconv/http/http-spans/); a URL's query and credentials are omitted, as are all
 * texts of guests, because they may contain secrets.
 *
 * @throws AbiError if it is not a call
 */
export function describeCall(text: string): CallDescription {
  const call = decodeHostCall(text);
  const { name, kind, attributes } = partsOf(call);
  return { name, kind, attributes: { "flawless.call.kind": call.kind, ...attributes } };
}

function partsOf(call: HostCall): CallDescription {
  const internal = (attributes: Attributes): CallDescription => ({
    name: call.kind,
    kind: SpanKind.INTERNAL,
    attributes,
  });
  switch (call.kind) {
    case "HTTPRequest": {
      const { method, url, config } = call.request;
      const { idempotent } = config;
      const attributes = { "flawless.http.idempotent": idempotent, ...urlAttributes(url) };
      return {
        name: method,
        kind: SpanKind.CLIENT,
        attributes: { "http.request.method": method, ...attributes },
      };
    }
    case "Sleep":
      return internal({ "flawless.sleep.ms": durationToMilliseconds(call.duration) });
    case "RecvMessage":
      return internal({ "flawless.message.types": [...call.types] });
    case "StartWorkflow":
      return internal({ "flawless.child.workflow": call.workflow });
    case "Log":
      return internal({ "flawless.log.level": call.level });
    case "GetSecret":
      return internal({ "flawless.secret.name": call.name });
    default:
      return internal({});
  }
}

function urlAttributes(text: string): Attributes {
  const url = URL.parse(text);
  if (url === null) {
    return {};
  }
  const { protocol, hostname, port, origin, pathname } = url;
  const usual = protocol === "https:" ? 443 : 80;
  return {
    "url.full": `${origin}${pathname}`,
    "server.address": hostname,
    "server.port": port === "" ? usual : Number(port),
  };
}

/** Describes the answer to a call; `GetInput` has none in the journal. */
export function describeAnswer(call: string, text: string): AnswerDescription {
  return text === ""
    ? { attributes: {}, status: fine }
    : partsOfAnswer(call, decodeHostAnswer(text));
}

function partsOfAnswer(call: string, answer: HostAnswer): AnswerDescription {
  const plain = (attributes: Attributes): AnswerDescription => ({ attributes, status: fine });
  switch (answer.kind) {
    case "HTTPResponse": {
      const { result } = answer;
      if (result.kind === "Transport") {
        return failure({ "error.type": result.error.kind });
      }
      const { statusCode } = result.response;
      const attributes = { "http.response.status_code": statusCode };
      return statusCode < 400
        ? plain(attributes)
        : failure({ ...attributes, "error.type": String(statusCode) });
    }
    case "Message":
      return plain({ "flawless.message.type": answer.type });
    case "Timeout":
      return plain({ "flawless.message.timed_out": true });
    case "ResponseSent":
      return plain({ "flawless.response.delivered": answer.sent });
    case "Value":
      return call.startsWith('{"StartWorkflow"')
        ? plain({ "flawless.child.id": toPublicId(Number(answer.value)) })
        : plain({});
    default:
      return plain({});
  }
}

function failure(attributes: Attributes): AnswerDescription {
  return { attributes, status: { code: SpanStatusCode.ERROR } };
}
