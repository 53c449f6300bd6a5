/**
 * Only the parts of the packages that draw plots that are used here: they are installed when the benchmark is run, and
 * the project has no types of the DOM.
 */

declare module "jsdom" {
  export class JSDOM {
    constructor(html: string);
    readonly window: { readonly document: Page };
  }
  /** Only the parts of a document and its elements that are used here: the project has no types of the DOM. */
  export interface Page {
    createElementNS(namespace: string, name: string): PageElement;
  }
  export interface PageElement {
    readonly outerHTML: string;
    textContent: string | null;
    setAttribute(name: string, value: string): void;
    append(...children: PageElement[]): void;
    prepend(...children: PageElement[]): void;
  }
}

declare module "@observablehq/plot" {
  import type { Page, PageElement } from "jsdom";

  export interface Mark {
    readonly marks?: undefined;
  }
  type MarkOf = (data: readonly object[], options: object) => Mark;
  export function plot(options: {
    readonly document: Page;
    readonly marks: readonly Mark[];
    readonly [option: string]: unknown;
  }): PageElement;
  export const dot: MarkOf;
  export const link: MarkOf;
  export const text: MarkOf;
  export const barX: MarkOf;
}
