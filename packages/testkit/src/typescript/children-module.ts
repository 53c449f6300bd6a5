import { ChildWorkflowError, defineModule, defineWorkflow, type } from "@flawless-ts/wasm-module";

const square = defineWorkflow({
  input: type<{ readonly number: number; readonly ms: number }>(),
  response: type<{ readonly squared: number }>(),
  run: async ({ number, ms }, context) => {
    await context.sleep(ms);
    if (number < 0) throw new RangeError("too small");
    return { squared: number * number };
  },
});

export default defineModule({
  name: "children",
  version: "1.0.0",
  workflows: {
    square,

    /** Two concurrent children, and one that fails. */
    sum: async (_: undefined, context) => {
      const began = Date.now();
      const children = [
        await context.start(square, { number: 3, ms: 1000 }),
        await context.start(square, { number: 4, ms: 2000 }),
      ];
      const results = await Promise.all(children.map((child) => child.result()));
      const sum = results.reduce((total, { squared }) => total + squared, 0);
      const failing = await context.start(square, { number: -1, ms: 0 });
      const failure = await failing.result().catch((error: unknown) => error);
      if (!(failure instanceof ChildWorkflowError)) throw new Error("it did not fail");
      const { cause, status, workflowId } = failure;
      return {
        sum,
        took: Date.now() - began,
        ids: children.map(({ id }) => id),
        failure: { status, isItsId: workflowId === failing.id, cause: (cause as Error).message },
        again: await context.workflow(children[0]?.id ?? "").result(),
      };
    },
  },
});
