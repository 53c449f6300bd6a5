/** The properties that identify Node, if it is Node. */
interface Host {
  readonly versions?: { readonly node?: string };
  readonly execPath?: string;
}

/**
 * Throws a plain error if this Node is too old, before a missing feature fails. Other platforms pass.
 *
 * @param needed a major version, and a minor one if that matters: "22.19".
 * @param host default: `process`
 * @throws Error with the code `FLAWLESS_NODE_TOO_OLD`
 */
export function needsNode(needed: string, host: Host | undefined = hereOf(globalThis)): void {
  const node = host?.versions?.node ?? needed;
  if (!isOlder(node, needed)) return;
  const message = `Flawless needs Node ${needed} or newer, but this is Node ${node} (${host?.execPath}). Install a newer one, or put it first on the PATH.`;
  const error = Object.assign(new Error(message), { code: "FLAWLESS_NODE_TOO_OLD" });
  // The line that noticed it helps nobody.
  error.stack = `Error: ${message}`;
  throw error;
}

function hereOf({ process: host }: { readonly process?: Host }): Host | undefined {
  return host;
}

function isOlder(version: string, needed: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [neededMajor = 0, neededMinor = 0] = needed.split(".").map(Number);
  return major < neededMajor || (major === neededMajor && minor < neededMinor);
}
