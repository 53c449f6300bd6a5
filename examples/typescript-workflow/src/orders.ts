import { defineModule, defineWorkflow, FetchError } from "@flawless-ts/wasm-module";
import type { FetchResponse, WorkflowContext } from "@flawless-ts/wasm-module";
import * as z from "zod/mini";

const order = z.object({ id: z.string(), amount: z.number().check(z.positive()), shop: z.url() });
type Order = z.infer<typeof order>;

/** How an order came to its end. */
const outcome = z.object({
  status: z.enum(["shipped", "refunded", "declined"]),
  reminded: z.boolean(),
});

const approval = {
  approve: z.object({ by: z.string() }),
  reject: z.object({ reason: z.string() }),
};
type Context = WorkflowContext<typeof approval>;

/** Takes the money, waits for someone to approve the order, ships it, and pays the money back if that fails. */
const checkout = defineWorkflow({
  input: order,
  response: outcome,
  messages: approval,
  run: async (input, context) => {
    if (!(await pay(input, context))) return { status: "declined" as const, reminded: false };

    let decision = await context.receive(["approve", "reject"], { timeout: "3 days" });
    const reminded = decision === undefined;
    if (reminded) {
      await context.start("remind", input);
      decision = await context.receive(["approve", "reject"], { timeout: "4 days" });
    }

    const shipped = decision?.type === "approve" && (await ship(input, decision.data.by, context));
    if (!shipped) await refund(input, context);
    return { status: shipped ? ("shipped" as const) : ("refunded" as const), reminded };
  },
});

/** A child workflow: it goes on by itself, however long the mail takes. */
const remind = defineWorkflow({
  input: order,
  run: async (input, context) => {
    await post(context, `${input.shop}/reminders`, { order: input.id });
  },
});

async function pay(input: Order, context: Context): Promise<boolean> {
  // The key makes a repeat harmless: a payment that was interrupted by a crash is simply sent again.
  const body = { order: input.id, amount: input.amount, key: context.uuid() };
  const { ok, status } = await post(context, `${input.shop}/payments`, body);
  if (!ok) console.warn(`the payment of ${input.id} was declined with ${status}`);
  return ok;
}

async function ship(input: Order, approvedBy: string, context: Context): Promise<boolean> {
  try {
    const { ok } = await post(context, `${input.shop}/parcels`, { order: input.id, approvedBy });
    return ok;
  } catch (error) {
    if (!FetchError.is(error)) throw error;
    console.error("the parcel service can't be reached", error);
    return false;
  }
}

async function refund(input: Order, context: Context): Promise<void> {
  for (;;) {
    const { ok } = await post(context, `${input.shop}/refunds`, { order: input.id });
    if (ok) return;
    await context.sleep("1 hour");
  }
}

function post(
  context: Pick<WorkflowContext, "fetch">,
  url: string,
  body: unknown,
): Promise<FetchResponse> {
  return context.fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    idempotent: true,
  });
}

export default defineModule({
  name: "orders",
  version: "1.0.0",
  workflows: { checkout, remind },
});
