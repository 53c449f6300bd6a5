import { parseDocument } from "yaml";

/**
 * The parts of the specification that our files use (https://github.com/compose-spec/compose-spec/blob/main/spec.md).
 */
const topLevel = ["services", "networks", "volumes"];
const serviceKeys = [
  ...["image", "restart", "init", "command", "environment"],
  ...["networks", "ports", "volumes", "depends_on", "healthcheck"],
];
const restarts = ["no", "always", "on-failure", "unless-stopped"];
const conditions = ["service_started", "service_healthy", "service_completed_successfully"];
/** The volumes of our image and of PostgreSQL's. */
const targets = ["/data", "/var/lib/postgresql"];
const imageName = /^(\$\{[A-Z_]+:-[\w./:-]+\}|[\w./:-]+)$/;

type Values = Readonly<Record<string, unknown>>;

/** Describes what Docker Compose would refuse in a file, or start differently than intended; empty for a good file. */
export function composeMistakes(text: string): readonly string[] {
  const document = parseDocument(text, { uniqueKeys: true, strict: true });
  if (document.errors.length > 0) {
    return document.errors.map(({ message }) => message);
  }
  const file = document.toJS() as Values;
  const services = mapping(file["services"]);
  const addresses = Object.values(services).flatMap((service) =>
    Object.values(mapping(mapping(service)["networks"])).map(
      (endpoint) => mapping(endpoint)["ipv4_address"],
    ),
  );
  const hostPorts = Object.values(services).flatMap((service) =>
    list(mapping(service)["ports"]).map((port) => String(port).split(":").slice(0, 2).join(":")),
  );
  return [
    ...unknownKeys("the file", file, topLevel),
    ...(Object.keys(services).length === 0 ? ["it has no services"] : []),
    ...twice("address", addresses),
    ...twice("host port", hostPorts),
    ...Object.entries(services).flatMap(([name, service]) =>
      serviceMistakes(mapping(service), file).map((mistake) => `${name}: ${mistake}`),
    ),
  ];
}

function serviceMistakes(service: Values, file: Values): readonly string[] {
  const named = (what: string): readonly string[] => Object.keys(mapping(file[what]));
  const { image, restart, init, command, environment, volumes, ports } = service;
  return [
    ...unknownKeys("it", service, serviceKeys),
    ...unless(imageName.test(String(image)), `image ${String(image)}`),
    ...unless(restarts.includes(String(restart)), `restart ${String(restart)}`),
    ...unless(typeof init === "boolean", `init ${String(init)}`),
    ...list(command).flatMap((word) => unless(isText(word), `the command's ${String(word)}`)),
    ...Object.entries(mapping(environment)).flatMap(([name, value]) => [
      ...unless(/^[A-Z][A-Z0-9_]*$/.test(name), `the variable's name ${name}`),
      // Compose would substitute a variable's value there.
      ...unless(isText(value), `the variable ${name}, ${String(value)}`),
    ]),
    ...list(ports).flatMap((port) =>
      unless(/^127\.0\.0\.1:\d{2,5}:\d{2,5}$/.test(String(port)), `the port ${String(port)}`),
    ),
    ...list(volumes).flatMap((volume) => {
      const [source = "", target] = String(volume).split(":");
      return unless(
        named("volumes").includes(source) && targets.includes(target ?? ""),
        `volume ${source}`,
      );
    }),
    ...Object.entries(mapping(service["networks"])).flatMap(([network, endpoint]) => {
      const address = mapping(endpoint)["ipv4_address"];
      const subnets = subnetsOf(mapping(file["networks"])[network]);
      return [
        ...unless(named("networks").includes(network), `network ${network}`),
        ...unless(
          address === undefined || subnets.some((subnet) => isIn(String(address), subnet)),
          `address ${String(address)}`,
        ),
      ];
    }),
    ...Object.entries(mapping(service["depends_on"])).flatMap(([other, how]) => {
      const condition = String(mapping(how)["condition"]);
      return [
        ...unless(named("services").includes(other), `it depends on ${other}, which is not there`),
        ...unless(conditions.includes(condition), `condition ${condition}`),
      ];
    }),
  ];
}

function subnetsOf(network: unknown): readonly string[] {
  return list(mapping(mapping(network)["ipam"])["config"]).map((one) =>
    String(mapping(one)["subnet"]),
  );
}

/** Whether it is in a subnet of 256 addresses, and neither its first, second (the gateway) nor last one. */
function isIn(address: string, subnet: string): boolean {
  const base = /^(\d+\.\d+\.\d+)\.0\/24$/.exec(subnet)?.[1];
  const last = Number(/^\d+\.\d+\.\d+\.(\d+)$/.exec(address)?.[1]);
  return base !== undefined && address === `${base}.${last}` && last > 1 && last < 255;
}

function unknownKeys(where: string, given: Values, known: readonly string[]): readonly string[] {
  return Object.keys(given).flatMap((key) => unless(known.includes(key), `${where} has ${key}`));
}

function twice(what: string, values: readonly unknown[]): readonly string[] {
  const given = values.filter((value) => value !== undefined);
  return given.flatMap((value, index) =>
    unless(given.indexOf(value) === index, `${what} ${String(value)} is there twice`),
  );
}

function unless(good: boolean, mistake: string): readonly string[] {
  return good ? [] : [mistake];
}

function isText(value: unknown): boolean {
  return typeof value === "string" && !value.includes("$");
}

function mapping(value: unknown): Values {
  return typeof value === "object" && value !== null ? (value as Values) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
