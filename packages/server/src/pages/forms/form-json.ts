import { ApiError } from "@flawless-ts/http-service";
import type { FormField } from "./form-plan.ts";

/** What a browser sent: texts by input name. */
export type FormBody = Readonly<Record<string, string>>;

const numberForm = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const integerForm = /^-?(?:0|[1-9]\d*)$/;

/**
 * The JSON text of the values entered into a form. Numbers keep the digits that were entered.
 *
 * @throws ApiError `INVALID_REQUEST` with the name of the invalid field
 */
export function formJson(field: FormField, body: FormBody): string {
  return jsonOf(field, body) ?? "null";
}

/** Undefined if the value is omitted. */
function jsonOf(field: FormField, body: FormBody): string | undefined {
  const { of, label, name, nullable, required } = field;
  if (of.kind === "group") {
    const members = of.fields.flatMap((inner) => {
      const json = jsonOf(inner, body);
      return json === undefined ? [] : [`${JSON.stringify(keyOf(inner))}:${json}`];
    });
    return `{${members.join(",")}}`;
  }
  if (of.kind === "constant") {
    return of.json;
  }
  // Browsers send line breaks as two characters.
  const text = (body[name] ?? "").replaceAll("\r\n", "\n");
  if (text.trim() === "" && !(of.kind === "lines" && required && !nullable)) {
    if (!required) {
      return undefined;
    }
    if (nullable) {
      return "null";
    }
  }
  switch (of.kind) {
    case "text":
      return JSON.stringify(text);
    case "number":
      return matching(numberForm, text, label, "a number");
    case "integer":
      return matching(integerForm, text, label, "a whole number");
    case "boolean":
      return matching(/^(?:true|false)$/, text, label, "true or false");
    case "choice":
      if (!of.choices.includes(text)) {
        throw wrong(label, `one of ${of.choices.join(", ")}`, text);
      }
      return text;
    case "lines": {
      const lines = text.split("\n").filter((line) => line !== "");
      const form = of.items === "integer" ? integerForm : numberForm;
      const items = lines.map((line) =>
        of.items === "text" ? JSON.stringify(line) : matching(form, line, label, "numbers"),
      );
      return `[${items.join(",")}]`;
    }
    case "json":
      try {
        JSON.parse(text);
        return text.trim();
      } catch {
        throw wrong(label, "JSON", text);
      }
  }
}

function keyOf({ name }: FormField): string {
  const last = name.slice(name.lastIndexOf("/") + 1);
  return last.replaceAll("~1", "/").replaceAll("~0", "~");
}

function matching(form: RegExp, text: string, label: string, expected: string): string {
  const trimmed = text.trim();
  if (!form.test(trimmed)) {
    throw wrong(label, expected, text);
  }
  return trimmed;
}

function wrong(label: string, expected: string, text: string): ApiError {
  const got = text === "" ? "nothing" : JSON.stringify(text.slice(0, 100));
  return new ApiError("INVALID_REQUEST", `${label}: expected ${expected}, but got ${got}.`);
}
