/** Loads a package by its name. */
export type LoadPackage = (name: string) => Promise<unknown>;

/** Bundlers don't resolve a name that is not a literal, so optional packages stay where they are installed. */
export const loadPackage: LoadPackage = (name) =>
  import(/* webpackIgnore: true */ /* @vite-ignore */ name);
