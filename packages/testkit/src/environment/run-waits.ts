import type { WorkflowInfo } from "@flawless-ts/sdk";
import { TestkitError } from "../errors.ts";
import type { RestartingEngine } from "./restarting-engine.ts";
import type { TimeSkipper } from "./time-skipper.ts";

/** Waits for a workflow's next step, while time advances automatically. */
export class RunWaits {
  readonly #engine: RestartingEngine;
  readonly #time: TimeSkipper;

  constructor(engine: RestartingEngine, time: TimeSkipper) {
    this.#engine = engine;
    this.#time = time;
  }

  async receiving(id: string, type: string | undefined): Promise<WorkflowInfo> {
    const what = `waiting for a message${type === undefined ? "" : ` of type ${JSON.stringify(type)}`}`;
    return await this.#until(id, what, ({ waiting }) => {
      const types = waiting?.on === "message" || waiting?.on === "operations" ? waiting.types : [];
      return type === undefined ? types.length > 0 : types.includes(type);
    });
  }

  async sleeping(id: string): Promise<WorkflowInfo> {
    return await this.#until(id, "sleeping", ({ waiting }) => waiting?.on === "sleep");
  }

  async runningActivity(id: string, name: string | undefined): Promise<WorkflowInfo> {
    const isMeant = (workflow: string, activity: string): boolean =>
      workflow === id && (name === undefined || name === activity);
    let hasBegun = false;
    const stopListening = this.#engine.activities.onBegan((workflow, activity) => {
      hasBegun ||= isMeant(workflow, activity);
    });
    const isRunning = async (): Promise<boolean> => {
      const queues = await this.#engine.ask(async ({ activities }) =>
        activities.summaries(Number.MAX_SAFE_INTEGER),
      );
      const tasks = queues.flatMap((queue) => queue.tasks);
      return tasks.some(
        ({ activity, state, workflow }) => state === "running" && isMeant(workflow, activity),
      );
    };
    try {
      const what = name === undefined ? "running an activity" : `running the activity ${name}`;
      return await this.#until(id, what, async () => hasBegun || (await isRunning()));
    } finally {
      stopListening();
    }
  }

  async #until(
    id: string,
    what: string,
    holds: (info: WorkflowInfo) => boolean | Promise<boolean>,
  ): Promise<WorkflowInfo> {
    return await this.#time.until(async () => {
      const info = await this.#engine.ask((engine) => engine.workflow(id));
      if (await holds(info)) {
        return info;
      }
      if (info.status !== "running") {
        const why = info.error === null ? "" : `: ${info.error.message}`;
        throw new TestkitError(
          "FLAWLESS_TESTKIT_RUN_ENDED",
          `The workflow ${info.workflow} (${id}) is ${info.status}${why}, and was not found ${what} before that. ` +
            `What took none of the environment's time can't be waited for afterwards.`,
        );
      }
      return undefined;
    });
  }
}
