import type { EngineApi } from "../api/engine-api.ts";

/** What can be asked of the engine that has a workflow. */
export type RemoteEngine = Pick<
  EngineApi,
  | "start"
  | "idOfKey"
  | "send"
  | "update"
  | "restart"
  | "fork"
  | "workflow"
  | "state"
  | "journalPage"
  | "end"
  | "wait"
>;

export type RemoteMethod = keyof RemoteEngine;

/** What can't be copied from thread to thread, of the options of a call. */
export interface CallTies {
  /** The caller: once aborted, the call rejects. */
  readonly signal?: AbortSignal | undefined;
  readonly onStarted?: ((id: string) => void) | undefined;
}

/** Calls a method at the other side. Its last parameter is its options, where `ties` belong to them. */
export type RemoteCall = (
  method: RemoteMethod,
  parameters: readonly unknown[],
  ties?: CallTies,
) => Promise<unknown>;

/** An engine that is in another thread. */
export function remoteEngine(call: RemoteCall): RemoteEngine {
  const simply =
    <Method extends RemoteMethod>(method: Method) =>
    (...parameters: Parameters<RemoteEngine[Method]>): ReturnType<RemoteEngine[Method]> =>
      call(method, parameters) as ReturnType<RemoteEngine[Method]>;
  return {
    start: (request, { signal, onStarted, ...options } = {}) =>
      call("start", [request, options], { signal, onStarted }) as ReturnType<RemoteEngine["start"]>,
    update: (id, request, { signal, ...options }) =>
      call("update", [id, request, options], { signal }) as ReturnType<RemoteEngine["update"]>,
    wait: (id, { signal, ...options }) =>
      call("wait", [id, options], { signal }) as ReturnType<RemoteEngine["wait"]>,
    idOfKey: simply("idOfKey"),
    send: simply("send"),
    restart: simply("restart"),
    fork: simply("fork"),
    workflow: simply("workflow"),
    state: simply("state"),
    journalPage: simply("journalPage"),
    end: simply("end"),
  };
}

/** What answers the calls of {@link remoteEngine} in the engine's thread. */
export function answering(engine: RemoteEngine): RemoteCall {
  return async (method, parameters, ties) => {
    const options = parameters.at(-1) as object;
    const given =
      ties === undefined ? parameters : [...parameters.slice(0, -1), { ...options, ...ties }];
    const answer = engine[method] as (...all: readonly unknown[]) => Promise<unknown>;
    return answer.apply(engine, given as unknown[]);
  };
}
