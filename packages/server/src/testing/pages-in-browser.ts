import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import type { BrowserContextOptions, Page } from "playwright-core";
import { beforeEach, onTestFinished } from "vitest";
import { openServer, type RunningServer } from "../server.ts";

/** What `describeInBrowser` passes to its tests. */
type OpenPage = (url: string, options?: BrowserContextOptions) => Promise<Page>;

/** A server for each test, with `conformance` deployed, and its pages in a browser. */
export interface BrowsedServer {
  readonly server: RunningServer;
  /** Restarts it on the same directory after it was closed. */
  reopen(options?: { readonly port?: number; readonly tokens?: readonly string[] }): Promise<void>;
  /** Starts a workflow, and returns its id. */
  start(workflow: string, input?: unknown): Promise<string>;
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
}

/** Call it before the tests. @param module the bytes of `conformance` */
export function browsedServer(openPage: OpenPage, module: Uint8Array): BrowsedServer {
  let directory: TemporaryDirectory;
  let server: RunningServer;

  beforeEach(async () => {
    directory = new TemporaryDirectory();
    server = await openServer({ directory: directory.path, port: 0 });
    await server.engine.deploy(module);
    onTestFinished(async () => {
      await server.close({ graceMs: 0 });
      directory.remove();
    });
  });

  return {
    get server() {
      return server;
    },
    async reopen(options = {}) {
      server = await openServer({ directory: directory.path, port: 0, ...options });
    },
    async start(workflow, input = null) {
      const request = {
        module: "conformance",
        version: "1.0.0",
        workflow,
        input: JSON.stringify(input),
      };
      return (await server.engine.start(request, { detached: true })).id;
    },
    open: (path, options) => openPage(`${server.url}${path}`, options),
  };
}
