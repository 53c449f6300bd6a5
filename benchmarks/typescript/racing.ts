import { defineModule } from "@flawless-ts/wasm-module";

// Run by the benchmark of concurrent work: the site answers /N after N milliseconds.

export default defineModule({
  name: "racing",
  version: "1.0.0",
  workflows: {
    /** A race in each round; its losers are never used again. */
    rounds: async ({ count, site }: { count: number; site: string }, context) => {
      for (let round = 0; round < count; round += 1) {
        await Promise.race([
          context.fetch(`${site}/1`),
          context.fetch(`${site}/2`),
          context.receive("stop"),
          context.sleep("1 day"),
        ]);
      }
      return count;
    },

    requests: async ({ count, site }: { count: number; site: string }, context) => {
      await Promise.all(Array.from({ length: count }, () => context.fetch(`${site}/50`)));
      return count;
    },
  },
});
