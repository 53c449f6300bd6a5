import type { buildConnector } from "undici";

type Connector = buildConnector.connector;

/**
 * Limits how many connections are open at once; others wait for one to close. The same number may wait.
 *
 * Sockets that undici keeps for the next request to the same origin count too, and close after some seconds.
 */
export function withPlaces(connect: Connector, places: number): Connector {
  const waiting: (() => void)[] = [];
  let open = 0;
  const leave = (): void => {
    open -= 1;
    waiting.shift()?.();
  };
  return (options, done) => {
    const begin = (): void => {
      open += 1;
      connect(options, (...[error, socket]: Parameters<typeof done>) => {
        if (error === null) {
          socket.once("close", leave);
          done(null, socket);
        } else {
          leave();
          done(error, null);
        }
      });
    };
    if (open < places) {
      begin();
    } else if (waiting.length < places) {
      waiting.push(begin);
    } else {
      const text = `${places} connections are open, and as many wait for one to close (the limit guestConnections)`;
      done(Object.assign(new Error(text), { code: "EMFILE" }), null);
    }
  };
}
