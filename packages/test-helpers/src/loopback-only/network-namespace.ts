import { spawnSync } from "node:child_process";

/** Runs the command behind it in a network that has nothing but loopback addresses. */
export type NamespaceCommand = readonly [string, ...string[]];

const setUp = 'ip link set lo up && exec "$@"';
/** As root, and as a user where the machine lets users have namespaces. */
const ways: readonly NamespaceCommand[] = [
  ["unshare", "--net", "sh", "-c", setUp, "sh"],
  ["unshare", "--map-root-user", "--net", "sh", "-c", setUp, "sh"],
];

let found: NamespaceCommand | null | undefined;

/** @returns null where this machine has none */
export function namespaceCommand(): NamespaceCommand | null {
  found ??=
    ways.find(([program, ...args]) => {
      return (
        spawnSync(program, [...args, "true"], { stdio: "ignore", timeout: 10_000 }).status === 0
      );
    }) ?? null;
  return found;
}
