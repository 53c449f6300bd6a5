let listener: (error: unknown) => void = () => undefined;

/** Who hears of what a timer's callback throws. */
export function onCallbackFailure(hears: (error: unknown) => void): void {
  listener = hears;
}

/** Tells that a timer's callback threw something. */
export function callbackFailed(error: unknown): void {
  listener(error);
}
