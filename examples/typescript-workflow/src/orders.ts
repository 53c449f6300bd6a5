import {
  ActivityError,
  type ActivityCalls,
  defineModule,
  defineWorkflow,
  type WorkflowContext,
} from "@flawless-ts/wasm-module";
import * as z from "zod/mini";
import type { activities } from "./activities.ts";

const order = z.object({ id: z.string(), amount: z.number().check(z.positive()), shop: z.url() });
type Order = z.infer<typeof order>;

/** How an order ended. */
const outcome = z.object({
  status: z.enum(["shipped", "refunded"]),
  reminded: z.boolean(),
  /** The parcel's tracking number, or why there is none. */
  detail: z.string(),
});

/** What clients can see while it runs. */
const progress = z.object({
  step: z.enum(["paying", "waiting for approval", "shipping", "undoing", "done"]),
});

const approval = {
  approve: z.object({ by: z.string() }),
  reject: z.object({ reason: z.string() }),
};
type Context = WorkflowContext<typeof approval>;
type Activities = ActivityCalls<typeof activities>;

/** Takes the money, reserves the goods, waits for someone to approve the order, and ships it; or undoes everything. */
const checkout = defineWorkflow({
  input: order,
  response: outcome,
  state: progress,
  messages: approval,
  run: async (input, context) => {
    const calls = context.activities<typeof activities>({
      queue: "orders",
      timeout: "30 s",
      retry: { attempts: 5, initialDelay: "1 s", factor: 2, maxDelay: "1 minute" },
    });
    const ended = { reminded: false };
    const undo: (() => Promise<unknown>)[] = [];
    try {
      context.setState({ step: "paying" });
      // Added before the calls, because a call that failed or was interrupted may still have had an effect.
      undo.push(
        () => calls.refund(input),
        () => calls.release(input),
      );
      await both(calls.charge(input), calls.reserve(input));

      context.setState({ step: "waiting for approval" });
      const { decision, reminded } = await decide(input, context, calls);
      ended.reminded = reminded;

      if (decision?.type === "approve") {
        context.setState({ step: "shipping" });
        const { tracking } = await calls.ship({ order: input, approvedBy: decision.data.by });
        context.setState({ step: "done" });
        return { status: "shipped" as const, detail: tracking, ...ended };
      }
      await undoAll(undo, context);
      return {
        status: "refunded" as const,
        detail: decision?.data.reason ?? "no answer",
        ...ended,
      };
    } catch (error) {
      await undoAll(undo, context);
      // A cancelled workflow ends with its CancelledError.
      if (!ActivityError.is(error)) throw error;
      return { status: "refunded" as const, detail: error.message, ...ended };
    }
  },
});

/** Waits for both to end, even if one fails: nothing may continue while it is being undone. */
async function both(...promises: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(promises)) {
    if (result.status === "rejected") throw result.reason;
  }
}

/** Someone decides within a week, and gets a reminder after three days. */
async function decide(input: Order, context: Context, { remind }: Activities) {
  const types = ["approve", "reject"] as const;
  const decision = await context.receive(types, { timeout: "3 days" });
  if (decision !== undefined) return { decision, reminded: false };
  const [late] = await Promise.all([context.receive(types, { timeout: "4 days" }), remind(input)]);
  return { decision: late, reminded: true };
}

/** Undoes the steps, the last one first. This can't be cancelled. */
async function undoAll(undo: (() => Promise<unknown>)[], context: Context): Promise<void> {
  await context.uncancellable(async () => {
    context.setState({ step: "undoing" });
    for (const step of undo.splice(0).toReversed()) await step();
    context.setState({ step: "done" });
  });
}

export default defineModule({ name: "orders", version: "2.0.0", workflows: { checkout } });
