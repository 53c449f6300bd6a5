import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { DBOS } from "@dbos-inc/dbos-sdk";
import { type RunStep, tenRequests, tenSteps } from "./steps.ts";

const [port = "0", databaseUrl = ""] = process.argv.slice(2);

const runStep: RunStep = (name, step) => DBOS.runStep(async () => await step(), { name });

const workflows: Readonly<Record<string, (input: string) => Promise<unknown>>> = {
  noop: DBOS.registerWorkflow(async (_input: string) => null, { name: "noop" }),
  ten_steps: DBOS.registerWorkflow((_input: string) => tenSteps(runStep), { name: "ten_steps" }),
  ten_activities: DBOS.registerWorkflow((_input: string) => tenSteps(runStep), {
    name: "ten_activities",
  }),
  ten_requests: DBOS.registerWorkflow((url: string) => tenRequests(runStep, url), {
    name: "ten_requests",
  }),
};

DBOS.setConfig({ name: "bench", systemDatabaseUrl: databaseUrl });
await DBOS.launch();

const server = createServer((request, response) => {
  const answer = async (): Promise<string> => {
    const input = JSON.parse(await text(request)) as string;
    const workflow = workflows[(request.url ?? "").slice(1)];
    if (workflow === undefined) {
      throw new Error(`no workflow at ${request.url}`);
    }
    return JSON.stringify(await workflow(input));
  };
  answer().then(
    (body) => response.end(body),
    (error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    },
  );
});
server.listen(Number(port), "127.0.0.1");
await once(server, "listening");
process.send?.({ port: Number(port) });

process.once("SIGTERM", () => {
  server.closeAllConnections();
  server.close();
  void DBOS.shutdown().finally(() => process.exit(0));
});
