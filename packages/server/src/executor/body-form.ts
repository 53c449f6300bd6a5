import {
  AbiError,
  decodeHostAnswer,
  decodeHostCall,
  encodeHostAnswer,
  encodeHostCall,
  type BodyForm,
} from "@flawless-ts/wasm-module";

/** A guest's call as the engine and the journal see it, and the form in which the guest expects bodies. */
export interface UniformCall {
  readonly text: string;
  readonly bodyForm: BodyForm;
}

/**
 * Encodes the body of an HTTP request in base64, even if an older crate sent an array of bytes, which is four times
 * as long. This way a journal doesn't depend on the crate, and a build with a newer one can continue from it. All
 * other calls stay as they are.
 */
export function withUniformBody(text: string): UniformCall {
  if (/^\s*\{\s*"HTTPRequest"/.test(text) && !text.endsWith('"}}')) {
    const call = attempt(() => decodeHostCall(text));
    if (call?.kind === "HTTPRequest" && call.request.bodyForm === "bytes") {
      const request = { ...call.request, bodyForm: "base64" } as const;
      return { text: encodeHostCall({ ...call, request }), bodyForm: "bytes" };
    }
  }
  return { text, bodyForm: "base64" };
}

/** An answer in the form that the guest expects. Undefined if that would exceed the max length of a string. */
export function inBodyForm(answer: string, bodyForm: BodyForm): string | undefined {
  if (bodyForm === "base64") {
    return answer;
  }
  const given = decodeHostAnswer(answer);
  if (given.kind !== "HTTPResponse" || given.result.kind === "Transport") {
    return answer;
  }
  const { result } = given;
  const response = { ...result.response, bodyForm };
  return attempt(() => encodeHostAnswer({ ...given, result: { ...result, response } }));
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (AbiError.is(error)) {
      return undefined;
    }
    throw error;
  }
}
