import { MessageChannel } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { until } from "../testing/until.ts";
import type { StartOptions, WaitOptions } from "../engine/index.ts";
import { EngineError } from "../errors.ts";
import { CrossingGate } from "./crossing-gate.ts";
import { EngineLink, type LinkedEngine } from "./engine-link.ts";
import { copyAll } from "./engines-backup.ts";
import { errandDelivery } from "./errand-delivery.ts";
import { answering, type RemoteEngine, remoteEngine } from "./remote-engine.ts";

class Pair implements Disposable {
  readonly gates = [new CrossingGate(), new CrossingGate()] as const;
  readonly done: string[] = [];
  readonly here: EngineLink;
  readonly there: EngineLink;

  constructor(engine: Partial<LinkedEngine> = {}) {
    const { port1, port2 } = new MessageChannel();
    const nobody = {
      errand: async () => "none",
      metrics: async () => [],
      call: async () => undefined,
    };
    this.here = new EngineLink(port1, nobody, this.gates[0]);
    const errand = async (body: string): Promise<string> => {
      this.done.push(body);
      return `did ${body}`;
    };
    this.there = new EngineLink(port2, { ...nobody, errand, ...engine }, this.gates[1]);
  }

  [Symbol.dispose](): void {
    this.here.close();
    this.there.close();
  }
}

describe("the way between two engines", () => {
  test("brings errands, metrics and what is wrong to the other side", async () => {
    using pair = new Pair({ metrics: async () => [{ name: "a" }] });
    expect(await Promise.all(["1", "2"].map((body) => pair.here.errand(body)))).toEqual([
      "did 1",
      "did 2",
    ]);
    expect(await pair.here.metrics()).toEqual([{ name: "a" }]);
    expect(pair.here.health).toEqual({ problem: null, running: 0 });
    pair.there.tell({ problem: "The disk is full.", running: 3 });
    await until(() => pair.here.health.running === 3);
    expect(pair.here.health.problem).toBe("The disk is full.");
  });

  test("lets no errand through, and nothing that came of one, while it is held for a backup", async () => {
    using pair = new Pair();
    const [mine, others] = pair.gates;
    others.hold();
    const held = pair.here.errand("1");
    await until(() => pair.done.length === 1);
    mine.hold();
    const waiting = pair.here.errand("2");
    others.release();
    expect(await held).toBe("did 1");
    // What is asked afterwards is answered: the second errand was not sent before it.
    await pair.here.metrics();
    expect(pair.done).toEqual(["1"]);
    mine.release();
    expect(await waiting).toBe("did 2");
  });

  test("tells of an errand that can't be done now, and of a thread that has gone", async () => {
    using pair = new Pair({ errand: () => Promise.reject(new Error("later")) });
    await expect(pair.here.errand("1")).rejects.toThrow("later");
    using silent = new Pair({ errand: () => new Promise(() => undefined) });
    const lost = silent.here.errand("1");
    silent.there.close();
    await expect(lost).rejects.toThrow("is gone");
  });
});

describe("the delivery of errands", () => {
  test("asks again until it is done", async () => {
    let tries = 0;
    const { send } = errandDelivery(async (body) => {
      tries += 1;
      if (tries < 3) {
        throw new Error("not yet");
      }
      return body;
    });
    expect(await send(1, null, "go", new AbortController().signal)).toBe("go");
    expect(tries).toBe(3);
  });

  test("ends with its signal", async () => {
    const { send } = errandDelivery(() => new Promise(() => undefined));
    const gone = new AbortController();
    const sent = send(1, null, "go", gone.signal);
    gone.abort(new Error("stopped"));
    await expect(sent).rejects.toThrow("stopped");
    await expect(send(1, null, "go", gone.signal)).rejects.toThrow("stopped");
  });
});

test("journals are copied while all engines are held, which go on also where a copy fails", async () => {
  const told: string[] = [];
  const engine = (name: string, fails = false) => ({
    hold: (isHeld: boolean) => void told.push(`${name} ${isHeld ? "held" : "released"}`),
    copyJournal: async (file: string) => {
      told.push(`${name} to ${file}`);
      if (fails) {
        throw new Error("full");
      }
    },
  });
  await copyAll([engine("a"), engine("b")], ["1", "2"]);
  expect(told).toEqual(["a held", "b held", "a to 1", "b to 2", "a released", "b released"]);
  told.length = 0;
  await expect(copyAll([engine("a", true), engine("b")], ["1", "2"])).rejects.toThrow("full");
  expect(told.slice(-2)).toEqual(["a released", "b released"]);
});

describe("calls from engine to engine", () => {
  test("give results, errors as they are, and tell of what was started", async () => {
    const asked: unknown[] = [];
    const engine = {
      start: async (request: unknown, options: StartOptions) => {
        options.onStarted?.("wkf_1");
        asked.push([request, options.detached]);
        return { id: "wkf_1", response: null };
      },
      send: async (...parameters: unknown[]) => {
        asked.push(parameters);
        throw new EngineError("WORKFLOW_ENDED", "It has ended.", { workflowId: "wkf_2" });
      },
      state: async () => {
        throw new TypeError("broken");
      },
    };
    using pair = new Pair({ call: answering(engine as unknown as RemoteEngine) });
    const there = remoteEngine(pair.here.call);
    const started: string[] = [];
    const request = { module: "m", version: "1", workflow: "w", input: "1" };
    const onStarted = (id: string): void => void started.push(id);
    const options = { detached: true, onStarted, signal: new AbortController().signal };
    expect(await there.start(request, options)).toEqual({ id: "wkf_1", response: null });
    expect(started).toEqual(["wkf_1"]);
    await expect(there.send("wkf_2", "go", "1")).rejects.toMatchObject({
      code: "WORKFLOW_ENDED",
      message: "It has ended.",
      workflowId: "wkf_2",
    });
    await expect(there.state("wkf_3")).rejects.toThrow("broken");
    expect(asked).toEqual([
      [request, true],
      ["wkf_2", "go", "1"],
    ]);
  });

  test("end at both sides when the caller goes", async () => {
    const reasons: unknown[] = [];
    const engine = {
      wait: (_id: string, { signal }: WaitOptions) =>
        new Promise((_resolve, reject) => {
          reasons.push("waits");
          signal?.addEventListener("abort", () => {
            reasons.push("left");
            reject(signal.reason as Error);
          });
        }),
    };
    using pair = new Pair({ call: answering(engine as unknown as RemoteEngine) });
    const there = remoteEngine(pair.here.call);
    const caller = new AbortController();
    const waiting = there.wait("wkf_1", { timeoutMs: 60_000, signal: caller.signal });
    await until(() => reasons.length === 1);
    caller.abort(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
    await until(() => reasons.length === 2);
    const again = there.wait("wkf_1", { timeoutMs: 60_000, signal: caller.signal });
    await expect(again).rejects.toThrow("gone");
    expect(reasons).toEqual(["waits", "left"]);
  });
});
