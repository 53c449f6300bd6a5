/**
 * Runs the `main` that the module at `main` exports, or the same from `bundle` where that is there and fresh. Under a Node
 * that is too old, or before the first build, it says so on one line and sets the exit code 1.
 */
export declare function startCommand(
  name: string,
  packageName: string,
  main: URL,
  bundle?: URL,
): void;
