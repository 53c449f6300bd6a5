import type { FastifyReply, FastifyRequest } from "@flawless-ts/http-service/fastify";

/** The response to a form after which a script stays on its page; without scripts the browser goes back to it. */
export function stayAt(request: FastifyRequest, reply: FastifyReply, page: string): FastifyReply {
  return wantsPage(request) ? reply.redirect(page, 303) : reply.send({ ok: true });
}

/** The response to a form that leads to another page, or reloads the same one. Scripts go there themselves. */
export function goTo(request: FastifyRequest, reply: FastifyReply, page: string): FastifyReply {
  return wantsPage(request)
    ? reply.redirect(page, 303)
    : reply.header("location", page).send({ ok: true });
}

function wantsPage(request: FastifyRequest): boolean {
  return (request.headers.accept ?? "").includes("text/html");
}
