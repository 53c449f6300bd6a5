import type { FastifyReply } from "#libraries/fastify";
import type { Assets } from "./assets.ts";
import { type Html, html, markupOf } from "./html.ts";
import { time } from "./parts.ts";

/** A navigation link. */
export interface PageLink {
  readonly path: string;
  readonly text: string;
}

/** What all pages of a service have in common. */
export interface Site {
  /** The product's name. */
  readonly product: string;
  readonly version: string;
  readonly links: readonly PageLink[];
  readonly assets: Assets;
}

/** The contents of a page. */
export interface Page {
  readonly title: string;
  /** The path of the page, to highlight it in the navigation. */
  readonly path: string;
  readonly header: Html;
  readonly main: Html;
  /** The server's time, in milliseconds since the Unix epoch. */
  readonly now: number;
  /** The URL of the event stream that keeps the page up to date; null for a static page. */
  readonly events: string | null;
}

/** Only the server's own files, and no inline scripts or styles, so that injected text stays text. */
const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  // Not `no-referrer`: then browsers would post forms with the origin `null`, which the server refuses.
  "referrer-policy": "same-origin",
  "cache-control": "no-store",
};

/** Sends HTML: a page or a part of one. */
export function sendHtml(reply: FastifyReply, content: Html): FastifyReply {
  return reply.type("text/html; charset=utf-8").headers(securityHeaders).send(markupOf(content));
}

/** Shows whether a page is still being updated, and without JavaScript how to reload it. */
export function connectionStatus(path: string, now: number): Html {
  return html`<p id="connection" class="connection" role="status" hidden></p>
    <noscript
      ><p class="connection">
        As of ${time(now)}. Without JavaScript this page stays as it is:
        <a href="${path}">reload it</a>.
      </p></noscript
    >`;
}

/** A complete page. */
export function renderPage(page: Page, { product, version, links, assets }: Site): Html {
  const { script, style, icon } = assets;
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
      <body data-now="${page.now}" data-events="${page.events}">
        <a class="skip" href="#main">Skip to the content</a>
        <header>
          <p class="product">${product} <small>${version}</small></p>
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
