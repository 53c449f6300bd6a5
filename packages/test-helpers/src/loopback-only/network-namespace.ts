import { spawnSync } from "node:child_process";

/** A prefix that runs a command in a network with only loopback addresses. */
export type NamespaceCommand = readonly [string, ...string[]];

const setUp = 'ip link set lo up && exec "$@"';
/** As root, or as a user if the machine allows users to create namespaces. */
const ways: readonly NamespaceCommand[] = [
  ["unshare", "--net", "sh", "-c", setUp, "sh"],
  ["unshare", "--map-root-user", "--net", "sh", "-c", setUp, "sh"],
];

let found: NamespaceCommand | null | undefined;

/** @returns null if no way works on this machine */
export function namespaceCommand(): NamespaceCommand | null {
  found ??=
    ways.find(([program, ...args]) => {
      return (
        spawnSync(program, [...args, "true"], { stdio: "ignore", timeout: 10_000 }).status === 0
      );
    }) ?? null;
  return found;
}
