import { describe, expect, test } from "vitest";
import { escapeHtml, html, markupOf } from "./html.ts";

const hostile = `<script>alert("1" & '2')</script>`;
const escaped = "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;";

describe("html", () => {
  test("escapes values, in text and in attributes", () => {
    expect(escapeHtml(hostile)).toBe(escaped);
    expect(markupOf(html`<p title="${hostile}">${hostile}</p>`)).toBe(
      `<p title="${escaped}">${escaped}</p>`,
    );
  });

  test("accepts HTML, lists of HTML, numbers and null", () => {
    const items = ["a", "<b>"].map((text) => html`<li>${text}</li>`);
    expect(markupOf(html`<p>${items}|${7}|${null}|${html`<b>b</b>`}</p>`)).toBe(
      "<p><li>a</li><li>&lt;b&gt;</li>|7||<b>b</b></p>",
    );
  });
});
