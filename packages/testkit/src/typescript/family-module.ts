import {
  CancelledError,
  ChildWorkflowError,
  defineModule,
  defineWorkflow,
  HostExtensionError,
  type,
} from "@flawless-ts/wasm-module";

/** The code of the error that a call to another workflow threw. */
function codeOf(error: unknown): string {
  return error instanceof HostExtensionError ? error.reason : String(error);
}

const counter = defineWorkflow({
  input: type<{ readonly from: number }>(),
  response: type<{ readonly total: number; readonly undone: boolean }>(),
  messages: { add: type<number>(), done: type<undefined>() },
  run: async ({ from }, context) => {
    let total = from;
    try {
      for (;;) {
        const message = await context.receive(["add", "done"]);
        if (message.type === "done") return { total, undone: false };
        total += message.data as number;
      }
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error;
      return { total, undone: true };
    }
  },
});

export default defineModule({
  name: "family",
  version: "1.0.0",
  workflows: {
    counter,

    /** Sends to a child, and gets its result. */
    adds: async (_: undefined, context) => {
      const child = await context.start(counter, { from: 1 }, { onParentEnd: "cancel" });
      await child.send("add", 2);
      await child.send("add", 3);
      await child.send("done");
      return await child.result();
    },

    /** Asks a child to cancel, which handles that itself, and terminates another. */
    ends: async (_: undefined, context) => {
      const asked = await context.start(counter, { from: 4 });
      const ended = await context.start(counter, { from: 5 });
      await asked.cancel();
      await ended.terminate();
      const failure = await ended.result().catch((error: unknown) => error);
      const late = await asked
        .result()
        .then(() => asked.send("add", 1))
        .catch(codeOf);
      const unknown = await context.workflow("wkf_1").send("add", 1).catch(codeOf);
      return {
        asked: await asked.result(),
        ended: failure instanceof ChildWorkflowError ? failure.status : "not ended",
        late,
        unknown,
      };
    },

    /** Starts the same child twice, by a key. */
    keyed: async (_: undefined, context) => {
      const options = { idempotencyKey: `counter of ${context.id}`.replaceAll(" ", "-") };
      const one = await context.start(counter, { from: 6 }, options);
      const same = await context.start(counter, { from: 6 }, options);
      await same.send("done");
      return { isSame: one.id === same.id, ...(await one.result()) };
    },

    /** Ends before its children. */
    leaves: async (how: "returns" | "throws" | "waits", context) => {
      const bound = await context.start(counter, { from: 7 }, { onParentEnd: "cancel" });
      const free = await context.start(counter, { from: 8 }, { onParentEnd: "abandon" });
      context.setState({ bound: bound.id, free: free.id });
      if (how === "throws") throw new RangeError("for a reason");
      if (how === "waits") await context.receive("never");
      return null;
    },

    /** Sends itself a message. */
    echoes: async (_: undefined, context) => {
      await context.workflow(context.id).send("echo", { n: 1 });
      return await context.receive("echo");
    },
  },
});
