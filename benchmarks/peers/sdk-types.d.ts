/**
 * Only the parts of the peers' packages that are used here: they are installed when the benchmark is run, so their own
 * types may be missing. `tsc -p benchmarks/peers` checks against those.
 */

declare module "@restatedev/restate-sdk" {
  export interface Context {
    run<Result>(name: string, action: () => Promise<Result>): Promise<Result>;
  }
  type Handler = (context: Context, input: string) => Promise<unknown>;
  export interface ServiceDefinition {
    readonly name: string;
  }
  export function service(definition: {
    readonly name: string;
    readonly handlers: Readonly<Record<string, Handler>>;
  }): ServiceDefinition;
  export function serve(options: {
    readonly port: number;
    readonly services: ServiceDefinition[];
  }): Promise<number>;
}

declare module "@dbos-inc/dbos-sdk" {
  export const DBOS: {
    setConfig(config: { readonly name: string; readonly systemDatabaseUrl: string }): void;
    launch(): Promise<void>;
    shutdown(): Promise<void>;
    registerWorkflow<Parameters extends unknown[], Result>(
      workflow: (...parameters: Parameters) => Promise<Result>,
      options: { readonly name: string },
    ): (...parameters: Parameters) => Promise<Result>;
    runStep<Result>(
      step: () => Promise<Result>,
      options: { readonly name: string },
    ): Promise<Result>;
  };
}

declare module "@temporalio/workflow" {
  export function proxyActivities<Activities>(options: {
    readonly startToCloseTimeout: "1 minute";
  }): {
    readonly [Name in keyof Activities]: Activities[Name] extends (
      ...parameters: infer Parameters
    ) => infer Result
      ? (...parameters: Parameters) => Promise<Awaited<Result>>
      : never;
  };
}

declare module "@temporalio/worker" {
  export class NativeConnection {
    static connect(options: { readonly address: string }): Promise<NativeConnection>;
    close(): Promise<void>;
  }
  export class Worker {
    static create(options: {
      readonly connection: NativeConnection;
      readonly taskQueue: string;
      readonly workflowBundle: { readonly codePath: string };
      readonly activities: object;
    }): Promise<Worker>;
    run(): Promise<void>;
  }
  export class DefaultLogger {
    readonly level: string;
    constructor(level: "WARN");
  }
  export function bundleWorkflowCode(options: {
    readonly workflowsPath: string;
    readonly logger: DefaultLogger;
  }): Promise<{ readonly code: string }>;
}

declare module "@temporalio/client" {
  export class Connection {
    static connect(options: {
      readonly address: string;
      readonly connectTimeout: number;
    }): Promise<Connection>;
    close(): Promise<void>;
  }
  export class Client {
    constructor(options: { readonly connection: Connection });
    readonly workflow: {
      execute(
        name: string,
        options: {
          readonly taskQueue: string;
          readonly workflowId: string;
          readonly args: unknown[];
        },
      ): Promise<unknown>;
    };
  }
}
