import { cancelling, refusal } from "./cancellation.ts";
import { forgetInterest, watchInterest, type Pausable } from "./interest.ts";
import { refuseAborted, type FetchSignal } from "./signal.ts";

/** What a promise of `context` stands for. */
export interface Operation extends Pausable {
  /** Ends it without a result. */
  abort(): void;
  /** Whether a signal with a timeout must be able to interrupt it while it runs. */
  readonly needsTime?: boolean;
}

/** Settles an operation. */
export interface Settle<Value> {
  resolve(value: Value | PromiseLike<Value>): void;
  reject(reason: unknown): void;
}

/**
 * Begins something that a workflow can wait for.
 *
 * @param begin not called if the workflow was asked to cancel, or if the signal is aborted already.
 */
export function operation<Value>(
  begin: (settle: Settle<Value>) => Operation,
  signal?: unknown,
): Promise<Value> {
  const refused = refusal();
  if (refused !== undefined) return Promise.reject(refused);
  try {
    refuseAborted(signal);
  } catch (error) {
    return Promise.reject(error);
  }
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  let isOpen = true;
  let isEntered = false;
  let unlisten: (() => void) | undefined;
  const close = (): void => {
    isOpen = false;
    leave();
    forgetInterest(promise);
  };
  const settle: Settle<Value> = {
    resolve: (value) => {
      if (!isOpen) return;
      close();
      resolve(value);
    },
    reject: (reason) => {
      if (!isOpen) return;
      close();
      reject(reason);
    },
  };
  const end = (reason: unknown): void => {
    if (!isOpen) return;
    started.abort();
    settle.reject(reason);
  };
  const enter = (): void => {
    isEntered = true;
    cancelling.open.add(end);
    const given = signal as FetchSignal | null | undefined;
    unlisten = given?.["flawless:listen"]?.(() => end(given.reason), started.needsTime ?? false);
  };
  const leave = (): void => {
    if (!isEntered) return;
    isEntered = false;
    cancelling.open.delete(end);
    unlisten?.();
  };
  const started = begin(settle);
  if (isOpen) enter();
  return watchInterest(promise, {
    pause: () => {
      if (!isOpen) return;
      leave();
      started.pause();
    },
    resume: () => {
      if (!isOpen || isEntered) return;
      const reason = refusal() ?? (signal as FetchSignal | null | undefined)?.reason;
      if (reason !== undefined) {
        end(reason);
        return;
      }
      enter();
      started.resume();
    },
    waitAnew: () => {
      if (isOpen) started.waitAnew();
    },
  });
}

/** Runs the function, and turns an error that it throws into a rejection. */
export function attempt<Value>(run: () => Promise<Value>): Promise<Value> {
  try {
    return run();
  } catch (error) {
    return Promise.reject(error);
  }
}
