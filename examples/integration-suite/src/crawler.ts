import { defineModule, defineWorkflow, type, type WorkflowContext } from "@flawless-ts/wasm-module";

const decision = { decide: type<{ publish: boolean }>() };

/** What a worker runs for each job: it fetches a page politely. */
const start = defineWorkflow({
  input: type<{ id: number; url: string }>(),
  response: type<{ status: number; characters: number }>(),
  run: async ({ url }, context: WorkflowContext) => {
    // A pause between two requests to a site; it also survives a crash.
    await context.sleep("1 second");
    const response = await fetch(url);
    return { status: response.status, characters: (await response.text()).length };
  },
});

/** Waits for an editor's decision on a page. */
const review = defineWorkflow({
  input: type<{ url: string }>(),
  response: type<string>(),
  messages: decision,
  run: async ({ url }, context: WorkflowContext<typeof decision>) => {
    const { publish } = await context.receive("decide");
    return `${url} is ${publish ? "published" : "dropped"}`;
  },
});

/** Workers run `start` of `crawler` 0.1.8 for their jobs by default. */
export default defineModule({ name: "crawler", version: "0.1.8", workflows: { start, review } });
