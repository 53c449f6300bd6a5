import { type Console, printable } from "@flawless-ts/http-service/program";
import type { EngineObserver } from "../../engine/index.ts";
import { failureText } from "../../pages/failure-text.ts";

/** Tells on stderr of each workflow that fails: where to look at it, its error, and where in the source that was. */
export function tellFailures(console: Console, pageOf: (id: string) => string): EngineObserver {
  return {
    workflowEnded: ({ id, module, version, workflow }, { failure }) => {
      if (failure === null) {
        return;
      }
      console.warn(`failed: ${printable(`${module}:${version}/${workflow}`)}, ${pageOf(id)}`);
      for (const line of failureText(failure).split("\n")) {
        console.warn(`  ${printable(line)}`);
      }
    },
  };
}
