/** An object with only asynchronous methods. */
type Methods<T> = { readonly [Name in keyof T]: (...args: never[]) => Promise<unknown> };

/**
 * An object that is created when one of its methods is first called, so that its code can be loaded then: bundlers put
 * it into a separate file. If loading fails, the next call retries.
 */
export function onceLoaded<T extends Methods<T>>(make: () => Promise<T>): T {
  let made: T | undefined;
  const method =
    (name: keyof T) =>
    async (...args: never[]) =>
      await (made ??= await make())[name](...args);
  return new Proxy({} as T, { get: (_none, name) => method(name as keyof T) });
}
