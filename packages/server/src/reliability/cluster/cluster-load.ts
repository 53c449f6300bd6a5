import assert from "node:assert/strict";
import {
  ConflictError,
  type DeployedModule,
  type Flawless,
  FlawlessError,
  type WorkflowInfo,
} from "@flawless-ts/sdk";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import type { OutsideWorld } from "../outside-world.ts";
import type { ClusterProcesses } from "./cluster-processes.ts";

/** A workflow whose start was acknowledged. */
interface Accepted {
  readonly id: string;
  /** Throws if it didn't end correctly. */
  check(info: WorkflowInfo): void | Promise<void>;
}

/** The kinds of workflows that callers start. */
const loadKinds = ["post", "sequence", "sleep", "once", "receive", "others"] as const;
type LoadKind = (typeof loadKinds)[number];
/** How long a POST takes, so that many are under way when something happens to a node. */
const answerAfterMs = 500;
/** The number of callers. */
const callers = 6;

/**
 * Callers that start workflows of several kinds, and record what was acknowledged; in the end, the results are checked
 * against what the outside world has seen.
 */
export class ClusterLoad {
  readonly #world: OutsideWorld;
  readonly #client: Flawless;
  readonly #module: DeployedModule;
  /** Its workflows start others, and send them messages. */
  readonly #extensions: DeployedModule;
  readonly #accepted: Accepted[] = [];
  readonly #failures: unknown[] = [];
  readonly #waiting = new Set<() => void>();
  #started = 0;
  #interrupted = 0;
  #isStopping = false;
  #running: Promise<unknown> = Promise.resolve();

  static async begin(
    cluster: Pick<ClusterProcesses, "client">,
    world: OutsideWorld,
  ): Promise<ClusterLoad> {
    const client = cluster.client();
    const module = await client.deploy(fixtureBytes("conformance"));
    const extensions = await client.deploy(fixtureBytes("extensions"));
    const load = new ClusterLoad(world, client, module, extensions);
    load.#running = Promise.all(Array.from({ length: callers }, () => load.#call()));
    return load;
  }

  private constructor(
    world: OutsideWorld,
    client: Flawless,
    module: DeployedModule,
    extensions: DeployedModule,
  ) {
    this.#world = world;
    this.#client = client;
    this.#module = module;
    this.#extensions = extensions;
  }

  /** The number of acknowledged starts. */
  get accepted(): number {
    return this.#accepted.length;
  }

  /** The errors that callers got. */
  get failures(): readonly unknown[] {
    return this.#failures;
  }

  /** After `check`: how many workflows were told that their request was interrupted. */
  get interrupted(): number {
    return this.#interrupted;
  }

  /** Resolves once this many more starts are acknowledged. */
  async more(count: number): Promise<void> {
    const wanted = this.accepted + count;
    while (this.accepted < wanted) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Ends the load. Checks that accepted starts end, no POST is sent twice, and workflows know their outcome. */
  async check(): Promise<void> {
    this.#isStopping = true;
    await this.#running;
    assert.ok(this.accepted > 0);
    for (const { id, check } of this.#accepted) {
      const handle = this.#client.workflow(id);
      await handle.completion();
      await check(await handle.info());
    }
    await this.#endOthers();
    const posts = this.#world.requests.filter(({ method }) => method === "POST");
    const urls = posts.map(({ url }) => url);
    assert.deepEqual(
      urls.filter((url, index) => urls.indexOf(url) !== index),
      [],
    );
  }

  async #call(): Promise<void> {
    while (!this.#isStopping) {
      this.#started += 1;
      const number = this.#started;
      try {
        this.#accepted.push(
          await this.#start(loadKinds[number % loadKinds.length] ?? "post", number),
        );
      } catch (error) {
        if (!FlawlessError.is(error)) {
          throw error;
        }
        this.#failures.push(error);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      for (const resolve of this.#waiting) {
        this.#waiting.delete(resolve);
        resolve();
      }
    }
  }

  async #start(kind: LoadKind, number: number): Promise<Accepted> {
    switch (kind) {
      case "post":
        return this.#post(number);
      case "sequence":
        return this.#sequence(number);
      case "sleep": {
        const { id } = await this.#module.start("sleep_steps", { count: 3, ms: 200 } as never);
        return { id, check: ({ response }) => assert.equal(response, "3") };
      }
      case "once":
        return this.#once(number);
      case "receive":
        return this.#receive(number);
      case "others":
        return this.#others(number);
    }
  }

  async #post(number: number): Promise<Accepted> {
    const site = this.#world.site(`post-${number}`);
    const held = site.hold("/post");
    // If its node is lost meanwhile, nobody reads the answer.
    void held
      .arrived()
      .then(() => new Promise((resolve) => setTimeout(resolve, answerAfterMs)))
      .then(() => held.answer());
    const input = { method: "POST", url: `${site.url}/post`, body: `call ${number}` };
    const { id } = await this.#module.start("http", input as never);
    return {
      id,
      check: ({ response }) => {
        const { ok, transport_error: error } = JSON.parse(response ?? "null") as {
          readonly ok?: object;
          readonly transport_error?: object;
        };
        this.#interrupted += ok === undefined ? 1 : 0;
        const seen = site.requests.length;
        assert.partialDeepStrictEqual(
          ok ?? error,
          ok === undefined ? { kind: "RequestInterrupted" } : { status: 200 },
        );
        assert.ok(seen <= 1);
        assert.ok(seen >= (ok === undefined ? 0 : 1));
      },
    };
  }

  async #sequence(number: number): Promise<Accepted> {
    const site = this.#world.site(`sequence-${number}`);
    const urls = [0, 1, 2].map((index) => `${site.url}/${index}`);
    const { id } = await this.#module.start("http_sequence", { urls, idempotent: true } as never);
    return {
      id,
      check: ({ response }) =>
        assert.partialDeepStrictEqual(
          JSON.parse(response ?? "null"),
          urls.map((url) => ({ ok: { status: 200, url } })),
        ),
    };
  }

  async #once(number: number): Promise<Accepted> {
    const options = { idempotencyKey: `once-${number}` };
    const start = async (): Promise<{ readonly id: string; readonly response: unknown }> => {
      const input = { ms: 50 } as never;
      const executed = await this.#module.executeWithHandle("responds_later", input, options);
      return { id: executed.workflow.id, response: executed.response };
    };
    const { id, response } = await start();
    assert.equal(response, "later");
    return { id, check: async () => assert.deepEqual(await start(), { id, response }) };
  }

  async #receive(number: number): Promise<Accepted> {
    const workflow = await this.#module.start("receive", null);
    const approval = { by: `caller ${number}` };
    try {
      await workflow.send("approve", approval);
    } catch (error) {
      // It may have arrived nevertheless. If so, the workflow takes one of the two; otherwise it takes this one.
      this.#failures.push(error);
      for (;;) {
        try {
          await workflow.send("approve", approval);
          break;
        } catch (again) {
          if (ConflictError.is(again)) {
            break;
          }
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    }
    return {
      id: workflow.id,
      check: ({ response }) => assert.deepEqual(JSON.parse(response ?? "null"), approval),
    };
  }

  /** Starts two others in the partitions of their keys, sends each two messages, and waits for their results. */
  async #others(number: number): Promise<Accepted> {
    const receive = { call: { RecvMessage: [null, ["go"]] } };
    const poll = { call: { RecvMessage: [{ secs: 0, nanos: 0 }, ["go"]] } };
    const other = { workflow: "script", input: [receive, receive, poll] };
    const { id } = await this.#extensions.start("script", [
      ...["a", "b"].map((name) => ({
        ask: ["start", { ...other, idempotencyKey: `other-${number}-${name}` }],
      })),
      ...[1, 2].flatMap((data) =>
        [0, 1].map((index) => ({ ask: ["send", { id: `$${index}.body.id`, type: "go", data }] })),
      ),
      ...[0, 1].map((index) => ({ ask: ["run", { kind: "result", id: `$${index}.body.id` }] })),
    ] as never);
    const done = { status: 200 };
    const response = [{ Message: ["go", "1"] }, { Message: ["go", "2"] }, "Timeout"];
    const result = { body: { status: "completed", response } };
    return {
      id,
      check: (info) =>
        assert.partialDeepStrictEqual(JSON.parse(info.response ?? "null"), [
          ...Array.from({ length: 6 }, () => done),
          result,
          result,
        ]),
    };
  }

  /** Workflows whose start was not acknowledged must end, too, or wait for a message that nobody could send. */
  async #endOthers(): Promise<void> {
    const known = new Set(this.#accepted.map(({ id }) => id));
    for await (const { id, workflow } of this.#client.workflows({ status: "running" })) {
      assert.ok(!known.has(id), `${id} has not ended`);
      if (workflow === "receive") {
        await this.#client.workflow(id).cancel();
      }
      await this.#client.workflow(id).completion();
    }
  }
}
