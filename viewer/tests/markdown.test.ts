/** Markdown made safe: what becomes emphasis, lists and links, and what stays text. */
import { describe, expect, it } from "vitest";
import { type Block, blocksOf, type Inline, inlinesOf } from "../src/model/markdown";

/** A tree as a text with one sign for each kind, so that a table can say what is wanted. */
function told(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => {
      if (node.kind === "text") return node.text;
      if (node.kind === "code") return `{code ${node.text}}`;
      if (node.kind === "break") return "{br}";
      if (node.kind === "link") return `{link ${node.text} ${node.href}}`;
      return `{${node.kind} ${told(node.children)}}`;
    })
    .join("");
}

function toldBlock(block: Block): string {
  if (block.kind === "list") return `${block.ordered ? "ol" : "ul"}: ${block.items.map(told).join(" | ")}`;
  return `${block.kind}: ${told(block.children)}`;
}

describe("within a line", () => {
  it.each([
    ["plain", "plain", "text"],
    ["*a* and **b**", "{em a} and {strong b}", "emphasis"],
    ["**a *b* c**", "{strong a {em b} c}", "one in another"],
    ["_a_ but file_name_here", "{em a} but file_name_here", "an underscore within a word is none"],
    ["2 * 3 * 4", "2 * 3 * 4", "a star between spaces is none"],
    ["*not closed", "*not closed", "what opens and does not close"],
    ["**a *b** c*", "{strong a *b} c*", "crossed: the first that closes wins"],
    ["`<b>`", "{code <b>}", "code"],
    ["\\*a\\*", "*a*", "escaped"],
    ["a\nb", "a{br}b", "lines stay lines"],
    ["[a](https://example.org/x)", "{link a https://example.org/x}", "a link"],
    ["![a](https://example.org/x.png)", "{link a https://example.org/x.png}", "a picture is never loaded"],
    ["[a](javascript:alert(1))", "[a](javascript:alert(1))", "no other scheme"],
    ["[a](JaVaScRiPt:alert)", "[a](JaVaScRiPt:alert)", "no other scheme, in any case"],
    ["[a](data:text/html,x)", "[a](data:text/html,x)", "no data"],
    ["[a](//evil.example)", "[a](//evil.example)", "no address without a scheme"],
    [
      "See https://a.org/b_c_d.",
      "See {link https://a.org/b_c_d https://a.org/b_c_d}.",
      "an address in the text, without the dot",
    ],
    ["(https://a.org)", "({link https://a.org https://a.org/})", "and without the bracket"],
    ["xhttps://a.org", "xhttps://a.org", "no address within a word"],
    ["<script>alert(1)</script>", "<script>alert(1)</script>", "HTML is text"],
    ["<b>*a*</b>", "<b>{em a}</b>", "HTML around Markdown too"],
    ["", "", "nothing"],
  ])("%j", (source, wanted, why) => {
    expect(told(inlinesOf(source)), why).toBe(wanted);
  });
});

describe("blocks", () => {
  it.each([
    ["a\n\nb", ["paragraph: a", "paragraph: b"], "a blank line parts paragraphs"],
    ["# A\ntext", ["heading: A", "paragraph: text"], "a heading"],
    ["#1 is no heading", ["paragraph: #1 is no heading"], "a number sign"],
    ["- a\n- *b*", ["ul: a | {em b}"], "a list"],
    ["1. a\n2. b", ["ol: a | b"], "a numbered list"],
    ["12. March\n13. April", ["paragraph: 12. March{br}13. April"], "dates are no list"],
    ["1. Edition", ["paragraph: 1. Edition"], "one line is no list"],
    ["1. a\n3. b", ["paragraph: 1. a{br}3. b"], "what does not count on is no list"],
    ["> a\n> b", ["quote: a{br}b"], "a quotation"],
    ["a\r\n\r\nb", ["paragraph: a", "paragraph: b"], "lines as Windows ends them"],
    ["\n \n", [], "nothing"],
  ])("%j", (source, wanted, why) => {
    expect(blocksOf(source).map(toldBlock), why).toEqual(wanted);
  });
});

/** Everything that is in a tree to be read. */
function texts(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => ("text" in node ? node.text : "children" in node ? texts(node.children) : "\n"))
    .join("");
}

describe("hostile cells", () => {
  it.each([
    ["*".repeat(100_000)],
    ["*a ".repeat(33_000)],
    ["[".repeat(100_000)],
    ["[a](".repeat(25_000)],
    ["`".repeat(100_001)],
    ["**a_b*c ".repeat(12_000)],
    ["http://".repeat(14_000)],
    ["\\".repeat(100_000)],
    ["> - ".repeat(25_000)],
  ])("of 100 kB keep their letters, %#", (source) => {
    const letters = (text: string) => text.replace(/[^a-z]/g, "");
    const found = blocksOf(source).map((block) =>
      block.kind === "list" ? block.items.map(texts).join("") : texts(block.children),
    );
    expect(letters(found.join(""))).toBe(letters(source));
  });
});
