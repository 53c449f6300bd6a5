import "@flawless-ts/wasm-module/internal/needs-node-24";
export type { TicketService } from "./alpn.ts";
export { connectByTicket, type ConnectOptions } from "./connect-by-ticket.ts";
export { type SocketTaker, socketsOf } from "./sockets.ts";
export { isTicket } from "./ticket.ts";
export { serveTicket, TicketServer, type TicketServerOptions } from "./ticket-server.ts";
