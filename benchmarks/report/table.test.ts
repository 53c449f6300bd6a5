import { describe, expect, test } from "vitest";
import { formatTable } from "./table.ts";

describe("formatTable", () => {
  test("aligns columns, each on its side", () => {
    const table = formatTable(
      [
        { head: "workflow", align: "left" },
        { head: "ms", align: "right" },
      ],
      [
        ["short", "1.5"],
        ["a long name", "1,000"],
      ],
    );

    expect(table.split("\n")).toEqual([
      "| workflow    |    ms |",
      "| ----------- | ----: |",
      "| short       |   1.5 |",
      "| a long name | 1,000 |",
    ]);
  });

  test("leaves room for the separator below a short heading", () => {
    const table = formatTable([{ head: "n", align: "right" }], []);

    expect(table).toBe("|   n |\n| --: |");
  });

  test("refuses a row with the wrong number of cells", () => {
    expect(() => formatTable([{ head: "n", align: "left" }], [["1", "2"]])).toThrow(
      "a row of 2 cells in a table of 1 columns",
    );
  });
});
