import { createActivityHandler } from "@flawless-ts/sdk";
import { activities } from "./activities.ts";

/** A standard `(request: Request) => Promise<Response>`. */
export const handler = createActivityHandler(activities);

/** Only workflows may call it: they send the token in the `headers` of `context.activities`. */
export const authorization = `Bearer ${process.env["ACTIVITIES_TOKEN"] ?? "a long secret"}`;
