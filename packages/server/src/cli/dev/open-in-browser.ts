import { spawn } from "node:child_process";

const commands: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ["open"],
  // `start` treats its first quoted argument as a title.
  win32: ["cmd", "/c", "start", ""],
};

/** Opens a page in the user's browser. Does nothing if there is none. */
export function openInBrowser(url: string): void {
  const [program, ...args] = commands[process.platform] ?? ["xdg-open"];
  const child = spawn(program, [...args, url], { detached: true, stdio: "ignore" });
  child.on("error", () => undefined);
  child.unref();
}
