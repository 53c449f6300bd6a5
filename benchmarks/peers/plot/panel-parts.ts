import { type Mark, text } from "@observablehq/plot";

/** The width of every panel, in pixels. */
export const plotWidth: number = 880;
/** The left margin of every panel, in pixels: room for the engines' names. */
export const marginLeft: number = 160;

/** The style of every panel; the colors of engines are set separately. */
export const panelLooks: Readonly<Record<string, unknown>> = {
  color: { type: "identity" },
  style: { color: "inherit", background: "none", overflow: "visible" },
};

/**
 * A panel's title, in its upper left corner.
 *
 * @param marginTop the panel's, in pixels
 * @param place more options of the mark
 */
export function titleMark(title: string, marginTop: number, place: object = {}): Mark {
  return text([{}], {
    frameAnchor: "top-left",
    text: () => title,
    dx: -marginLeft,
    dy: -marginTop + 6,
    textAnchor: "start",
    fontWeight: "bold",
    fontSize: 14,
    fill: "currentColor",
    ...place,
  });
}

/** The text to the right of values, taken from their `label`. */
export function labelMark(points: readonly object[], place: object): Mark {
  return text(points, {
    text: "label",
    textAnchor: "start",
    fill: "currentColor",
    ...place,
  });
}
