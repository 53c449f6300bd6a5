import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

// The limit for a server that makes one row durable before it responds: it reads a request that starts a workflow as a
// Flawless server does, commits a row with it, together with all requests of the same turn of the event loop, and
// responds. It has no engine, no guest, and no thread besides the main one.

interface Start {
  readonly module: string;
  readonly version: string;
  readonly workflow: string;
  readonly input: string;
}

const [directory = ""] = process.argv.slice(2);
const database = new DatabaseSync(join(directory, "rows.db"));
database.exec(`
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE rows (
    id INTEGER PRIMARY KEY, module TEXT, version TEXT, workflow TEXT, input TEXT, response TEXT, created_at INTEGER
  ) STRICT;
`);
const begin = database.prepare("BEGIN IMMEDIATE");
const commit = database.prepare("COMMIT");
const insert = database.prepare("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)");
let waiting: { readonly start: Start; readonly response: ServerResponse }[] = [];
let last = 0;

function commitAll(): void {
  const all = waiting;
  waiting = [];
  const answers: string[] = [];
  begin.run();
  for (const { start } of all) {
    last += 1;
    insert.run(last, start.module, start.version, start.workflow, start.input, "null", Date.now());
    answers.push(JSON.stringify({ ok: { id: String(last), response: "null" } }));
  }
  commit.run();
  for (const [index, { response }] of all.entries()) {
    response
      .writeHead(200, { "content-type": "application/json; charset=utf-8" })
      .end(answers[index]);
  }
}

function receive(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const start = JSON.parse(Buffer.concat(chunks).toString()) as Start;
    if (waiting.length === 0) {
      setImmediate(commitAll);
    }
    waiting.push({ start, response });
  });
}

const server = createServer(receive);
server.listen(0, "127.0.0.1");
await once(server, "listening");
process.send?.((server.address() as AddressInfo).port);
