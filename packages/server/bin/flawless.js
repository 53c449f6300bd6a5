#!/usr/bin/env node
// Old syntax on purpose, as in what it imports: it has to run on any Node that a user may have.
import { startCommand } from "@flawless-ts/http-service/command";

startCommand(
  "flawless",
  "@flawless-ts/server",
  new URL("../dist/cli/main.js", import.meta.url),
  new URL("../dist/bundle/main.js", import.meta.url),
);
