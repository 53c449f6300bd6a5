import type { ImageOption } from "./image/image-option.ts";
import type { AskScope, ServiceAccess } from "./service/service-access.ts";
import { ServiceContainer, type ServicePlan } from "./service/service-container.ts";
import { StartedServiceContainer, type StartedParts } from "./service/started-service.ts";

/** Forwards UDP from one network to another, and nothing else. */
export class HopContainer extends ServiceContainer<StartedHopContainer> {
  /** @param ways as the entrypoint takes them: `PORT=ADDRESS:PORT` */
  constructor(image: ImageOption, ways: readonly string[]) {
    super(image);
    this.withCommand(["--hop", ...ways]);
  }

  protected override async plan(): Promise<ServicePlan> {
    // The role marks it as our image; the constructor sets the command.
    return { roles: ["worker"], environment: {}, files: [], ports: [] };
  }

  protected override ask(access: ServiceAccess, scope: AskScope): Promise<void> {
    return access.readyInside(scope);
  }

  protected override wrap(parts: StartedParts): StartedHopContainer {
    return new StartedHopContainer(parts);
  }
}

/** A running hop. */
export class StartedHopContainer extends StartedServiceContainer {}
