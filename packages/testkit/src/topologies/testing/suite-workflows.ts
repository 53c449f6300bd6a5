import { defineModule, type WorkflowContext } from "@flawless-ts/wasm-module";

interface Crawl {
  readonly id: number;
  /** The duration in milliseconds, as in `sleep:500`. */
  readonly url: string;
}

/** The workflows of jobs and tests, under the name of the module that workers start for their jobs. */
export default defineModule({
  name: "crawler",
  version: "0.1.8",
  workflows: {
    start: async ({ id, url }: Crawl, context: WorkflowContext) => {
      console.log(`crawl ${id} begins`);
      const milliseconds = Number(/^sleep:(\d+)$/.exec(url)?.[1] ?? 0);
      for (let step = 0; step < 4; step += 1) {
        await context.sleep(milliseconds / 4);
      }
      console.log(`crawl ${id} ends`);
    },

    add: async ({ a, b }: { readonly a: number; readonly b: number }) => a + b,

    greet: async (_input: undefined, context: WorkflowContext) => {
      const { name } = (await context.receive("name")) as { readonly name: string };
      return `Hello, ${name}!`;
    },
  },
});
