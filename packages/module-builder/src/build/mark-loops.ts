import { parseAst } from "rolldown/parseAst";
import { type ESTree, Visitor } from "rolldown/utils";
import { placeAt } from "./source-place.ts";

/** A script whose loops tell where they are, and the way to map stacks back. */
export interface MarkedScript {
  readonly code: string;
  /** Maps a stack of the marked script to locations in the original. */
  readonly unmark: (stack: string) => string;
}

interface Insertion {
  readonly offset: number;
  readonly text: string;
}

/** Unlike a loop alone, a call appears in QuickJS's stacks. */
const mark = "__loop();";
/** Slow, so that this is where QuickJS interrupts the script. */
const definition = "const __loop = () => { for (let left = 2000; left > 0; left -= 1); };";
/** The call's own line in a stack. */
const markFrame = /^ *at __loop .*\n?/gm;

/**
 * Adds a call to each loop of a script, to find out which one is endless.
 *
 * @param start where to put a declaration that the whole script sees.
 */
export function markLoops(code: string, start: number): MarkedScript {
  const insertions: Insertion[] = [{ offset: start, text: definition }];
  const markLoop = ({ body }: { readonly body: ESTree.Statement }): void => {
    if (body.type === "BlockStatement") {
      insertions.push({ offset: body.start + 1, text: mark });
      return;
    }
    insertions.push({ offset: body.start, text: `{${mark}` }, { offset: body.end, text: "}" });
  };
  new Visitor({
    ForStatement: markLoop,
    ForInStatement: markLoop,
    ForOfStatement: markLoop,
    WhileStatement: markLoop,
    DoWhileStatement: markLoop,
  }).visit(parseAst(code));
  insertions.sort((a, b) => a.offset - b.offset);
  const parts: string[] = [];
  let end = 0;
  for (const { offset, text } of insertions) {
    parts.push(code.slice(end, offset), text);
    end = offset;
  }
  parts.push(code.slice(end));
  return { code: parts.join(""), unmark: (stack) => unmark(stack, code, insertions) };
}

function unmark(stack: string, code: string, insertions: readonly Insertion[]): string {
  const placed = insertions.map(({ offset, text }) => ({ ...placeAt(code, offset), text }));
  return stack
    .replaceAll(markFrame, "")
    .replaceAll(/workflow\.js:(\d+):(\d+)/g, (_, line: string, marked: string) => {
      let column = Number(marked);
      for (const insertion of placed) {
        if (insertion.line !== Number(line) || insertion.column >= column) continue;
        column = Math.max(insertion.column, column - insertion.text.length);
      }
      return `workflow.js:${line}:${column}`;
    });
}
