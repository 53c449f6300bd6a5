import type { FastifyReply } from "fastify";
import type { Assets } from "./assets.ts";
import { type Html, html, markupOf } from "./html.ts";

/** What a page consists of. */
export interface Page {
  readonly title: string;
  /** The path of the page, to mark it in the navigation. */
  readonly path: string;
  readonly header: Html;
  readonly main: Html;
  /** The server's time, in milliseconds since the Unix epoch. */
  readonly now: number;
  /** Whether the page keeps itself up to date. */
  readonly live: boolean;
}

const links = [
  { path: "/", text: "Dashboard" },
  { path: "/#workers-title", text: "Workers" },
  { path: "/list", text: "Job list" },
  { path: "/openapi.json", text: "API" },
] as const;

/** Only the server's own files, and no script or style within a page: what slips in as text stays text. */
const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  // Not `no-referrer`: forms would then be posted with the origin `null`, which the server refuses.
  "referrer-policy": "same-origin",
  "cache-control": "no-store",
};

/** Sends HTML, which may be a part of a page. */
export function sendHtml(reply: FastifyReply, content: Html): FastifyReply {
  return reply.type("text/html; charset=utf-8").headers(securityHeaders).send(markupOf(content));
}

/** A whole page. */
export function renderPage(page: Page, { script, style, icon }: Assets): Html {
  const navigation = links.map(({ path, text }) =>
    path === page.path
      ? html`<li><a href="${path}" aria-current="page">${text}</a></li>`
      : html`<li><a href="${path}">${text}</a></li>`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.title}</title>
        <link rel="icon" href="${icon.href}" type="image/svg+xml" />
        <link rel="stylesheet" href="${style.href}" />
        <script src="${script.href}" defer></script>
      </head>
      <body data-now="${page.now}" data-live="${page.live ? "yes" : "no"}">
        <a class="skip" href="#main">Skip to the content</a>
        <header>
          <nav aria-label="Pages">
            <ul>
              ${navigation}
            </ul>
          </nav>
          ${page.header}
        </header>
        <main id="main">${page.main}</main>
      </body>
    </html> `;
}
