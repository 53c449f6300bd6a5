import express from "express";
import { authorization, handler } from "./handler.ts";

export const app = express();

app.post(
  "/activities/:name",
  (request, response, next) => {
    if (request.headers.authorization === authorization) next();
    else response.sendStatus(401);
  },
  // The raw text: its numbers may have more digits than JavaScript's can hold.
  express.text({ type: "application/json", limit: "8mb" }),
  async (request, response) => {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const answer = await handler(
      new Request(new URL(request.originalUrl, "http://localhost"), {
        method: "POST",
        headers: request.headers as Record<string, string>,
        body: request.body as string,
        signal: gone.signal,
      }),
    );
    response.status(answer.status).set(Object.fromEntries(answer.headers));
    response.send(await answer.text());
  },
);
