/** Loads a package by its name. */
export type LoadPackage = (name: string) => Promise<unknown>;

/** A name that is no literal is none that bundlers look for: what not everyone has stays where it is installed. */
export const loadPackage: LoadPackage = (name) =>
  import(/* webpackIgnore: true */ /* @vite-ignore */ name);
