// The scenario as a Cloudflare worker: its input is the body of a request.
import { scenario, type ScenarioInput } from "./scenario.ts";

const worker: { fetch(request: Request): Promise<Response> } = {
  fetch: async (request) => Response.json(await scenario((await request.json()) as ScenarioInput)),
};

export default worker;
