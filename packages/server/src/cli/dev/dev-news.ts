import { type Console, messageOf, printable, warnOf } from "@flawless-ts/http-service/program";
import type { BuiltModule } from "@flawless-ts/module-builder";
import type { EngineObserver } from "../../engine/index.ts";
import { failureText } from "../../pages/failure-text.ts";
import { serverVersion } from "../../server-version.ts";
import { BuildCliError, warnOfBuild } from "../module-build.ts";

/** The output of `flawless dev`. */
export interface DevNews {
  ready(url: string): void;
  /** @param ms how long it took to build and deploy, since the change */
  deployed(file: string, module: BuiltModule, ms: number): void;
  buildFailed(file: string, error: unknown): void;
  /** Reports a failed workflow: its page, its error, and the place in the source. */
  readonly observer: EngineObserver;
}

/** Text: problems on stderr, the rest on stdout. */
export function newsInWords(console: Console): DevNews {
  let server = "";
  return {
    ready: (url) => {
      server = url;
      console.print(`flawless ${serverVersion} is ready on ${url}`);
    },
    deployed: (_file, module, ms) => {
      const { name, version, workflows } = module;
      const shown = workflows.map(printable).join(", ");
      console.print(`deployed ${printable(`${name}:${version}`)} (${shown}) in ${ms} ms`);
      warnOfBuild(module, console);
    },
    buildFailed: (_file, error) => warnOf(error, console),
    observer: {
      workflowEnded: ({ id, module, version, workflow }, { failure }) => {
        if (failure === null) return;
        const name = printable(`${module}:${version}/${workflow}`);
        console.warn(`failed: ${name}, ${pageOf(server, id)}`);
        for (const line of failureText(failure).split("\n")) console.warn(`  ${printable(line)}`);
      },
    },
  };
}

/** One JSON value per line for each event, all on stdout. */
export function newsAsJson(console: Console): DevNews {
  let server = "";
  const print = (event: string, news: object): void =>
    console.print(JSON.stringify({ event, ...news }));
  return {
    ready: (url) => {
      server = url;
      print("ready", { url, pid: process.pid });
    },
    deployed: (file, { name, version, workflows, warnings, typesProblem }, ms) =>
      print("deployed", { file, name, version, workflows, ms, warnings, typesProblem }),
    buildFailed: (file, error) =>
      print("buildFailed", {
        file,
        message: messageOf(error),
        problems: error instanceof BuildCliError ? error.problems : [],
      }),
    observer: {
      workflowEnded: ({ id, module, version, workflow }, { failure }) => {
        if (failure === null) return;
        const page = pageOf(server, id);
        print("failed", { id, module, version, workflow, page, error: failureText(failure) });
      },
    },
  };
}

function pageOf(server: string, id: string): string {
  return `${server}/workflows/${id}`;
}
