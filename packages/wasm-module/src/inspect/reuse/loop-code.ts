import { code, type Code } from "./code.ts";

/** What the loop's code refers to, by index. */
export interface LoopParts {
  /** The table of the workflows' functions. */
  readonly workflows: number;
  /** The table of the host's functions, and their places in it. */
  readonly host: number;
  readonly types: {
    /** `() -> i32`: the first function of a workflow. */
    readonly init: number;
    /** `() -> ()`: its second function. */
    readonly run: number;
    /** `(i32) -> i32`. */
    readonly next: number;
    /** `(i32, i32) -> i32`. */
    readonly ended: number;
  };
  /** Copies the data segments into memory. */
  readonly fill: Code;
  /** Makes the instance as it was at the start. */
  readonly reset: Code;
}

/** The places of the host's functions in their table. */
export const hostPlaces = { next: 0, ended: 1 } as const;
/** The bits of a job that name the place of the workflow's first function; the others name that of the second. */
export const placeBits = 16;
const placeMask = 2 ** placeBits - 1;

/** What `ended` returns. */
export const afterEnd = {
  /** The loop ends. */
  leave: 0,
  /** The instance is made as it was, for another workflow. */
  goOn: 1,
  /** The loop ends with the exception that ended the workflow. */
  throwAgain: 2,
} as const;

const instance = 0;
const job = 1;
const decision = 2;
const thrown = 3;

/**
 * Runs one workflow after another, on one stack. Takes the number of the instance, which the host's functions get:
 * `next` returns a job, or -1 for none; `ended` is told whether the workflow returned (1) or an exception of the host
 * went through it (0), and returns one of {@link afterEnd}.
 */
export function loopBody({ workflows, host, types, fill, reset }: LoopParts): Code {
  const callHost = (place: number, type: number): Code => [
    code.i32Const(place),
    code.callIndirect(type, host),
  ];
  return [
    code.locals(2, 1),
    fill,
    code.loop(
      ...[code.localGet(instance), callHost(hostPlaces.next, types.next), code.localTee(job)],
      ...[code.i32Const(0), code.i32LtS],
      code.if(code.return),
      code.thrownBy(
        ...[code.localGet(job), code.i32Const(placeMask), code.i32And],
        ...[code.callIndirect(types.init, workflows), code.drop],
        ...[code.localGet(job), code.i32Const(placeBits), code.i32ShrU],
        code.callIndirect(types.run, workflows),
      ),
      ...[code.localSet(thrown), code.localGet(instance), code.localGet(thrown), code.refIsNull],
      ...[callHost(hostPlaces.ended, types.ended), code.localTee(decision), code.i32Eqz],
      code.if(code.return),
      ...[code.localGet(decision), code.i32Const(afterEnd.throwAgain), code.i32Eq],
      code.if(code.localGet(thrown), code.throwReference),
      ...[code.noException, code.localSet(thrown)],
      reset,
      code.br(0),
    ),
    code.end,
  ];
}
