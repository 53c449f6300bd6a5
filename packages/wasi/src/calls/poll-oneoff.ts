import { CallRefused } from "../host/errno.ts";
import { rights } from "../host/rights.ts";
import type { WasiHost } from "../host/wasi-host.ts";
import type { CallFrame } from "./call-frame.ts";
import type { HostCall } from "./host-call.ts";
import { type ClockName, clockName, clockTime } from "./world-calls.ts";

/** Kinds of events by their numbers. */
const kinds = ["clock", "read", "write"] as const;

interface TimerWanted {
  readonly kind: "clock";
  readonly userData: bigint;
  readonly clock: ClockName;
  readonly timeout: bigint;
  readonly absolute: boolean;
}

interface ReadyWanted {
  readonly kind: "read" | "write";
  readonly userData: bigint;
  readonly fd: number;
}

interface PollAsked {
  readonly events: readonly (TimerWanted | ReadyWanted)[];
}

interface PollEvent {
  readonly kind: (typeof kinds)[number];
  readonly userData: bigint;
  /** The number of bytes that can be read at once. */
  readonly bytes: number;
}

interface PollAnswer {
  readonly events: readonly PollEvent[];
}

const absoluteFlag = 1;
const eventLength = 32;

/**
 * Waits for time to pass or for descriptors to be ready. Here, descriptors always are; without any, the clock
 * advances to the earliest time.
 */
export const pollOneoff: HostCall<PollAsked, PollAnswer> = {
  read: readSubscriptions,
  perform(host, { events }) {
    if (events.length === 0) throw new CallRefused("inval");
    const ready = events.flatMap((each) => (each.kind === "clock" ? [] : [readiness(host, each)]));
    const timers = events.flatMap((each) => (each.kind === "clock" ? [timer(host, each)] : []));
    const immediate = ready.length > 0;
    // The clock has an end, so a guest that sleeps forever must not wait for it.
    const reached = immediate ? host.clock.elapsed : earliest(timers);
    host.clock.sleepUntil(reached);
    const now = host.clock.elapsed;
    const due = timers.filter(({ at }) => at <= now || at === reached);
    return { events: [...ready, ...due.map(({ event }) => event)] };
  },
  write(frame, { events }) {
    const pointer = frame.u32(1);
    for (const [index, event] of events.entries()) {
      writeEvent(frame, pointer + index * eventLength, event);
    }
    frame.memory.setU32(frame.u32(3), events.length);
  },
};

function readSubscriptions(frame: CallFrame): PollAsked {
  const { memory, version } = frame;
  const count = frame.u32(2);
  // The first version has an additional number after the clock's.
  const extra = version === "wasi_unstable" ? 8 : 0;
  const subscriptionLength = 48 + extra;
  memory.bytes(frame.u32(0), count * subscriptionLength);
  memory.bytes(frame.u32(1), count * eventLength);
  const events: (TimerWanted | ReadyWanted)[] = [];
  for (let index = 0; index < count; index += 1) {
    const start = frame.u32(0) + index * subscriptionLength;
    const userData = memory.u64(start);
    const kind = kinds[memory.u8(start + 8)];
    if (kind === undefined) throw new CallRefused("inval");
    if (kind === "clock") {
      const clock = clockName(memory.u32(start + 16 + extra));
      const timeout = memory.u64(start + 24 + extra);
      const absolute = (memory.u16(start + 40 + extra) & absoluteFlag) !== 0;
      events.push({ kind, userData, clock, timeout, absolute });
    } else {
      events.push({ kind, userData, fd: memory.u32(start + 16) });
    }
  }
  return { events };
}

function readiness(host: WasiHost, { kind, userData, fd }: ReadyWanted): PollEvent {
  const { target, position } = host.descriptors.get(fd);
  const wrongWay = kind === "read" ? "output" : "input";
  if (target.kind === "folder" || target.kind === wrongWay) throw new CallRefused("badf");
  host.descriptors.get(fd, rights.pollFdReadwrite);
  const left =
    target.kind === "input"
      ? host.inputLeft
      : target.kind === "file"
        ? Math.max(target.size - position, 0)
        : 0;
  return { kind, userData, bytes: kind === "read" ? left : 0 };
}

interface Timer {
  readonly event: PollEvent;
  /** In elapsed time of the clock. */
  readonly at: bigint;
}

function timer(host: WasiHost, { userData, clock, timeout, absolute }: TimerWanted): Timer {
  const event = { kind: "clock", userData, bytes: 0 } as const;
  // Checks that the clock exists.
  clockTime(host, clock);
  if (!absolute) return { event, at: host.clock.elapsed + timeout };
  return { event, at: clock === "realtime" ? host.clock.sinceStart(timeout) : timeout };
}

function earliest(timers: readonly Timer[]): bigint {
  return timers.map(({ at }) => at).reduce((a, b) => (a < b ? a : b));
}

function writeEvent({ memory }: CallFrame, pointer: number, event: PollEvent): void {
  memory.bytes(pointer, eventLength).fill(0);
  memory.setU64(pointer, event.userData);
  memory.setU8(pointer + 10, kinds.indexOf(event.kind));
  memory.setU64(pointer + 16, BigInt(event.bytes));
}
