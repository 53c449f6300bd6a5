import { parentPort, workerData } from "node:worker_threads";
import { CodeCollector } from "./code-collector.ts";
import { Guest, type GuestHost } from "./guest.ts";
import { GuestRefused } from "./guest-refused.ts";
import { IdleCollector } from "./idle-collector.ts";
import type { GuestInstance } from "./instances/guest-instance.ts";
import { InstancePool } from "./instances/instance-pool.ts";
import {
  activityFields,
  countedCalls,
  type FromThread,
  type GuestOutcome,
  type GuestSettings,
  type GuestStart,
  type ToThread,
} from "./messages.ts";
import { ReplayMismatch } from "./replay.ts";

/** The data passed to a new executor thread. */
export interface ExecutorThreadData {
  readonly activity: SharedArrayBuffer;
  /** One count per entry of `countedCalls`. */
  readonly hostCalls: SharedArrayBuffer;
}

const port = parentPort;
if (port === null) {
  throw new Error("executor-thread.ts only runs as a worker thread");
}
const activity = new Float64Array((workerData as ExecutorThreadData).activity);
const hostCalls = new Float64Array((workerData as ExecutorThreadData).hostCalls);
const instances = new InstancePool();
const idleCollector = new IdleCollector(() => instances.release());
const codeCollector = new CodeCollector();
const settingsOfEngine = new Map<number, GuestSettings>();
const guests = new Map<number, Guest>();

const host: GuestHost = {
  post: (message: FromThread) => port.postMessage(message),
  entered(guest) {
    activity[activityFields.since] = performance.timeOrigin + performance.now();
    activity[activityFields.guest] = guest;
  },
  counts(kind) {
    const index = countedCalls.indexOf(kind);
    hostCalls[index] = (hostCalls[index] ?? 0) + 1;
  },
  left() {
    activity[activityFields.guest] = 0;
  },
};

port.on("message", (message: ToThread) => {
  // Memory that is tight is released every second, and what is released must be collected.
  if (message.type !== "release") idleCollector.hasWork();
  switch (message.type) {
    case "configure":
      settingsOfEngine.set(message.engine, message.settings);
      break;
    case "forget":
      settingsOfEngine.delete(message.engine);
      break;
    case "module":
      instances.add(message.key, message.module);
      break;
    case "forgetModule":
      instances.remove(message.key);
      codeCollector.letGo(message.bytes);
      break;
    case "release":
      instances.release();
      break;
    case "start":
      void run(message.guest, message.engine, message.start);
      break;
    case "resume":
      guests.get(message.guest)?.resume(message.answer, message.now);
      break;
    case "caller":
      guests.get(message.guest)?.setCallerPresent(message.present);
      break;
    case "drop":
      guests.get(message.guest)?.drop();
      guests.delete(message.guest);
      break;
  }
});
port.postMessage({ type: "ready" } satisfies FromThread);

async function run(number: number, engine: number, start: GuestStart): Promise<void> {
  let guest: Guest | undefined;
  let instance: GuestInstance | undefined;
  let outcome: GuestOutcome;
  const entered = (): void => host.entered(number);
  entered();
  try {
    const settings = settingsOfEngine.get(engine);
    if (settings === undefined) {
      throw new Error("the executor thread was not given its settings");
    }
    guest = new Guest(number, start, settings, host);
    guests.set(number, guest);
    instance = instances.take(start.moduleKey);
    await instance.run(guest, entered);
    guest.end("the end of the workflow");
    outcome = { status: "completed" };
  } catch (error) {
    outcome = guest === undefined ? unreadable(error, start) : failure(error, guest, instance);
  }
  host.left();
  idleCollector.guestGone();
  // If it is no longer registered, it was dropped meanwhile; if it was never created, that is yet to be reported.
  if (guests.delete(number) || guest === undefined) {
    const news = guest?.takeNews() ?? { lines: "", logs: [] };
    host.post({ type: "ends", guest: number, ...news, outcome });
  }
}

/** Without a guest nothing ran: the text of its journal can't be read. */
function unreadable(error: unknown, start: GuestStart): GuestOutcome {
  const message = `workflow '${start.workflow}' can't be replayed: ${messageOf(error)}`;
  return { status: "failed", code: "REPLAY_MISMATCH", message };
}

function failure(error: unknown, guest: Guest, instance: GuestInstance | undefined): GuestOutcome {
  if (guest.stopped instanceof ReplayMismatch || error instanceof ReplayMismatch) {
    const mismatch = guest.stopped ?? error;
    return { status: "failed", code: "REPLAY_MISMATCH", message: (mismatch as Error).message };
  }
  if (guest.stopped instanceof GuestRefused) {
    const { code, message } = guest.stopped;
    return { status: "failed", code, message };
  }
  const trap = messageOf(error);
  try {
    guest.end(`the workflow's failure (${guest.panic ?? trap})`);
  } catch (mismatch) {
    return { status: "failed", code: "REPLAY_MISMATCH", message: (mismatch as Error).message };
  }
  if (guest.panic !== undefined) {
    return { status: "failed", code: "PANIC", message: guest.panic };
  }
  const size =
    instance === undefined ? "" : `, with ${instance.memoryBytes / 2 ** 20} MiB of memory`;
  return {
    status: "failed",
    code: "PANIC",
    message: `workflow '${guest.start.workflow}' trapped: ${trap}${size}`,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
