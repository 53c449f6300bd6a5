import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Flawless } from "@flawless-ts/sdk";
import { defineContract, type } from "@flawless-ts/wasm-module";
import { Progress } from "./progress.ts";
import { ServerProcess } from "./server-process.ts";
import { Site } from "./site.ts";
import { tally } from "./tally.ts";

/** What TypeScript needs to know about the module to check the calls below. */
const crawler = defineContract({
  name: "crawler",
  version: "0.1.8",
  workflows: { start: { input: type<{ readonly id: number; readonly url: string }>() } },
});
const crawls = [1, 2, 3];
const updatesPerCrawl = 30;
const updatesExpected = crawls.length * updatesPerCrawl;

// A signal would otherwise end only this process, not the server that it started: that ends on "exit".
process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));

async function main(): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), "flawless-quickstart-"));
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => rm(directory, { recursive: true, force: true }));

  const halfWay = Promise.withResolvers<void>();
  const progress = new Progress(new Map(crawls.map((id) => [id, `crawl ${id}`])), updatesPerCrawl);
  const site = await Site.open((update) => {
    progress.advance(update.id);
    if (site.updates.length >= updatesExpected / 2) {
      halfWay.resolve();
    }
  });
  cleanUp.use(site);
  const server = new ServerProcess(directory, { CONTROL_PLANE_URL: site.url });
  cleanUp.use(server);

  const url = await server.start();
  progress.say(
    `A Flawless server runs on ${url} (process ${server.pid}), a web site on ${site.url}.`,
  );

  const flawless = new Flawless({ url });
  cleanUp.use(flawless);
  const path = fileURLToPath(import.meta.resolve("@flawless-ts/wasm-module/fixtures/crawler.wasm"));
  const module = await flawless.deploy(path, { contract: crawler });
  progress.say(`Deployed ${module.name} ${module.version}, a WebAssembly module built from Rust.`);

  const workflows = await Promise.all(
    crawls.map((id) => module.start("start", { id, url: `${site.url}/pages/${id}` })),
  );
  progress.say(
    `Started ${workflows.map(({ id }) => id).join(", ")}: each sleeps and sends 30 updates.\n`,
  );

  await halfWay.promise;
  await server.kill();
  progress.say(
    `Killed the server with SIGKILL after ${site.updates.length} updates. Nothing runs now.`,
  );
  await server.start();
  progress.say(`Started it again (process ${server.pid}): the crawls go on where they were.`);

  const ends = await Promise.all(workflows.map((workflow) => workflow.completion()));
  const completed = ends.filter(({ status }) => status === "completed").length;
  const journals = await Promise.all(workflows.map((workflow) => workflow.journal()));
  const result = tally(site.updates, journals, { crawls, updatesPerCrawl });

  progress.say(`
Crawls completed     ${completed} of ${crawls.length}
Updates expected     ${updatesExpected}
Updates received     ${result.received}
Updates interrupted  ${result.interrupted}   (under way at the kill: their workflow was told, and went on)
Updates lost         ${result.lost}
Updates repeated     ${result.repeated}
`);
  const succeeded = completed === crawls.length && result.lost === 0 && result.repeated === 0;
  console.log(succeeded ? "Everything arrived, nothing twice." : "Something went wrong.");
  return succeeded;
}

process.exitCode = (await main()) ? 0 : 1;
