/**
 * Runs the `main` function exported by the module at `main`, or by `bundle` if that exists and is up to date. If Node is too
 * old, or nothing has been built yet, prints one line that says so and sets exit code 1.
 */
export declare function startCommand(
  name: string,
  packageName: string,
  main: URL,
  bundle?: URL,
): void;
