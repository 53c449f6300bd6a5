import { FlawlessError } from "@flawless-ts/wasm-module/internal/client";
import { Effect, Stream } from "effect";
import type { CallOptions } from "../http/call-scope.ts";

/** Options of a call. There is no `signal`: interrupting the fiber aborts the call. */
export type EffectCallOptions = Omit<CallOptions, "signal">;

/**
 * Runs a call of the client as an effect, in a span with this name.
 *
 * `E` is the errors with which the call is documented to reject; other than Flawless errors are defects.
 */
export function attempt<A, E extends FlawlessError>(
  span: string,
  call: (signal: AbortSignal) => Promise<A>,
): Effect.Effect<A, E> {
  return Effect.tryPromise({
    try: call,
    catch: (error) => {
      if (FlawlessError.is(error)) return error as E;
      throw error;
    },
  }).pipe(Effect.withSpan(span));
}

/**
 * Runs a call that yields several values as a stream. Interruption aborts it; `E` is as in {@link attempt}.
 */
export function attemptStream<A, E extends FlawlessError>(
  call: (signal: AbortSignal) => AsyncGenerator<A, void, undefined>,
): Stream.Stream<A, E> {
  return Stream.suspend(() =>
    Stream.fromAsyncIterable(abortable(call), (error) => {
      if (FlawlessError.is(error)) return error as E;
      throw error;
    }),
  );
}

/** A generator that waits for its next value can be ended only by its signal. */
function abortable<A>(
  call: (signal: AbortSignal) => AsyncGenerator<A, void, undefined>,
): AsyncIterable<A> {
  return {
    [Symbol.asyncIterator]: () => {
      const controller = new AbortController();
      const generator = call(controller.signal);
      return {
        next: () => generator.next(),
        return: () => {
          controller.abort();
          return generator.return();
        },
      };
    },
  };
}
