import { JSDOM, type Page, type PageElement } from "jsdom";
import { themeStyle } from "./theme.ts";

const svgNamespace = "http://www.w3.org/2000/svg";

/** A plot for a page. */
export type Drawing = (page: Page) => PageElement;

/** One drawing in a picture. */
export interface Panel {
  readonly drawing: Drawing;
  /** Pixels. */
  readonly height: number;
}

/** The contents of a picture. */
export interface PictureOptions {
  /** The text for people who can't see it. */
  readonly title: string;
  /** Pixels. */
  readonly width: number;
  /** From top to bottom. */
  readonly panels: readonly Panel[];
}

/** Pixels between panels. */
const gap = 12;

/** Draws panels one below the other. @returns the text of an SVG file */
export function drawPicture({ title, width, panels }: PictureOptions): string {
  const { document: page } = new JSDOM("").window;
  const picture = page.createElementNS(svgNamespace, "svg");
  const style = page.createElementNS(svgNamespace, "style");
  style.textContent = themeStyle();
  const name = page.createElementNS(svgNamespace, "title");
  name.textContent = title;
  picture.append(name, style);
  let top = 0;
  for (const { drawing, height } of panels) {
    const plot = drawing(page);
    plot.setAttribute("y", String(top));
    picture.append(plot);
    top += height + gap;
  }
  const height = top - gap;
  for (const [attribute, value] of Object.entries({
    xmlns: svgNamespace,
    width: String(width),
    height: String(height),
    viewBox: `0 0 ${width} ${height}`,
    role: "img",
  })) {
    picture.setAttribute(attribute, value);
  }
  return `${picture.outerHTML}\n`;
}
