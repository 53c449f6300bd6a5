import { describe, expect, test } from "vitest";
import { formatTable } from "./table.ts";

describe("formatTable", () => {
  test("makes columns line up, each on its side", () => {
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

  test("keeps room for the rule below a short head", () => {
    const table = formatTable([{ head: "n", align: "right" }], []);

    expect(table).toBe("|   n |\n| --: |");
  });

  test("refuses a row that does not fit", () => {
    expect(() => formatTable([{ head: "n", align: "left" }], [["1", "2"]])).toThrow(
      "a row of 2 cells in a table of 1 columns",
    );
  });
});
