import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const page = readFileSync(new URL("../../../../docs/coming-from.md", import.meta.url), "utf8");

test.each(["orders.ts", "activities.ts", "call.ts", "approval.test.ts"])(
  "the page for those who come from elsewhere shows %s",
  (file) => {
    const code = readFileSync(new URL(file, import.meta.url), "utf8");

    expect(page).toContain(`\`\`\`ts\n${code}\`\`\`\n`);
  },
);
