let listener: (error: unknown) => void = () => undefined;

/** Sets the listener for errors thrown by timers' callbacks. */
export function onCallbackFailure(hears: (error: unknown) => void): void {
  listener = hears;
}

/** Reports an error thrown by a timer's callback. */
export function callbackFailed(error: unknown): void {
  listener(error);
}
