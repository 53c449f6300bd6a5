import { type Context, serve, service } from "@restatedev/restate-sdk";
import { type RunStep, tenRequests, tenSteps } from "./steps.ts";

function stepsOf(context: Context): RunStep {
  return (name, step) => context.run(name, async () => await step());
}

const port = await serve({
  port: Number(process.argv[2]),
  services: [
    service({
      name: "bench",
      handlers: {
        noop: async () => null,
        ten_steps: (context: Context) => tenSteps(stepsOf(context)),
        ten_activities: (context: Context) => tenSteps(stepsOf(context)),
        ten_requests: (context: Context, url: string) => tenRequests(stepsOf(context), url),
      },
    }),
  ],
});
process.send?.({ port });
process.once("SIGTERM", () => process.exit(0));
