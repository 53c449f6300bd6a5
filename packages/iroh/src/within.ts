/** Thrown when the time is over. */
export class NoAnswer extends Error {
  constructor(milliseconds: number) {
    super(`no answer came within ${milliseconds} ms`);
    this.name = "NoAnswer";
  }
}

/**
 * Waits for work, but not forever. A later outcome is dropped.
 *
 * @throws NoAnswer when the time is over
 */
export async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  const timeUp = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeUp.reject(new NoAnswer(milliseconds)), milliseconds);
  try {
    return await Promise.race([work, timeUp.promise]);
  } finally {
    clearTimeout(timer);
  }
}
