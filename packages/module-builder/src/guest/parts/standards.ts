import { shared, tagged } from "../shared.ts";
import { AbortController, AbortSignal, cancelSignal } from "../standards/abort.ts";
import { Blob, File } from "../standards/blob.ts";
import { CustomEvent, Event, EventTarget } from "../standards/event-target.ts";
import { FormData, parseFormData } from "../standards/form-data.ts";
import { performance } from "../standards/performance.ts";
import { Request } from "../standards/request.ts";
import { structuredClone } from "../standards/structured-clone.ts";
import { subtle } from "../standards/subtle.ts";

/** Globals that come from this part. */
export interface StandardsGlobals {
  readonly AbortController: typeof AbortController;
  readonly AbortSignal: typeof AbortSignal;
  readonly Blob: typeof Blob;
  readonly CustomEvent: typeof CustomEvent;
  readonly Event: typeof Event;
  readonly EventTarget: typeof EventTarget;
  readonly File: typeof File;
  readonly FormData: typeof FormData;
  readonly performance: typeof performance;
  readonly Request: typeof Request;
  readonly structuredClone: typeof structuredClone;
}

/** Web standards that few workflows use. */
export interface StandardsPart extends StandardsGlobals {
  readonly cancelSignal: typeof cancelSignal;
  readonly parseFormData: typeof parseFormData;
  readonly subtle: typeof subtle;
}

shared.publish("standards", {
  ...tagged({
    AbortController,
    AbortSignal,
    Blob,
    CustomEvent,
    Event,
    EventTarget,
    File,
    FormData,
    performance,
    Request,
    structuredClone,
  }),
  cancelSignal,
  parseFormData,
  subtle,
});
