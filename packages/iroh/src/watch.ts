import { within } from "./within.ts";

/** How often the other side is asked, and how long it may take to answer, in milliseconds. */
export interface WatchTimes {
  readonly everyMs: number;
  readonly answerMs: number;
}

/**
 * Asks the other side of a connection again and again whether it is there. QUIC notices only after half a minute that a peer was
 * started again, and what waits for an answer would wait as long.
 *
 * @param ask settles when the other side has answered
 * @param onDead called once, when it has not in time. Other failures of `ask` are not the end: the connection tells its own.
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
    // It keeps no process alive.
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
