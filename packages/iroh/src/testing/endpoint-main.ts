// Serves a ticket until it is killed: node endpoint-main.ts KEY_FILE ADDRESS...

import { createServer } from "node:http";
import { socketsOf } from "../sockets.ts";
import { serveTicket } from "../ticket-server.ts";

const [keyFile = "", ...bind] = process.argv.slice(2);
const http = createServer((request, response) => response.end(JSON.stringify(request.url)));
const server = await serveTicket({ keyFile, bind, services: { "control-plane": socketsOf(http) } });
console.log(server.ticket);
