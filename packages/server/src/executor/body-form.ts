import {
  AbiError,
  decodeHostAnswer,
  decodeHostCall,
  encodeHostAnswer,
  encodeHostCall,
  type BodyForm,
} from "@flawless-ts/wasm-module";

/** A guest's call as the engine and the journal have it, and the form in which the guest wants bodies. */
export interface UniformCall {
  readonly text: string;
  readonly bodyForm: BodyForm;
}

/**
 * Spells the body of an HTTP request in base64, also where an older crate made it an array of bytes: that is four times as
 * long. So a journal does not depend on the crate, and a build with a newer one goes on from it. All other calls stay as
 * they are.
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

/** An answer as the guest wants it. Undefined where that would be longer than a text can be. */
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
