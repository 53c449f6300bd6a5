/** An object of methods that are all asynchronous. */
type Methods<T> = { readonly [Name in keyof T]: (...args: never[]) => Promise<unknown> };

/**
 * An object that is made when one of its methods is called, and whose code can be loaded then: bundlers put it into a file of its
 * own. Where that fails, the next call tries again.
 */
export function onceLoaded<T extends Methods<T>>(make: () => Promise<T>): T {
  let made: T | undefined;
  const method =
    (name: keyof T) =>
    async (...args: never[]) =>
      await (made ??= await make())[name](...args);
  return new Proxy({} as T, { get: (_none, name) => method(name as keyof T) });
}
