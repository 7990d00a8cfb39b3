/** What does not come at once: what is asked for again, and what is not. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { fetchFile, fetchManifest, fetchPicture } from "../src/data/fetch";

const FILE = { file: "data/page.webp", bytes: 3, digest: "" };
/** What the server does, one after another; then it sends the file. */
let answers: (() => Response)[] = [];
let asked = 0;

const away = () => {
  throw new TypeError("no network");
};
const status = (code: number) => () => new Response("", { status: code });
const short = () => new Response("ab");

beforeEach(() => {
  asked = 0;
  vi.useFakeTimers();
  vi.stubGlobal("fetch", async (_: string, { signal }: RequestInit) => {
    asked += 1;
    signal?.throwIfAborted();
    return (answers.shift() ?? (() => new Response("abc")))();
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it.each([
  ["a network that is away", away],
  ["a server that has too much to do", status(503)],
  ["one that is asked too often", status(429)],
  ["a file that breaks off", short],
])("asks again after %s", async (_, answer) => {
  answers = [answer, answer];
  const coming = fetchFile(FILE);
  await vi.runAllTimersAsync();
  expect(await (await coming).text()).toBe("abc");
  expect(asked).toBe(3);
});

it.each([
  ["what is not there, at once", status(404), 1],
  ["what may not be had, at once", status(403), 1],
  ["what never comes, after the third time", away, 3],
])("gives up %s", async (_, answer, times) => {
  answers = [answer, answer, answer];
  const coming = expect(fetchFile(FILE)).rejects.toThrow("data/page.webp: expected");
  await vi.runAllTimersAsync();
  await coming;
  expect(asked).toBe(times);
});

it("does not ask again for what nobody wants any more", async () => {
  answers = [away];
  const stop = new AbortController();
  const coming = expect(fetchPicture("pictures/a.jpg", stop.signal)).rejects.toThrow("pictures/a.jpg");
  await vi.advanceTimersByTimeAsync(10);
  stop.abort();
  await vi.runAllTimersAsync();
  await coming;
  expect(asked).toBe(1);
});

it("says at once that there is no collection", async () => {
  answers = [away];
  await expect(fetchManifest("")).rejects.toThrow("expected an answer from the server");
  expect(asked).toBe(1);
});
