import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { expect, test } from "vitest";
import {
  signedLeb,
  type StrangeModule,
  strangeModule,
  textPlace,
} from "../../testing/strange-module.ts";
import { Guest, type GuestHost } from "../guest.ts";
import { compileGuestModule, type GuestModule } from "../guest-module.ts";
import { GuestRefused } from "../guest-refused.ts";
import type { FromThread } from "../messages.ts";
import type { GuestInstance } from "./guest-instance.ts";
import { InstancePool } from "./instance-pool.ts";

const conformance = compileGuestModule(fixtureBytes("conformance"), {});
const crawler = compileGuestModule(fixtureBytes("crawler"), {});
const withoutElements = compileGuestModule(
  strangeModule({ name: "tiny", functions: [{ body: [] }] }),
  {},
);

class Runs {
  readonly pool = new InstancePool();
  readonly posted: FromThread[] = [];
  #last = 0;

  constructor() {
    this.pool.add("conformance", conformance);
  }

  /** A guest of a workflow that gets this input. */
  guest(workflow: string, input = "null", textCharacters = 100_000): Guest {
    const host: GuestHost = {
      post: (message) => this.posted.push(message),
      entered: () => undefined,
      counts: () => undefined,
      left: () => undefined,
    };
    this.#last += 1;
    return new Guest(
      this.#last,
      {
        workflowId: this.#last,
        run: 1,
        publicId: `wkf_${this.#last}`,
        workflow,
        input,
        moduleKey: "conformance",
        journal: [],
        callerPresent: false,
        now: 0,
      },
      {
        secrets: {},
        seed: 1,
        guestTime: "given",
        callLimits: { callCharacters: 10_000_000, textCharacters, journalSteps: 1_000 },
      },
      host,
    );
  }

  /** Runs a guest to its end, and lets the instance come to rest. */
  async run(guest: Guest, instance: GuestInstance = this.pool.take("conformance")): Promise<void> {
    try {
      await instance.run(guest, () => undefined);
    } finally {
      await settled();
    }
  }

  /** Lets guests sleep at the same time, and then return. */
  async sleepTogether(count: number, key = "conformance", workflow = "sleep_ms"): Promise<void> {
    const guests = Array.from({ length: count }, () => this.guest(workflow, '{"ms":1}'));
    const runs = guests.map((guest) => this.run(guest, this.pool.take(key)));
    await settled();
    for (const guest of guests) guest.resume('"Unit"', 1);
    await Promise.all(runs);
  }
}

/** A module whose workflow makes one call, and whose instances can be used again. */
function tinyModule(
  text: string,
  more: (callHost: readonly number[]) => Partial<StrangeModule> = () => ({}),
): GuestModule {
  const call = [0x41, ...signedLeb(textPlace), 0x41, text.length, 0x41, 8, 0x41, 12, 0x10, 0];
  return compileGuestModule(
    strangeModule({
      name: "tiny",
      text,
      functions: [{ body: [...call, 0x1a] }],
      tables: [[0x70, 0, 1]],
      globals: [[0x7f, 0, 0x41, 0, 0x0b]],
      elements: [[0, 0x41, 0, 0x0b, 1, 1]],
      ...more(call),
    }),
    {},
  );
}

/** Promises of WebAssembly that are due are settled by then. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test("an instance is used again, by guests of the same module", async () => {
  const runs = new Runs();
  runs.pool.add("crawler", crawler);
  const instance = runs.pool.take("conformance");
  await runs.run(runs.guest("noop"), instance);

  expect(runs.pool.take("crawler")).not.toBe(instance);
  expect(runs.pool.take("conformance")).toBe(instance);
  expect(runs.pool.take("conformance")).not.toBe(instance);
  await runs.run(runs.guest("echo", '"again"'), instance);

  const responses = runs.posted.flatMap((message) =>
    message.type === "responds" ? [message.response] : [],
  );
  expect(responses).toEqual(["null", '"again"']);
});

test("it is used again after its guest was stopped by a limit, or dropped while it waited", async () => {
  const runs = new Runs();
  const instance = runs.pool.take("conformance");
  const big = runs.guest("echo", JSON.stringify("x".repeat(2_000)), 1_000);
  await expect(runs.run(big, instance)).rejects.toBeInstanceOf(GuestRefused);

  expect(runs.pool.take("conformance")).toBe(instance);
  const sleeper = runs.guest("sleep_ms", '{"ms":1000}');
  const sleeps = runs.run(sleeper, instance);
  await settled();
  sleeper.drop();
  await expect(sleeps).rejects.toThrow("the guest was dropped");

  expect(runs.pool.take("conformance")).toBe(instance);
});

test("it is not used again after a trap", async () => {
  const runs = new Runs();
  const instance = runs.pool.take("conformance");
  await expect(runs.run(runs.guest("panic_before_response"), instance)).rejects.toMatchObject({
    name: "RuntimeError",
    message: "unreachable",
  });

  expect(runs.pool.idle).toBe(0);
});

test("it is not used again after an exception of V8, which the guest's failure names", async () => {
  const module = tinyModule('"TimeNow"', (callHost) => ({ alloc: callHost }));
  const runs = new Runs();
  runs.pool.add("tiny", module);
  const instance = runs.pool.take("tiny");

  expect(module.reusableBytes).not.toBeNull();
  await expect(runs.run(runs.guest("start"), instance)).rejects.toThrow("trying to suspend");
  expect(runs.pool.idle).toBe(0);
});

test("it is not used again if its guest's memory outgrew the spare pages", async () => {
  const runs = new Runs();
  const instance = runs.pool.take("conformance");
  await runs.run(runs.guest("echo", JSON.stringify("x".repeat(3_000_000)), 10_000_000), instance);

  expect(instance.memoryBytes).toBeGreaterThan(3_000_000);
  expect(runs.pool.idle).toBe(0);
});

test("those that wait for a guest have no more than 96 MiB of memory together", async () => {
  const runs = new Runs();
  const most = Math.floor((96 * 2 ** 20) / (conformance.reusableBytes ?? 0));
  await runs.sleepTogether(most + 5);

  expect(runs.pool.idle).toBe(most);
});

test("those that wait for a guest are no more than 64, however small they are", async () => {
  const runs = new Runs();
  runs.pool.add("tiny", tinyModule('{"Sleep":{"secs":1,"nanos":0}}'));
  await runs.sleepTogether(70, "tiny", "start");

  expect(runs.pool.idle).toBe(64);
});

test("those that wait are released on request, and when their module is removed", async () => {
  const runs = new Runs();
  await runs.sleepTogether(3);
  runs.pool.release();
  expect(runs.pool.idle).toBe(0);

  await runs.sleepTogether(3);
  const sleeper = runs.guest("sleep_ms", '{"ms":1}');
  const sleeps = runs.run(sleeper);
  await settled();
  runs.pool.remove("conformance");
  expect(runs.pool.idle).toBe(0);

  sleeper.resume('"Unit"', 1);
  await sleeps;
  expect(runs.pool.idle).toBe(0);
  expect(() => runs.pool.take("conformance")).toThrow("was not given the module");
});

test("a workflow that the module doesn't have fails, and the next one has an instance", async () => {
  const runs = new Runs();
  await runs.sleepTogether(1);
  expect(() => runs.pool.take("conformance").run(runs.guest("gone"), () => undefined)).toThrow(
    'the module has no export "#flawless#workflow#init#gone"',
  );
  await runs.run(runs.guest("noop"));

  expect(runs.pool.idle).toBe(1);
});

test("a module that can't be made reusable gets a new instance for each guest", async () => {
  const runs = new Runs();
  runs.pool.add("tiny", withoutElements);
  const instance = runs.pool.take("tiny");
  await runs.run(runs.guest("start"), instance);

  expect(withoutElements.reusableBytes).toBeNull();
  expect(runs.pool.idle).toBe(0);
  expect(instance.memoryBytes).toBe(65_536);
});
