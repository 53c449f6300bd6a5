import { part } from "./part-loader.ts";

/** What can be waited for, or left alone while nobody is interested in it. */
export interface Pausable {
  pause(): void;
  resume(): void;
  /** Somebody begins to wait for it. */
  waitAnew(): void;
}

/**
 * What is known of who is interested in a promise. The promises of `context` are watched, those that `then` makes of
 * them, and those that `Promise.race`, `any`, `all` and `allSettled` make of any of these. All others count as
 * interest that lasts.
 */
export interface Interest {
  /** Where others lie behind it: those it was made of. */
  readonly sources: readonly Interest[];
  /** Undefined for one that was made of others. */
  readonly subject: Pausable | undefined;
  /** How many promises that were made of it are of interest. */
  users: number;
  /** Whether it was awaited, which lasts until it is settled. */
  isAwaited: boolean;
  /** Whether others were made of it: without them, and while nobody awaits it, somebody may do so later. */
  isUsed: boolean;
  /** Whether it made its choice: a race that is over. */
  isOver: boolean;
  /** What all that comes to. */
  matters: boolean;
}

export const interests: WeakMap<object, Interest> = new WeakMap();
const { then } = Promise.prototype;
/** Above 0 while the library itself looks at promises. */
let own = 0;

/** Stands between such a promise and the prototype of all: the language asks for both members wherever one is used. */
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

/** Has the subject paused while nobody can be interested in the promise. It is not any more once it is settled. */
export function watchInterest<Value>(promise: Promise<Value>, subject: Pausable): Promise<Value> {
  watch(promise, [], subject);
  return promise;
}

/** To be called when a promise is settled: nothing is to be known of it any more. */
export function forgetInterest(promise: object): void {
  interests.delete(promise);
}

/** Has `Promise.race` and its relatives tell when they are over. */
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

/** Looks at promises without that it counts as interest. */
export function unwatched<Result>(look: () => Result): Result {
  own += 1;
  try {
    return look();
  } finally {
    own -= 1;
  }
}

/** Begins to note who is interested in a promise. */
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

/** Somebody begins to wait for it, and so for all that lies behind it. */
function use(interest: Interest): void {
  update(interest);
  interest.subject?.waitAnew();
  for (const source of interest.sources) use(source);
}

/** Finds out what it all comes to, and tells the subject and the sources where that changed. */
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
