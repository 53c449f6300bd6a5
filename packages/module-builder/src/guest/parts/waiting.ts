import { shared } from "../shared.ts";
import { cancelTypes, onCancel, takeCancel, uncancellable } from "../waiting/cancel.ts";
import { combine } from "../waiting/combine.ts";
import { hear, hearJson, waitForFirst } from "../waiting/next.ts";
import { receive } from "../waiting/receive.ts";
import { addReceiver, awaitedTypes, removeReceiver } from "../waiting/receivers.ts";
import { clearTimer, setInterval, setTimeout } from "../waiting/timers.ts";
import { addDeadlines, deadlines, firstToEnd, timeLeft } from "../waiting/times.ts";

/** Globals that come from this part. */
export interface WaitingGlobals {
  readonly clearInterval: typeof clearTimer;
  readonly clearTimeout: typeof clearTimer;
  readonly setInterval: typeof setInterval;
  readonly setTimeout: typeof setTimeout;
}

/** Waiting for anything but one sleep at a time. */
export interface WaitingPart extends WaitingGlobals {
  readonly addDeadlines: typeof addDeadlines;
  readonly addReceiver: typeof addReceiver;
  readonly awaitedTypes: typeof awaitedTypes;
  readonly cancelTypes: typeof cancelTypes;
  readonly combine: typeof combine;
  readonly deadlines: typeof deadlines;
  readonly firstToEnd: typeof firstToEnd;
  readonly hear: typeof hear;
  readonly hearJson: typeof hearJson;
  readonly onCancel: typeof onCancel;
  readonly receive: typeof receive;
  readonly removeReceiver: typeof removeReceiver;
  readonly takeCancel: typeof takeCancel;
  readonly timeLeft: typeof timeLeft;
  readonly uncancellable: typeof uncancellable;
  readonly waitForFirst: typeof waitForFirst;
}

shared.publish("waiting", {
  addDeadlines,
  addReceiver,
  awaitedTypes,
  cancelTypes,
  clearInterval: clearTimer,
  clearTimeout: clearTimer,
  combine,
  deadlines,
  firstToEnd,
  hear,
  hearJson,
  onCancel,
  receive,
  removeReceiver,
  setInterval,
  setTimeout,
  takeCancel,
  timeLeft,
  uncancellable,
  waitForFirst,
});
