import { within } from "./within.ts";

/** How often the other side is asked, and how long it may take to reply, in milliseconds. */
export interface WatchTimes {
  readonly everyMs: number;
  readonly answerMs: number;
}

/**
 * Polls whether the other side of a connection is there. QUIC notices only after half a minute that a peer was
 * restarted, and pending requests would wait that long.
 *
 * @param ask settles when the other side has replied
 * @param onDead called once, if it has not replied in time. Other failures of `ask` are ignored: the connection has its
 * own.
 * @returns ends the watch
 */
export function watch(
  ask: () => Promise<unknown>,
  onDead: () => void,
  { everyMs, answerMs }: WatchTimes,
): Disposable {
  let timer: NodeJS.Timeout;
  let over = false;
  const round = async (): Promise<void> => {
    let answered = false;
    const asked = ask().then(
      () => (answered = true),
      () => (answered = true),
    );
    await within(answerMs, asked).catch(() => undefined);
    if (over) return;
    if (answered) wait();
    else onDead();
  };
  const wait = (): void => {
    // It doesn't keep the process alive.
    timer = setTimeout(() => void round(), everyMs).unref();
  };
  wait();
  return {
    [Symbol.dispose]: () => {
      over = true;
      clearTimeout(timer);
    },
  };
}
