import type { Interest } from "../interest.ts";
import { shared } from "../shared.ts";

type Executor = ConstructorParameters<typeof Promise<unknown>>[0];

/** Calls the original, one of `Promise.race` and its relatives, and records what its promise is derived from. */
export function combine(
  original: (this: unknown, values: unknown) => Promise<unknown>,
  values: readonly unknown[],
): Promise<unknown> {
  const sources = values.flatMap((value) => shared.interests.get(value as object) ?? []);
  let interest: Interest | undefined;
  let isOver = false;
  const end = (): void => {
    isOver = true;
    if (interest === undefined) return;
    interest.isOver = true;
    shared.update(interest);
  };
  // Replaces `Promise` in the original, to learn immediately when it is over.
  const capability = function (executor: Executor): Promise<unknown> {
    return new Promise((resolve, reject) => {
      executor(
        (value) => {
          end();
          resolve(value);
        },
        (reason) => {
          end();
          reject(reason);
        },
      );
    });
  };
  const result = shared.unwatched(() =>
    original.call(
      Object.assign(capability, { resolve: (value: unknown) => Promise.resolve(value) }),
      values,
    ),
  );
  if (!isOver) interest = shared.watch(result, sources, undefined);
  return result;
}
