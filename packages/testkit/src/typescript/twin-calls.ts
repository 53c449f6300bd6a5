import type { WorkflowContext } from "@flawless-ts/wasm-module";
import { type Child, post, statusOf } from "./outgoing-calls.ts";

/** Like `all_calls` in Rust, without its log line for replays only, which workflows in TypeScript don't have. */
export async function allCalls(
  input: { readonly url: string; readonly secret: string },
  context: WorkflowContext,
): Promise<void> {
  console.log("every call, once");
  const [random] = crypto.getRandomValues(new BigInt64Array(1));
  context.now();
  context.secret(input.secret);
  await context.sleep(20);
  const firstStatus = await statusOf(post(context, `${input.url}/effect-1`, "effect-1"));
  const readStatus = await statusOf(context.fetch(`${input.url}/read`, { idempotent: true }));
  const message = await context.receive("go", { timeout: "60 s" });
  const received = (message as { readonly value: string } | undefined)?.value ?? null;
  await context.start("child", { url: `${input.url}/child`, body: "effect-child" });
  const second = context.fetch(`${input.url}/effect-2`, {
    method: "POST",
    headers: { "x-received": received ?? "nothing" },
    body: JSON.stringify({ received, random: String(random) }),
  });
  const secondStatus = await statusOf(second);
  context.respond({
    received,
    first_status: firstStatus,
    read_status: readStatus,
    second_status: secondStatus,
  });
  await context.sleep(20);
  await statusOf(post(context, `${input.url}/effect-3`, "effect-3"));
}

export async function child(input: Child, context: WorkflowContext): Promise<void> {
  context.respond(null);
  const status = await statusOf(post(context, input.url, input.body));
  if (typeof status === "string") console.warn(`child's request failed: ${status}`);
}

export async function startChild(input: Child, context: WorkflowContext): Promise<boolean> {
  await context.start("child", input);
  return true;
}
