import { rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const tries = 10_000;
const pauseMs = 50;

/**
 * Runs an action under a lock that all processes of this machine share. The lock is a local socket, so the system frees
 * it when its process ends, for whatever reason.
 */
export async function withMachineLock<T>(name: string, action: () => Promise<T>): Promise<T> {
  const server = await acquire(pathOf(name));
  try {
    return await action();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

async function acquire(path: string): Promise<Server> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const server = await listen(path);
    if (server !== null) {
      return server;
    }
    if (!(await waitForEnd(path)) && !isAbstract(path)) {
      // A killed process has left its file.
      await rm(path, { force: true });
    }
    await sleep(pauseMs);
  }
  throw new Error(`The lock ${JSON.stringify(path)} could not be had.`);
}

function listen(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    // Waiting processes stay connected until the server closes, and closing must not wait for them.
    const waiting = new Set<Socket>();
    const server = createServer((socket) => {
      waiting.add(socket);
      socket.on("error", () => undefined).unref();
    });
    const close = server.close.bind(server);
    server.close = (callback) => {
      waiting.forEach((socket) => socket.destroy());
      return close(callback);
    };
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") {
        resolve(null);
      } else {
        reject(error);
      }
    });
    server.listen(path, () => resolve(server));
  });
}

/** Waits for the lock's holder to end or free it. False if nobody held it. */
function waitForEnd(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    let connected = false;
    const socket = connect(path, () => {
      connected = true;
    });
    socket.on("error", () => undefined).once("close", () => resolve(connected));
    socket.resume();
  });
}

/** Linux has socket names that are not files. */
function pathOf(name: string): string {
  switch (process.platform) {
    case "linux":
      return `\0${name}`;
    case "win32":
      return `\\\\.\\pipe\\${name}`;
    default:
      return join(tmpdir(), `${name}.sock`);
  }
}

function isAbstract(path: string): boolean {
  return process.platform !== "darwin" && !path.startsWith("/");
}
