/** Readers of unknown JSON: each returns a typed value or throws a FormatError that names the place. */
import { FormatError } from "./errors";

export type Reader<T> = (value: unknown, where: string) => T;

export const text: Reader<string> = (value, where) => {
  if (typeof value !== "string") throw new FormatError(where, "text", value);
  return value;
};

export const finite: Reader<number> = (value, where) => {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new FormatError(where, "a number", value);
  return value;
};

export const count: Reader<number> = (value, where) => {
  const number = finite(value, where);
  if (!Number.isInteger(number) || number < 0)
    throw new FormatError(where, "a whole number, 0 or more", value);
  return number;
};

export const flag: Reader<boolean> = (value, where) => {
  if (typeof value !== "boolean") throw new FormatError(where, "true or false", value);
  return value;
};

export const positive: Reader<number> = (value, where) => {
  const number = finite(value, where);
  if (number <= 0) throw new FormatError(where, "a number above 0", value);
  return number;
};

export function oneOf<T extends string | number>(...choices: T[]): Reader<T> {
  return (value, where) => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new FormatError(where, `one of ${choices.join(", ")}`, value);
    return found;
  };
}

export function nullable<T>(read: Reader<T>): Reader<T | null> {
  return (value, where) => (value === null || value === undefined ? null : read(value, where));
}

export function list<T>(read: Reader<T>): Reader<T[]> {
  return (value, where) => {
    if (!Array.isArray(value)) throw new FormatError(where, "a list", value);
    return value.map((entry, index) => read(entry, `${where}[${index}]`));
  };
}

export function record<T extends object>(readers: { [K in keyof T]: Reader<T[K]> }): Reader<T> {
  return (value, where) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new FormatError(where, "an object", value);
    }
    const source = value as Record<string, unknown>;
    const keys = Object.keys(readers) as (keyof T & string)[];
    const pairs = keys.map((key) => [key, readers[key](source[key], `${where}.${key}`)]);
    return Object.fromEntries(pairs) as T;
  };
}
