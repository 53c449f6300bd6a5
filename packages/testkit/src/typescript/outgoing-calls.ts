import { FetchError, type FetchResponse, type WorkflowContext } from "@flawless-ts/wasm-module";

/** What a child workflow gets. */
export interface Child {
  readonly url: string;
  readonly body: string;
}

export function post(context: WorkflowContext, url: string, body: string): Promise<FetchResponse> {
  return context.fetch(url, { method: "POST", body });
}

/** The response's number, or what kind of transport error came instead. */
export async function statusOf(response: Promise<FetchResponse>): Promise<number | string> {
  try {
    return (await response).status;
  } catch (error) {
    if (!FetchError.is(error)) throw error;
    return error.kind;
  }
}
