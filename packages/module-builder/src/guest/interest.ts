import { part } from "./part-loader.ts";

/** Something to wait for that can be paused while nobody is interested in it. */
export interface Pausable {
  pause(): void;
  resume(): void;
  /** Somebody starts waiting for it. */
  waitAnew(): void;
}

/**
 * Tracks whether anybody is interested in a promise. This works for promises of `context`, for those that `then`
 * derives from them, and for those that `Promise.race`, `any`, `all` and `allSettled` derive from any of these. Any
 * other use counts as permanent interest.
 */
export interface Interest {
  /** The promises that this one was derived from. */
  readonly sources: readonly Interest[];
  /** Undefined for derived promises. */
  readonly subject: Pausable | undefined;
  /** How many promises derived from it are of interest. */
  users: number;
  /** Whether it was awaited; stays true until it is settled. */
  isAwaited: boolean;
  /** Whether others were derived from it: if not, and if nobody awaits it, somebody may still do so later. */
  isUsed: boolean;
  /** Whether its outcome is decided, as in a race that is over. */
  isOver: boolean;
  /** The result of all of this: whether anybody may be interested. */
  matters: boolean;
}

export const interests: WeakMap<object, Interest> = new WeakMap();
const { then } = Promise.prototype;
/** Above 0 while the library itself uses promises. */
let own = 0;

/**
 * Inserted between such a promise and `Promise.prototype`: whenever a promise is used, the language reads one of these
 * two members.
 */
const watchedPrototype: object = Object.create(Promise.prototype, {
  constructor: {
    configurable: true,
    get(this: object): unknown {
      if (own === 0) awaited(this);
      return Promise;
    },
  },
  // oxlint-disable-next-line unicorn/no-thenable
  then: {
    configurable: true,
    writable: true,
    value(this: Promise<unknown>, ...handlers: Parameters<typeof then>): Promise<unknown> {
      if (own > 0) return then.apply(this, handlers);
      const source = interests.get(this);
      const made = unwatched(() => then.apply(this, handlers));
      if (source !== undefined && !source.isOver) watch(made, [source], undefined);
      return made;
    },
  },
});

/** Pauses the subject while nobody can be interested in the promise. This ends when the promise is settled. */
export function watchInterest<Value>(promise: Promise<Value>, subject: Pausable): Promise<Value> {
  watch(promise, [], subject);
  return promise;
}

/** Call it when a promise is settled: it needs no more tracking. */
export function forgetInterest(promise: object): void {
  interests.delete(promise);
}

/** Makes `Promise.race` and its relatives report when they are over. */
export function watchCombinators(): void {
  for (const name of ["all", "allSettled", "any", "race"] as const) {
    const original = Promise[name] as (this: unknown, values: unknown) => Promise<unknown>;
    const { [name]: watching } = {
      [name](this: unknown, values: unknown): Promise<unknown> {
        return this === Promise && Array.isArray(values) && values.some(isWatched)
          ? part("waiting").combine(original, values)
          : original.call(this, values);
      },
    };
    Object.defineProperty(Promise, name, { value: watching, configurable: true, writable: true });
  }
}

function isWatched(value: unknown): boolean {
  return interests.has(value as object);
}

/** Uses promises without counting as interest. */
export function unwatched<Result>(look: () => Result): Result {
  own += 1;
  try {
    return look();
  } finally {
    own -= 1;
  }
}

/** Starts tracking interest in a promise. */
export function watch(
  promise: object,
  sources: readonly Interest[],
  subject: Pausable | undefined,
): Interest {
  const interest: Interest = {
    sources,
    subject,
    users: 0,
    isAwaited: false,
    isUsed: false,
    isOver: false,
    matters: true,
  };
  Object.setPrototypeOf(promise, watchedPrototype);
  interests.set(promise, interest);
  for (const source of sources) {
    source.users += 1;
    source.isUsed = true;
    use(source);
  }
  return interest;
}

function awaited(promise: object): void {
  const interest = interests.get(promise);
  if (interest === undefined) return;
  interest.isAwaited = true;
  use(interest);
}

/** Somebody starts waiting for it, and so for everything it was derived from. */
function use(interest: Interest): void {
  update(interest);
  interest.subject?.waitAnew();
  for (const source of interest.sources) use(source);
}

/** Recomputes `matters`, and tells the subject and the sources if it changed. */
export function update(interest: Interest): void {
  const { isOver, isAwaited, isUsed, users } = interest;
  const matters = !isOver && (isAwaited || users > 0 || !isUsed);
  if (matters === interest.matters) return;
  interest.matters = matters;
  for (const source of interest.sources) {
    source.users += matters ? 1 : -1;
    update(source);
  }
  if (matters) interest.subject?.resume();
  else interest.subject?.pause();
}
