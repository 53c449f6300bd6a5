import { FetchError, type FetchResponse, type WorkflowContext } from "@flawless-ts/wasm-module";

/** The input of a child workflow. */
export interface Child {
  readonly url: string;
  readonly body: string;
}

export function post(context: WorkflowContext, url: string, body: string): Promise<FetchResponse> {
  return context.fetch(url, { method: "POST", body });
}

/** The response's status, or the kind of transport error. */
export async function statusOf(response: Promise<FetchResponse>): Promise<number | string> {
  try {
    return (await response).status;
  } catch (error) {
    if (!FetchError.is(error)) throw error;
    return error.kind;
  }
}
