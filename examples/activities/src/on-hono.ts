import { Hono } from "hono";
import { authorization, handler } from "./handler.ts";

export const app = new Hono();

app.use("/activities/*", async (context, next) => {
  if (context.req.header("authorization") !== authorization) return context.body(null, 401);
  return await next();
});
app.post("/activities/:name", (context) => handler(context.req.raw));
