import axe from "axe-core";
import type { Page } from "playwright-core";

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

const maxShown = 300;

/**
 * A page's barriers for users of keyboards or screen readers, or with low vision, as axe-core finds them; ideally
 * none.
 */
export async function accessibilityViolations(page: Page): Promise<readonly string[]> {
  // Its source is a script that defines `axe`; the browser's debugger runs it, whatever the page's policy allows.
  await page.evaluate(axe.source);
  const violations = await page.evaluate<readonly Violation[]>(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = "" }) =>
      `${id}: ${help}: ${html.slice(0, maxShown)} ${failureSummary}`.replaceAll(/\s+/g, " "),
    ),
  );
}
